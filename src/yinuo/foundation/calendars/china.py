"""China's public holidays and make-up working days as published by the State Council, shipped as data.

Years that are not published yet are never guessed: until the notice for a year appears (usually in November before
it), weekly hours hold and `unpublished_years` says so.
"""

import json
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from yinuo.foundation.calendars.calendar import BusinessCalendar, Holiday, MakeUpDay
from yinuo.foundation.calendars.hours import DayHours, WeekHours

ZONE = "Asia/Shanghai"
_SATURDAY = 5
OFFICE_HOURS = DayHours.parse(["09:00-18:00"], ["12:00-13:00"])


def china_public_calendar(hours: DayHours = OFFICE_HOURS) -> BusinessCalendar:
    """Return the calendar of an office that works `hours` from Monday to Friday and on make-up days.

    Holds every published year; `calendar.unpublished_years(start, end)` names those that are missing.
    """
    return BusinessCalendar(
        zone=ZONE,
        weeks=(WeekHours.parse({"mon-fri": hours}),),
        holidays=china_holidays(),
        make_up_days=china_make_up_days(),
        published_years=published_years(),
    )


@cache
def china_holidays() -> tuple[Holiday, ...]:
    """Return every published day off, weekend days inside a holiday included, in order."""
    return tuple(Holiday(date.fromisoformat(on), name) for on, kind, name in _listed_days() if kind == "off")


@cache
def china_make_up_days() -> tuple[MakeUpDay, ...]:
    """Return every published make-up working day, in order; hours are those of a normal working day."""
    days = (MakeUpDay(date.fromisoformat(on), name) for on, kind, name in _listed_days() if kind == "work")
    # A notice may also name the ordinary weekday on which work begins again, as that of 27 January 2020 does.
    return tuple(day for day in days if day.on.weekday() >= _SATURDAY)


def published_years() -> tuple[int, ...]:
    """Return the years whose notice is in the shipped data."""
    return tuple(int(year) for year in _shipped()["years"])


def published_until() -> date:
    """Return the last date for which the shipped data is complete."""
    return date(max(published_years()), 12, 31)


def unpublished_years(start: date, end: date) -> tuple[int, ...]:
    """Return the years from `start` to `end`, both included, that the shipped data does not cover."""
    return tuple(year for year in range(start.year, end.year + 1) if year not in published_years())


def _listed_days() -> list[list[str]]:
    return [day for year in _shipped()["years"].values() for day in year["days"]]


@cache
def _shipped() -> dict[str, Any]:
    shipped: dict[str, Any] = json.loads(files(__package__).joinpath("china.json").read_text(encoding="utf-8"))
    return shipped
