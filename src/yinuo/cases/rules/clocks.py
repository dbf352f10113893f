"""Clocks of promises: how much time passed, on the wall and in open time. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from yinuo.foundation.calendars import BusinessCalendar, open_time_between


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
