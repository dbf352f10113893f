"""Kinds of promises: which are the customer's, which may be several, what the database refuses.

The office of the cast is open Monday to Friday 09:00–12:00 and 13:00–18:00 in Shanghai: 01–04 and 05–10 UTC.
"""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.forms.models import model_to_dict

from yinuo.access.actors import Actor
from yinuo.cases.actions import add_customer_message, break_due_promises, close_case, reply
from yinuo.cases.actions.messages import Said
from yinuo.cases.actions.promising import end_kept, make_promise
from yinuo.cases.models import Case, Promise, PromisePause, PromiseTally
from yinuo.cases.queries import tracked
from yinuo.cases.queries.listing import broken_promises
from yinuo.cases.tally import tally_promises
from yinuo.foundation.facts import COLUMNS, recorded
from yinuo.foundation.models import FactRow

from .cast import SYSTEM, actor_of

pytestmark = pytest.mark.django_db


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


MONDAY_NINE = utc(2, 1)


def test_the_one_statement_of_an_opening_writes_promises_as_the_action_does(house):
    case = house.open(at=MONDAY_NINE)
    by_statement = {row.kind: model_to_dict(row) for row in Promise.objects.filter(case=case)}
    facts = {row.payload["kind"]: row.payload for row in FactRow.objects.filter(type="cases.promise_made")}
    other = house.open(at=MONDAY_NINE)
    Case.objects.filter(pk=other.pk).update(standard_version=case.standard_version)
    close_case(case=other, outcome="spam", by=actor_of(house.chen), at=MONDAY_NINE)

    for kind, raw in by_statement.items():
        made = make_promise(other, kind, start=MONDAY_NINE, by=SYSTEM, at=MONDAY_NINE)
        plain = model_to_dict(Promise.objects.get(pk=made.id))
        fact = FactRow.objects.filter(type="cases.promise_made").latest("id").payload

        differ = {"id", "case"}
        assert {k: v for k, v in plain.items() if k not in differ} == {k: v for k, v in raw.items() if k not in differ}
        assert fact | {"promise_id": 0} == facts[kind] | {"promise_id": 0}


def test_a_task_is_a_word_to_the_owner_and_never_the_next_promise_of_a_case(house):
    case = house.open(at=MONDAY_NINE)
    chen = actor_of(house.chen)

    make_promise(case, "task", start=MONDAY_NINE, due_at=utc(2, 2), by=chen, at=MONDAY_NINE)
    reply(case=case, said=Said(text="师傅在查", at=utc(2, 1, 30)), by=chen, at=utc(2, 1, 30))

    case.refresh_from_db()
    assert case.next_due_at == utc(4, 10)  # the resolution; the task would have come first
    assert [one.code for one in tracked(case, at=utc(2, 2)).promises] == ["resolution", "first_response"]


def test_a_late_task_breaks_but_breaks_no_word_to_the_customer(house):
    case = house.open(at=MONDAY_NINE)
    make_promise(case, "task", start=MONDAY_NINE, due_at=utc(2, 2), by=actor_of(house.chen), at=MONDAY_NINE)

    break_due_promises(at=utc(2, 2, 1))

    case.refresh_from_db()
    assert Promise.objects.get(case=case, kind="task").end == "broken"
    assert (case.broken_since, case.next_due_at) == (None, utc(2, 3))
    assert not Promise.objects.filter(broken_promises(utc(2, 2, 1)), case=case).exists()
    assert not Promise.objects.filter(case=case, kind="next_update").exists()


def test_tasks_do_not_count_in_the_rate_of_promises_kept(house):
    case = house.open(at=MONDAY_NINE)
    chen = actor_of(house.chen)
    end_kept(case, [make_promise(case, "task", start=MONDAY_NINE, by=chen, at=MONDAY_NINE)], by=chen, at=utc(2, 2))
    reply(case=case, said=Said(text="好的", at=utc(2, 2)), by=chen, at=utc(2, 2))

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM foundation_fact WHERE type = 'cases.promise_kept' ORDER BY id")
        tally_promises([recorded(row) for row in cursor.fetchall()])

    assert PromiseTally.objects.get().kept_count == 1


@pytest.mark.parametrize("kind", ["call_back", "visit", "parts", "task", "own"])
def test_several_call_backs_visits_parts_tasks_and_words_may_run(house, kind):
    case = house.open(at=MONDAY_NINE)

    for hour in (6, 7):
        make_promise(case, kind, start=MONDAY_NINE, due_at=utc(3, hour), by=SYSTEM, at=MONDAY_NINE)

    assert Promise.objects.filter(case=case, kind=kind, is_live=True).count() == 2


@pytest.mark.parametrize(
    ("kind", "due_at"),
    [
        ("call_back", utc(2, 3)),  # 2 open hours
        ("visit", utc(4, 10)),  # 24 open hours: three office days
        ("parts", utc(9, 10)),  # 48 open hours: six office days, to Monday a week later
        ("task", utc(2, 10)),  # 8 open hours: one office day
    ],
)
def test_a_kind_without_an_instant_gets_the_time_of_the_standard(house, kind, due_at):
    case = house.open(at=MONDAY_NINE)

    assert make_promise(case, kind, start=MONDAY_NINE, by=SYSTEM, at=MONDAY_NINE).due_at == due_at


@pytest.mark.parametrize(
    ("due_at", "warn_at"),
    [
        (utc(2, 10), utc(2, 8)),  # 8 open hours: three quarters are 6, without lunch 16:00
        (utc(1, 4), datetime(2026, 11, 1, 3, 15, tzinfo=UTC)),  # on a Sunday: by the clock, 3 h of which 2 h 15
    ],
)
def test_the_owner_is_warned_of_a_given_time_after_a_share_of_the_open_time_until_then(house, due_at, warn_at):
    start = MONDAY_NINE if due_at > MONDAY_NINE else utc(1, 1)
    case = house.open(at=start)

    made = make_promise(case, "own", start=start, due_at=due_at, by=SYSTEM, at=start)

    assert Promise.objects.get(pk=made.id).warn_at == warn_at


def test_an_ended_promise_is_measured_in_open_time_and_by_the_clock(house):
    case = house.open(at=MONDAY_NINE)

    close_case(case=case, outcome="solved", by=actor_of(house.chen), at=utc(3, 2))

    resolution = Promise.objects.get(case=case, kind="resolution")
    # Monday eight open hours, Tuesday one; by the clock one day and an hour
    assert (resolution.business_seconds, resolution.calendar_seconds) == (9 * 3600, 25 * 3600)
    assert resolution.ended_by == f"staff:{house.chen.pk}"


def test_what_breaks_is_ended_by_the_clock(house):
    case = house.open(at=MONDAY_NINE)

    add_customer_message(case=case, said=Said(text="?", at=utc(2, 5)), channel="mail", by=SYSTEM, at=utc(2, 5))

    first = Promise.objects.get(case=case, kind="first_response")
    assert (first.ended_by, first.business_seconds, first.calendar_seconds) == ("system:clock", 7200, 7200)
    assert Actor.system("clock").key == "system:clock"


@pytest.mark.parametrize("change", ["paused_since = now()", "kind = 'task'"])
def test_the_database_refuses_an_open_case_whose_next_promise_is_paused_or_a_task(house, change):
    case = house.open(at=MONDAY_NINE)

    with (
        pytest.raises(IntegrityError, match="next_promise_is_live_and_due_then"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE cases_promise SET {change} WHERE id = %s", [case.next_promise_id])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_refuses_two_pauses_at_a_time_and_a_pause_that_ends_before_it_began(house):
    promise = Promise.objects.filter(case=house.open(at=MONDAY_NINE)).earliest("id")
    PromisePause.objects.create(promise=promise, since=utc(2, 2))

    with pytest.raises(IntegrityError, match="one_pause_at_a_time"), transaction.atomic():
        PromisePause.objects.create(promise=promise, since=utc(2, 3))
    with pytest.raises(IntegrityError, match="an_ended_pause_says_how_long_it_was"), transaction.atomic():
        PromisePause.objects.create(promise=promise, since=utc(2, 3), until=utc(2, 2), business_seconds=0)
