"""Remedies as people look at them: of a case, one of them, what waits for a decision, what is left to give."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from yinuo.access.actors import Actor
from yinuo.cases.models import Case
from yinuo.foundation.calendars import due_at as due_in_open_time
from yinuo.foundation.refusals import NotFound
from yinuo.organisation.models import Staff
from yinuo.remedies import rules
from yinuo.remedies.models import (
    GIVEN_STATES,
    Approval,
    AuthorityLimit,
    Remedy,
    RemedyState,
)
from yinuo.remedies.rules import Figures, Limit, Verdict, carries
from yinuo.standards.models import REMEDIES_OF_MONEY, RemedyKind

from .authority import day_of, hours_of, policy_on, request_of, standing

MOST_WAITING = 100


@dataclass(frozen=True)
class Room:
    """What somebody may give of a kind on a case now, and what becomes of a sum.

    left: on the case, today, this month; amounts, or counts when `currency` is empty. verdict: of the sum asked for;
    approver and due_at: who would decide, and by when.
    """

    kind: str
    currency: str
    has_limit: bool
    left: Figures
    verdict: Verdict
    why: str
    approver: str = ""
    approver_count: int = 0
    due_at: datetime | None = None

    @property
    def at_once(self) -> Decimal:
        """Return how much could be given at once."""
        return min(self.left.per_case, self.left.per_day, self.left.per_month)


def room_of(case: Case, *, kind: str, amount: Decimal, currency: str, actor: Actor, at: datetime) -> Room:
    """Return what this person may give of a kind on a case, and what becomes of this amount. Refuses with NotFound."""
    staff = Staff.objects.select_related("account").filter(pk=actor.staff_id or 0).first()
    if staff is None:
        raise NotFound
    request = request_of(case, kind=kind, amount=amount, currency=currency)
    stand = standing(request, case=case, asker=staff, at=at)
    decided = stand.grantability
    room = Room(
        kind=kind,
        currency=request.currency,
        has_limit=decided.limit is not None,
        left=_left(decided.limit, stand.used),
        verdict=decided.verdict,
        why=decided.sentence,
        approver_count=decided.approver_count,
    )
    if decided.verdict is not Verdict.NEEDS_APPROVAL:
        return room
    able = [one for one in stand.approvers if carries(one, request, over_budget=decided.over_budget)]
    approver = Staff.objects.get(pk=able[0].staff_id)
    within = timedelta(minutes=policy_on(day_of(at)).approval_minutes)
    due = due_in_open_time(start=at, within=within, calendar=hours_of(approver))
    return Room(**{**room.__dict__, "approver": approver.name, "due_at": due})


def currencies() -> list[str]:
    """Return the currencies in which anybody may give something; the house's first."""
    found = AuthorityLimit.objects.exclude(currency="").order_by("currency").values_list("currency", flat=True)
    return sorted(set(found), key=lambda code: (code != "CNY", code)) or ["CNY"]


def remedies_of(case: Case, *, actor: Actor) -> list[Remedy]:
    """Return the remedies of a case, the newest first, each with who asked and who authorised; two statements."""
    rows = Remedy.objects.visible_to(actor).filter(case=case).select_related("asked_by")
    live = Prefetch("approvals", Approval.objects.filter(is_live=True).select_related("approver"), to_attr="waiting")
    return list(rows.prefetch_related(live).order_by("-id"))


def remedy_by_id(remedy_id: int, *, actor: Actor) -> Remedy:
    """Return a remedy with all its rows; refuses with NotFound for one that is not this person's to see."""
    rows = Remedy.objects.visible_to(actor).select_related(
        "case", "customer", "asked_by", "team", "department", "pledge_version"
    )
    related = ("authorisations__staff", "authorisations__limit_version", "approvals__approver", "entries")
    found = rows.prefetch_related(*related).filter(pk=remedy_id).first()
    if found is None:
        raise NotFound
    return found


def waiting_for(actor: Actor) -> "QuerySet[Approval]":
    """Return the approvals that wait for this person, the one due first on top."""
    mine = Approval.objects.filter(approver_id=actor.staff_id or 0, is_live=True)
    return mine.filter(remedy__in=Remedy.objects.visible_to(actor)).order_by("due_at", "id")


def waiting_for_others(actor: Actor) -> "QuerySet[Approval]":
    """Return the approvals that wait for somebody else on cases this person may see, without their own wishes."""
    rows = Approval.objects.filter(is_live=True, remedy__in=Remedy.objects.visible_to(actor))
    others = rows.exclude(approver_id=actor.staff_id or 0).exclude(remedy__asked_by_id=actor.staff_id or 0)
    return others.order_by("due_at", "id")


def shown_approvals(rows: "QuerySet[Approval]") -> Sequence[Approval]:
    """Return approvals with what a card shows: the remedy, its case, its customer, who asked; one statement."""
    return list(rows.select_related("approver", "remedy__case", "remedy__customer", "remedy__asked_by")[:MOST_WAITING])


def given_before(customer_ids: Sequence[int]) -> dict[int, list[Remedy]]:
    """Return what these customers were given before, the newest first; for whoever decides."""
    found: dict[int, list[Remedy]] = {}
    rows = Remedy.objects.filter(customer_id__in=customer_ids, state__in=GIVEN_STATES).order_by("-granted_at", "-id")
    for row in rows:
        found.setdefault(row.customer_id, []).append(row)
    return found


def may(remedy: Remedy, actor: Actor) -> dict[str, bool]:
    """Return which acts on a remedy this person is offered; the action asks again."""
    is_asked, own = remedy.state == RemedyState.ASKED, remedy.asked_by_id == actor.staff_id
    return {
        "decide": is_asked and not own and actor.may("remedies.approve"),
        "ask": remedy.state in (RemedyState.SENT_BACK, RemedyState.PROPOSED) and actor.may("remedies.grant"),
        "withdraw": remedy.state in (RemedyState.ASKED, RemedyState.SENT_BACK, RemedyState.PROPOSED)
        and actor.may("remedies.grant"),
        "deliver": remedy.state == RemedyState.GRANTED and actor.may("remedies.grant"),
        "reverse": remedy.state in GIVEN_STATES and actor.may("remedies.reverse"),
    }


def is_money(kind: str) -> bool:
    """Return whether a kind is worth an amount."""
    return RemedyKind(kind) in REMEDIES_OF_MONEY


def _left(limit: Limit | None, used: Figures) -> Figures:
    if limit is None:
        return rules.NOTHING
    most = limit.figures
    pairs = ((most.per_case, used.per_case), (most.per_day, used.per_day), (most.per_month, used.per_month))
    return Figures(*(max(rules.ZERO, allowed - gone) for allowed, gone in pairs))
