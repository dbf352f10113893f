"""The stored form of a business calendar: plain JSON, one document for each version of a calendar.

    {
      "format": 1,
      "zone": "Asia/Shanghai",
      "weeks": [{"from_on": null, "hours": {"mon": {"open": ["09:00-18:00"], "breaks": ["12:00-13:30"]}, …, "sun": …}}],
      "holidays": [{"on": "2026-10-01", "name": "国庆节"}],
      "make_up_days": [{"on": "2026-10-10", "name": "国庆节", "hours": null, "like": null}],
      "exceptions": [{"on": "2026-12-31", "name": "stocktaking", "hours": {"open": ["09:00-12:00"], "breaks": []}}],
      "published_years": [2025, 2026]
    }

Written always with every key. When read, `["09:00-18:00"]` may stand for hours without breaks, `mon-fri` for a run
of days, and all keys but `zone` and `weeks` may be left out; an unknown key is refused, because a misspelt
"holidys" that is passed over would break promises.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from yinuo.foundation.calendars.calendar import BusinessCalendar, DayException, Holiday, MakeUpDay
from yinuo.foundation.calendars.hours import WEEKDAYS, DayHours, WeekHours, weekdays_named
from yinuo.foundation.calendars.refusals import BadDate, CalendarUnreadable

FORMAT = 1

_T = TypeVar("_T")
_KEYS = {"format", "zone", "weeks", "holidays", "make_up_days", "exceptions", "published_years"}
_YEARS = range(1900, 2200)


def read(stored: Any) -> BusinessCalendar:
    """Return the calendar. Refuses with CalendarUnreadable for another shape, and as BusinessCalendar and hours do."""
    document = _object(stored, "calendar", _KEYS)
    if _type(document.get("format", FORMAT), int, "format") != FORMAT:
        raise CalendarUnreadable(where="format")
    years = document.get("published_years")
    return BusinessCalendar(
        zone=_type(document.get("zone"), str, "zone"),
        weeks=_each(document, "weeks", _week),
        holidays=_each(document, "holidays", _holiday),
        make_up_days=_each(document, "make_up_days", _make_up_day),
        exceptions=_each(document, "exceptions", _exception),
        published_years=None if years is None else _each(document, "published_years", _published_year),
    )


def write(calendar: BusinessCalendar) -> dict[str, Any]:
    """Return the stored form of the calendar."""
    return {
        "format": FORMAT,
        "zone": calendar.zone,
        "weeks": [_write_week(week) for week in calendar.weeks],
        "holidays": [{"on": day.on.isoformat(), "name": day.name} for day in calendar.holidays],
        "make_up_days": [
            {
                "on": day.on.isoformat(),
                "name": day.name,
                "hours": None if day.hours is None else write_hours(day.hours),
                "like": day.like,
            }
            for day in calendar.make_up_days
        ],
        "exceptions": [
            {"on": day.on.isoformat(), "name": day.name, "hours": write_hours(day.hours)} for day in calendar.exceptions
        ],
        "published_years": None if calendar.published_years is None else list(calendar.published_years),
    }


def read_hours(stored: Any, where: str = "hours") -> DayHours:
    """Return one day's hours from `{"open": […], "breaks": […]}` or from the bare list of open spans."""
    if isinstance(stored, list):
        stored = {"open": stored}
    hours = _object(stored, where, {"open", "breaks"})
    return DayHours.parse(_each(hours, "open", _text, where), _each(hours, "breaks", _text, where))


def write_hours(hours: DayHours) -> dict[str, list[str]]:
    """Return one day's hours in their stored form."""
    return {"open": [str(span) for span in hours.open], "breaks": [str(span) for span in hours.breaks]}


def read_date(text: str) -> date:
    """Return the date written as 2026-10-01. Refuses with BadDate for anything else or a year outside 1900-2199."""
    try:
        on = date.fromisoformat(text)
    except ValueError:
        raise BadDate(text=text) from None
    # Python also reads 20261001 and 2026-W40-4: one spelling only, so that stored calendars compare.
    if on.isoformat() != text or on.year not in _YEARS:
        raise BadDate(text=text)
    return on


def _week(stored: Any, where: str) -> WeekHours:
    week = _object(stored, where, {"from_on", "hours"})
    days = _object(week.get("hours"), f"{where}.hours", None)
    hours: dict[str, DayHours] = {}
    for name, day in days.items():
        try:
            named = weekdays_named(name)
        except KeyError:
            raise CalendarUnreadable(where=f"{where}.hours.{name}") from None
        if not hours.keys().isdisjoint(named):
            raise CalendarUnreadable(where=f"{where}.hours.{name}")
        hours |= dict.fromkeys(named, read_hours(day, f"{where}.hours.{name}"))
    from_on = week.get("from_on")
    return WeekHours.parse(hours, None if from_on is None else read_date(_type(from_on, str, f"{where}.from_on")))


def _write_week(week: WeekHours) -> dict[str, Any]:
    return {
        "from_on": None if week.from_on is None else week.from_on.isoformat(),
        "hours": {name: write_hours(day) for name, day in zip(WEEKDAYS, week.days, strict=True)},
    }


def _holiday(stored: Any, where: str) -> Holiday:
    day = _object(stored, where, {"on", "name"})
    return Holiday(_on(day, where), _name(day, where))


def _make_up_day(stored: Any, where: str) -> MakeUpDay:
    day = _object(stored, where, {"on", "name", "hours", "like"})
    hours, like = day.get("hours"), day.get("like")
    if like is not None and like not in WEEKDAYS:
        raise CalendarUnreadable(where=f"{where}.like")
    own = None if hours is None else read_hours(hours, f"{where}.hours")
    return MakeUpDay(_on(day, where), _name(day, where), own, like)


def _exception(stored: Any, where: str) -> DayException:
    day = _object(stored, where, {"on", "name", "hours"})
    return DayException(_on(day, where), read_hours(day.get("hours"), f"{where}.hours"), _name(day, where))


def _published_year(stored: Any, where: str) -> int:
    year = _type(stored, int, where)
    if year not in _YEARS:
        raise CalendarUnreadable(where=where)
    return year


def _on(day: dict[str, Any], where: str) -> date:
    return read_date(_type(day.get("on"), str, f"{where}.on"))


def _name(day: dict[str, Any], where: str) -> str:
    return _text(day.get("name", ""), f"{where}.name")


def _text(stored: Any, where: str) -> str:
    return _type(stored, str, where)


def _each(document: dict[str, Any], key: str, read_one: Callable[[Any, str], _T], where: str = "") -> tuple[_T, ...]:
    path = f"{where}.{key}" if where else key
    entries = _type(document.get(key, []), list, path)
    return tuple(read_one(entry, f"{path}[{index}]") for index, entry in enumerate(entries))


def _object(stored: Any, where: str, keys: set[str] | None) -> dict[str, Any]:
    found = _type(stored, dict, where)
    for key in found:
        if not isinstance(key, str) or (keys is not None and key not in keys):
            raise CalendarUnreadable(where=f"{where}.{key}")
    return found


def _type(value: Any, kind: type[_T], where: str) -> _T:
    # True is an int to Python, but no year and no format.
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise CalendarUnreadable(where=where)
    return value
