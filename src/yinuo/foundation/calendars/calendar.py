"""A business calendar: when a team is open, as values that never change and can be stored.

It holds rules on the wall clock of one zone; `timeline` turns them into instants, `arithmetic` counts on those.
It knows no database and no present time.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from yinuo.foundation.calendars.hours import ALL_DAY, CLOSED, WEEKDAYS, DayHours, WeekHours
from yinuo.foundation.calendars.refusals import (
    CalendarNeverOpen,
    CalendarUnreadable,
    DayListedTwice,
    MakeUpDayWithoutHours,
    UnknownZone,
)


class DayKind(StrEnum):
    """Which rule decides a day's hours; the first that applies wins."""

    EXCEPTION = "exception"
    MAKE_UP_DAY = "make_up_day"
    HOLIDAY = "holiday"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day without hours."""

    on: date
    name: str = ""


@dataclass(frozen=True, slots=True)
class MakeUpDay:
    """A day worked in place of another: own hours, those of the weekday `like`, or of a normal working day."""

    on: date
    name: str = ""
    hours: DayHours | None = None
    like: str | None = None


@dataclass(frozen=True, slots=True)
class DayException:
    """One day with its own hours whatever else is listed; no hours means closed."""

    on: date
    hours: DayHours
    name: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """What holds on one date, and by which rule."""

    on: date
    kind: DayKind
    hours: DayHours
    name: str = ""


@dataclass(frozen=True)
class BusinessCalendar:
    """The open time of a team: weekly hours, holidays, make-up days and exceptions in one IANA zone.

    `published_years`: years whose public holidays are known; None when nobody claims completeness.
    Equal calendars share their compiled timeline. Refuses with UnknownZone, CalendarNeverOpen, DayListedTwice and
    MakeUpDayWithoutHours.
    """

    zone: str
    weeks: tuple[WeekHours, ...]
    holidays: tuple[Holiday, ...] = ()
    make_up_days: tuple[MakeUpDay, ...] = ()
    exceptions: tuple[DayException, ...] = ()
    published_years: tuple[int, ...] | None = None
    _days: dict[date, Day] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        # A stored calendar and an edited one are equal however their lists were ordered.
        self._set("weeks", sorted(self.weeks, key=lambda week: week.from_on or date.min))
        for name in ("holidays", "make_up_days", "exceptions"):
            self._set(name, sorted(getattr(self, name), key=lambda day: day.on))
        if self.published_years is not None:
            self._set("published_years", sorted(set(self.published_years)))
        self._check_zone()
        self._check_lists()
        self._list_days()
        self._check_open()

    @classmethod
    def from_json(cls, stored: Any) -> "BusinessCalendar":
        """Return the calendar in its stored form (docs/rules/business-calendar.md). Any other shape is refused."""
        from yinuo.foundation.calendars.stored import read  # the stored form builds on this class

        return read(stored)

    def to_json(self) -> dict[str, Any]:
        """Return the stored form: plain JSON values, always every key, days in order."""
        from yinuo.foundation.calendars.stored import write  # the stored form builds on this class

        return write(self)

    @cached_property
    def tzinfo(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def day(self, on: date) -> Day:
        """Return what holds on the date: exception, else make-up day, else holiday, else the weekly hours."""
        return self._days.get(on) or Day(on, DayKind.WEEKLY, self.week_on(on).days[on.weekday()])

    def week_on(self, on: date) -> WeekHours:
        """Return the weekly hours in force on the date; all closed before the first that begins."""
        begun = bisect_right(self.weeks, on, key=lambda week: week.from_on or date.min)
        return self.weeks[begun - 1] if begun else _CLOSED_WEEK

    def listed_days(self) -> tuple[Day, ...]:
        """Return every date that is listed by name, in order, with the rule that decides it."""
        return tuple(self._days[on] for on in sorted(self._days))

    def unpublished_years(self, start: date, end: date) -> tuple[int, ...]:
        """Return the years from `start` to `end`, both included, whose public holidays are not published yet."""
        if self.published_years is None:
            return ()
        return tuple(year for year in range(start.year, end.year + 1) if year not in self.published_years)

    def _set(self, name: str, values: Iterable[Any]) -> None:
        object.__setattr__(self, name, tuple(values))

    def _check_zone(self) -> None:
        if self.zone not in _known_zones():
            raise UnknownZone(zone=self.zone)

    def _check_lists(self) -> None:
        if not self.weeks:
            raise CalendarUnreadable(where="weeks")
        for days in (self.holidays, self.make_up_days, self.exceptions):
            _check_once([day.on for day in days])
        _check_once([week.from_on or date.min for week in self.weeks])

    def _list_days(self) -> None:
        for holiday in self.holidays:
            self._days[holiday.on] = Day(holiday.on, DayKind.HOLIDAY, CLOSED, holiday.name)
        for day in self.make_up_days:
            self._days[day.on] = Day(day.on, DayKind.MAKE_UP_DAY, self._make_up_hours(day), day.name)
        for exception in self.exceptions:
            self._days[exception.on] = Day(exception.on, DayKind.EXCEPTION, exception.hours, exception.name)

    def _make_up_hours(self, day: MakeUpDay) -> DayHours:
        week = self.week_on(day.on)
        hours = day.hours or (week.days[WEEKDAYS.index(day.like)] if day.like else week.normal_day())
        if not hours.is_open:
            raise MakeUpDayWithoutHours(on=day.on)
        return hours

    def _check_open(self) -> None:
        if not any(week.is_open for week in self.weeks) and not any(day.hours.is_open for day in self._days.values()):
            raise CalendarNeverOpen


def always_open() -> BusinessCalendar:
    """Return the calendar that is open every minute of every day."""
    return BusinessCalendar(zone="UTC", weeks=(WeekHours((ALL_DAY,) * 7),))


_CLOSED_WEEK = WeekHours((CLOSED,) * 7)


@cache
def _known_zones() -> frozenset[str]:
    # Both stand for "whatever this machine is set to", which is not a place.
    return frozenset(available_timezones() - {"localtime", "Factory"})


def _check_once(dates: list[date]) -> None:
    for first, second in pairwise(dates):
        if first == second:
            raise DayListedTwice(on=second)
