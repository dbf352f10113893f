"""The ordered list of standards: what each offers, adding, changing as a new version, order, trying a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yinuo.access.actors import Actor
from yinuo.cases.pages.shown import open_time
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.standards.actions import CodeTaken, StandardTimes, add_standard, change_standard, reorder_standards
from yinuo.standards.models import Ladder, Standard, StandardVersion
from yinuo.standards.queries import offers
from yinuo.standards.rules import CONDITIONS, Request, Times, fits, pick_offer, promised_times

from .doors import done, moved_one, put_refusal, settings_page, show
from .standard_form import NewStandardForm, RequestForm, TimesForm, conditions_in_words, times_initial


class ChangedMeanwhile(Refusal):
    """Somebody else saved a newer version while this one was being edited."""

    code = "web.changed_meanwhile"

    def sentence(self) -> str:
        return _(
            "Somebody saved version %(number)s meanwhile. Open the page again, look at it, and make your change."
        ) % (self.details)


@dataclass(frozen=True)
class Line:
    """One line of the list. `hidden_by`: the earlier line that takes everything this one would fit, or empty."""

    standard: Standard
    version: StandardVersion
    conditions: list[str]
    times: list[tuple[str, str]]
    hidden_by: str = ""
    is_taken: bool = False


@dataclass(frozen=True)
class TriedRequest:
    """Which line a made-up request takes, and what it would be promised from now."""

    offer_name: str
    code: str
    first_response: Times
    resolution: Times
    at: datetime


@settings_page("standards.edit", "GET", "POST")
def standards(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the standards in order, with the line a made-up request takes; POST adds a standard."""
    if request.method == "POST":
        return _add(request, actor)
    form = RequestForm(request.GET) if "tier" in request.GET else RequestForm()
    tried = _try(form) if form.is_bound and form.is_valid() else None
    return show(request, actor, "standards", {"lines": _lines(tried), "form": form, "tried": tried}, here="standards")


@settings_page("standards.edit", "GET")
def new_standard(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the empty form."""
    return show(request, actor, "standard", {"form": NewStandardForm()}, here="standards")


@settings_page("standards.edit", "GET", "POST")
def standard(request: HttpRequest, actor: Actor, standard_id: int) -> HttpResponse:
    """Show a standard with the history of its versions; POST gives it the next one."""
    row = _standard(standard_id)
    newest = row.versions.select_related("calendar").latest("number")
    if request.method == "GET":
        return _standard_page(request, actor, row, TimesForm(initial=times_initial(newest)))
    form = TimesForm(request.POST)
    if not form.is_valid():
        return _standard_page(request, actor, row, form, status=422)
    try:
        if form.cleaned_data["version_number"] not in (None, newest.number):
            raise ChangedMeanwhile(number=newest.number)
        version = change_standard(
            standard=row,
            times=form.times(),
            calendar=form.cleaned_data["calendar"],
            is_active=row.is_active,
            by=actor,
            at=now(),
        )
    except Refusal as refusal:
        put_refusal(form, refusal)
        return _standard_page(request, actor, row, form, status=refusal.status)
    sentence = _("%(name)s has version %(number)s from now on. Open cases keep theirs.")
    return done(request, sentence % {"name": row.name, "number": version.number}, "settings_standards")


@settings_page("standards.edit", "POST")
def standard_place(request: HttpRequest, actor: Actor, standard_id: int) -> HttpResponse:
    """Move a standard one line: `direction` up or down."""
    order = list(Standard.objects.values_list("pk", flat=True))
    moved = moved_one(order, standard_id, up=request.POST.get("direction") == "up")
    if moved != order:
        reorder_standards(standard_ids=moved, by=actor, at=now())
    return done(request, _("The order is saved."), "settings_standards")


@settings_page("standards.edit", "POST")
def standard_activity(request: HttpRequest, actor: Actor, standard_id: int) -> HttpResponse:
    """Switch a standard off, or on again: `is_active` 1 or 0. Open cases keep the version they have."""
    row = _standard(standard_id)
    newest = row.versions.latest("number")
    is_active = request.POST.get("is_active") == "1"
    times = StandardTimes(**{name: getattr(newest, name) for name in StandardTimes.__dataclass_fields__})
    change_standard(standard=row, times=times, calendar=newest.calendar, is_active=is_active, by=actor, at=now())
    sentence = _("%(name)s is in use again.") if is_active else _("%(name)s is switched off.")
    return done(request, sentence % {"name": row.name}, "settings_standards")


def _add(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = NewStandardForm(request.POST)
    if not form.is_valid():
        return show(request, actor, "standard", {"form": form}, here="standards", status=422)
    values = form.cleaned_data
    try:
        add_standard(
            code=values["code"],
            name_zh=values["name_zh"],
            name_en=values["name_en"],
            conditions=form.conditions(),
            times=form.times(),
            calendar=values["calendar"],
            by=actor,
            at=now(),
        )
    except Refusal as refusal:
        put_refusal(form, refusal, "code" if isinstance(refusal, CodeTaken) else None)
        return show(request, actor, "standard", {"form": form}, here="standards", status=refusal.status)
    return done(request, _("The standard is added. Look at its place in the list."), "settings_standards")


def _standard_page(
    request: HttpRequest, actor: Actor, row: Standard, form: TimesForm, *, status: int = 200
) -> HttpResponse:
    versions = row.versions.select_related("calendar").order_by("-number")
    context = {
        "form": form,
        "standard": row,
        "conditions": conditions_in_words(row),
        "versions": [(version, _times(version)) for version in versions],
        "ladders": list(Ladder.objects.all()),
    }
    return show(request, actor, "standard", context, here="standards", status=status)


def _standard(standard_id: int) -> Standard:
    row = Standard.objects.filter(pk=standard_id).first()
    if row is None:
        raise NotFound
    return row


def _lines(tried: TriedRequest | None) -> list[Line]:
    newest = StandardVersion.objects.order_by("standard_id", "-number").distinct("standard_id")
    by_standard = {version.standard_id: version for version in newest.select_related("calendar")}
    rows = [row for row in Standard.objects.all() if row.pk in by_standard]
    return [
        Line(
            standard=row,
            version=by_standard[row.pk],
            conditions=conditions_in_words(row),
            times=_times(by_standard[row.pk])[:4],
            hidden_by=_hider(rows[:place], row),
            is_taken=tried is not None and tried.code == row.code,
        )
        for place, row in enumerate(rows)
    ]


def _hider(earlier: Sequence[Standard], row: Standard) -> str:
    """Return the name of the first earlier line that fits whatever this one fits, so that this one is never taken."""
    if not row.is_active:
        return ""
    narrowest = Request(**{name: getattr(row, name) for name in CONDITIONS})
    for other in earlier:
        if other.is_active and fits(other, narrowest):
            return other.name
    return ""


def _times(version: StandardVersion) -> list[tuple[str, str]]:
    return [
        (_("First response"), open_time(timedelta(minutes=version.first_response_minutes))),
        (_("Next answer"), open_time(timedelta(minutes=version.next_answer_minutes))),
        (_("Next update"), open_time(timedelta(minutes=version.next_update_minutes))),
        (_("Resolution"), open_time(timedelta(minutes=version.resolution_minutes))),
        (_("Call back"), open_time(timedelta(minutes=version.call_back_minutes))),
        (pgettext("promise", "Visit"), open_time(timedelta(minutes=version.visit_minutes))),
        (_("Spare parts"), open_time(timedelta(minutes=version.parts_minutes))),
        (pgettext("promise", "Task of another team"), open_time(timedelta(minutes=version.task_minutes))),
    ]


def _try(form: RequestForm) -> TriedRequest | None:
    at = now()
    try:
        offer, _reason = pick_offer(offers(), form.request())
        first = promised_times(start=at, within=offer.first_response, offer=offer)
        resolution = promised_times(start=at, within=offer.resolution, offer=offer)
    except Refusal as refusal:
        put_refusal(form, refusal)
        return None
    name = Standard.objects.get(code=offer.code).name
    return TriedRequest(name, offer.code, first, resolution, at)
