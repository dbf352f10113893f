"""The screens of the first run: a code, then five forms, then what to do next. Each is a plain form."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yinuo.access.actions import MailAddressTaken, UsernameTaken
from yinuo.access.actors import Actor
from yinuo.access.doors import actor_of
from yinuo.foundation.clock import now
from yinuo.foundation.models import Calendar, Heartbeat
from yinuo.foundation.refusals import NotAllowed, NotFound, Refusal
from yinuo.intake.mail.actions import save_mailbox
from yinuo.intake.mail.models import Mailbox
from yinuo.organisation.models import Team
from yinuo.organisation.queries import our_zone, ourselves
from yinuo.standards.models import Standard
from yinuo.web.models import FirstRun
from yinuo.web.settings_pages.company import CompanyForm, company_initial
from yinuo.web.settings_pages.doors import put_refusal
from yinuo.web.settings_pages.mailbox_form import MailboxForm
from yinuo.web.settings_pages.mailboxes import tried_both_ways

from . import actions, first_run, presets
from .forms import AdministratorForm, CodeForm, PresetForm, TeamForm, mailbox_initial, team_initial

_TRIES, _TRIES_SECONDS = 20, 600
_ALIVE_WITHIN = timedelta(seconds=30)
Screen = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Stop:
    """One screen in the list above the form. state: as the component `step` takes it."""

    label: str
    url: str
    state: str
    is_here: bool


class TooManyCodes(Refusal):
    """Somebody guesses."""

    code = "setup.too_many_codes"
    status = 429

    def sentence(self) -> str:
        return _("Too many codes were tried. Wait ten minutes, then type the one in the terminal.")


def screen(step: str, *methods: str) -> Callable[[Screen], Screen]:
    """Return a decorator: the page exists during the first run only, for whoever may do it, in its turn.

    The page is called with the request, the actor and the run.
    """

    def decorate(page: Screen) -> Screen:
        @require_http_methods(methods)
        @sensitive_post_parameters()
        @never_cache
        @wraps(page)
        def door(request: HttpRequest) -> HttpResponse:
            run = actions.begin(at=now()) if first_run.may_go_on(request) else None
            if run is None:
                return _outside(request)
            next_step = first_run.next_step(run.done)
            if step not in (next_step, *run.done):
                return redirect(f"setup_{next_step}")
            actor = actor_of(request) if request.user.is_authenticated else actions.SETUP
            return page(request, actor, run)

        return door

    return decorate


@require_http_methods(["GET", "POST"])
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the terminal; whoever may go on comes to the first screen that is not done."""
    if not first_run.is_open():
        raise NotFound
    if first_run.may_go_on(request):
        return redirect(f"setup_{first_run.next_step(actions.begin(at=now()).done)}")
    if not first_run.is_empty():
        return _outside(request)
    form = CodeForm(request.POST or None)
    if request.method == "POST":
        _count_try()
        if form.is_valid():
            first_run.remember_code(request)
            return redirect(f"setup_{first_run.next_step(actions.begin(at=now()).done)}")
    return render(request, "setup/start.html", {"form": form}, status=422 if form.errors else 200)


@screen("company", "GET", "POST")
def company(request: HttpRequest, actor: Actor, run: FirstRun) -> HttpResponse:
    """Say who we are."""
    language = (get_language() or "zh-hans").split("-")[0]
    initial = company_initial(ourselves(), "zh-hans" if language == "zh" else "en")
    form = CompanyForm(request.POST) if request.method == "POST" else CompanyForm(initial=initial)
    if form.is_bound and form.is_valid() and form.save(by=actor):
        return _next("company")
    return _show(request, run, "company", {"form": form})


@screen("administrator", "GET", "POST")
def administrator(request: HttpRequest, _actor: Actor, run: FirstRun) -> HttpResponse:
    """Make the first account and sign it in; once it is there, say so."""
    if "administrator" in run.done:
        if request.method == "POST":
            return _next("administrator")
        return _show(request, run, "administrator", {"account": request.user})
    form = AdministratorForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            account = actions.make_first_administrator(**form.account(), at=now())
        except Refusal as refusal:
            fields = {UsernameTaken: "username", MailAddressTaken: "email"}
            put_refusal(form, refusal, fields.get(type(refusal)))
        else:
            login(request, account, backend="django.contrib.auth.backends.ModelBackend")
            return _next("administrator")
    return _show(request, run, "administrator", {"form": form})


@screen("mailbox", "GET", "POST")
def mailbox(request: HttpRequest, actor: Actor, run: FirstRun) -> HttpResponse:
    """Add the first mailbox, try it, or leave it for later: `act` is `save`, `try` or `skip`."""
    act = request.POST.get("act", "")
    if act == "skip":
        return _next("mailbox")
    row = Mailbox.objects.select_related("team").order_by("pk").first()
    team = Team.objects.get(is_fallback=True)
    if not act:
        form = MailboxForm(mailbox=row) if row else MailboxForm(initial=mailbox_initial(ourselves(), team))
        return _show(request, run, "mailbox", {"form": form, "mailbox": row, "tried": []})
    form = MailboxForm(request.POST, mailbox=row)
    if act == "try":
        tried = tried_both_ways(form)
        if request.headers.get("HX-Request") == "true" and tried:
            return render(request, "settings/_tried.html", {"tried": tried})
        return _show(request, run, "mailbox", {"form": form, "mailbox": row, "tried": tried})
    if form.is_valid():
        try:
            save_mailbox(draft=form.draft(), team=form.cleaned_data["team"], mailbox=row, by=actor, at=now())
        except Refusal as refusal:
            put_refusal(form, refusal, "address")
        else:
            return _next("mailbox")
    return _show(request, run, "mailbox", {"form": form, "mailbox": row, "tried": []})


@screen("team", "GET", "POST")
def team(request: HttpRequest, actor: Actor, run: FirstRun) -> HttpResponse:
    """Name the team that gets every case at first; the administrator leads it."""
    row = Team.objects.select_related("department", "region").get(is_fallback=True)
    form = TeamForm(request.POST) if request.method == "POST" else TeamForm(initial=team_initial(row))
    if form.is_bound and form.is_valid():
        actions.name_team(names=form.names(), by=actor, at=now())
        return _next("team")
    return _show(request, run, "team", {"form": form})


@screen("standards", "GET", "POST")
def standards(request: HttpRequest, actor: Actor, run: FirstRun) -> HttpResponse:
    """Choose the standards to begin with."""
    form = PresetForm(request.POST or None, initial=_chosen())
    if form.is_bound and form.is_valid():
        actions.apply_preset(**form.cleaned_data, zone=our_zone().key, by=actor, at=now())
        return _next("standards")
    return _show(request, run, "standards", {"form": form, **_previews(now())})


@screen("ready", "GET", "POST")
def ready(request: HttpRequest, _actor: Actor, run: FirstRun) -> HttpResponse:
    """Say what to do next; POST ends the first run."""
    at = now()
    if request.method == "POST":
        actions.finish(at=at)
        return redirect("workbench")
    context = {
        "mailbox": Mailbox.objects.order_by("pk").first(),
        "works": Heartbeat.objects.filter(kind="work", seen_at__gt=at - _ALIVE_WITHIN).exists(),
    }
    return _show(request, run, "ready", context)


def _outside(request: HttpRequest) -> HttpResponse:
    """Answer somebody who may not do the screens: it is over, the code first, or sign in first."""
    if not first_run.is_open():
        raise NotFound
    if first_run.is_empty():
        return redirect("setup")
    if request.user.is_authenticated:
        raise NotAllowed(permission="access.administer")
    return redirect_to_login(reverse("setup"))


def _count_try() -> None:
    cache.add("setup:tries", 0, _TRIES_SECONDS)
    if cache.incr("setup:tries") > _TRIES:
        raise TooManyCodes


def _next(step: str) -> HttpResponse:
    return redirect(f"setup_{first_run.next_step(actions.mark_done(step).done)}")


def _show(request: HttpRequest, run: FirstRun, here: str, context: dict[str, Any]) -> HttpResponse:
    form = context.get("form")
    place = first_run.STEPS.index(here) if here in first_run.STEPS else None
    back = first_run.STEPS[-1] if place is None else first_run.STEPS[place - 1] if place else ""
    context |= {
        "stops": _stops(run.done, here),
        "number": None if place is None else place + 1,
        "count": len(first_run.STEPS),
        "back_url": reverse(f"setup_{back}") if back else "",
    }
    return render(request, f"setup/{here}.html", context, status=422 if form is not None and form.errors else 200)


def _stops(done: list[str], here: str) -> list[Stop]:
    labels = (_("Our company"), _("Administrator"), _("Mailbox"), _("Team"), _("Standards"))
    return [
        Stop(
            label=label,
            url=reverse(f"setup_{step}") if step in done and step != here else "",
            state="now" if step == here else "done" if step in done else "open",
            is_here=step == here,
        )
        for step, label in zip(first_run.STEPS, labels, strict=True)
    ]


def _chosen() -> dict[str, str]:
    """Return what was chosen before: from the standards and the calendar as they are."""
    codes = set(Standard.objects.filter(is_active=True).values_list("code", flat=True))
    chosen = {"preset": "levels"} if "immediate" in codes else {}
    house = Calendar.objects.filter(code="house").first()
    if house is not None:
        hours = house.versions.latest("number").definition
        kind = next((one for one in presets.CALENDARS if presets.is_kind(one, hours)), presets.CALENDARS[0])
        chosen["calendar"] = kind
    return chosen


def _previews(at: datetime) -> dict[str, Any]:
    """Return for each preset its lines, each with the instant it answers by on each calendar."""
    zone = our_zone()
    calendars = {kind: presets.calendar_of(kind, zone.key) for kind in presets.CALENDARS}
    friday = presets.friday_at_five(calendars["china"], at.astimezone(zone).date())
    previews = [
        (
            preset,
            [
                (
                    line,
                    [
                        presets.answered_by(line, kind=kind, calendar=hours, at=friday)
                        for kind, hours in calendars.items()
                    ],
                )
                for line in presets.lines_of(preset)
            ],
        )
        for preset in presets.PRESETS
    ]
    return {"previews": previews, "friday": friday}
