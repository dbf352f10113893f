"""Holidays and make-up working days read from an iCalendar file (.ics), first as a preview that a person confirms.

Days between DTSTART and DTEND are listed one by one, the end not included. An entry is a make-up working day when its
name says so (上班, 补班, "(班)"), or when the publisher marks it. Entries that change no working day are passed over
with a reason. Yearly repetition is followed for the years that the person chose.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vRecur

from yinuo.foundation.calendars.refusals import HolidayFileEmpty, HolidayFileTooLarge, HolidayFileUnreadable

LARGEST_FILE_MEGABYTES = 5
LONGEST_HOLIDAY_DAYS = 366

_CLOCK_CHANGE = re.compile(
    r"daylight[ -]?saving|summer[ -]?time|winter[ -]?time|standard time|clocks? (change|go|back|forward)"
    r"|sommerzeit|winterzeit|zeitumstellung|heure d['’](été|hiver)|夏令时|冬令时|夏时制",
    re.IGNORECASE,
)
# 不上班, 停班 and "non-working day" are days off although they contain the words for work.
_STILL_OFF = re.compile(r"(不|无需|無需|不用|免|停)(上|补|補)?班|non[- ]?work(ing)?[- ]?day", re.IGNORECASE)
_WORK = re.compile(r"班|\b(make[- ]?up|special|compensat\w+) work|\bwork(ing)?[- ]?day\b", re.IGNORECASE)
_APPLE_MARK = "X-APPLE-SPECIAL-DAY"
_APPLE_KINDS = {"WORK-HOLIDAY": False, "ALTERNATE-WORKDAY": True}
_RULE_PARTS = {
    *("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS"),
    *("BYYEARDAY", "BYWEEKNO", "WKST"),
}
# The parser means to raise ValueError, but damaged lines make it trip in these other ways too (found by fuzzing).
_PARSER_FAULTS = (ValueError, LookupError, AttributeError, TypeError, OverflowError)


class PassedOverBecause(StrEnum):
    """Why an entry of the file lists no day."""

    CLOCK_CHANGE = "clock_change"
    CANCELLED = "cancelled"
    NOT_A_DAY_OFF = "not_a_day_off"
    PART_OF_A_DAY = "part_of_a_day"
    TOO_LONG = "too_long"
    BAD_DATES = "bad_dates"
    REPEATS = "repeats"
    UNUSUAL_REPETITION = "unusual_repetition"


@dataclass(frozen=True, slots=True)
class ListedDay:
    """One day that the file lists: a day off, or a make-up working day."""

    on: date
    is_work: bool
    name: str


@dataclass(frozen=True, slots=True)
class PassedOver:
    """An entry that was not taken over, and why."""

    name: str
    reason: PassedOverBecause

    def sentence(self) -> str:
        """Return why this entry was passed over, for the person who reviews the import."""
        return {
            PassedOverBecause.CLOCK_CHANGE: _("It only notes that the clocks change."),
            PassedOverBecause.CANCELLED: _("It is marked as cancelled."),
            PassedOverBecause.NOT_A_DAY_OFF: _("Its publisher does not mark it as a day off."),
            PassedOverBecause.PART_OF_A_DAY: _("It covers only part of a day. Enter it as a one-day exception."),
            PassedOverBecause.TOO_LONG: _("It lasts longer than a year."),
            PassedOverBecause.BAD_DATES: _("Its dates cannot be read."),
            PassedOverBecause.REPEATS: _("It repeats every year. Choose the years to import."),
            PassedOverBecause.UNUSUAL_REPETITION: _(
                "It repeats in a way that holidays do not. Enter its days by hand."
            ),
        }[self.reason]


@dataclass(frozen=True, slots=True)
class HolidayFile:
    """What a file lists, in order of date, each date once; and the entries passed over."""

    days: tuple[ListedDay, ...]
    passed_over: tuple[PassedOver, ...]


def read_holiday_file(content: bytes, *, zone: str, years: Collection[int] | None = None) -> HolidayFile:
    """Return the days that an iCalendar file lists.

    zone: the calendar's zone, for entries that carry a time of day. years: keep only these and follow yearly
    repetition in them; None keeps every year and follows none. A date listed both ways is a make-up day.
    Refuses with HolidayFileTooLarge, HolidayFileUnreadable and HolidayFileEmpty.
    """
    events = _events(content)
    has_marks = any(_APPLE_MARK in event for event in events)
    days: dict[date, ListedDay] = {}
    passed_over: list[PassedOver] = []
    for event in events:
        name = " ".join(str(event.get("SUMMARY", "")).split())
        found = _days(event, name, ZoneInfo(zone), years, has_marks=has_marks)
        if isinstance(found, PassedOverBecause):
            passed_over.append(PassedOver(name, found))
            continue
        for day in found:
            if (years is None or day.on.year in years) and (day.is_work or day.on not in days):
                days[day.on] = day
    if not days:
        raise HolidayFileEmpty(skipped_count=len(passed_over))
    return HolidayFile(tuple(days[on] for on in sorted(days)), tuple(passed_over))


def _events(content: bytes) -> list[Event]:
    if len(content) > LARGEST_FILE_MEGABYTES * 1024 * 1024:
        raise HolidayFileTooLarge(megabytes=LARGEST_FILE_MEGABYTES)
    try:
        calendars = Calendar.from_ical(_text(content), multiple=True)
    except _PARSER_FAULTS as error:
        raise HolidayFileUnreadable from error
    calendars = [calendar for calendar in calendars if calendar.name == "VCALENDAR"]
    if not calendars:
        raise HolidayFileUnreadable
    return [event for calendar in calendars for event in calendar.walk("VEVENT") if isinstance(event, Event)]


def _text(content: bytes) -> str:
    # Files from Chinese desktop programs are often GBK, which iCalendar does not allow but people have.
    for charset in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(charset)
        except UnicodeDecodeError:
            continue
    raise HolidayFileUnreadable


def _days(
    event: Event, name: str, zone: ZoneInfo, years: Collection[int] | None, *, has_marks: bool
) -> list[ListedDay] | PassedOverBecause:
    mark = str(event.get(_APPLE_MARK, "")).upper()
    if _CLOCK_CHANGE.search(name):
        return PassedOverBecause.CLOCK_CHANGE
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return PassedOverBecause.CANCELLED
    if has_marks and mark not in _APPLE_KINDS:
        return PassedOverBecause.NOT_A_DAY_OFF
    span = _span(event, zone)
    if isinstance(span, PassedOverBecause):
        return span
    first, days_count = span
    starts = _starts(event, first, years)
    if isinstance(starts, PassedOverBecause):
        return starts
    is_work = _APPLE_KINDS[mark] if mark in _APPLE_KINDS else _says_work(name)
    return [ListedDay(on + timedelta(days=day), is_work, name) for on in starts for day in range(days_count)]


def _says_work(name: str) -> bool:
    return _WORK.search(_STILL_OFF.sub("", name)) is not None


def _span(event: Event, zone: ZoneInfo) -> tuple[date, int] | PassedOverBecause:
    try:
        start, end = _local(event.start, zone), _local(event.end, zone)
        is_date = not isinstance(event.start, datetime)
    except _PARSER_FAULTS:  # a property that is broken, missing or doubled
        return PassedOverBecause.BAD_DATES
    if is_date and end == start:
        # Against RFC 5545, but common: the writer took the end for the last day.
        return start.date(), 1
    if end <= start:
        return PassedOverBecause.BAD_DATES
    if (start.time(), end.time()) != (time.min, time.min):
        return PassedOverBecause.PART_OF_A_DAY
    days_count = (end.date() - start.date()).days
    return (start.date(), days_count) if days_count <= LONGEST_HOLIDAY_DAYS else PassedOverBecause.TOO_LONG


def _local(value: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        return datetime.combine(value, time.min)
    return value.astimezone(zone).replace(tzinfo=None) if value.tzinfo else value


def _starts(event: Event, first: date, years: Collection[int] | None) -> list[date] | PassedOverBecause:
    rule = event.get("RRULE")
    if rule is None and "RDATE" not in event:
        return [first]
    if "RDATE" in event or not isinstance(rule, vRecur):  # several rules, or one that is damaged
        return PassedOverBecause.UNUSUAL_REPETITION
    if rule.get("FREQ") != ["YEARLY"] or not _RULE_PARTS.issuperset(rule.keys()):
        return PassedOverBecause.UNUSUAL_REPETITION
    if not years:
        return PassedOverBecause.REPEATS
    try:
        without = {_local(value, ZoneInfo("UTC")).date() for value in event.exdates}
        # An end of repetition in UTC does not compare with days, so only its date is kept.
        text = re.sub(r"(UNTIL=\d{8})T\d{6}Z?", r"\1", rule.to_ical().decode())
        return [on for on in _repeated(text, first, years) if on not in without]
    except _PARSER_FAULTS:
        return PassedOverBecause.UNUSUAL_REPETITION


def _repeated(rule: str, first: date, years: Collection[int]) -> Iterator[date]:
    # A year earlier, because a holiday that begins in December may reach into the first year.
    begin, end = datetime(min(years) - 1, 1, 1), datetime(max(years), 12, 31)  # noqa: DTZ001 - days, not instants
    repetition = rrulestr(rule, dtstart=datetime.combine(first, time.min))
    for at in repetition.between(begin, end, inc=True):
        yield at.date()
