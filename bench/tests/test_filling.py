"""A small filling beside the same plans played by the actions themselves: one must look like the other."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import _casting
import _filling
import pytest
from _histories import FACTS, NoRule, columns_of
from django.db import connection, transaction
from django.utils import timezone

from yinuo.access.actors import Actor
from yinuo.cases.actions import add_customer_message, break_due_promises, close_case, open_case, reply
from yinuo.cases.actions.messages import Said
from yinuo.cases.actions.opening import FirstMessage
from yinuo.cases.models import Case, Message, Promise
from yinuo.cases.rules import preview_of
from yinuo.customers.models import Customer, Identity
from yinuo.demo.company.world import build_world
from yinuo.foundation.database import prepare_database
from yinuo.foundation.references import is_reference
from yinuo.standards.queries import offer_of_version
from yinuo.standards.rules import promised_times

ENDS_AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
WISH = _filling.Filled(
    seed=7, case_count=120, customer_count=60, ends_at=ENDS_AT, staff_count=44, days=200, mould_count=16,
    messages=8.0, open_share=0.1,
)  # fmt: skip
SYSTEM = Actor.system("bench")


@pytest.fixture(scope="module")
def filling(django_db_setup, django_db_blocker, tmp_path_factory):
    """A filled database, kept for the tests of this module and rolled back after them."""
    patch = pytest.MonkeyPatch()
    home = tmp_path_factory.mktemp("bench")
    patch.setenv("YINUO_HOME", str(home))
    patch.setattr(_filling, "CASES_IN_STEP", 50)
    with django_db_blocker.unblock():
        whole = transaction.atomic()
        whole.__enter__()
        try:
            yield _filled(home)
        finally:
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)
            connection.close()
            patch.undo()


@pytest.fixture
def _django_db_helper(filling, django_db_blocker):
    """In place of pytest-django's own: each test looks at the same filling; what it changes is put back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


pytestmark = pytest.mark.django_db


def _filled(home: Path) -> _filling.Filling:
    """Fill, stopped after the first steps and begun again by another process."""
    prepare_database(today=WISH.today, history_from=WISH.moved_in_at.date())
    _filling.remember(WISH)

    def stop(what: str, share: float) -> None:
        if what == "cases" and share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _filling.Filling(WISH, home, stop).run()
    filling = _filling.Filling(_filling.remembered(), home)
    filling.run()
    return filling


def test_everything_wished_for_is_there_and_nothing_of_the_models():
    assert Case.objects.count() == 120
    assert Case.objects.filter(state="open").count() == 12
    assert {len(reference) for reference in Case.objects.values_list("reference", flat=True)} <= {14, 15}
    assert all(is_reference(reference) for reference in Case.objects.values_list("reference", flat=True))
    assert not Identity.objects.filter(masked__startswith="C").exists()
    assert 6 < Message.objects.count() / 120 < 10


def test_a_copy_differs_from_what_the_actions_write_in_no_column_and_no_fact():
    last, last_customer = Case.objects.order_by("-id")[0].pk, Customer.objects.order_by("-id")[0].pk
    world = build_world(WISH.seed, WISH.today, customer_count=_filling.WORLD_CUSTOMERS)
    plans = _casting.chosen_plans(world, ends_at=ENDS_AT, count=WISH.mould_count, messages=WISH.messages)
    _casting.play_all(world, plans, known_since=WISH.moved_in_at, ends_at=ENDS_AT, told=lambda _share: None)

    people, cases = _casting.readers()
    filled = _shapes(cases, "case_id IS NOT NULL", lambda pk: pk <= last)
    written = _shapes(cases, "case_id IS NOT NULL", lambda pk: pk > last)
    of_customers = "case_id IS NULL AND customer_id IS NOT NULL"
    doubles = _shapes(people, of_customers, lambda pk: pk <= last_customer)
    models = _shapes(people, of_customers, lambda pk: pk > last_customer)

    assert len(written) > 10
    assert filled <= written
    assert len(models) > 3
    assert doubles <= models


def _shapes(reader, facts: str, wanted) -> set:
    """Return what a history has: of each table its rows by which columns are filled, and its facts in order."""
    shapes = set()
    for pk, rows in reader.histories(facts).items():
        if wanted(pk):
            tables = {
                name: sorted(
                    tuple(c for c in columns_of(reader.tables.get(name, reader.log)) if row[c] is not None)
                    for row in rows
                )
                for name, rows in rows.items()
                # What a customer is told on opening is learnt from the answers before; the second play knows more.
                if name not in {"cases_quote", FACTS}
            }
            told = tuple(row["type"] for row in rows.get(FACTS, ()) if row["type"] != "cases.answer_quoted")
            shapes.add((repr(sorted(tables.items())), told))
    return shapes


def test_every_promise_is_what_its_standard_gives_at_that_time():
    # A pause moves a time by as much as it lasted; that is told by the rows of the pauses.
    for promise in Promise.objects.filter(pauses=None):
        offer = offer_of_version(promise.standard_version_id)
        times = promised_times(start=promise.starts_at, within=getattr(offer, promise.kind), offer=offer)
        assert (promise.due_at, promise.warn_at) == (times.due_at, times.warn_at)


def test_open_cases_wait_for_the_time_after_the_end_and_nothing_is_later():
    assert not Promise.objects.filter(is_live=True, due_at__lte=ENDS_AT).exists()
    assert not Message.objects.filter(at__gt=ENDS_AT).exists()
    assert not Case.objects.filter(opened_at__date__lt=WISH.first_day).exists()
    assert break_due_promises(at=ENDS_AT) == 0


def test_the_database_finds_nothing_to_refuse():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_texts_speak_of_the_case_s_own_people():
    for message in Message.objects.select_related("case__customer", "case__owner"):
        if message.kind == "customer":
            assert message.author_name == message.case.customer.name
            assert message.author == f"customer:{message.case.customer_id}"
    for case in Case.objects.prefetch_related("messages"):
        assert case.preview in {preview_of(message.text) for message in case.messages.all()}
        assert case.message_count == len(case.messages.all())


def test_few_customers_write_much():
    counts = sorted(Counter(Case.objects.values_list("customer_id", flat=True)).values(), reverse=True)

    assert sum(counts[: len(counts) // 5]) > sum(counts) / 3


def test_work_goes_on_where_the_filling_ended():
    case = Case.objects.filter(state="open", channel="mail").order_by("id")[0]
    closed = Case.objects.filter(state="solved").order_by("-closed_at")[0]
    owner = case.owner.account.as_actor()

    reply(case=case, said=Said("好的", ENDS_AT), by=owner, at=ENDS_AT)
    close_case(case=case, outcome="solved", by=owner, at=ENDS_AT)
    add_customer_message(case=closed, said=Said("还有一件事", ENDS_AT), channel=closed.channel, by=SYSTEM, at=ENDS_AT)
    opened = open_case(
        customer=case.customer, first=FirstMessage("又坏了", "又坏了", ENDS_AT), channel="mail", team=case.team,
        owner=case.owner, owner_reason="first contact", by=SYSTEM, at=ENDS_AT,
    )  # fmt: skip

    assert opened.case_id > 120
    assert Case.objects.get(pk=closed.pk).is_open


def test_the_cases_of_a_day_are_counted_on():
    last = Case.objects.order_by("-id")[0]
    day = timezone.localdate(last.opened_at)
    of_day = [case for case in Case.objects.all() if timezone.localdate(case.opened_at) == day]

    with connection.cursor() as cursor:
        # Other tests have drawn numbers, and a sequence does not forget.
        cursor.execute("SELECT setval('foundation_case_number', 120), foundation_next_case_count(%s)", [day])
        _set, following = cursor.fetchone()

    assert len(of_day) > 0
    assert following == len(of_day) + 1


def test_the_same_wish_gives_the_same_rows(filling):
    name, _number, rows = filling.steps[-1]

    assert name.startswith("cases-")
    assert rows()["cases_message"] == rows()["cases_message"]
    assert rows()["cases_case"] == rows()["cases_case"]


def test_a_second_run_adds_nothing(filling):
    filling.run()

    assert Case.objects.count() == 120


def test_a_new_unique_column_is_not_filled_before_it_has_a_rule(filling):
    case = Case.objects.order_by("id")[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE cases_ticket (id bigint PRIMARY KEY, case_id bigint REFERENCES cases_case, code text UNIQUE)"
        )
        cursor.execute("INSERT INTO cases_ticket VALUES (1, %s, 'A-1')", [case.pk])
    _people, cases = _casting.readers()
    rows = cases.histories("case_id IS NOT NULL")[case.pk]

    with pytest.raises(NoRule, match=r"cases_ticket\.code is unique"):
        cases.mould(case.pk, rows, {})


def test_a_new_number_of_another_row_is_not_filled_before_it_has_a_rule(filling):
    case = Case.objects.order_by("id")[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE cases_ticket (id bigint PRIMARY KEY, case_id bigint REFERENCES cases_case, printer_id bigint)"
        )
        cursor.execute("INSERT INTO cases_ticket VALUES (1, %s, 5)", [case.pk])
    _people, cases = _casting.readers()
    rows = cases.histories("case_id IS NOT NULL")[case.pk]

    with pytest.raises(NoRule, match=r"cases_ticket\.printer_id"):
        cases.mould(case.pk, rows, {})
