"""Counting open time: deadlines, elapsed open time, the next opening. Exact to the microsecond over years."""

from bisect import bisect_left, bisect_right
from datetime import UTC, datetime, timedelta

from yinuo.foundation.calendars.calendar import BusinessCalendar
from yinuo.foundation.calendars.refusals import CalendarExhausted
from yinuo.foundation.calendars.timeline import MICROSECOND, OpenYear, instant, microseconds, open_year

LONGEST_CLOSURE = timedelta(days=366)

_LONGEST_CLOSURE = LONGEST_CLOSURE // MICROSECOND
_NOTHING = timedelta()


def due_at(*, start: datetime, within: timedelta, calendar: BusinessCalendar) -> datetime:
    """Return the deadline: the first instant when `within` of open time has passed since `start`.

    start: aware. within: open time, >= 0; zero gives `start` itself. Returns UTC. On a calendar that is always open
    this is exactly start + within. A deadline that fits to the end of the day falls on closing time, not on the next
    opening. Raises CalendarExhausted when the calendar, before `within` is spent, stays closed for more than 366 days
    on end; how long `within` is does not matter. Raises ValueError for a negative `within`.
    Source: docs/rules/business-calendar.md.
    """
    if within < _NOTHING:
        raise ValueError("open time to spend cannot be negative")
    position = microseconds(start)
    year_number = _year(start)
    year = open_year(calendar, year_number)
    if within == _NOTHING:
        return instant(position)
    target = _opened_until(year, position) + within // MICROSECOND
    if target > year.total:
        year, target = _later_year(calendar, year_number, year, position, target)
    index = bisect_left(year.opened, target)
    return instant(year.ends[index] - (year.opened[index] - target))


def open_time_between(start: datetime, end: datetime, calendar: BusinessCalendar) -> timedelta:
    """Return the open time in `[start, end)`. Both aware. Raises ValueError when `end` is before `start`."""
    first, last = microseconds(start), microseconds(end)
    if last < first:
        raise ValueError("the end of a span cannot be before its start")
    first_year, last_year = _year(start), _year(end)
    opened = _opened_until(open_year(calendar, last_year), last) - _opened_until(open_year(calendar, first_year), first)
    opened += sum(open_year(calendar, year).total for year in range(first_year, last_year))
    return timedelta(microseconds=opened)


def is_open(at: datetime, calendar: BusinessCalendar) -> bool:
    """Say whether the calendar is open at the instant; at the moment of closing it is not."""
    year, position = open_year(calendar, _year(at)), microseconds(at)
    index = bisect_right(year.starts, position) - 1
    return index >= 0 and position < year.ends[index]


def next_opening(at: datetime, calendar: BusinessCalendar) -> datetime:
    """Return the first open instant from `at` on, in UTC: `at` itself when it is open.

    Raises CalendarExhausted when the calendar stays closed for more than 366 days from `at` on.
    """
    position, year_number = microseconds(at), _year(at)
    year = open_year(calendar, year_number)
    index = bisect_right(year.ends, position)
    if index == len(year.ends):
        year, _target = _later_year(calendar, year_number, year, position, year.total + 1)
        index = 0
    return instant(max(position, year.starts[index]))


def open_spans_between(start: datetime, end: datetime, calendar: BusinessCalendar) -> list[tuple[datetime, datetime]]:
    """Return the open spans `[opens_at, closes_at)` in UTC within `[start, end)`, in order, for a page to draw."""
    first, last = microseconds(start), microseconds(end)
    spans: list[tuple[int, int]] = []
    for year in (open_year(calendar, number) for number in range(_year(start), _year(end) + 1)):
        for index in range(bisect_right(year.ends, first), bisect_left(year.starts, last)):
            opens, closes = max(first, year.starts[index]), min(last, year.ends[index])
            if spans and spans[-1][1] == opens:  # open over New Year
                opens = spans.pop()[0]
            spans.append((opens, closes))
    return [(instant(opens), instant(closes)) for opens, closes in spans]


def _year(at: datetime) -> int:
    return at.year if at.tzinfo is UTC else at.astimezone(UTC).year


def _opened_until(year: OpenYear, position: int) -> int:
    index = bisect_right(year.starts, position) - 1
    if index < 0:
        return 0
    return year.opened[index] - max(0, year.ends[index] - position)


def _later_year(
    calendar: BusinessCalendar, number: int, year: OpenYear, position: int, target: int
) -> tuple[OpenYear, int]:
    """Go on to the year in which `target` is reached; return it and what is left to reach in it."""
    open_last = position
    while target > year.total:
        if year.ends:
            open_last = max(open_last, year.ends[-1])
        target -= year.total
        number += 1
        year = open_year(calendar, number)
        # Within one year no closure can be longer than the limit, so looking at its edge is enough.
        if (year.starts[0] if year.starts else year.end) - open_last > _LONGEST_CLOSURE:
            raise CalendarExhausted(after=instant(open_last))
    return year, target
