"""A small demo, filled by the house's own actions: what its ledger and its log must look like."""

import hashlib
from collections import Counter
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from yinuo.cases.actions import break_due_promises, warn_of_due_promises
from yinuo.cases.models import Case, Message, MessageKind, Promise
from yinuo.customers.models import Customer
from yinuo.demo.filling import steps
from yinuo.demo.filling.filling import Filling
from yinuo.demo.filling.wish import Wish
from yinuo.entitlements.models import Order, OwnedProduct
from yinuo.foundation.database import prepare_database
from yinuo.foundation.models import FactRow
from yinuo.intake.mail.models import Mailbox, OutgoingMail, StoredMail
from yinuo.organisation.models import Staff
from yinuo.standards.models import Standard

ENDS_AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
WISH = Wish(seed=7, case_count=60, customer_count=200, ends_at=ENDS_AT)


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """A small demo, kept for the tests of this module and rolled back after them."""
    patch = pytest.MonkeyPatch()
    home = tmp_path_factory.mktemp("demo")
    patch.setenv("YINUO_HOME", str(home))
    with django_db_blocker.unblock():
        whole = transaction.atomic()
        whole.__enter__()
        try:
            _fill(home)
            yield home
        finally:
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)
            connection.close()
            patch.undo()


@pytest.fixture
def _django_db_helper(demo, django_db_blocker):
    """In place of pytest-django's own, which would close the connection and with it the shared demo.

    Each test looks at the same demo; what it changes is put back.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


pytestmark = pytest.mark.django_db


def _fill(home) -> None:
    prepare_database(today=WISH.today, history_from=WISH.moved_in_at.date())
    wish = steps.remember(WISH)
    filling = Filling(wish, home / "demo-mail")
    filling.fill_company()
    filling.fill_first()
    filling.fill_rest()


def _ledger() -> str:
    """A hash over every promise: whose, of which kind, until when, and how it ended."""
    rows = Promise.objects.order_by("case__reference", "made_at", "kind", "due_at").values_list(
        "case__reference", "kind", "made_at", "due_at", "warned_at", "end", "ended_at"
    )
    return hashlib.sha256("\n".join(map(str, rows)).encode()).hexdigest()


def _counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in (Customer, Order, OwnedProduct, Case, Message, Promise)}


def test_the_company_is_whole(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]  # the one it was filled with
    assert Staff.objects.count() == 40
    assert Standard.objects.count() == 12
    assert Mailbox.objects.count() == 5
    assert Customer.objects.count() == 212  # two hundred, and twelve strangers who advertise
    assert Staff.objects.get(account__username="chen").presence == "available"
    assert Staff.objects.get(account__username="zhou").memberships.get().is_leader
    assert Staff.objects.get(account__username="grace").account.check_password("yinuo-demo")


def test_there_are_about_as_many_cases_as_wished_on_every_channel() -> None:
    assert 50 <= Case.objects.count() <= 70
    assert {"mail", "form", "phone"} <= set(Case.objects.values_list("channel", flat=True))


def test_every_case_of_a_day_is_numbered_from_one() -> None:
    by_day: dict[str, list[int]] = {}
    for reference in Case.objects.order_by("opened_at").values_list("reference", flat=True):
        _yn, day, number = reference.split("-")
        by_day.setdefault(day, []).append(int(number[:-1]))
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in by_day.values())


def test_every_open_case_has_an_owner_and_a_live_promise_that_is_not_overdue() -> None:
    opened = Case.objects.open()
    assert opened.exists()
    for case in opened:
        live = case.promises.filter(is_live=True)
        assert case.owner_id
        assert live
        assert min(promise.due_at for promise in live) == case.next_due_at >= ENDS_AT


def test_every_promise_that_ended_did_so_in_one_way_and_at_a_possible_time() -> None:
    for promise in Promise.objects.filter(is_live=False):
        assert promise.end in {"kept", "broken", "withdrawn"}
        assert promise.ended_at <= ENDS_AT
        if promise.end == "kept":
            assert promise.made_at <= promise.ended_at <= promise.due_at
        if promise.end == "broken":
            assert promise.ended_at == promise.due_at


def test_a_closed_case_has_no_live_promise_and_a_closure() -> None:
    closed = Case.objects.exclude(state="open")
    assert closed.exists()
    assert not Promise.objects.filter(case__in=closed, is_live=True).exists()
    assert all(case.closures.exists() for case in closed)


def test_few_promises_are_broken() -> None:
    ends = Counter(Promise.objects.filter(is_live=False).values_list("end", flat=True))
    assert ends["kept"] > 100
    assert 0 < ends["broken"] / (ends["kept"] + ends["broken"]) < 0.15


def test_the_worker_finds_nothing_left_to_do_at_the_end() -> None:
    assert break_due_promises(at=ENDS_AT) == 0
    assert warn_of_due_promises(at=ENDS_AT) == 0


def test_facts_happened_within_the_history_and_in_the_order_of_each_case() -> None:
    facts = FactRow.objects.filter(type__startswith="cases.")
    assert facts.count() > 400
    assert not facts.filter(at__gt=ENDS_AT).exists()
    for case in Case.objects.all():
        instants = list(facts.filter(case_id=case.pk, type="cases.customer_wrote").order_by("id").values_list("at"))
        assert instants == sorted(instants)


def test_nothing_of_the_history_waits_to_be_sent_and_nothing_is_acknowledged() -> None:
    assert not OutgoingMail.objects.filter(state="queued").exists()
    assert not StoredMail.objects.filter(may_acknowledge=True).exists()
    # What remedies and broadcasts tell is of the scenes; nothing says that a mail of the past was received.
    assert not Message.objects.filter(kind=MessageKind.NOTICE, author="system:mail").exists()


def test_mails_of_running_cases_are_kept_whole_with_their_thread() -> None:
    running = Case.objects.open().filter(channel="mail")
    assert running.exists()
    for message in Message.objects.filter(case__in=running, kind=MessageKind.CUSTOMER):
        assert message.mail.message_id_header
        assert message.source_key == f"mail:{message.mail.delivery_key}"
    for message in Message.objects.filter(case__in=running, kind=MessageKind.REPLY):
        assert message.outgoing_mail.state == "sent"


def test_the_same_wish_gives_the_same_company_and_history(demo) -> None:
    counts, ledger, references = _counts(), _ledger(), list(Case.objects.order_by("reference").values_list("reference"))
    with connection.cursor() as cursor:
        tables = ", ".join(
            name
            for name in connection.introspection.table_names()
            if name.split("_")[0] in _FILLED and "era" not in name
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {tables}, foundation_fact, foundation_case_day, demo_step CASCADE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    _fill(demo)
    assert _counts() == counts
    assert _ledger() == ledger
    assert list(Case.objects.order_by("reference").values_list("reference")) == references


_FILLED = {"access", "organisation", "customers", "entitlements", "standards", "cases", "mail"}
