"""Making, keeping, breaking and withdrawing promises. Every ending leaves the case with a live promise or closed."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.facts import PromiseBroken, PromiseKept, PromiseMade, PromiseSoonDue, PromiseWithdrawn
from yinuo.cases.models import Case, Consent, Promise, PromiseEnd, PromisePause
from yinuo.cases.rules import LivePromise
from yinuo.foundation.calendars import BusinessCalendar, open_time_between
from yinuo.foundation.facts import announce
from yinuo.standards.queries import calendar_of_version, offer_of_version

SUBJECT_LENGTH = 200
REASON_LENGTH = 300
SECOND = timedelta(seconds=1)
_BATCH = 200


def live_promises(case: Case) -> list[LivePromise]:
    """Return the live promises of a locked case, paused ones and tasks too, the soonest first."""
    rows = Promise.objects.filter(case=case, is_live=True).order_by("due_at", "id")
    return [LivePromise(*row) for row in rows.values_list("id", "kind", "due_at", "paused_since")]


def make_promise(
    case: Case,
    kind: str,
    *,
    start: datetime,
    due_at: datetime | None = None,
    subject: str = "",
    replaces: LivePromise | None = None,
    pauses: Sequence[rules.Pause] = (),
    consent: str = Consent.NONE,
    by: Actor,
    at: datetime,
) -> LivePromise:
    """Give a time of this kind: `due_at`, or what the case's standard gives for the kind counted from `start`.

    pauses: those it goes on with; the last may still last. Does not settle the case: the caller does when the promise
    may be its next. Announces PromiseMade.
    """
    offer = offer_of_version(case.standard_version_id)
    draft = (
        rules.draft_given(kind, offer, start=start, due_at=due_at)
        if due_at
        else rules.draft_promise(kind, offer, start=start)
    )
    calendar = calendar_of_version(offer.calendar_version_id)
    paused_since = pauses[-1].since if pauses and pauses[-1].until is None else None
    promise = Promise.objects.create(
        case=case,
        kind=kind,
        subject=subject[:SUBJECT_LENGTH],
        made_at=at,
        made_by=by.key,
        starts_at=draft.starts_at,
        within_minutes=draft.within_minutes,
        due_at=rules.moved(draft.due_at, pauses, calendar),
        warn_at=rules.moved(draft.warn_at, pauses, calendar),
        paused_since=paused_since,
        standard_version_id=case.standard_version_id,
        calendar_version_id=offer.calendar_version_id,
        reason=draft.reason,
        replaces_id=replaces.id if replaces else None,
        consent=consent,
    )
    PromisePause.objects.bulk_create(
        PromisePause(promise=promise, since=one.since, until=one.until, business_seconds=open_seconds(one, calendar))
        for one in pauses
    )
    announce(
        PromiseMade(
            case_id=case.pk,
            customer_id=case.customer_id,
            promise_id=promise.pk,
            kind=kind,
            starts_at=draft.starts_at,
            within_minutes=draft.within_minutes,
            due_at=promise.due_at,
            standard_version_id=case.standard_version_id,
            calendar_version_id=offer.calendar_version_id,
            replaces_id=promise.replaces_id,
            consent=consent,
        ),
        by=by,
        at=at,
    )
    return LivePromise(promise.pk, kind, promise.due_at, paused_since)


def end_kept(case: Case, promises: Sequence[LivePromise], *, by: Actor, at: datetime) -> None:
    """End promises as kept."""
    _end(promises, PromiseEnd.KEPT, by=by, at=at)
    announce(
        *(PromiseKept(case_id=case.pk, promise_id=one.id, kind=one.kind, due_at=one.due_at) for one in promises),
        by=by,
        at=at,
    )


def end_withdrawn(case: Case, promises: Sequence[LivePromise], *, reason: str = "", by: Actor, at: datetime) -> None:
    """End promises that have lost their object."""
    _end(promises, PromiseEnd.WITHDRAWN, reason=reason, by=by, at=at)
    announce(*(PromiseWithdrawn(case_id=case.pk, promise_id=one.id, kind=one.kind) for one in promises), by=by, at=at)


def end_replaced(promise: LivePromise, *, reason: str, by: Actor, at: datetime) -> None:
    """End a promise whose place another takes; the caller makes that one and announces PromiseReplaced."""
    _end([promise], PromiseEnd.REPLACED, reason=reason, by=by, at=at)


def break_overdue(case: Case, *, at: datetime, renew: bool, born_late: bool = False) -> list[LivePromise]:
    """End the promises of a locked case whose time passed, as broken at their due instant; return what stays live.

    renew: follow a broken promise at once by a next update, so that the customer always has a time; not wanted by an
    action that answers or closes in the same breath. born_late: they were counted anew just now, and late already. A
    task that is late breaks, too, but no word to the customer does by it.
    """
    live = live_promises(case)
    late = rules.overdue(live, at=at)
    clock = Actor.system("clock")
    for promise in late:
        _end([promise], PromiseEnd.BROKEN, by=clock, at=promise.due_at)
        broken = PromiseBroken(
            case_id=case.pk, staff_id=case.owner_id, promise_id=promise.id, kind=promise.kind, born_late=born_late
        )
        announce(broken, by=clock, at=promise.due_at)
    to_customer = [promise.due_at for promise in late if promise.is_to_customer]
    if to_customer:
        case.broken_since = min([*to_customer, *([case.broken_since] if case.broken_since else [])])
    rest = [promise for promise in live if promise not in late]
    if renew and to_customer and not any(promise.kind == "next_update" for promise in rest):
        rest.append(make_promise(case, "next_update", start=at, by=clock, at=at))
    return rest


def settle(case: Case, live: Iterable[LivePromise], *, by: Actor, at: datetime) -> None:
    """Point an open case at the soonest promise that runs for its customer, making a next update when none does.

    Does not save the case.
    """
    promises = list(live)
    soonest = rules.soonest(promises) or make_promise(case, "next_update", start=at, by=by, at=at)
    case.next_promise_id, case.next_due_at, case.has_live_promise = soonest.id, soonest.due_at, True


def pauses_of(row: Promise) -> list[rules.Pause]:
    """Return the pauses of a promise in the order of time."""
    return [rules.Pause(one.since, one.until) for one in sorted(row.pauses.all(), key=lambda one: (one.since, one.pk))]


def open_seconds(pause: rules.Pause, calendar: BusinessCalendar) -> int | None:
    """Return the whole seconds of open time in a pause, None while it lasts."""
    return None if pause.until is None else open_time_between(pause.since, pause.until, calendar) // SECOND


STATE_FIELDS = (
    "state",
    "closed_at",
    "first_solved_at",
    "settles_at",
    "settled_at",
    "owner",
    "next_promise_id",
    "next_due_at",
    "has_live_promise",
    "broken_since",
)


def break_due_promises(*, at: datetime) -> int:
    """Break every promise whose time has passed; return how many cases were touched.

    Takes small batches by the index on due instants until none is left; several workers share the work by row locks.
    """
    total = 0
    while touched := _break_batch(at):
        total += touched
    return total


def warn_of_due_promises(*, at: datetime) -> int:
    """Announce PromiseSoonDue for every promise whose warning time has come; return how many."""
    total = 0
    while warned := _warn_batch(at):
        total += warned
    return total


@transaction.atomic
def _break_batch(at: datetime) -> int:
    due = (
        Promise.objects.filter(is_live=True, paused_since=None, due_at__lt=at)
        .order_by("due_at", "id")
        .values("case_id")[:_BATCH]
    )
    cases = Case.objects.select_for_update(skip_locked=True).filter(pk__in=list(due.values_list("case_id", flat=True)))
    count = 0
    for case in cases:
        settle(case, break_overdue(case, at=at, renew=True), by=Actor.system("clock"), at=at)
        case.save(update_fields=STATE_FIELDS)
        count += 1
    return count


@transaction.atomic
def _warn_batch(at: datetime) -> int:
    rows = list(
        Promise.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(is_live=True, paused_since=None, warned_at=None, warn_at__lte=at)
        .order_by("warn_at", "id")
        .select_related("case")[:_BATCH]
    )
    Promise.objects.filter(pk__in=[row.pk for row in rows]).update(warned_at=at)
    announce(
        *(
            PromiseSoonDue(
                case_id=row.case_id, staff_id=row.case.owner_id, promise_id=row.pk, kind=row.kind, due_at=row.due_at
            )
            # A promise that was already late when its warning came is broken, not soon due.
            for row in rows
            if row.due_at > at
        ),
        by=Actor.system("clock"),
        at=at,
    )
    return len(rows)


def _end(promises: Sequence[LivePromise], end: PromiseEnd, *, reason: str = "", by: Actor, at: datetime) -> None:
    if not promises:
        return
    rows = Promise.objects.filter(pk__in=[promise.id for promise in promises], is_live=True)
    for row in rows.prefetch_related("pauses"):
        calendar = calendar_of_version(row.calendar_version_id)
        pauses = pauses_of(row)
        if row.paused_since is not None:
            pauses[-1] = rules.Pause(row.paused_since, at)
            row.pauses.filter(until=None).update(until=at, business_seconds=open_seconds(pauses[-1], calendar))
        elapsed = rules.elapsed(start=row.starts_at, end=at, pauses=pauses, calendar=calendar)
        Promise.objects.filter(pk=row.pk).update(
            is_live=False,
            paused_since=None,
            end=end,
            ended_at=at,
            ended_by=by.key,
            ended_reason=reason[:REASON_LENGTH],
            business_seconds=elapsed.open_time // SECOND,
            calendar_seconds=elapsed.clock_time // SECOND,
        )
