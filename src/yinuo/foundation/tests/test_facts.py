"""The log of facts and its followers, against the real database with real concurrent transactions."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction

from yinuo.access.actors import Actor
from yinuo.foundation import followers
from yinuo.foundation.database import prepare_database
from yinuo.foundation.facts import Fact, announce
from yinuo.foundation.followers import Follower, Start, catch_up, facts_between, horizon_position
from yinuo.foundation.models import FactRow, FactSeal
from yinuo.foundation.seals import seal_facts, verify_trail
from yinuo.foundation.tests.following import other_connection

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
CHEN = Actor.staff(12)


class KettleBoiled(Fact):
    case_id: int
    degrees: int


class KettleCooled(Fact):
    case_id: int


def boil(degrees: int) -> None:
    announce(KettleBoiled(case_id=7, degrees=degrees), by=CHEN, at=AT)


def collecting(name: str, *, start: Start = Start.BEGINNING, types: tuple[str, ...] = (), batch_size: int = 500):
    seen: list[int] = []
    handle = lambda facts: seen.extend(fact.payload.get("degrees", -1) for fact in facts)  # noqa: E731
    return Follower(name, handle, types, start, batch_size), seen


@pytest.mark.django_db
def test_a_fact_keeps_who_when_about_whom_and_what():
    boil(100)

    row = FactRow.objects.get()
    assert (row.type, row.version, row.at, row.actor) == ("foundation.kettle_boiled", 1, AT, "staff:12")
    assert (row.case_id, row.customer_id, row.payload) == (7, None, {"degrees": 100})


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["UPDATE foundation_fact SET actor = 'staff:1'", "DELETE FROM foundation_fact"])
def test_a_fact_is_never_changed_or_deleted(change):
    boil(100)

    with pytest.raises((InternalError, ProgrammingError), match="append-only"), transaction.atomic():
        connection.cursor().execute(change)


@pytest.mark.django_db
def test_a_fact_of_a_change_that_is_undone_was_never_announced():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        boil(100)
        raise ZeroDivisionError

    assert not FactRow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_follower_reads_every_fact_once_in_order_in_batches():
    for degrees in (1, 2, 3, 4, 5):
        boil(degrees)
    kettle, seen = collecting("kettle", batch_size=2)

    counts = [catch_up(kettle) for _ in range(4)]

    assert (counts, seen) == ([2, 2, 1, 0], [1, 2, 3, 4, 5])


@pytest.mark.django_db(transaction=True)
def test_a_follower_that_starts_now_does_not_see_the_past():
    boil(1)
    kettle, seen = collecting("kettle", start=Start.NOW)
    catch_up(kettle)
    boil(2)

    catch_up(kettle)

    assert seen == [2]


@pytest.mark.django_db(transaction=True)
def test_a_follower_of_one_kind_moves_past_the_others():
    boil(1)
    announce(KettleCooled(case_id=7), by=CHEN, at=AT)
    kettle, seen = collecting("kettle", types=("foundation.kettle_boiled",))

    assert (catch_up(kettle), catch_up(kettle), seen) == (1, 0, [1])
    assert followers.lag_seconds(kettle) == 0.0


@pytest.mark.django_db(transaction=True)
def test_a_follower_that_fails_keeps_its_position_and_its_effects_are_undone():
    boil(1)
    attempts = []

    def fail_once(facts):
        announce(KettleCooled(case_id=facts[0].case_id), by=CHEN, at=AT)
        attempts.append(len(facts))
        if len(attempts) == 1:
            raise RuntimeError

    kettle = Follower("kettle", fail_once, ("foundation.kettle_boiled",), Start.BEGINNING, 10)
    with pytest.raises(RuntimeError):
        catch_up(kettle)
    assert FactRow.objects.count() == 1

    catch_up(kettle)

    assert (attempts, FactRow.objects.filter(type="foundation.kettle_cooled").count()) == ([1, 1], 1)


INSERT = (
    "INSERT INTO foundation_fact (type, version, at, actor, payload) "
    "VALUES ('foundation.kettle_boiled', 1, now(), 'staff:1', '{\"degrees\": %d}')"
)


@pytest.mark.django_db(transaction=True)
def test_facts_of_a_slow_transaction_are_not_skipped_by_faster_ones():
    kettle, seen = collecting("kettle")
    with other_connection() as slow:
        slow.execute(INSERT % 1)  # drawn first, committed last
        boil(2)

        catch_up(kettle)
        assert seen == []  # 2 waits: the transaction before it still runs

        slow.commit()
        catch_up(kettle)

    assert seen == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_follower_never_handle_a_fact_twice():
    for degrees in range(200):
        boil(degrees)
    kettle, seen = collecting("kettle", batch_size=7)

    def work() -> None:
        try:
            for _ in range(100):
                catch_up(kettle)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == list(range(200))


@pytest.mark.django_db(transaction=True)
def test_after_a_restore_new_facts_still_come_after_the_old_ones():
    boil(1)
    before = horizon_position()
    # A restored copy runs on a server with another identity and counts transactions from the start.
    connection.cursor().execute("UPDATE foundation_era SET system_identifier = 1")
    prepare_database(today=date(2026, 11, 22))
    boil(2)

    assert [fact.payload["degrees"] for fact in facts_between(before, limit=10)] == [2]
    assert facts_between(before, limit=10)[0].tx >> 48 == 1
    connection.cursor().execute("DELETE FROM foundation_era WHERE number = 1")
    connection.cursor().execute(
        "UPDATE foundation_era SET system_identifier = (SELECT system_identifier FROM pg_control_system())"
    )


@pytest.mark.django_db
def test_each_month_has_a_partition_and_preparing_twice_changes_nothing():
    for _ in range(2):
        prepare_database(today=date(2026, 11, 22), history_from=date(2026, 10, 5))

    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'foundation_fact'::regclass")
        names = {row[0].removeprefix("foundation_fact_") for row in cursor.fetchall()}
    assert names >= {"2026_10", "2026_11", "2026_12", "2027_01", "2027_02", "other"}


@pytest.mark.django_db(transaction=True)
def test_an_untouched_trail_verifies_and_a_changed_fact_is_named_by_its_day():
    seal = Follower("foundation.seal", seal_facts, (), Start.BEGINNING, 100)
    for degrees in (1, 2, 3):
        boil(degrees)
    catch_up(seal)
    assert verify_trail() == []

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE foundation_fact DISABLE TRIGGER facts_are_never_changed")
        cursor.execute("UPDATE foundation_fact SET payload = '{\"degrees\": 99}' WHERE payload @> '{\"degrees\": 2}'")
        cursor.execute("ALTER TABLE foundation_fact ENABLE TRIGGER facts_are_never_changed")

    [broken] = verify_trail()
    assert (broken.day, broken.sealed_count, broken.found_count) == (datetime.now(UTC).date(), 3, 3)


@pytest.mark.django_db(transaction=True)
def test_a_fact_deleted_behind_our_back_is_noticed():
    seal = Follower("foundation.seal", seal_facts, (), Start.BEGINNING, 100)
    boil(1)
    boil(2)
    catch_up(seal)

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE foundation_fact DISABLE TRIGGER facts_are_never_changed")
        cursor.execute("DELETE FROM foundation_fact WHERE payload @> '{\"degrees\": 1}'")
        cursor.execute("ALTER TABLE foundation_fact ENABLE TRIGGER facts_are_never_changed")

    assert [(one.sealed_count, one.found_count) for one in verify_trail()] == [(2, 1)]


@pytest.mark.django_db(transaction=True)
def test_a_sealed_day_closes_when_facts_of_the_next_day_come():
    seal = Follower("foundation.seal", seal_facts, (), Start.BEGINNING, 100)
    boil(1)
    catch_up(seal)
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    FactSeal.objects.update(day=yesterday)
    boil(2)
    catch_up(seal)

    assert [(one.day, one.closed_at is not None) for one in FactSeal.objects.order_by("day")] == [
        (yesterday, True),
        (yesterday + timedelta(days=1), False),
    ]
