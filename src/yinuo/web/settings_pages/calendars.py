"""Business calendars: the week drawn, hours and listed days, what is not published yet, versions."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.foundation.calendars import WEEKDAYS, BusinessCalendar, Day, DayKind
from yinuo.foundation.calendars.hours import MINUTES_PER_DAY, WeekHours
from yinuo.foundation.clock import now
from yinuo.foundation.models import Calendar, CalendarVersion
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.standards.actions import CodeTaken, save_calendar

from .calendar_form import WEEKDAY_NAMES, CalendarForm, shown_week, zones
from .doors import done, put_refusal, settings_page, show
from .standards import ChangedMeanwhile

# As long before a year's end as promises may reach into the next.
_AHEAD = timedelta(days=60)
_SOON_DAYS = timedelta(days=120)


@dataclass(frozen=True)
class Stored:
    """A calendar with its newest version."""

    calendar: Calendar
    version: CalendarVersion
    hours: BusinessCalendar


@dataclass(frozen=True)
class DrawnDay:
    """One weekday of the drawing: its pieces as `(start_minute, length_minutes)` within the day, and in words."""

    name: str
    pieces: list[tuple[int, int]]
    words: str


@dataclass(frozen=True)
class Line:
    """One calendar of the list. missing_years: those within two months whose public holidays are not in it."""

    calendar: Calendar
    version: CalendarVersion
    zone: str
    week: list[DrawnDay]
    missing_years: str


@settings_page("standards.edit", "GET", "POST")
def calendars(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the calendars; POST adds one."""
    if request.method == "POST":
        return _add(request, actor)
    lines = [
        Line(
            stored.calendar,
            stored.version,
            stored.hours.zone,
            drawn_week(shown_week(stored.hours, _today())),
            missing_years(stored.hours),
        )
        for stored in _all_stored()
    ]
    return show(request, actor, "calendars", {"lines": lines}, here="calendars")


@settings_page("standards.edit", "GET")
def new_calendar(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the form with a usual week."""
    return _form_page(request, actor, CalendarForm(today=_today()), None)


@settings_page("standards.edit", "GET", "POST")
def calendar(request: HttpRequest, actor: Actor, calendar_id: int) -> HttpResponse:
    """Show a calendar's hours; POST saves them as the next version."""
    stored = stored_calendar(calendar_id)
    if request.method == "GET":
        return _form_page(request, actor, _form(stored), stored)
    form = _form(stored, request.POST)
    if form.is_valid():
        try:
            if form.cleaned_data["version_number"] not in (None, stored.version.number):
                raise ChangedMeanwhile(number=stored.version.number)
            version = _save(form, actor)
        except Refusal as refusal:
            put_refusal(form, refusal)
        else:
            sentence = _("%(name)s has version %(number)s from now on.")
            said = sentence % {"name": version.calendar.name, "number": version.number}
            return done(request, said, "settings_calendar", calendar_id)
    return _form_page(request, actor, form, stored, status=422)


def stored_calendar(calendar_id: int) -> Stored:
    """Return a calendar in its newest version. Refuses with NotFound."""
    versions = CalendarVersion.objects.select_related("calendar").filter(calendar_id=calendar_id)
    version = versions.order_by("-number").first()
    if version is None:
        raise NotFound
    return Stored(version.calendar, version, BusinessCalendar.from_json(version.definition))


def save_hours(stored: Stored, hours: BusinessCalendar, actor: Actor) -> CalendarVersion:
    """Save other hours of a calendar as its next version."""
    row = stored.calendar
    return save_calendar(
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        definition=hours.to_json(),
        is_default=row.is_default,
        by=actor,
        at=now(),
    )


def missing_years(hours: BusinessCalendar) -> str:
    """Return the years within two months whose public holidays the calendar does not hold, as text; else empty."""
    today = _today()
    return ", ".join(map(str, hours.unpublished_years(today, today + _AHEAD)))


def drawn_week(week: WeekHours) -> list[DrawnDay]:
    """Return the week from Monday on; what a night holds after midnight is drawn on the next day."""
    pieces: list[list[tuple[int, int]]] = [[] for _day in WEEKDAYS]
    for index, day in enumerate(week.days):
        for start, end in day.pieces:
            first_end = min(end, MINUTES_PER_DAY)
            if start < first_end:
                pieces[index].append((start, first_end - start))
            if end > MINUTES_PER_DAY:
                begin = max(start - MINUTES_PER_DAY, 0)
                pieces[(index + 1) % 7].append((begin, end - MINUTES_PER_DAY - begin))
    words = [", ".join(map(_clocks, day.pieces)) or _("closed") for day in week.days]
    names = [str(name) for name in WEEKDAY_NAMES.values()]
    return [DrawnDay(*one) for one in zip(names, [sorted(day) for day in pieces], words, strict=True)]


def _clocks(piece: tuple[int, int]) -> str:
    start, end = piece
    last = end if end <= MINUTES_PER_DAY else end - MINUTES_PER_DAY
    start %= MINUTES_PER_DAY
    return f"{start // 60:02d}:{start % 60:02d}–{last // 60:02d}:{last % 60:02d}"


def _add(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = CalendarForm(request.POST, today=_today())
    if form.is_valid():
        try:
            if Calendar.objects.filter(code=form.cleaned_data["code"]).exists():
                raise CodeTaken(used_code=form.cleaned_data["code"])
            version = _save(form, actor)
        except Refusal as refusal:
            put_refusal(form, refusal, "code" if isinstance(refusal, CodeTaken) else None)
        else:
            return done(request, _("The calendar is added."), "settings_calendar", version.calendar_id)
    return _form_page(request, actor, form, None, status=422)


def _save(form: CalendarForm, actor: Actor) -> CalendarVersion:
    values = form.cleaned_data
    return save_calendar(
        code=values["code"],
        name_zh=values["name_zh"],
        name_en=values["name_en"],
        definition=form.hours.to_json(),
        is_default=values["is_default"],
        by=actor,
        at=now(),
    )


def _form(stored: Stored, posted: object = None) -> CalendarForm:
    return CalendarForm(
        posted,
        today=_today(),
        calendar=stored.calendar,
        stored=stored.hours,
        version_number=stored.version.number,
    )


def _form_page(
    request: HttpRequest, actor: Actor, form: CalendarForm, stored: Stored | None, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "weekdays": form.weekdays(), "zones": zones(), "stored": stored}
    if stored is not None:
        week = shown_week(stored.hours, _today())
        context |= {
            "week": drawn_week(week),
            "other_weeks": [one.from_on for one in stored.hours.weeks if one is not week],
            "missing_years": missing_years(stored.hours),
            "coming_days": [_shown_day(day) for day in _coming_days(stored.hours)],
            "versions": stored.calendar.versions.order_by("-number")[:20],
        }
    return show(request, actor, "calendar", context, here="calendars", status=status)


def _coming_days(hours: BusinessCalendar) -> list[Day]:
    today = _today()
    return [day for day in hours.listed_days() if today <= day.on <= today + _SOON_DAYS]


def _shown_day(day: Day) -> tuple[date, str, str, str]:
    kinds = {
        DayKind.HOLIDAY: (_("Holiday"), "plain"),
        DayKind.MAKE_UP_DAY: (_("Make-up working day"), "live"),
        DayKind.EXCEPTION: (_("Other hours"), "soon"),
        DayKind.WEEKLY: (_("As every week"), "plain"),
    }
    label, tone = kinds[day.kind]
    return day.on, day.name, label, tone


def _all_stored() -> list[Stored]:
    versions = CalendarVersion.objects.select_related("calendar").order_by("calendar_id", "-number")
    newest = versions.distinct("calendar_id")
    found = [Stored(one.calendar, one, BusinessCalendar.from_json(one.definition)) for one in newest]
    return sorted(found, key=lambda stored: (not stored.calendar.is_default, stored.calendar.code))


def _today() -> date:
    return timezone.localdate(now())
