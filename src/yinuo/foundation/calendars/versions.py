"""The versions of one calendar over time: which one was in force when a promise was given.

A promise keeps the version it was computed with. Hours that change on a known date (summer hours) are not a new
version: they are another week of the same calendar, so that a promise given before the change already counts with it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from yinuo.foundation.calendars.calendar import BusinessCalendar, Day
from yinuo.foundation.calendars.refusals import NoVersionInForce


@dataclass(frozen=True, slots=True)
class CalendarVersion:
    """One version: its number, the instant from which it is in force, and the calendar."""

    number: int
    in_force_from_at: datetime
    calendar: BusinessCalendar


def version_in_force(versions: Iterable[CalendarVersion], at: datetime) -> CalendarVersion:
    """Return the version that began last at or before the instant; of two that began together, the higher number.

    Refuses with NoVersionInForce when none had begun.
    """
    begun = [version for version in versions if version.in_force_from_at <= at]
    if not begun:
        raise NoVersionInForce(at=at)
    return max(begun, key=lambda version: (version.in_force_from_at, version.number))


def changed_days(before: BusinessCalendar, after: BusinessCalendar) -> tuple[tuple[Day, Day], ...]:
    """Return the listed dates on which two calendars give other hours or another kind of day, as pairs in order.

    Only dates that one of them lists by name are compared; a change of the weekly hours shows in `weeks`.
    """
    listed = {day.on for calendar in (before, after) for day in calendar.listed_days()}
    pairs = ((before.day(on), after.day(on)) for on in sorted(listed))
    return tuple((old, new) for old, new in pairs if (old.kind, old.hours) != (new.kind, new.hours))
