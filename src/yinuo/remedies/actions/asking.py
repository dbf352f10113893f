"""Asking people to decide: one at a time, by a time in their own open hours; who does not is followed by the next."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.cases.models import Case
from yinuo.foundation.calendars import due_at
from yinuo.foundation.facts import announce
from yinuo.organisation.models import Staff
from yinuo.remedies.facts import ApprovalAsked, ApprovalEscalated, ApprovalSoonDue
from yinuo.remedies.models import Approval, ApprovalEnd, Remedy, RemedyState
from yinuo.remedies.queries.authority import (
    able_approvers,
    day_of,
    hours_of,
    limits_on,
    policy_on,
    request_of,
)
from yinuo.remedies.rules import Approver, carries

_BATCH = 100
_WARN_AFTER = 0.75
_CLOCK = Actor.system("clock")


def ask_next(remedy: Remedy, case: Case, approvers: Sequence[Approver], *, by: Actor, at: datetime) -> Approval:
    """Ask the first of those who carry the remedy and were not asked yet; when all were, the first of them again.

    approvers: whom to ask first first. At least one of them carries the remedy.
    """
    request = request_of(case, kind=remedy.kind, amount=remedy.amount, currency=remedy.currency)
    done = set(remedy.authorisations.values_list("staff_id", flat=True)) | {remedy.asked_by_id}
    able = [one for one in approvers if carries(one, request, over_budget=remedy.over_budget)]
    able = [one for one in able if one.staff_id not in done] or [one for one in approvers if one.staff_id not in done]
    rounds = remedy.approvals.filter(made_at__gte=remedy.asked_at).values_list("approver_id", flat=True)
    asked = list(rounds)
    chosen = min(able, key=lambda one: asked.count(one.staff_id))
    staff = Staff.objects.get(pk=chosen.staff_id)
    within = timedelta(minutes=policy_on(day_of(at)).approval_minutes)
    hours = hours_of(staff)
    approval = Approval.objects.create(
        remedy=remedy,
        approver=staff,
        made_at=at,
        warn_at=due_at(start=at, within=within * _WARN_AFTER, calendar=hours),
        due_at=due_at(start=at, within=within, calendar=hours),
    )
    fact = ApprovalAsked(
        case_id=case.pk,
        staff_id=staff.pk,
        remedy_id=remedy.pk,
        approval_id=approval.pk,
        due_at=approval.due_at,
    )
    announce(fact, by=by, at=at)
    return approval


def end_live_approval(
    remedy: Remedy, end: ApprovalEnd, *, decided_by: Staff | None, reason: str, at: datetime
) -> Approval | None:
    """End the approval that waits, if one does."""
    approval = remedy.approvals.filter(is_live=True).first()
    if approval is None:
        return None
    approval.is_live, approval.ended_at, approval.end = False, at, end
    approval.decided_by, approval.reason = decided_by, reason.strip()[:500]
    approval.save(update_fields=["is_live", "ended_at", "end", "decided_by", "reason"])
    return approval


def escalate_due_approvals(*, at: datetime) -> int:
    """Give every approval whose time has passed to the next approver; return how many.

    Small batches by the index on due instants until none is left; several workers share the work by row locks.
    """
    total = 0
    while count := _escalate_batch(at):
        total += count
    return total


def warn_of_due_approvals(*, at: datetime) -> int:
    """Announce ApprovalSoonDue for every approval whose warning time has come; return how many."""
    total = 0
    while count := _warn_batch(at):
        total += count
    return total


@transaction.atomic
def _escalate_batch(at: datetime) -> int:
    due = Approval.objects.filter(is_live=True, due_at__lt=at).order_by("due_at", "id").values("remedy__case_id")
    cases = Case.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        pk__in=list(due.values_list("remedy__case_id", flat=True)[:_BATCH])
    )
    count = 0
    for case in cases:
        remedies = Remedy.objects.select_for_update(of=("self",)).filter(
            case=case, state=RemedyState.ASKED, approvals__is_live=True, approvals__due_at__lt=at
        )
        for remedy in remedies:
            _escalate(remedy, case, at=at)
            count += 1
    return count


def _escalate(remedy: Remedy, case: Case, *, at: datetime) -> None:
    approval = end_live_approval(remedy, ApprovalEnd.ESCALATED, decided_by=None, reason="", at=at)
    assert approval is not None
    fact = ApprovalEscalated(
        case_id=case.pk, staff_id=approval.approver_id, remedy_id=remedy.pk, approval_id=approval.pk
    )
    announce(fact, by=_CLOCK, at=at)
    ask_next(remedy, case, approvers_of(remedy, case, at=at), by=_CLOCK, at=at)


def approvers_of(remedy: Remedy, case: Case, *, at: datetime) -> list[Approver]:
    """Return who may decide on a remedy, whom to ask first first."""
    request = request_of(case, kind=remedy.kind, amount=remedy.amount, currency=remedy.currency)
    day = day_of(at)
    without = {remedy.asked_by_id} if remedy.asked_by_id else set()
    return able_approvers(request, case=case, limits=limits_on(day), day=day, without=without, besides=remedy.pk)


@transaction.atomic
def _warn_batch(at: datetime) -> int:
    rows = list(
        Approval.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(is_live=True, warned_at=None, warn_at__lte=at)
        .order_by("warn_at", "id")
        .select_related("remedy")[:_BATCH]
    )
    Approval.objects.filter(pk__in=[row.pk for row in rows]).update(warned_at=at)
    announce(
        *(
            ApprovalSoonDue(
                case_id=row.remedy.case_id,
                staff_id=row.approver_id,
                remedy_id=row.remedy_id,
                approval_id=row.pk,
                due_at=row.due_at,
            )
            for row in rows
            if row.due_at >= at  # what is late already is escalated, not soon due
        ),
        by=_CLOCK,
        at=at,
    )
    return len(rows)
