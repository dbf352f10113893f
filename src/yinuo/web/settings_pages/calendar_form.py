"""A calendar as a form: hours for each weekday in words, listed days one a line, every refusal beside its field."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yinuo.foundation.calendars import WEEKDAYS, BusinessCalendar, DayException, DayHours, Holiday, MakeUpDay, WeekHours
from yinuo.foundation.calendars.hours import Span
from yinuo.foundation.calendars.refusals import CalendarRefusal, DayListedTwice
from yinuo.foundation.calendars.stored import read_date
from yinuo.foundation.models import Calendar

_HOURS = re.compile(r"\d{1,2}:\d{2}\s*[-–—~〜～至]\s*\d{1,2}:\d{2}", re.ASCII)
_BETWEEN = re.compile(r"[\s,;，、；]+")
_CLOSED_WORDS = {"closed", "休息", "放假", "关闭"}
_LONGEST_LINES = 4000
_Listed = TypeVar("_Listed", Holiday, MakeUpDay, DayException)

WEEKDAY_NAMES = {
    "mon": gettext_lazy("Monday"),
    "tue": gettext_lazy("Tuesday"),
    "wed": gettext_lazy("Wednesday"),
    "thu": gettext_lazy("Thursday"),
    "fri": gettext_lazy("Friday"),
    "sat": gettext_lazy("Saturday"),
    "sun": gettext_lazy("Sunday"),
}


class CalendarForm(forms.Form):
    """The hours of one week, the zone and the listed days. Other weeks that begin on a later date stay as they are.

    calendar: the row when there is one. stored: its hours now. today: on which date the shown week is in force.
    After `is_valid`, `hours` is the calendar to save.
    """

    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=60, help_text=gettext_lazy("For machines: letters, digits, hyphens.")
    )
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120)
    zone = forms.CharField(label=gettext_lazy("Time zone"), max_length=60, initial="Asia/Shanghai")
    is_default = forms.BooleanField(label=gettext_lazy("Teams without a calendar use this one"), required=False)
    holidays = forms.CharField(
        label=gettext_lazy("Holidays"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("One a line: the date, then its name. Example: 2026-10-01 National Day"),
    )
    make_up_days = forms.CharField(
        label=gettext_lazy("Make-up working days"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "One a line, worked like a normal working day. Other hours stand after the date: "
            "2026-10-10 09:00-12:00 National Day"
        ),
    )
    exceptions = forms.CharField(
        label=gettext_lazy("Single days with other hours"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One a line: 2026-12-31 09:00-12:00 stocktaking, or: 2026-12-24 closed"),
    )
    version_number = forms.IntegerField(widget=forms.HiddenInput, required=False)

    hours: BusinessCalendar

    def __init__(
        self,
        *given: Any,
        today: date,
        calendar: Calendar | None = None,
        stored: BusinessCalendar | None = None,
        version_number: int | None = None,
        **more: Any,
    ) -> None:
        self.calendar, self.stored, self.today = calendar, stored, today
        if stored is not None:
            more["initial"] = _initial(calendar, stored, today) | {"version_number": version_number}
        super().__init__(*given, **more)
        if calendar is not None:
            self.fields["code"].disabled = True
            # There is always a default: to change it, another calendar is made the default.
            self.fields["is_default"].disabled = calendar.is_default
        for name, label in WEEKDAY_NAMES.items():
            initial = "09:00-18:00" if name not in ("sat", "sun") else ""
            self.fields[f"{name}_open"] = forms.CharField(
                label=_("%(day)s, open") % {"day": label}, required=False, max_length=300, initial=initial
            )
            pause = "12:00-13:00" if initial else ""
            self.fields[f"{name}_breaks"] = forms.CharField(
                label=_("%(day)s, breaks") % {"day": label}, required=False, max_length=300, initial=pause
            )

    def weekdays(self) -> list[tuple[Any, forms.BoundField, forms.BoundField]]:
        """Return for each weekday its name and its two fields."""
        return [(label, self[f"{name}_open"], self[f"{name}_breaks"]) for name, label in WEEKDAY_NAMES.items()]

    def clean_zone(self) -> str:
        zone: str = self.cleaned_data["zone"].strip()
        self._refusing("zone", lambda: BusinessCalendar(zone=zone, weeks=(_OPEN_WEEK,)))
        return zone

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        days = [self._day(name, values) for name in WEEKDAYS]
        for name, day, next_day in zip(WEEKDAYS, days, [*days[1:], days[0]], strict=True):
            # Only these two: whose night reaches into whose morning is then plain.
            self._refusing(f"{name}_open", lambda pair=(day, next_day): WeekHours((*pair, *[DayHours()] * 5)))
        holidays = self._listed("holidays", values, _holiday)
        make_up_days = self._listed("make_up_days", values, _make_up_day)
        exceptions = self._listed("exceptions", values, _exception)
        if not self.errors:
            self._put_together(tuple(days), holidays, make_up_days, exceptions)
        return values

    def _day(self, name: str, values: dict[str, Any]) -> DayHours:
        spans: dict[str, tuple[Span, ...]] = {}
        for kind in ("open", "breaks"):
            field = f"{name}_{kind}"
            text = values.get(field, "")
            spans[kind] = self._refusing(field, lambda text=text: _spans(text)) or ()
        field = f"{name}_breaks" if spans["breaks"] else f"{name}_open"
        if spans["breaks"] and self._refusing(f"{name}_open", lambda: DayHours(spans["open"])) is None:
            return DayHours()
        return self._refusing(field, lambda: DayHours(spans["open"], spans["breaks"])) or DayHours()

    def _listed(self, field: str, values: dict[str, Any], read: Callable[[str], _Listed]) -> tuple[_Listed, ...]:
        lines = [line.strip() for line in values.get(field, "").splitlines()[:_LONGEST_LINES]]
        days: dict[date, _Listed] = {}
        for number, line in enumerate(lines, start=1):
            if not line:
                continue
            day = self._refusing(field, lambda line=line: read(line), line=number)
            if day is not None and day.on in days:
                self.add_error(field, _in_line(DayListedTwice(on=day.on), number))
            elif day is not None:
                days[day.on] = day
        return tuple(days.values())

    def _put_together(
        self,
        days: tuple[DayHours, ...],
        holidays: tuple[Holiday, ...],
        make_up_days: tuple[MakeUpDay, ...],
        exceptions: tuple[DayException, ...],
    ) -> None:
        week = WeekHours(days, shown_week(self.stored, self.today).from_on if self.stored else None)
        others = [one for one in self.stored.weeks if one.from_on != week.from_on] if self.stored else []
        known = {"weeks": (*others, week), "holidays": holidays, "exceptions": exceptions}
        base = self.stored or BusinessCalendar(zone="UTC", weeks=(_OPEN_WEEK,))
        zone = self.cleaned_data["zone"]
        plain = self._refusing("mon_open", lambda: replace(base, zone=zone, make_up_days=(), **known))
        if plain is not None:
            whole = self._refusing("make_up_days", lambda: replace(plain, make_up_days=make_up_days))
            if whole is not None:
                self.hours = whole

    def _refusing(self, field: str, read: Callable[[], Any], *, line: int = 0) -> Any:
        """Return what `read` gives; its refusal goes beside the field, with the number of its line, and gives None."""
        try:
            return read()
        except CalendarRefusal as refusal:
            self.add_error(field, _in_line(refusal, line))
            return None


_OPEN_WEEK = WeekHours.parse({"mon": DayHours.parse(["09:00-18:00"])})


def shown_week(stored: BusinessCalendar, today: date) -> WeekHours:
    """Return the weekly hours a person edits: those in force today, else the first that will be."""
    week = stored.week_on(today)
    return week if week in stored.weeks else stored.weeks[0]


def zones() -> list[str]:
    """Return the names of the zones, those with a continent, for the field's suggestions."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))


def _in_line(refusal: CalendarRefusal, line: int) -> str:
    if not line:
        return refusal.sentence()
    return _("Line %(line)s: %(sentence)s") % {"line": line, "sentence": refusal.sentence()}


def _spans(text: str) -> tuple[Span, ...]:
    """Return the spans written in a field, with blanks or commas between them."""
    joined = re.sub(r"\s*([-–—~〜～至])\s*", r"\1", text.strip())
    return tuple(Span.parse(part) for part in _BETWEEN.split(joined) if part)


def _hours(text: str) -> tuple[DayHours | None, str]:
    """Return the hours at the beginning of a text, if there are any, and the rest of it.

    Spans follow each other with blanks; the breaks of a span follow it after a slash: `09:00-18:00/12:00-13:00`.
    """
    spans: list[Span] = []
    breaks: list[Span] = []
    rest = text.strip()
    while match := re.match(rf"(/?)\s*({_HOURS.pattern})[\s,，、;；]*", rest, re.ASCII):
        (breaks if match[1] else spans).append(Span.parse(match[2]))
        rest = rest[match.end() :]
    return (DayHours(tuple(spans), tuple(breaks)) if spans else None), rest.strip()


def _date_and_rest(line: str) -> tuple[date, str]:
    first, _blank, rest = line.replace("\t", " ").partition(" ")
    return read_date(first), rest.strip()


def _holiday(line: str) -> Holiday:
    on, name = _date_and_rest(line)
    return Holiday(on, name)


def _make_up_day(line: str) -> MakeUpDay:
    on, rest = _date_and_rest(line)
    hours, name = _hours(rest)
    like, _blank, after = name.partition(" ")
    if like.removeprefix("=") in WEEKDAYS and like.startswith("="):
        return MakeUpDay(on, after.strip(), hours, like.removeprefix("="))
    return MakeUpDay(on, name, hours)


def _exception(line: str) -> DayException:
    on, rest = _date_and_rest(line)
    hours, name = _hours(rest)
    if hours is not None:
        return DayException(on, hours, name)
    word, _blank, after = name.partition(" ")
    if word.lower() in _CLOSED_WORDS:
        return DayException(on, DayHours(), after.strip())
    # Without hours and without the word it is not plain what is meant.
    Span.parse(word)
    raise AssertionError(word)


def _initial(calendar: Calendar | None, stored: BusinessCalendar, today: date) -> dict[str, Any]:
    week = shown_week(stored, today)
    values: dict[str, Any] = {
        "zone": stored.zone,
        "holidays": "\n".join(f"{day.on} {day.name}".strip() for day in stored.holidays),
        "make_up_days": "\n".join(_make_up_line(day) for day in stored.make_up_days),
        "exceptions": "\n".join(
            f"{day.on} {_hours_line(day.hours) or 'closed'} {day.name}".strip() for day in stored.exceptions
        ),
    }
    for name, day in zip(WEEKDAYS, week.days, strict=True):
        values[f"{name}_open"] = ", ".join(map(str, day.open))
        values[f"{name}_breaks"] = ", ".join(map(str, day.breaks))
    if calendar is not None:
        values |= {name: getattr(calendar, name) for name in ("code", "name_zh", "name_en", "is_default")}
    return values


def _make_up_line(day: MakeUpDay) -> str:
    parts = [str(day.on), _hours_line(day.hours) if day.hours else "", f"={day.like}" if day.like else "", day.name]
    return " ".join(part for part in parts if part)


def _hours_line(hours: DayHours) -> str:
    return " ".join([*map(str, hours.open), *(f"/{pause}" for pause in hours.breaks)])
