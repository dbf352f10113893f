"""The life of a case, at random: whatever happens in whatever order, what a case guarantees holds after every step.

A step more is a `@rule` of `Life`, or of a class with further rules that is mixed in; it acts at `self.at` and lets
`self.tried` swallow refusals. What must hold is an `@invariant`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from yinuo.cases.actions import (
    add_customer_message,
    add_note,
    break_due_promises,
    change_class,
    change_owner,
    close_case,
    give_promise,
    keep_promise,
    reopen_case,
    replace_promise,
    reply,
    warn_of_due_promises,
    withdraw_promise,
)
from yinuo.cases.actions.messages import Said
from yinuo.cases.actions.promising import make_promise
from yinuo.cases.models import Case, Ownership, Promise, PromiseEnd
from yinuo.foundation.models import FactRow
from yinuo.foundation.refusals import Refusal

from .cast import SYSTEM, House, actor_of
from .test_renegotiating import check_replay, urgent_standard

pytestmark = pytest.mark.django_db
BEGINNING = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
HOUSE: list[House] = []


class Life(RuleBasedStateMachine):
    """One case, from its opening on."""

    @initialize()
    def opens(self) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.house = HOUSE[0]
        self.chen, self.zhou = actor_of(self.house.chen), actor_of(self.house.zhou)
        self.at = BEGINNING
        self.case = self.house.open(at=self.at)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    @contextmanager
    def tried(self) -> Iterator[None]:
        """Let a refusal pass, with nothing of it written."""
        try:
            with transaction.atomic():
                yield
        except Refusal:
            pass

    @rule(minutes=st.sampled_from([1, 30, 120, 240, 600, 1440, 4320, 20_000]))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @rule()
    def the_worker_sweeps(self) -> None:
        break_due_promises(at=self.at)
        warn_of_due_promises(at=self.at)

    @rule()
    def the_customer_writes(self) -> None:
        add_customer_message(case=self.case, said=Said(text="?", at=self.at), channel="mail", by=SYSTEM, at=self.at)

    @rule(wait=st.booleans())
    def chen_answers(self, wait: bool) -> None:
        with self.tried():
            reply(case=self.case, said=Said(text="好", at=self.at), wait=wait, by=self.chen, at=self.at)

    @rule()
    def chen_notes(self) -> None:
        add_note(case=self.case, said=Said(text="查过", at=self.at), by=self.chen, at=self.at)

    @rule()
    def chen_closes(self) -> None:
        with self.tried():
            close_case(case=self.case, outcome="solved", by=self.chen, at=self.at)

    @rule()
    def chen_reopens(self) -> None:
        with self.tried():
            reopen_case(case=self.case, reason="漏看了", by=self.chen, at=self.at)

    @rule(taker=st.sampled_from(["chen", "zhou"]))
    def zhou_names_another_owner(self, taker: str) -> None:
        with self.tried():
            change_owner(case=self.case, to=getattr(self.house, taker), reason="排班", by=self.zhou, at=self.at)

    @rule(kind=st.sampled_from(["call_back", "visit", "parts", "own"]), hours=st.sampled_from([None, 1, 30]))
    def chen_promises(self, kind: str, hours: int | None) -> None:
        due_at = None if hours is None else self.at + timedelta(hours=hours)
        with self.tried():
            give_promise(case=self.case, kind=kind, due_at=due_at, subject="看一看", by=self.chen, at=self.at)

    @precondition(lambda self: self.case.is_open)
    @rule()
    def another_team_promises(self) -> None:
        make_promise(self.case, "task", start=self.at, by=self.chen, at=self.at)

    @rule(place=st.integers(0, 5))
    def chen_keeps(self, place: int) -> None:
        if promise := self.live(place):
            with self.tried():
                keep_promise(promise=promise, by=self.chen, at=self.at)

    @rule(place=st.integers(0, 5))
    def chen_withdraws(self, place: int) -> None:
        if promise := self.live(place):
            with self.tried():
                withdraw_promise(promise=promise, reason="不需要了", by=self.chen, at=self.at)

    @rule(place=st.integers(0, 5), hours=st.sampled_from([1, 24, 100]), consent=st.sampled_from(["agreed", "told"]))
    def chen_agrees_another_time(self, place: int, hours: int, consent: str) -> None:
        if promise := self.live(place):
            due_at = self.at + timedelta(hours=hours)
            with self.tried():
                replace_promise(
                    promise=promise, due_at=due_at, reason="等件", consent=consent, by=self.chen, at=self.at
                )

    @rule(case_class=st.sampled_from(["emergency", "routine"]))
    def chen_classifies(self, case_class: str) -> None:
        with self.tried():
            change_class(case=self.case, case_class=case_class, reason="看错了", by=self.chen, at=self.at)

    def live(self, place: int) -> Promise | None:
        """Return one of the live promises."""
        rows = list(Promise.objects.filter(case=self.case, is_live=True).select_related("case").order_by("id"))
        return rows[place % len(rows)] if rows else None

    @invariant()
    def an_open_case_has_one_owner_and_a_running_promise(self) -> None:
        self.case = Case.objects.get(pk=self.case.pk)
        running = Promise.objects.filter(case=self.case, runs_for_customer=True).order_by("due_at", "id")
        if self.case.is_open:
            assert Ownership.objects.filter(case=self.case, until=None).get().owner_id == self.case.owner_id
            assert (self.case.next_promise_id, self.case.next_due_at) == (running[0].pk, running[0].due_at)
        else:
            assert not Promise.objects.filter(case=self.case, is_live=True).exists()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    @invariant()
    def every_promise_has_at_most_one_end_and_the_ledger_sums(self) -> None:
        made = FactRow.objects.filter(case_id=self.case.pk, type="cases.promise_made").count()
        ends = {
            end: FactRow.objects.filter(case_id=self.case.pk, type=f"cases.promise_{end}").count()
            for end in PromiseEnd.values
        }
        rows = list(Promise.objects.filter(case=self.case).values_list("end", flat=True))
        assert made == len(rows)
        assert ends == {end: rows.count(end) for end in PromiseEnd.values}

    @invariant()
    def facts_alone_make_every_promise_again(self) -> None:
        check_replay(self.case)


def test_whatever_happens_in_whatever_order_a_case_keeps_what_it_guarantees(house):
    urgent_standard(house)
    HOUSE[:] = [house]

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=10, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
