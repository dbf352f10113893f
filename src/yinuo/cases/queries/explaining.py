"""Why a promise is due then: start, each open interval and pause until the due instant, and whose turn it was."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from yinuo.access.actors import Actor
from yinuo.cases.models import Case, Promise
from yinuo.cases.rules import Pause
from yinuo.cases.rules.clocks import Turn, turns
from yinuo.foundation.calendars import BusinessCalendar, open_spans_between, open_time_between
from yinuo.foundation.models import CalendarVersion
from yinuo.foundation.refusals import NotFound
from yinuo.standards.queries import calendar_of_version

from .clocks import happenings_of
from .ledger import PromiseShown, explained_promise

_NOTHING = timedelta()


@dataclass(frozen=True)
class Step:
    """A local day on which time was counted, or a pause. spans: the intervals; sum: what is counted until then."""

    what: str
    on: date
    spans: tuple[tuple[datetime, datetime | None], ...]
    open_time: timedelta
    sum: timedelta


@dataclass(frozen=True)
class Share:
    """Whose time it was, in open time; place and width in thousandths of the whole, for a bar."""

    whose: str
    open_time: timedelta
    place: int
    width: int


@dataclass(frozen=True)
class Explanation:
    """Why a promise is due then. calendar: its name and the version that counts; reason: the standard's own sentence.

    totals: open time by whose turn it was, from the start until the end or now.
    """

    promise: Promise
    shown: PromiseShown
    calendar: str
    calendar_number: int
    zone: str
    steps: list[Step]
    paused: timedelta
    bar: list[Share]
    totals: list[tuple[str, timedelta]]


def explanation(case: Case, promise_id: int, *, actor: Actor, at: datetime) -> Explanation:
    """Return how the due instant of a promise came about. The case was found by `visible_to`. Refuses with NotFound.

    What is another team's word to the owner is not for customers.
    """
    rows = Promise.objects.filter(case=case, pk=promise_id).select_related("standard_version__standard")
    promise = rows.prefetch_related("pauses").first()
    if promise is None or (actor.customer_id and not explained_promise(promise, at=at).is_to_customer):
        raise NotFound
    version = CalendarVersion.objects.select_related("calendar").get(pk=promise.calendar_version_id)
    calendar = calendar_of_version(version.pk)
    pauses = sorted((Pause(one.since, one.until) for one in promise.pauses.all()), key=lambda one: one.since)
    steps = _steps(promise, pauses, calendar)
    until = promise.ended_at or max(at, promise.starts_at)
    spent = turns(happenings_of(case), start=promise.starts_at, end=until, calendar=calendar)
    return Explanation(
        promise=promise,
        shown=explained_promise(promise, at=at),
        calendar=version.calendar.name,
        calendar_number=version.number,
        zone=calendar.zone,
        steps=steps,
        paused=sum((step.open_time for step in steps if step.what == "pause"), _NOTHING),
        bar=_bar(spent),
        totals=_totals(spent),
    )


def _steps(promise: Promise, pauses: list[Pause], calendar: BusinessCalendar) -> list[Step]:
    """Return what is counted day by day; a promise of a given instant counts nothing, only its pauses move it."""
    steps: list[Step] = []
    counted = _NOTHING
    since = promise.starts_at
    for pause in [*pauses, Pause(promise.due_at, promise.due_at)]:
        if promise.within_minutes is not None and since < pause.since:
            for on, spans in _by_day(open_spans_between(since, pause.since, calendar), calendar):
                length = sum((end - start for start, end in spans), _NOTHING)
                counted += length
                steps.append(Step("open", on, tuple(spans), length, counted))
        if pause.until != pause.since:
            length = open_time_between(pause.since, pause.until, calendar) if pause.until else _NOTHING
            on = pause.since.astimezone(calendar.tzinfo).date()
            steps.append(Step("pause", on, ((pause.since, pause.until),), length, counted))
        since = pause.until or promise.due_at
    return steps


def _by_day(
    spans: list[tuple[datetime, datetime]], calendar: BusinessCalendar
) -> list[tuple[date, list[tuple[datetime, datetime]]]]:
    days = groupby(spans, key=lambda span: span[0].astimezone(calendar.tzinfo).date())
    return [(on, list(group)) for on, group in days]


def _bar(spent: list[Turn]) -> list[Share]:
    whole = sum((one.open_time for one in spent), _NOTHING)
    shares, passed = [], _NOTHING
    for one in spent:
        if one.open_time:
            place = passed * 1000 // whole
            passed += one.open_time
            shares.append(Share(one.whose, one.open_time, place, max(1, passed * 1000 // whole - place)))
    return shares


def _totals(spent: list[Turn]) -> list[tuple[str, timedelta]]:
    sums: dict[str, timedelta] = {}
    for one in spent:
        sums[one.whose] = sums.get(one.whose, _NOTHING) + one.open_time
    return [(whose, sums[whose]) for whose in ("ours", "customer", "other_team", "closed") if sums.get(whose)]
