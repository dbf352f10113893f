"""Pauses of promises: while a case waits for its customer, and while it was closed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.facts import PromisePaused, PromiseResumed
from yinuo.cases.models import Case, Promise, PromiseEnd, PromiseKind, PromisePause
from yinuo.cases.rules import LivePromise
from yinuo.foundation.facts import announce
from yinuo.standards.queries import calendar_of_version, offers_of_versions

from .promising import make_promise, open_seconds, pauses_of


def pause(case: Case, live: Sequence[LivePromise], *, by: Actor, at: datetime) -> list[LivePromise]:
    """Pause those live promises of a locked case that their standard pauses; return all live ones as they are then.

    The caller settles the case: one whose promises all pause gets a next update, for while we wait we keep in touch.
    Announces PromisePaused.
    """
    versions = dict(Promise.objects.filter(pk__in=[one.id for one in live]).values_list("pk", "standard_version_id"))
    offers = offers_of_versions(set(versions.values()))
    pausing = [one for one in live if one.paused_since is None and one.kind in offers[versions[one.id]].pausing_kinds]
    Promise.objects.filter(pk__in=[one.id for one in pausing]).update(paused_since=at)
    PromisePause.objects.bulk_create(PromisePause(promise_id=one.id, since=at) for one in pausing)
    announce(
        *(
            PromisePaused(case_id=case.pk, customer_id=case.customer_id, promise_id=one.id, kind=one.kind)
            for one in pausing
        ),
        by=by,
        at=at,
    )
    return [replace(one, paused_since=at) if one in pausing else one for one in live]


def resume(case: Case, *, by: Actor, at: datetime) -> None:
    """Let the paused promises of a locked case run on, each later by the open time of its pause.

    The open time is counted in the hours the promise was given by. Announces PromiseResumed.
    """
    rows = Promise.objects.filter(case=case, is_live=True, paused_since__isnull=False).order_by("id")
    for row in rows:
        assert row.paused_since is not None
        calendar = calendar_of_version(row.calendar_version_id)
        span = rules.Pause(row.paused_since, at)
        row.pauses.filter(until=None).update(until=at, business_seconds=open_seconds(span, calendar))
        row.due_at = rules.moved(row.due_at, [span], calendar)
        row.warn_at = rules.moved(row.warn_at, [span], calendar)
        row.paused_since = None
        row.save(update_fields=["due_at", "warn_at", "paused_since"])
        resumed = PromiseResumed(
            case_id=case.pk,
            customer_id=case.customer_id,
            promise_id=row.pk,
            kind=row.kind,
            since=span.since,
            due_at=row.due_at,
        )
        announce(resumed, by=by, at=at)


def resume_resolution(case: Case, *, by: Actor, at: datetime) -> LivePromise | None:
    """Give a case that starts again what was left of its time to solve it; None when that time was broken.

    The customer's clock does not begin anew because we closed too early. The promise kept by the closing stays on
    record as kept: by it the first solution is measured. This one follows it, counts from the same start, and has the
    time in which the case was closed as a pause.
    """
    former = Promise.objects.filter(case=case, kind=PromiseKind.RESOLUTION).order_by("-id").first()
    if former is None or former.end != PromiseEnd.KEPT or former.ended_at is None or former.within_minutes is None:
        return None
    pauses = [*pauses_of(former), rules.Pause(former.ended_at, at)]
    followed = LivePromise(former.pk, former.kind, former.due_at)
    return make_promise(case, former.kind, start=former.starts_at, replaces=followed, pauses=pauses, by=by, at=at)
