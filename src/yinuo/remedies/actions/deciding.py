"""Deciding on a remedy that somebody else asked for: yes, no, or once more."""

from datetime import datetime

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.cases.models import Case
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import NotAllowed
from yinuo.organisation.models import Staff
from yinuo.remedies import rules
from yinuo.remedies.facts import ApprovalGiven, RemedyRefused, RemedySentBack
from yinuo.remedies.models import ApprovalEnd, Remedy, RemedyState
from yinuo.remedies.queries.authority import request_of
from yinuo.remedies.rules import carries, shortfall

from .asking import ask_next, end_live_approval
from .granting import authorise, check_reason, end, give, locked_person, locked_remedy, stand_of


@transaction.atomic
def approve_remedy(*, remedy: Remedy, by: Actor, at: datetime) -> Remedy:
    """Say yes with one's own authority. The last yes needed grants the remedy; before it, the next person is asked.

    Needs `remedies.approve`. Refuses with NotOpenForThis, NoSelfApproval, AuthorityTooSmall, RemedyRefused (the budget
    ended it meanwhile). Announces ApprovalGiven, and RemedyGranted or ApprovalAsked.
    """
    case, remedy, approver = _open_for(remedy, by)
    asker = remedy.asked_by
    stand = stand_of(remedy, case, asker, at=at)
    if stand.grantability.why is rules.Why.BUDGET_ENDS_IT:
        raise rules.RemedyRefused(why=stand.grantability.why.value)
    request = request_of(case, kind=remedy.kind, amount=remedy.amount, currency=remedy.currency)
    mine = next((one for one in stand.approvers if one.staff_id == approver.pk), None)
    over_budget = remedy.over_budget or stand.grantability.over_budget
    if mine is None or mine.limit is None or not carries(mine, request, over_budget=over_budget):
        raise rules.AuthorityTooSmall
    approval = end_live_approval(remedy, ApprovalEnd.APPROVED, decided_by=approver, reason="", at=at)
    assert approval is not None
    authorise(remedy, approver, mine.limit.version_id, at=at)
    given = ApprovalGiven(case_id=case.pk, staff_id=approver.pk, remedy_id=remedy.pk, approval_id=approval.pk)
    announce(given, by=by, at=at)
    if remedy.authorisations.count() >= remedy.approver_count:
        give(remedy, case, by=by, at=at)
        return remedy
    rest = [one for one in stand.approvers if one.staff_id != approver.pk]
    if not any(shortfall(request, one.limit, one.used) is rules.Why.WITHIN for one in rest):
        raise rules.RemedyRefused(why=rules.Why.NOBODY.value)
    ask_next(remedy, case, rest, by=by, at=at)
    return remedy


@transaction.atomic
def refuse_remedy(*, remedy: Remedy, reason: str, by: Actor, at: datetime) -> Remedy:
    """Say no, and why. Needs `remedies.approve`. Refuses with ReasonMissing, NotOpenForThis, NoSelfApproval.

    Announces RemedyRefused. The customer hears nothing: they were promised nothing.
    """
    check_reason(reason)
    case, remedy, approver = _open_for(remedy, by)
    end_live_approval(remedy, ApprovalEnd.REFUSED, decided_by=approver, reason=reason, at=at)
    end(remedy, RemedyState.REFUSED, reason, by=by, at=at)
    fact = RemedyRefused(
        case_id=case.pk, customer_id=remedy.customer_id, staff_id=remedy.asked_by_id, remedy_id=remedy.pk
    )
    announce(fact, by=by, at=at)
    return remedy


@transaction.atomic
def send_back_remedy(*, remedy: Remedy, reason: str, by: Actor, at: datetime) -> Remedy:
    """Ask the asker for a word more or another sum. Needs `remedies.approve`. Refuses as `refuse_remedy` does.

    Announces RemedySentBack. The asker asks again, or lets it go.
    """
    check_reason(reason)
    case, remedy, approver = _open_for(remedy, by)
    end_live_approval(remedy, ApprovalEnd.SENT_BACK, decided_by=approver, reason=reason, at=at)
    remedy.state = RemedyState.SENT_BACK
    remedy.save(update_fields=["state"])
    remedy.authorisations.all().delete()
    fact = RemedySentBack(
        case_id=case.pk, customer_id=remedy.customer_id, staff_id=remedy.asked_by_id, remedy_id=remedy.pk
    )
    announce(fact, by=by, at=at)
    return remedy


def _open_for(remedy: Remedy, by: Actor) -> tuple[Case, Remedy, Staff]:
    """Return case, remedy and approver, locked, when this person may decide now."""
    by.require("remedies.approve")
    if by.staff_id is None:
        raise NotAllowed(permission="remedies.approve")
    case, remedy = locked_remedy(remedy, by)
    if remedy.state != RemedyState.ASKED:
        raise rules.NotOpenForThis
    approver = locked_person(by)
    has_decided = remedy.authorisations.filter(staff=approver).exists()
    if remedy.asked_by_id == approver.pk or has_decided:
        raise rules.NoSelfApproval
    return case, remedy, approver
