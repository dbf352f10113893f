"""What remedies do when something is announced: staff are told."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from yinuo.access.actors import Actor
from yinuo.access.roles import PERMISSIONS, Role
from yinuo.cases.facts import PromiseBroken
from yinuo.foundation.clock import now
from yinuo.foundation.facts import Fact, RecordedFact
from yinuo.foundation.followers import follower
from yinuo.notifications.actions import Notice, notify
from yinuo.notifications.kinds import Kind
from yinuo.organisation.models import Staff

from . import notices
from .actions import follow_up
from .facts import (
    ApprovalAsked,
    ApprovalEscalated,
    ApprovalSoonDue,
    BudgetNearlySpent,
    RemedyGranted,
    RemedyProposed,
    RemedyRefused,
    RemedySentBack,
)
from .models import Budget

NOTICES = Actor.system("remedies")
_TOLD: dict[type[Fact], Kind] = {
    ApprovalAsked: notices.APPROVAL_ASKED,
    ApprovalSoonDue: notices.APPROVAL_SOON_DUE,
    ApprovalEscalated: notices.APPROVAL_ESCALATED,
    RemedyProposed: notices.PROPOSED,
    RemedyGranted: notices.DECIDED,
    RemedyRefused: notices.DECIDED,
    RemedySentBack: notices.SENT_BACK,
    BudgetNearlySpent: notices.BUDGET_NEARLY_SPENT,
}
_KIND_OF = {fact.fact_type: kind for fact, kind in _TOLD.items()}


@follower("remedies.follow_up", kinds=[PromiseBroken], batch_size=20)
def follow_up_broken_promises(facts: Sequence[RecordedFact]) -> None:
    """Apologise for what was broken, propose what a pledge names, and let somebody else talk to the customer."""
    for fact in facts:
        follow_up(promise_id=fact.payload["promise_id"], at=now())


@follower("remedies.tell_staff", kinds=_TOLD, batch_size=200)
def tell_staff(facts: Sequence[RecordedFact]) -> None:
    """Tell approvers what waits for them, askers what was decided, and those who see the ledger of spent budgets."""
    notify(notices=[notice for fact in facts for notice in _notices(fact)], by=NOTICES, at=now())


def _notices(fact: RecordedFact) -> Iterator[Notice]:
    if fact.type == BudgetNearlySpent.fact_type:
        for staff_id in _watchers(fact.payload["budget_id"]):
            yield _notice(fact, staff_id, fact.payload["budget_id"])
        return
    staff_id = fact.subjects["staff_id"]
    if staff_id and fact.case_id:
        yield _notice(fact, staff_id, fact.case_id)


def _notice(fact: RecordedFact, staff_id: int, subject_id: int) -> Notice:
    due_at = fact.payload.get("due_at")
    moment = datetime.fromisoformat(due_at) if due_at else None
    return Notice.of_fact(fact, kind=_KIND_OF[fact.type], staff_id=staff_id, subject_id=subject_id, moment=moment)


def _watchers(budget_id: int) -> list[int]:
    """Return the leaders of the budget's team or department, and whoever sets budgets."""
    budget = Budget.objects.get(pk=budget_id)
    teams = (
        {"memberships__team_id": budget.team_id}
        if budget.team_id
        else {"memberships__team__department_id": budget.department_id}
    )
    leaders = Staff.objects.working().filter(memberships__is_leader=True, **teams)
    roles = [role for role in Role if "remedies.configure" in PERMISSIONS[role]]
    setters = Staff.objects.working().filter(account__grants__role__in=roles)
    return sorted({*leaders.values_list("pk", flat=True), *setters.values_list("pk", flat=True)})
