"""Business calendars: when a team is open, and what a promise in open time means. Pure: no clock, no database.

The guarantee, the steps and the stored form stand in docs/rules/business-calendar.md.
"""

from yinuo.foundation.calendars.arithmetic import due_at, is_open, next_opening, open_spans_between, open_time_between
from yinuo.foundation.calendars.calendar import (
    BusinessCalendar,
    Day,
    DayException,
    DayKind,
    Holiday,
    MakeUpDay,
    always_open,
)
from yinuo.foundation.calendars.china import china_public_calendar, published_until, unpublished_years
from yinuo.foundation.calendars.hours import ALL_DAY, CLOSED, WEEKDAYS, DayHours, Span, WeekHours
from yinuo.foundation.calendars.refusals import CalendarExhausted, CalendarRefusal
from yinuo.foundation.calendars.versions import CalendarVersion, changed_days, version_in_force

__all__ = [
    "ALL_DAY",
    "CLOSED",
    "WEEKDAYS",
    "BusinessCalendar",
    "CalendarExhausted",
    "CalendarRefusal",
    "CalendarVersion",
    "Day",
    "DayException",
    "DayHours",
    "DayKind",
    "Holiday",
    "MakeUpDay",
    "Span",
    "WeekHours",
    "always_open",
    "changed_days",
    "china_public_calendar",
    "due_at",
    "is_open",
    "next_opening",
    "open_spans_between",
    "open_time_between",
    "published_until",
    "unpublished_years",
    "version_in_force",
]
