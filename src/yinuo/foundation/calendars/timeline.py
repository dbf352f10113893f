"""The rules of a calendar laid out as instants: one UTC year of open spans with running sums.

An instant is open exactly when the clock on the wall of the calendar's zone shows an open time: an hour that the
clock skips is never open, an hour that it shows twice is open twice. Instants are whole microseconds since 1970 UTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from yinuo.foundation.calendars.calendar import BusinessCalendar
from yinuo.foundation.calendars.refusals import CalendarExhausted

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_DAY = 86_400 * _SECOND
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
# Local dates beside these years still fit into Python's datetime.
_FIRST_YEAR, _LAST_YEAR = 2, 9998
# No zone changed its clock twice within 167 hours since 1970 (IANA 2026f), so nothing hides between two probes.
_PROBE = 3 * _DAY
_YEARS_KEPT = 64


@dataclass(frozen=True, slots=True)
class OpenYear:
    """The open spans of one UTC year. `opened[i]` is the open time of the year up to `ends[i]`, all in microseconds."""

    starts: list[int]
    ends: list[int]
    opened: list[int]
    total: int
    end: int


def open_year(calendar: BusinessCalendar, year: int) -> OpenYear:
    """Return the open spans of the UTC year, compiled at first use and kept for equal calendars.

    Refuses with CalendarExhausted outside the years 2 to 9998.
    """
    years = calendar.__dict__.get("_open_years")
    if years is None:
        years = calendar.__dict__["_open_years"] = _years_of(calendar)
    found: OpenYear | None = years.get(year)
    if found is None:
        if len(years) >= _YEARS_KEPT:
            years.clear()
        found = years[year] = lay_out_year(calendar, year)
    return found


def lay_out_year(calendar: BusinessCalendar, year: int) -> OpenYear:
    """Return the open spans of the UTC year, worked out anew. Refuses as `open_year` does."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise CalendarExhausted(after=datetime(min(max(year, 1), 9999), 1, 1, tzinfo=UTC))
    begin, end = (microseconds(datetime(number, 1, 1, tzinfo=UTC)) for number in (year, year + 1))
    starts: list[int] = []
    ends: list[int] = []
    for start, stop in sorted(_open_spans(calendar, begin, end)):
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], stop)
        else:
            starts.append(start)
            ends.append(stop)
    opened, total = [], 0
    for start, stop in zip(starts, ends, strict=True):
        total += stop - start
        opened.append(total)
    return OpenYear(starts, ends, opened, total, end)


def microseconds(at: datetime) -> int:
    """Return the aware instant as whole microseconds since 1970 UTC. Raises TypeError for a naive one."""
    return (at - EPOCH) // MICROSECOND


def instant(position: int) -> datetime:
    """Return the aware UTC instant of a position in microseconds since 1970 UTC."""
    return EPOCH + timedelta(microseconds=position)


@lru_cache(maxsize=256)
def _years_of(calendar: BusinessCalendar) -> dict[int, OpenYear]:  # noqa: ARG001
    return {}


def _open_spans(calendar: BusinessCalendar, begin: int, end: int) -> Iterator[tuple[int, int]]:
    for since, until, offset in _clock_settings(calendar.tzinfo, begin, end):
        first, last = (since + offset) // _DAY, (until + offset - 1) // _DAY
        # The night that began the evening before still runs.
        for number in range(first - 1, last + 1):
            midnight = number * _DAY - offset
            for start_minute, end_minute in calendar.day(date.fromordinal(number + _EPOCH_ORDINAL)).hours.pieces:
                start = max(since, midnight + start_minute * _MINUTE)
                stop = min(until, midnight + end_minute * _MINUTE)
                if start < stop:
                    yield start, stop


def _clock_settings(zone: tzinfo, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield `(since, until, offset)`: the stretches of time in which the zone's clock keeps one distance to UTC."""
    since, offset = begin, _offset(zone, begin)
    for probe in range(begin + _PROBE, end + _PROBE, _PROBE):
        if (changed := _offset(zone, min(probe, end - 1))) != offset:
            at = _change(zone, probe - _PROBE, min(probe, end - 1), offset)
            yield since, at, offset
            since, offset = at, changed
    yield since, end, offset


def _change(zone: tzinfo, before: int, after: int, offset: int) -> int:
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after


def _offset(zone: tzinfo, position: int) -> int:
    local = instant(position).astimezone(zone)
    return (local.utcoffset() or timedelta()) // MICROSECOND
