"""Ladders: which rungs wait for a promise, which are reached, who is told, and when it is over.

A row stands for each rung to come, found by its due instant, so that nothing is lost or told twice whatever is killed
when. The truth is looked at again when a rung is reached: a case that was answered meanwhile is not escalated.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.facts import CaseEscalated, EscalationEnded
from yinuo.cases.models import Case, Escalation, EscalationTelling, Promise, PromiseEnd
from yinuo.cases.notices import ESCALATED
from yinuo.cases.queries.attention import people_of_rung, telling_times
from yinuo.foundation.calendars import CalendarExhausted
from yinuo.foundation.facts import announce
from yinuo.notifications.actions import Notice, notify
from yinuo.standards.models import Rung, RungMoment
from yinuo.standards.queries import newest_rungs, offers_of_versions

_BATCH = 200
_CLOCK = Actor.system("clock")


@transaction.atomic
def plan_rungs(promise_ids: Collection[int], *, case_ids: Collection[int] = ()) -> int:
    """Let the rungs wait that these promises can reach now; return how many. One that waits already stays.

    Before a promise falls due those of the time before, once it is broken the others. The newest version of the
    standard's ladder counts. case_ids: cases whose live promises begin to run again.
    """
    wanted = Q(pk__in=promise_ids) | Q(case_id__in=case_ids, is_live=True)
    promises = Promise.objects.filter(wanted).select_related("case", "standard_version__standard")
    standing = [promise for promise in promises if _stands(promise)]
    ladders = newest_rungs() if standing else {}
    rows = [
        Escalation(case_id=promise.case_id, promise=promise, rung=rung, due_at=moment)
        for promise in standing
        for rung in ladders.get(promise.standard_version.standard.ladder_id, ())
        if (rung.moment == RungMoment.BEFORE) == promise.is_live and (moment := _moment(promise, rung))
    ]
    Escalation.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


@transaction.atomic
def end_escalations(ended: Mapping[int, datetime]) -> int:
    """End what no longer asks for attention on these cases, and forget the rungs that wait for it; return how many.

    ended: when it ended, by the case. Looks at how things stand, so it may come too often. Announces EscalationEnded.
    """
    running = Escalation.objects.select_for_update(of=("self",)).filter(case_id__in=ended, ended_at=None)
    over = [row for row in running.select_related("promise__case").order_by("pk") if not _stands(row.promise)]
    Escalation.objects.filter(pk__in=[row.pk for row in over if row.reached_at is None]).delete()
    reached = [row for row in over if row.reached_at is not None]
    for row in reached:
        row.ended_at = ended[row.case_id]
    Escalation.objects.bulk_update(reached, ["ended_at"])
    tellings = EscalationTelling.objects.filter(escalation__in=reached)
    tellings.filter(told_at=None).delete()
    tellings.update(is_open=False)
    for row in reached:
        fact = EscalationEnded(case_id=row.case_id, escalation_id=row.pk, promise_id=row.promise_id)
        announce(fact, by=_CLOCK, at=ended[row.case_id])
    return len(over)


def reach_due_rungs(*, at: datetime) -> int:
    """Reach every rung whose instant has come; return how many rows were looked at.

    Small batches by the index until none is left; several workers share the work by row locks. The case is locked, as
    an answer locks it: a rung is reached before the answer, and ended by it, or not at all. Announces CaseEscalated.
    """
    total = 0
    while looked := _reach_batch(at):
        total += looked
    return total


def tell_of_escalations(*, at: datetime) -> int:
    """Tell everybody whose time to be told has come, once; return how many."""
    total = 0
    while told := _tell_batch(at):
        total += told
    return total


@transaction.atomic
def _reach_batch(at: datetime) -> int:
    due = Escalation.objects.filter(reached_at=None, due_at__lte=at)
    first = list(due.order_by("due_at", "id").values_list("case_id", flat=True)[:_BATCH])
    locked = Case.objects.select_for_update(skip_locked=True).filter(pk__in=first)
    cases = {case.pk: case for case in locked}
    rows = list(
        due.filter(case_id__in=cases)
        .select_related("promise__standard_version", "promise__case", "rung")
        .order_by("due_at", "id")
    )
    for row in rows:
        _reach(row, cases[row.case_id], at)
    return len(rows)


def _reach(row: Escalation, case: Case, at: datetime) -> None:
    promise, rung = row.promise, row.rung
    moment = _moment(promise, rung)
    # What is paused is planned anew when it goes on.
    runs = promise.is_live and promise.paused_since is None and promise.due_at > at
    if moment is None or not _stands(promise) or (rung.moment == RungMoment.BEFORE and not runs):
        row.delete()
    elif moment > at:
        # The promise falls due later than when the rung was planned.
        row.due_at = moment
        row.save(update_fields=["due_at"])
    else:
        row.reached_at = moment
        row.save(update_fields=["reached_at"])
        people = people_of_rung(case, rung)
        times = telling_times(people, case=case, at=at) if rung.respects_hours else dict.fromkeys(people, at)
        EscalationTelling.objects.bulk_create(
            [EscalationTelling(escalation=row, staff_id=staff_id, tell_at=times[staff_id]) for staff_id in people]
        )
        fact = CaseEscalated(
            case_id=case.pk,
            escalation_id=row.pk,
            promise_id=promise.pk,
            kind=promise.kind,
            rung_number=rung.number,
            target=rung.target,
        )
        announce(fact, by=_CLOCK, at=moment)


@transaction.atomic
def _tell_batch(at: datetime) -> int:
    due = EscalationTelling.objects.filter(told_at=None, tell_at__lte=at).select_related("escalation")
    rows = list(due.select_for_update(skip_locked=True, of=("self",)).order_by("tell_at", "id")[:_BATCH])
    EscalationTelling.objects.filter(pk__in=[row.pk for row in rows]).update(told_at=at)
    notify(notices=_notices(rows, at), by=_CLOCK, at=at)
    return len(rows)


def _notices(rows: Iterable[EscalationTelling], at: datetime) -> Iterable[Notice]:
    for row in rows:
        yield Notice(
            kind=ESCALATED.code,
            staff_id=row.staff_id,
            subject_id=row.escalation.case_id,
            key=f"escalation:{row.escalation_id}",
            at=at,
            actor=_CLOCK.key,
        )


def _stands(promise: Promise) -> bool:
    case = promise.case
    return rules.still_stands(
        is_live=promise.is_live,
        is_broken=promise.end == PromiseEnd.BROKEN,
        promise_due_at=promise.due_at,
        is_open=case.is_open,
        broken_since=case.broken_since,
    )


def _moment(promise: Promise, rung: Rung) -> datetime | None:
    """Return when the promise reaches the rung; None when its calendar never opens again."""
    offer = offers_of_versions({promise.standard_version_id})[promise.standard_version_id]
    try:
        return rules.reached_at(
            starts_at=promise.starts_at,
            promise_due_at=promise.due_at,
            share=rung.share,
            after_minutes=rung.after_minutes,
            calendar=offer.calendar,
        )
    except CalendarExhausted:
        return None
