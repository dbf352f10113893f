"""Clocks of promises: pure functions over the facts of a case. No database, no present time.

From what happened on a case, in its order, every promise can be computed again: when it started and was paused, when
it falls due and warns, how it ended, how long it ran in open time and by the clock, and whose turn it was meanwhile.
The rules stand in docs/rules/promises.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from yinuo.foundation.calendars import BusinessCalendar, due_at, open_time_between

_NOTHING = timedelta()
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Pause:
    """A span in which a promise does not run; `until` is None while it lasts."""

    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Elapsed:
    """How long a promise ran, its pauses left out: in open time of its calendar, and by the clock."""

    open_time: timedelta
    clock_time: timedelta


@dataclass(frozen=True)
class PromiseGiven:
    """A promise was made. within: open time of its standard, or None when the instant `due_at` itself was given.

    follows: the promise whose place it took. Counted by a standard, it goes on with that one's pauses.
    """

    at: datetime
    by: str
    promise_id: int
    kind: str
    starts_at: datetime
    within: timedelta | None
    due_at: datetime
    calendar: BusinessCalendar
    warning_share: float
    pausing_kinds: frozenset[str]
    follows: int | None = None


@dataclass(frozen=True)
class PromiseOver:
    """A promise was kept, broken, replaced or withdrawn."""

    at: datetime
    by: str
    promise_id: int
    end: str


@dataclass(frozen=True)
class WaitingBegan:
    """An answer left it to the customer to write next."""

    at: datetime


@dataclass(frozen=True)
class WaitingEnded:
    """The customer wrote, or we did not wait any longer."""

    at: datetime


@dataclass(frozen=True)
class CaseEnded:
    at: datetime


@dataclass(frozen=True)
class CaseBeganAgain:
    at: datetime


@dataclass(frozen=True)
class TaskBegan:
    """Another team was asked for something."""

    at: datetime
    task_id: int


@dataclass(frozen=True)
class TaskOver:
    """Another team has done what it was asked for, or will not."""

    at: datetime
    task_id: int


Happening = PromiseGiven | PromiseOver | WaitingBegan | WaitingEnded | CaseEnded | CaseBeganAgain | TaskBegan | TaskOver


@dataclass(frozen=True)
class Clock:
    """A promise as its facts say it is."""

    given: PromiseGiven
    due_at: datetime
    warn_at: datetime
    pauses: tuple[Pause, ...] = ()
    end: str = ""
    ended_at: datetime | None = None
    ended_by: str = ""
    elapsed: Elapsed | None = None

    @property
    def is_live(self) -> bool:
        return not self.end

    @property
    def paused_since(self) -> datetime | None:
        return self.pauses[-1].since if self.pauses and self.pauses[-1].until is None else None


@dataclass(frozen=True)
class Turn:
    """A span of time and whose turn it was: `ours`, `customer`, `other_team` or `closed`; open_time is what counted."""

    whose: str
    since: datetime
    until: datetime
    open_time: timedelta


def elapsed(*, start: datetime, end: datetime, pauses: Iterable[Pause], calendar: BusinessCalendar) -> Elapsed:
    """Return how long a promise ran from `start` to `end`; a pause counts as far as it lies between the two."""
    end = max(start, end)
    open_time, clock_time = open_time_between(start, end, calendar), end - start
    for pause in pauses:
        since, until = max(pause.since, start), min(pause.until or end, end)
        if since < until:
            open_time -= open_time_between(since, until, calendar)
            clock_time -= until - since
    return Elapsed(open_time, clock_time)


def moved(instant: datetime, pauses: Iterable[Pause], calendar: BusinessCalendar) -> datetime:
    """Return where an instant of a promise lies after its pauses: later by the open time in each.

    A pause that began after the instant, or still lasts, moves nothing. What had no open time left when the pause began
    is due when it ends.
    """
    for pause in pauses:
        if pause.until is not None and pause.since <= instant:
            within = open_time_between(pause.since, pause.until, calendar)
            instant = max(due_at(start=instant, within=within, calendar=calendar), pause.until)
    return instant


def warning(
    *, start: datetime, within: timedelta | None, due: datetime, share: float, calendar: BusinessCalendar
) -> datetime:
    """Return when the owner is warned: after a share of the open time, or of the time by the clock if all is closed.

    within: what the standard gives; None counts the open time until `due`, an instant that was given.
    """
    length = open_time_between(start, due, calendar) if within is None else within
    if length == _NOTHING:
        return start + (due - start) * share
    return due_at(start=start, within=int(length / _MICROSECOND * share) * _MICROSECOND, calendar=calendar)


def started(given: PromiseGiven, pauses: Sequence[Pause] = ()) -> Clock:
    """Return the clock of a promise just given, with the pauses it goes on with."""
    calendar, within = given.calendar, given.within
    due = given.due_at if within is None else due_at(start=given.starts_at, within=within, calendar=calendar)
    warn = warning(start=given.starts_at, within=within, due=due, share=given.warning_share, calendar=calendar)
    return Clock(given, moved(due, pauses, calendar), moved(warn, pauses, calendar), tuple(pauses))


def carried_pauses(former: Clock, *, at: datetime) -> tuple[Pause, ...]:
    """Return the pauses that a promise goes on with which takes the place of `former` at `at`.

    When the former one had ended before, with its case, the time until now was nobody's: it is a pause, too.
    """
    if former.is_live or former.end == "replaced":
        return former.pauses
    return (*former.pauses, Pause(former.ended_at or at, at))


def clocks(happenings: Iterable[Happening]) -> list[Clock]:
    """Return every promise of a case as what happened makes it, in the order in which they were given."""
    known: dict[int, Clock] = {}
    for one in happenings:
        match one:
            case PromiseGiven():
                former = known.get(one.follows or 0)
                goes_on = former is not None and one.within is not None
                pauses = carried_pauses(former, at=one.at) if former and goes_on else ()
                known[one.promise_id] = started(one, pauses)
            case PromiseOver() if one.promise_id in known:
                known[one.promise_id] = _over(known[one.promise_id], one)
            case WaitingBegan():
                known = {key: _paused(clock, one.at) for key, clock in known.items()}
            case WaitingEnded():
                known = {key: _resumed(clock, one.at) for key, clock in known.items()}
    return list(known.values())


def turns(happenings: Iterable[Happening], *, start: datetime, end: datetime, calendar: BusinessCalendar) -> list[Turn]:
    """Return whose turn it was from `start` to `end`, span by span.

    While the case is closed it is nobody's; while it waits, the customer's; while a task of another team is open,
    theirs; else ours.
    """
    marks: list[tuple[datetime, str]] = []
    is_waiting, is_closed, tasks = False, False, set[int]()
    for one in happenings:
        match one:
            case WaitingBegan() | WaitingEnded():
                is_waiting = isinstance(one, WaitingBegan)
            case CaseEnded() | CaseBeganAgain():
                is_closed = isinstance(one, CaseEnded)
            case TaskBegan():
                tasks.add(one.task_id)
            case TaskOver():
                tasks.discard(one.task_id)
            case _:
                continue
        whose = "closed" if is_closed else "customer" if is_waiting else "other_team" if tasks else "ours"
        marks.append((one.at, whose))
    return _spans(marks, start, end, calendar)


def _spans(marks: list[tuple[datetime, str]], start: datetime, end: datetime, calendar: BusinessCalendar) -> list[Turn]:
    whose = next((who for at, who in reversed(marks) if at <= start), "ours")
    found: list[Turn] = []
    since = start
    for at, then in [*((at, who) for at, who in marks if start < at < end), (end, "")]:
        if then == whose:
            continue
        if since < at:
            found.append(Turn(whose, since, at, open_time_between(since, at, calendar)))
        since, whose = at, then
    return found


def _paused(clock: Clock, at: datetime) -> Clock:
    if not clock.is_live or clock.paused_since or clock.given.kind not in clock.given.pausing_kinds:
        return clock
    return replace(clock, pauses=(*clock.pauses, Pause(at, None)))


def _resumed(clock: Clock, at: datetime) -> Clock:
    since = clock.paused_since
    if not clock.is_live or since is None:
        return clock
    pause, calendar = Pause(since, at), clock.given.calendar
    return replace(
        clock,
        due_at=moved(clock.due_at, [pause], calendar),
        warn_at=moved(clock.warn_at, [pause], calendar),
        pauses=(*clock.pauses[:-1], pause),
    )


def _over(clock: Clock, over: PromiseOver) -> Clock:
    since = clock.paused_since
    pauses = (*clock.pauses[:-1], Pause(since, over.at)) if since else clock.pauses
    ran = elapsed(start=clock.given.starts_at, end=over.at, pauses=pauses, calendar=clock.given.calendar)
    return replace(clock, pauses=pauses, end=over.end, ended_at=over.at, ended_by=over.by, elapsed=ran)
