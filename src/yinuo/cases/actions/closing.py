"""Ending a case, and starting it again."""

from datetime import datetime

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.facts import CaseClosed, CaseReopened
from yinuo.cases.models import Case, CaseState, Closure, Ownership, Reopening
from yinuo.foundation.facts import announce
from yinuo.organisation.models import Staff

from . import promising
from .locking import locked_case
from .owning import OFFER_FIELDS, end_offers
from .waiting import end_waiting


@transaction.atomic
def close_case(*, case: Case, outcome: str, summary: str = "", by: Actor, at: datetime) -> Closure:
    """End a case. A resolution still in time is kept, other promises still live are withdrawn.

    Refuses with CaseIsClosed, UnknownOutcome, NotAllowed. Announces CaseClosed, PromiseKept, PromiseWithdrawn.
    """
    if not by.customer_id:
        by.require("cases.close")
    if outcome not in rules.OUTCOMES:
        raise rules.UnknownOutcome(outcome=outcome, known=", ".join(rules.OUTCOMES))
    case = locked_case(case, by)
    if case.state == CaseState.CLOSED:
        raise rules.CaseIsClosed(reference=case.reference)
    live = promising.break_overdue(case, at=at, renew=False)
    promising.end_kept(case, [one for one in live if one.kind == "resolution"], by=by, at=at)
    promising.end_withdrawn(case, [one for one in live if one.kind != "resolution"], by=by, at=at)
    case.state, case.closed_at = CaseState.CLOSED, at
    case.next_promise_id = case.next_due_at = case.has_live_promise = None
    # What was asked last is settled with the case: the next message starts a clock of its own.
    case.unanswered_since = case.broken_since = None
    end_waiting(case, by=by, at=at)
    end_offers(case, by=by, at=at)
    case.save(update_fields=[*promising.STATE_FIELDS, "unanswered_since", "waiting_since", *OFFER_FIELDS])
    closure = Closure.objects.create(case=case, outcome=outcome, summary=summary, at=at, by=by.key)
    announce(
        CaseClosed(case_id=case.pk, customer_id=case.customer_id, staff_id=case.owner_id, outcome=outcome),
        by=by,
        at=at,
    )
    return closure


@transaction.atomic
def reopen_case(*, case: Case, reason: str, by: Actor, at: datetime) -> Reopening:
    """Start a closed case again, with the owner it had and a new promise of an answer.

    Refuses with CaseIsOpen, NotAllowed. Announces CaseReopened, PromiseMade.
    """
    if not by.customer_id:
        by.require("cases.reopen")
    case = locked_case(case, by)
    if case.state == CaseState.OPEN:
        raise rules.CaseIsOpen(reference=case.reference)
    reopening = reopen_locked(case, reason=reason, by=by, at=at)
    live = [
        promising.make_promise(case, "next_answer", start=at, by=by, at=at),
        *promising.live_promises(case),
    ]
    promising.settle(case, live, by=by, at=at)
    case.save(update_fields=promising.STATE_FIELDS)
    return reopening


def reopen_locked(case: Case, *, reason: str, by: Actor, at: datetime) -> Reopening:
    """Write down that a locked case starts again; the caller gives it its promise and saves it."""
    closure = case.closures.order_by("-id")[0]
    reopening = Reopening.objects.create(case=case, closure=closure, reason=reason[:300], at=at, by=by.key)
    _keep_or_replace_owner(case, by=by, at=at)
    case.state, case.closed_at = CaseState.OPEN, None
    announce(CaseReopened(case_id=case.pk, customer_id=case.customer_id, staff_id=case.owner_id), by=by, at=at)
    return reopening


def _keep_or_replace_owner(case: Case, *, by: Actor, at: datetime) -> None:
    """The owner stays accountable after a reopening, unless they left the house: then a leader of the team is."""
    if case.owner is None or case.owner.left_at is None:
        return
    team = Staff.objects.filter(memberships__team=case.team_id, left_at=None)
    successor = team.order_by("-memberships__is_leader", "pk").first()
    if successor is None:
        return
    Ownership.objects.filter(case=case, until=None).update(until=at)
    Ownership.objects.create(case=case, owner=successor, since=at, reason="the former owner left", by=by.key)
    case.owner = successor
