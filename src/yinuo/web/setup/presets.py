"""The presets of service standards, and what each would promise. Pure.

`24 hours` is what the field says; on office hours people mean one working day by it. So a preset says open time on
a calendar that never closes, and working days of eight hours on office hours.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

from yinuo.foundation.calendars import BusinessCalendar, WeekHours, always_open, china_public_calendar, due_at
from yinuo.foundation.calendars.china import OFFICE_HOURS
from yinuo.standards.actions import Conditions, StandardTimes

CALENDARS = ("china", "weekdays", "always")
PRESETS = ("classes", "levels")
_DAY_MINUTES = {"always": 24 * 60, "china": 8 * 60, "weekdays": 8 * 60}
_FRIDAY = 4
_LOOK_WEEKS = 8


@dataclass(frozen=True)
class Span:
    """A time of a preset: minutes, or days of the calendar."""

    minutes: int = 0
    days: int = 0

    def on(self, calendar: str) -> int:
        """Return the minutes of open time on this kind of calendar."""
        return self.minutes + self.days * _DAY_MINUTES[calendar]


@dataclass(frozen=True)
class Line:
    """One standard of a preset."""

    code: str
    name_zh: str
    name_en: str
    conditions: Conditions
    first_response: Span
    resolution: Span

    @property
    def name(self) -> str:
        """Return the name in the language of the person who looks."""
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en

    def times(self, calendar: str) -> StandardTimes:
        """Return the times to save: a later answer is due like the first, news after a broken promise within a day."""
        first = self.first_response.on(calendar)
        return StandardTimes(first, first, _DAY_MINUTES[calendar], self.resolution.on(calendar))


_CLASSES = (
    Line("emergency", "紧急", "Emergency", Conditions(case_class="emergency"), Span(minutes=120), Span(days=1)),
    Line("important", "重要", "Important", Conditions(case_class="important"), Span(days=1), Span(days=3)),
    Line("routine", "一般", "Routine", Conditions(), Span(days=3), Span(days=7)),
)
_LEVELS = (
    Line("bespoke", "专属", "Bespoke", Conditions(tier="platinum"), Span(minutes=30), Span(days=1)),
    Line("immediate", "即时：电话", "Immediate: phone", Conditions(channel="phone"), Span(minutes=3), Span(days=3)),
    Line(
        "immediate-visit",
        "即时：到店",
        "Immediate: visit",
        Conditions(channel="counter"),
        Span(minutes=3),
        Span(days=3),
    ),
    Line("emergency", "紧急", "Emergency", Conditions(case_class="emergency"), Span(minutes=120), Span(days=1)),
    Line("routine", "预约", "Appointment", Conditions(), Span(days=1), Span(days=7)),
)


def lines_of(preset: str) -> tuple[Line, ...]:
    """Return the standards of a preset in their order; the last one fits everything."""
    return {"classes": _CLASSES, "levels": _LEVELS}[preset]


def calendar_of(kind: str, zone: str) -> BusinessCalendar:
    """Return the hours of a kind of calendar in a zone."""
    if kind == "always":
        return replace(always_open(), zone=zone)
    if kind == "china":
        return replace(china_public_calendar(), zone=zone)
    return BusinessCalendar(zone=zone, weeks=(WeekHours.parse({"mon-fri": OFFICE_HOURS}),))


def is_kind(kind: str, definition: dict[str, Any]) -> bool:
    """Return whether stored hours are those of a kind of calendar, in their own zone."""
    return calendar_of(kind, str(definition["zone"])).to_json() == definition


def friday_at_five(calendar: BusinessCalendar, today: date) -> datetime:
    """Return 17:00 of the next Friday that is an ordinary working day, so that the example shows the weekend."""
    friday = today + timedelta(days=(_FRIDAY - today.weekday()) % 7 or 7)
    zone = ZoneInfo(calendar.zone)
    for week in range(_LOOK_WEEKS):
        at = datetime.combine(friday + timedelta(weeks=week), time(17), zone)
        if due_at(start=at, within=timedelta(minutes=30), calendar=calendar) == at + timedelta(minutes=30):
            return at
    return datetime.combine(friday, time(17), zone)


def answered_by(line: Line, *, kind: str, calendar: BusinessCalendar, at: datetime) -> datetime:
    """Return by when a request that comes at `at` is answered at first."""
    return due_at(start=at, within=timedelta(minutes=line.first_response.on(kind)), calendar=calendar)
