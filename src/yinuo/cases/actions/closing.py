"""Ending a case, in two steps: solved, then closed for good; and starting it again."""

from datetime import datetime

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.facts import CaseClosed, CaseReopened, CaseSettled, SolutionConfirmed
from yinuo.cases.models import Case, CaseState, Closure, Reopening
from yinuo.cases.queries.closing import closing_of
from yinuo.foundation.facts import announce
from yinuo.organisation.models import Presence, Staff

from . import pausing, promising
from .ending_tasks import end_tasks
from .locking import locked_case
from .owning import OFFER_FIELDS, OWNER_FIELDS, end_offers, make_owner
from .waiting import end_waiting

_BATCH = 200
_SETTLED = ("state", "settles_at", "settled_at")


@transaction.atomic
def close_case(
    *,
    case: Case,
    outcome: str,
    summary: str = "",
    for_good: bool = False,
    withdraw_tasks: bool = False,
    by: Actor,
    at: datetime,
) -> Closure:
    """End a case: it is solved, and closes for good when its team's time for the customer's word is over.

    A resolution still in time is kept, other promises still live are withdrawn. for_good: nobody is asked, it closes
    at once. withdraw_tasks: what others were asked for is taken back, even what blocks. Refuses with CaseIsClosed,
    UnknownOutcome, NotAllowed, TasksStillOpen. Announces CaseClosed, PromiseKept, PromiseWithdrawn, TaskWithdrawn,
    CaseSettled.
    """
    if not by.customer_id:
        by.require("cases.close")
    if outcome not in rules.OUTCOMES:
        raise rules.UnknownOutcome(outcome=outcome, known=", ".join(rules.OUTCOMES))
    case = locked_case(case, by)
    if not case.is_open:
        raise rules.CaseIsClosed(reference=case.reference)
    end_tasks(case, withdraw=withdraw_tasks, by=by, at=at)
    end_waiting(case, by=by, at=at)
    live = promising.break_overdue(case, at=at, renew=False)
    promising.end_kept(case, [one for one in live if one.kind == "resolution"], by=by, at=at)
    promising.end_withdrawn(case, [one for one in live if one.kind != "resolution"], by=by, at=at)
    settles_at = at if for_good else rules.settles_at(closing_of(case.team_id), solved_at=at)
    case.state, case.closed_at, case.settles_at = CaseState.SOLVED, at, settles_at
    case.first_solved_at = case.first_solved_at or at
    case.next_promise_id = case.next_due_at = case.has_live_promise = None
    # What was asked last is settled with the case: the next message starts a clock of its own.
    case.unanswered_since = case.broken_since = None
    end_offers(case, by=by, at=at)
    closure = Closure.objects.create(case=case, outcome=outcome, summary=summary, at=at, by=by.key)
    announce(
        CaseClosed(case_id=case.pk, customer_id=case.customer_id, staff_id=case.owner_id, outcome=outcome),
        by=by,
        at=at,
    )
    if settles_at == at:
        _settle(case, how="at_once", by=by, at=at)
    case.save(
        update_fields=[
            *promising.STATE_FIELDS,
            "unanswered_since",
            "waiting_since",
            "blocking_task_count",
            *OFFER_FIELDS,
        ]
    )
    return closure


@transaction.atomic
def confirm_solved(*, case: Case, word: str = "", by: Actor, at: datetime) -> Closure:
    """The customer says themselves that a solved case is solved: it closes for good at once. Saying it twice is one.

    word: what they add, kept with the closure. Refuses with NothingToConfirm, NotAllowed.
    Announces SolutionConfirmed, CaseSettled.
    """
    if not by.customer_id:
        by.require("cases.close")
    case = locked_case(case, by)
    if case.is_open:
        raise rules.NothingToConfirm(reference=case.reference)
    closure = note_confirmed(case, by=by, at=at)
    if word:
        closure.summary = "\n".join(one for one in (closure.summary, word) if one)
        closure.save(update_fields=["summary"])
    if case.state == CaseState.SOLVED:
        _settle(case, how="confirmed", by=by, at=at)
        case.save(update_fields=_SETTLED)
    return closure


def note_confirmed(case: Case, *, by: Actor, at: datetime) -> Closure:
    """Write down, on a locked case, that the customer said it is solved; it does not close by that."""
    closure = case.closures.order_by("-id")[0]
    if closure.confirmed_at is None:
        closure.confirmed_at = at
        closure.save(update_fields=["confirmed_at"])
        announce(SolutionConfirmed(case_id=case.pk, customer_id=case.customer_id), by=by, at=at)
    return closure


def settle_due_cases(*, at: datetime) -> int:
    """Close for good every solved case whose time is over, at its own instant; return how many.

    Takes small batches by the index on that instant until none is left; several workers share the work by row locks.
    """
    total = 0
    while settled := _settle_batch(at):
        total += settled
    return total


@transaction.atomic
def reopen_case(*, case: Case, reason: str, by: Actor, at: datetime) -> Reopening:
    """Start an ended case again, with a new promise of an answer; its owner by the rule of its team.

    A case that closed for good needs `cases.reopen_closed`. Refuses with CaseIsOpen, CaseIsSettled, NotAllowed.
    Announces CaseReopened, PromiseMade, perhaps OwnerChanged.
    """
    if not by.customer_id:
        by.require("cases.reopen")
    case = locked_case(case, by)
    if case.is_open:
        raise rules.CaseIsOpen(reference=case.reference)
    if not may_reopen(case, by=by, at=at):
        raise rules.CaseIsSettled(reference=case.reference)
    return start_again(case, reason=reason, since=at, by=by, at=at)


def may_reopen(case: Case, *, by: Actor, at: datetime) -> bool:
    """Return whether this actor may start an ended case again: while it is solved, or by `cases.reopen_closed`."""
    if rules.may_start_again(state=case.state, settles_at=case.settles_at, at=at):
        return True
    return not by.customer_id and by.may("cases.reopen_closed")


def start_again(case: Case, *, reason: str, since: datetime, by: Actor, at: datetime) -> Reopening:
    """Start a locked, ended case again and save it; the clock of the answer counts from `since`."""
    reopening = reopen_locked(case, reason=reason, by=by, at=at)
    live = promising.break_overdue(case, at=at, renew=False)
    live.append(promising.make_promise(case, "next_answer", start=since, by=by, at=at))
    promising.settle(case, live, by=by, at=at)
    case.save(update_fields=promising.STATE_FIELDS)
    return reopening


def reopen_locked(case: Case, *, reason: str, by: Actor, at: datetime) -> Reopening:
    """Write down that a locked case starts again; the caller gives it its promise and saves it.

    What was left of the time to solve it goes on: the time it was closed is a pause. The first ending stays on record.
    """
    closure = case.closures.order_by("-id")[0]
    reopening = Reopening.objects.create(case=case, closure=closure, reason=reason[:300], at=at, by=by.key)
    _keep_or_replace_owner(case, by=by, at=at)
    case.state, case.closed_at, case.settles_at, case.settled_at = CaseState.OPEN, None, None, None
    announce(CaseReopened(case_id=case.pk, customer_id=case.customer_id, staff_id=case.owner_id), by=by, at=at)
    pausing.resume_resolution(case, by=by, at=at)
    return reopening


@transaction.atomic
def _settle_batch(at: datetime) -> int:
    due = Case.objects.filter(state=CaseState.SOLVED, settles_at__lt=at).order_by("settles_at", "id")
    cases = list(due.select_for_update(skip_locked=True, of=("self",))[:_BATCH])
    for case in cases:
        assert case.settles_at is not None  # filtered so
        _settle(case, how="time", by=Actor.system("clock"), at=case.settles_at)
    Case.objects.bulk_update(cases, _SETTLED)
    return len(cases)


def _settle(case: Case, *, how: str, by: Actor, at: datetime) -> None:
    """Close a locked, solved case for good. Does not save it. how: time, confirmed or at_once."""
    case.state, case.settles_at, case.settled_at = CaseState.CLOSED, None, at
    announce(CaseSettled(case_id=case.pk, customer_id=case.customer_id, how=how), by=by, at=at)


def _keep_or_replace_owner(case: Case, *, by: Actor, at: datetime) -> None:
    """Let the owner stay accountable after a reopening, or a leader of the team be, by the rule of the team."""
    owner = case.owner
    if owner is None:
        return
    is_away = owner.presence == Presence.AWAY
    if rules.owner_may_stay(closing_of(case.team_id), has_left=owner.left_at is not None, is_away=is_away):
        return
    team = Staff.objects.filter(memberships__team=case.team_id, left_at=None)
    successor = team.order_by("-memberships__is_leader", "pk").first()
    if successor is None or successor == owner:
        return
    reason = "the former owner left" if owner.left_at else "reopened: the rule of the team"
    make_owner(case, successor, reason=reason, team=case.team, by=by, at=at)
    case.save(update_fields=OWNER_FIELDS)
