"""Giving a remedy: at once within one's authority, else by asking somebody who has it. Taking it back, delivering it.

Whoever decides holds the case, the person whose authority is used and the budgets, in this order, until the end of the
transaction: two who grant at the same time come one after the other and see what the first one used.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.cases.actions.locking import locked_case
from yinuo.cases.models import Case
from yinuo.foundation.facts import announce
from yinuo.foundation.money import Money
from yinuo.foundation.refusals import NotAllowed, NotFound
from yinuo.organisation.models import Staff
from yinuo.remedies import rules
from yinuo.remedies.facts import (
    BudgetNearlySpent,
    RemedyAsked,
    RemedyDelivered,
    RemedyGranted,
    RemedyReversed,
    RemedyWithdrawn,
)
from yinuo.remedies.models import (
    GIVEN_STATES,
    ApprovalEnd,
    Authorisation,
    Budget,
    BudgetWarning,
    LedgerEntry,
    LedgerWay,
    Remedy,
    RemedyReason,
    RemedyState,
)
from yinuo.remedies.queries.authority import (
    Standing,
    budgets_of,
    day_of,
    request_of,
    standing,
)
from yinuo.remedies.rules import Verdict
from yinuo.standards.models import REMEDIES_OF_MONEY, RemedyKind

from .asking import ask_next, end_live_approval
from .telling import tell_granted, tell_reversed

# Of a month's budget: from this share on its leaders are warned.
WARNING_SHARE = Decimal("0.8")
_STILL_WANTED = (RemedyState.PROPOSED, RemedyState.ASKED, RemedyState.SENT_BACK)


@dataclass(frozen=True)
class Wish:
    """What is to be given. amount: above zero for kinds worth money, none for others. note: for the approver; words:
    what the customer reads besides.
    """

    kind: str
    reason: str
    amount: Decimal | None = None
    currency: str = "CNY"
    note: str = ""
    words: str = ""


@transaction.atomic
def grant_remedy(*, case: Case, wish: Wish, by: Actor, at: datetime) -> Remedy:
    """Give the customer a remedy at once when the actor's authority carries it; else ask somebody for approval.

    Needs `remedies.grant`. Refuses with AmountMissing, RemedyRefused, NotFound. Announces RemedyGranted or RemedyAsked
    and ApprovalAsked; the customer is told of what they get, and of nothing before.
    """
    by.require("remedies.grant")
    case = locked_case(case, by)
    asker = locked_person(by)
    money = money_of(wish)
    remedy = Remedy(
        case=case,
        customer_id=case.customer_id,
        team_id=case.team_id,
        department_id=case.department_id,
        tier=case.tier,
        kind=RemedyKind(wish.kind),
        amount=money.amount if money else Decimal(0),
        currency=money.currency if money else "",
        reason=RemedyReason(wish.reason),
        note=wish.note[:500],
        words=wish.words[:2000],
        asked_by=asker,
        asked_at=at,
    )
    place(remedy, case, asker, by=by, at=at)
    return remedy


@transaction.atomic
def ask_again(*, remedy: Remedy, wish: Wish, by: Actor, at: datetime) -> Remedy:
    """Ask once more for a remedy that was sent back, or confirm one that was proposed; perhaps for less.

    Needs `remedies.grant`; the actor is the asker from now on. Refuses as `grant_remedy` does, and with NotOpenForThis.
    """
    by.require("remedies.grant")
    case, remedy = locked_remedy(remedy, by)
    asker = locked_person(by)
    if remedy.state not in (RemedyState.PROPOSED, RemedyState.SENT_BACK):
        raise rules.NotOpenForThis
    money = money_of(wish)
    remedy.kind, remedy.reason = RemedyKind(wish.kind), RemedyReason(wish.reason)
    remedy.amount, remedy.currency = (money.amount, money.currency) if money else (Decimal(0), "")
    remedy.note, remedy.words = wish.note[:500], wish.words[:2000]
    remedy.asked_by, remedy.asked_at = asker, at
    remedy.authorisations.all().delete()
    place(remedy, case, asker, by=by, at=at)
    return remedy


@transaction.atomic
def reverse_remedy(*, remedy: Remedy, reason: str, by: Actor, at: datetime) -> Remedy:
    """Take back what was granted: a row of its own in the ledger; the customer is told.

    Needs `remedies.reverse`. Refuses with ReasonMissing, NotOpenForThis. Announces RemedyReversed.
    """
    by.require("remedies.reverse")
    check_reason(reason)
    case, remedy = locked_remedy(remedy, by)
    if remedy.state not in GIVEN_STATES:
        raise rules.NotOpenForThis
    end(remedy, RemedyState.REVERSED, reason, by=by, at=at)
    _book(remedy, LedgerWay.REVERSED, by=by, at=at)
    announce(
        RemedyReversed(
            case_id=case.pk,
            customer_id=remedy.customer_id,
            staff_id=remedy.asked_by_id,
            team_id=remedy.team_id,
            remedy_id=remedy.pk,
            amount=remedy.amount,
            currency=remedy.currency,
        ),
        by=by,
        at=at,
    )
    tell_reversed(remedy, case, at=at)
    return remedy


@transaction.atomic
def withdraw_remedy(*, remedy: Remedy, reason: str = "", by: Actor, at: datetime) -> Remedy:
    """Let go what was proposed or asked for and is not decided. Needs `remedies.grant`. Refuses with NotOpenForThis."""
    by.require("remedies.grant")
    case, remedy = locked_remedy(remedy, by)
    if remedy.state not in _STILL_WANTED:
        raise rules.NotOpenForThis
    end_live_approval(remedy, ApprovalEnd.WITHDRAWN, decided_by=None, reason="", at=at)
    end(remedy, RemedyState.WITHDRAWN, reason, by=by, at=at)
    fact = RemedyWithdrawn(
        case_id=case.pk, customer_id=remedy.customer_id, staff_id=remedy.asked_by_id, remedy_id=remedy.pk
    )
    announce(fact, by=by, at=at)
    return remedy


@transaction.atomic
def deliver_remedy(*, remedy: Remedy, evidence: str, by: Actor, at: datetime) -> Remedy:
    """Say that the customer has what was granted. evidence: how one can see it, such as a number of the payment.

    Needs `remedies.grant`. Refuses with ReasonMissing, NotOpenForThis. Announces RemedyDelivered.
    """
    by.require("remedies.grant")
    check_reason(evidence)
    case, remedy = locked_remedy(remedy, by)
    if remedy.state != RemedyState.GRANTED:
        raise rules.NotOpenForThis
    remedy.state, remedy.delivered_at, remedy.delivered_by = RemedyState.DELIVERED, at, by.key
    remedy.evidence = evidence.strip()[:500]
    remedy.save(update_fields=["state", "delivered_at", "delivered_by", "evidence"])
    fact = RemedyDelivered(
        case_id=case.pk, customer_id=remedy.customer_id, staff_id=remedy.asked_by_id, remedy_id=remedy.pk
    )
    announce(fact, by=by, at=at)
    return remedy


def place(remedy: Remedy, case: Case, asker: Staff | None, *, by: Actor, at: datetime) -> None:
    """Grant a remedy at once, or ask for approval, as the rules decide; the case and the asker are locked."""
    stand = stand_of(remedy, case, asker, at=at)
    decided = stand.grantability
    if decided.verdict is Verdict.REFUSED:
        raise rules.RemedyRefused(why=decided.why.value)
    remedy.why, remedy.approver_count, remedy.over_budget = decided.why, decided.approver_count, decided.over_budget
    if decided.verdict is Verdict.GRANTED:
        assert decided.limit is not None
        assert asker is not None
        # A given remedy says since when, in one row from the first: the state is not stored before.
        _mark_granted(remedy, at=at)
        remedy.save()
        authorise(remedy, asker, decided.limit.version_id, at=at)
        settle_granted(remedy, case, by=by, at=at)
        return
    remedy.state = RemedyState.ASKED
    remedy.save()
    announce(
        RemedyAsked(
            case_id=case.pk,
            customer_id=remedy.customer_id,
            staff_id=remedy.asked_by_id,
            remedy_id=remedy.pk,
            kind=remedy.kind,
            amount=remedy.amount,
            currency=remedy.currency,
            why=remedy.why,
        ),
        by=by,
        at=at,
    )
    ask_next(remedy, case, stand.approvers, by=by, at=at)


def give(remedy: Remedy, case: Case, *, by: Actor, at: datetime) -> None:
    """Grant a stored remedy that has all its authorisations; case and remedy are locked."""
    _mark_granted(remedy, at=at)
    remedy.save(update_fields=["state", "granted_at", "granted_on"])
    settle_granted(remedy, case, by=by, at=at)


def settle_granted(remedy: Remedy, case: Case, *, by: Actor, at: datetime) -> None:
    """Book what was granted, tell the customer, and warn of a budget that nears its end."""
    _book(remedy, LedgerWay.GRANTED, by=by, at=at)
    announce(
        RemedyGranted(
            case_id=case.pk,
            customer_id=remedy.customer_id,
            staff_id=remedy.asked_by_id,
            team_id=remedy.team_id,
            remedy_id=remedy.pk,
            kind=remedy.kind,
            amount=remedy.amount,
            currency=remedy.currency,
            reason=remedy.reason,
        ),
        by=by,
        at=at,
    )
    tell_granted(remedy, case, at=at)
    _warn_of_budgets(remedy, case, by=by, at=at)


def authorise(remedy: Remedy, staff: Staff, limit_version_id: int, *, at: datetime) -> None:
    """Write down by whose authority, and under which version of it, a remedy is given."""
    Authorisation.objects.create(
        remedy=remedy, staff=staff, limit_version_id=limit_version_id, at=at, used_on=day_of(at)
    )


def stand_of(remedy: Remedy, case: Case, asker: Staff | None, *, at: datetime) -> Standing:
    """Return how the remedy stands, with the budgets it counts against locked until the transaction ends."""
    request = request_of(case, kind=remedy.kind, amount=remedy.amount, currency=remedy.currency)
    ids = [budget.pk for budget, _stand in budgets_of(case, request, day_of(at))]
    list(Budget.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    return standing(request, case=case, asker=asker, at=at, besides=remedy.pk)


def locked_remedy(remedy: Remedy, by: Actor) -> tuple[Case, Remedy]:
    """Return the case and the remedy as they are now, locked in this order; refuses with NotFound."""
    case = locked_case(remedy.case, by)
    found = Remedy.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=remedy.pk).first()
    if found is None:
        raise NotFound
    return case, found


def locked_person(by: Actor) -> Staff:
    """Return the member of staff who acts, locked: whoever else uses their authority waits. Refuses with NotAllowed."""
    found = Staff.objects.working().select_for_update(of=("self",), no_key=True).filter(pk=by.staff_id or 0).first()
    if found is None:
        raise NotAllowed(permission="remedies.grant")
    return found


def check_reason(reason: str) -> None:
    """Pass when somebody wrote why; refuses with ReasonMissing."""
    if not reason.strip():
        raise rules.ReasonMissing


def end(remedy: Remedy, state: RemedyState, reason: str, *, by: Actor, at: datetime) -> None:
    """Let a locked remedy end in this state."""
    remedy.state, remedy.ended_at = state, at
    remedy.end_reason, remedy.ended_by = reason.strip()[:500], by.key
    remedy.save(update_fields=["state", "ended_at", "end_reason", "ended_by"])


def money_of(wish: Wish) -> Money | None:
    """Return the amount in its currency's own units, None for kinds that are counted; refuses with AmountMissing."""
    if wish.kind not in REMEDIES_OF_MONEY:
        if wish.amount:
            raise rules.AmountMissing
        return None
    money = Money(wish.amount or Decimal(0), wish.currency)
    if money.amount <= 0:
        raise rules.AmountMissing
    return money


def _mark_granted(remedy: Remedy, *, at: datetime) -> None:
    remedy.state, remedy.granted_at, remedy.granted_on = RemedyState.GRANTED, at, day_of(at)


def _book(remedy: Remedy, way: LedgerWay, *, by: Actor, at: datetime) -> None:
    LedgerEntry.objects.create(
        remedy=remedy,
        way=way,
        amount=remedy.amount if way == LedgerWay.GRANTED else -remedy.amount,
        currency=remedy.currency,
        team_id=remedy.team_id,
        department_id=remedy.department_id,
        booked_on=day_of(at),
        at=at,
        by=by.key,
    )


def _warn_of_budgets(remedy: Remedy, case: Case, *, by: Actor, at: datetime) -> None:
    request = request_of(case, kind=remedy.kind, amount=remedy.amount, currency=remedy.currency)
    month = rules.first_of_month(day_of(at))
    for budget, stand in budgets_of(case, request, day_of(at)):
        if stand.spent < stand.amount * WARNING_SHARE:
            continue
        _warning, is_new = BudgetWarning.objects.get_or_create(budget=budget, month=month, defaults={"at": at})
        if is_new:
            announce(
                BudgetNearlySpent(
                    team_id=budget.team_id,
                    budget_id=budget.pk,
                    month=month,
                    amount=stand.amount,
                    spent=stand.spent,
                    currency=budget.currency,
                ),
                by=by,
                at=at,
            )
