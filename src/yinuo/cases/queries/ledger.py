"""The promises of a case as people read them: what was promised, how it stands or ended, and why that time."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import QuerySet, Sum

from yinuo.cases.models import Case, Promise, PromiseEnd, PromiseKind
from yinuo.cases.rules import GIVEN_KINDS, INTERNAL_KINDS, LivePromise, kept_by_answer


@dataclass(frozen=True)
class PromiseShown:
    """A promise for the badge, the ring and the ledger.

    state: live, soon, paused, broken (past due, still live or ended so), kept, withdrawn or replaced. within: the open
    time the standard gives for this kind, None when the instant itself was given; standard: its name; version: its
    number. subject: what was promised, where somebody said it in their own words. ended_reason: why it was replaced or
    withdrawn; consent, follows_due_at: of one that took another's place. moved: by how much open time pauses moved it.
    """

    state: str
    kind: str
    code: str
    given_at: datetime
    soon_at: datetime
    due_at: datetime
    ended_at: datetime | None
    is_live: bool = True
    end: str = ""
    subject: str = ""
    is_to_customer: bool = True
    id: int = 0
    starts_at: datetime | None = None
    ended_reason: str = ""
    consent: str = ""
    follows_due_at: datetime | None = None
    moved: timedelta | None = None
    within: timedelta | None = None
    standard: str = ""
    version: int = 0


def shown_promise(promise: Promise, *, at: datetime) -> PromiseShown:
    """Return the promise as it stands at `at`."""
    return PromiseShown(
        state=_state(promise, at),
        kind=str(PromiseKind(promise.kind).label),
        code=promise.kind,
        given_at=promise.made_at,
        soon_at=promise.warn_at,
        due_at=promise.due_at,
        ended_at=promise.ended_at,
        is_live=promise.is_live,
        end=str(PromiseEnd(promise.end).label) if promise.end else "",
        subject=promise.subject,
        id=promise.pk,
        starts_at=promise.starts_at,
        ended_reason=promise.ended_reason,
        consent=promise.consent,
        is_to_customer=promise.kind not in INTERNAL_KINDS,
    )


def broken_promise(running: PromiseShown, *, since: datetime) -> PromiseShown:
    """Return what stands in the place of a running promise while an earlier one is broken and not made good."""
    given = min(running.given_at, since)
    return replace(
        running, state="broken", kind=str(PromiseEnd.BROKEN.label), due_at=since, soon_at=since, given_at=given
    )


def ledger(case: Case, *, at: datetime) -> list[PromiseShown]:
    """Return every promise ever given on the case, the live ones first by due time, then the newest ending first."""
    rows = list(
        Promise.objects.filter(case=case)
        .select_related("standard_version__standard", "replaces")
        .annotate(paused_seconds=Sum("pauses__business_seconds"))
    )
    live = sorted((row for row in rows if row.is_live), key=lambda row: row.due_at)
    ended = sorted((row for row in rows if not row.is_live), key=lambda row: (row.ended_at, row.pk), reverse=True)
    return [
        replace(
            explained_promise(row, at=at),
            follows_due_at=row.replaces.due_at if row.replaces else None,
            moved=timedelta(seconds=row.paused_seconds) if row.paused_seconds else None,
        )
        for row in (*live, *ended)
    ]


def promises_kept_by_answer(case: Case, *, closes: bool, at: datetime) -> list[LivePromise]:
    """Return the promises that an answer at `at` would keep; one that closes the case keeps the resolution too."""
    rows = Promise.objects.filter(case=case, is_live=True).values_list("id", "kind", "due_at", "paused_since")
    live = [LivePromise(*row) for row in rows]
    solved = [one for one in live if closes and one.kind == PromiseKind.RESOLUTION and at <= one.due_at]
    return [*kept_by_answer(live, at=at), *solved]


def promises_to_keep(case: Case) -> "QuerySet[Promise]":
    """Return the live promises of a case that somebody gave by hand and must say are done, the soonest first."""
    return Promise.objects.filter(case=case, is_live=True, kind__in=GIVEN_KINDS).order_by("due_at", "id")


def promises_to_move(case: Case) -> "QuerySet[Promise]":
    """Return the live promises of a case to its customer, the soonest first."""
    live = Promise.objects.filter(case=case, is_live=True)
    return live.exclude(kind__in=INTERNAL_KINDS).order_by("due_at", "id")


def next_promise(promises: list[PromiseShown]) -> PromiseShown | None:
    """Return the promise that falls due first among those of a ledger that run for the customer."""
    return next((one for one in promises if one.is_live and one.is_to_customer and one.state != "paused"), None)


def explained_promise(promise: Promise, *, at: datetime) -> PromiseShown:
    """Return the promise as it stands at `at`, with the standard it came from."""
    version = promise.standard_version
    minutes = promise.within_minutes
    shown = shown_promise(promise, at=at)
    return PromiseShown(
        **{
            **shown.__dict__,
            "within": None if minutes is None else timedelta(minutes=minutes),
            "standard": version.standard.name,
            "version": version.number,
        }
    )


def _state(promise: Promise, at: datetime) -> str:
    if not promise.is_live:
        return promise.end
    if promise.paused_since is not None:
        return "paused"
    if at > promise.due_at:
        return "broken"
    return "soon" if at >= promise.warn_at else "live"
