"""Taking holidays over into a calendar: from a file after a look at what it changes, or China's as published."""

import secrets
from dataclasses import replace
from datetime import timedelta

from django import forms
from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yinuo.access.actors import Actor
from yinuo.foundation.calendars import BusinessCalendar
from yinuo.foundation.calendars.china import china_holidays, china_make_up_days, published_years
from yinuo.foundation.calendars.holiday_import import HolidayImport, preview_holiday_import
from yinuo.foundation.refusals import Refusal

from .calendars import Stored, save_hours, stored_calendar
from .doors import done, refused, settings_page, show

_KEPT_FOR = timedelta(hours=1)
_YEARS = range(1900, 2200)


class HolidayFileForgotten(Refusal):
    """The uploaded file waited longer for its confirmation than it is kept."""

    code = "web.holiday_file_forgotten"
    status = 410

    def sentence(self) -> str:
        return _("The file was kept for an hour and is gone now. Choose it again.")


class HolidayFileForm(forms.Form):
    """The file, and the years to take from it."""

    file = forms.FileField(label=gettext_lazy("iCalendar file (.ics)"))
    years = forms.CharField(
        label=gettext_lazy("Years"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Such as 2026, 2027; empty takes all. Name them when the holidays repeat every year."),
    )

    def clean_years(self) -> list[int] | None:
        parts = self.cleaned_data["years"].replace("，", ",").replace("、", ",").split(",")
        years = [part.strip() for part in parts if part.strip()]
        if not all(year.isdecimal() and int(year) in _YEARS for year in years):
            raise forms.ValidationError(_("Write years such as 2026, 2027, with commas between them."))
        return [int(year) for year in years] or None


@settings_page("standards.edit", "GET", "POST")
def holiday_files(request: HttpRequest, actor: Actor, calendar_id: int) -> HttpResponse:
    """Ask for a file; POST shows what it would change, and changes nothing."""
    stored = stored_calendar(calendar_id)
    if request.method == "GET":
        return _ask(request, actor, stored, HolidayFileForm())
    form = HolidayFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _ask(request, actor, stored, form, status=422)
    file: UploadedFile = form.cleaned_data["file"]
    content, years = file.read(), form.cleaned_data["years"]
    try:
        preview = preview_holiday_import(content, stored.hours, years)
    except Refusal as refusal:
        form.add_error("file", refusal.sentence())
        return _ask(request, actor, stored, form, status=422)
    key = secrets.token_urlsafe(24)
    cache.set(_cache_key(actor, key), (content, years), _KEPT_FOR.total_seconds())
    return _ask(request, actor, stored, form, preview=preview, key=key)


@settings_page("standards.edit", "POST")
def holiday_imports(request: HttpRequest, actor: Actor, calendar_id: int) -> HttpResponse:
    """Take the days of the file that was looked at over into the calendar."""
    stored = stored_calendar(calendar_id)
    kept = cache.get(_cache_key(actor, request.POST.get("key", "")))
    complete = [int(year) for year in request.POST.getlist("complete_years") if year.isdecimal()]
    try:
        if kept is None:
            raise HolidayFileForgotten
        preview = preview_holiday_import(kept[0], stored.hours, kept[1])
        save_hours(stored, preview.calendar_after(complete_years=complete), actor)
    except Refusal as refusal:
        return refused(request, refusal, "settings_holiday_files", calendar_id)
    count = len(preview.added) + len(preview.changed)
    sentence = ngettext("%(count)s day is taken over.", "%(count)s days are taken over.", count) % {"count": count}
    return done(request, sentence, "settings_calendar", calendar_id)


@settings_page("standards.edit", "POST")
def public_days(request: HttpRequest, actor: Actor, calendar_id: int) -> HttpResponse:
    """Take over every published holiday and make-up day of China; days of other years and own exceptions stay."""
    stored = stored_calendar(calendar_id)
    try:
        save_hours(stored, with_public_days(stored.hours), actor)
    except Refusal as refusal:
        return refused(request, refusal, "settings_calendar", calendar_id)
    years = f"{min(published_years())}–{max(published_years())}"
    return done(
        request, _("China's public days of %(years)s are in it.") % {"years": years}, "settings_calendar", calendar_id
    )


def with_public_days(hours: BusinessCalendar) -> BusinessCalendar:
    """Return the calendar with China's public days in every published year, in place of what it lists there."""
    years = set(published_years())
    return replace(
        hours,
        holidays=(*(day for day in hours.holidays if day.on.year not in years), *china_holidays()),
        make_up_days=(*(day for day in hours.make_up_days if day.on.year not in years), *china_make_up_days()),
        published_years=tuple(years | set(hours.published_years or ())),
    )


def _ask(
    request: HttpRequest,
    actor: Actor,
    stored: Stored,
    form: HolidayFileForm,
    *,
    preview: HolidayImport | None = None,
    key: str = "",
    status: int = 200,
) -> HttpResponse:
    years = sorted({day.on.year for day in preview.listed}) if preview else []
    context = {"form": form, "stored": stored, "preview": preview, "key": key, "years": years}
    return show(request, actor, "holiday_file", context, here="calendars", status=status)


def _cache_key(actor: Actor, key: str) -> str:
    return f"holiday-file:{actor.key}:{key}"
