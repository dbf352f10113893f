"""The pledges: what we commit to in public; adding, changing as a new version, order, publishing, seeing it before."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.cases.models import PromiseKind
from yinuo.cases.queries import breaches, keeping
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.standards.actions import (
    CodeTaken,
    PledgeDateTooEarly,
    RemedyAmountWrong,
    add_pledge,
    change_pledge,
    publish_pledge,
    reorder_pledges,
    withdraw_pledge,
)
from yinuo.standards.models import Pledge, PledgeVersion

from .doors import done, moved_one, put_refusal, settings_page, show
from .pledge_form import NewPledgeForm, PledgeForm, pledge_initial, terms_in_words
from .standards import ChangedMeanwhile

_BREACHES_SHOWN = 100


@settings_page("standards.edit", "GET", "POST")
def pledges(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the pledges in order; POST adds one."""
    if request.method == "POST":
        return _add(request, actor)
    rows = Pledge.objects.all()
    newest = PledgeVersion.objects.order_by("pledge_id", "-number").distinct("pledge_id")
    versions = {version.pledge_id: version for version in newest}
    today = timezone.localdate()
    kept = keeping([row.pk for row in rows], on=today)
    lines = [
        (row, version, version.effective_on > today, terms_in_words(version), kept[row.pk])
        for row in rows
        if (version := versions[row.pk])
    ]
    return show(request, actor, "pledges", {"lines": lines}, here="pledges")


@settings_page("standards.edit", "GET")
def new_pledge(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the empty form."""
    form = NewPledgeForm(initial={"effective_on": timezone.localdate()})
    return _pledge_page(request, actor, None, form)


@settings_page("standards.edit", "GET", "POST")
def pledge(request: HttpRequest, actor: Actor, pledge_id: int) -> HttpResponse:
    """Show a pledge with its versions; POST lets it say something else from a day on, or shows how that would look."""
    row = _pledge(pledge_id)
    newest = row.versions.latest("number")
    if request.method == "GET":
        day = max(timezone.localdate(), newest.effective_on)
        return _pledge_page(request, actor, row, PledgeForm(initial=pledge_initial(newest, day=day)))
    form = PledgeForm(request.POST)
    if not form.is_valid() or request.POST.get("act") == "preview":
        return _pledge_page(request, actor, row, form, status=200 if form.is_valid() else 422)
    try:
        if form.cleaned_data["version_number"] not in (None, newest.number):
            raise ChangedMeanwhile(number=newest.number)
        day = form.cleaned_data["effective_on"]
        version = change_pledge(
            pledge=row, words=form.words(), terms=form.terms(), effective_on=day, by=actor, at=now()
        )
    except Refusal as refusal:
        _put(form, refusal)
        return _pledge_page(request, actor, row, form, status=refusal.status)
    sentence = _("“%(title)s” has version %(number)s. What it said before stays to be read.")
    return done(request, sentence % {"title": version.title, "number": version.number}, "settings_pledges")


@settings_page("standards.edit", "GET")
def pledge_keeping(request: HttpRequest, actor: Actor, pledge_id: int) -> HttpResponse:
    """Show how well a pledge was kept, month by month, with the newest cases that broke it."""
    row = _pledge(pledge_id)
    today = timezone.localdate()
    found = breaches(row.pk, actor=actor, on=today)
    context = {
        "pledge": row,
        "title": row.versions.latest("number").title,
        "kept": keeping([row.pk], on=today)[row.pk],
        "breaches": [(one, PromiseKind(one.promise.kind).label) for one in found[:_BREACHES_SHOWN]],
        "breach_limit": _BREACHES_SHOWN,
    }
    return show(request, actor, "pledge_keeping", context, here="pledges")


@settings_page("standards.edit", "POST")
def pledge_place(request: HttpRequest, actor: Actor, pledge_id: int) -> HttpResponse:
    """Move a pledge one line: `direction` up or down."""
    order = list(Pledge.objects.values_list("pk", flat=True))
    moved = moved_one(order, pledge_id, up=request.POST.get("direction") == "up")
    if moved != order:
        reorder_pledges(pledge_ids=moved, by=actor, at=now())
    return done(request, _("The order is saved."), "settings_pledges")


@settings_page("standards.edit", "POST")
def pledge_publication(request: HttpRequest, actor: Actor, pledge_id: int) -> HttpResponse:
    """Publish a pledge, or take it off the published list: `is_published` 1 or 0."""
    row = _pledge(pledge_id)
    title = row.versions.latest("number").title
    if request.POST.get("is_published") == "1":
        publish_pledge(pledge=row, by=actor, at=now())
        return done(request, _("Everybody can read “%(title)s” now.") % {"title": title}, "settings_pledges")
    withdraw_pledge(pledge=row, by=actor, at=now())
    return done(request, _("“%(title)s” is no longer published.") % {"title": title}, "settings_pledges")


def _add(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = NewPledgeForm(request.POST)
    if not form.is_valid() or request.POST.get("act") == "preview":
        return _pledge_page(request, actor, None, form, status=200 if form.is_valid() else 422)
    code, day = form.cleaned_data["code"], form.cleaned_data["effective_on"]
    try:
        add_pledge(code=code, words=form.words(), terms=form.terms(), effective_on=day, by=actor, at=now())
    except Refusal as refusal:
        _put(form, refusal)
        return _pledge_page(request, actor, None, form, status=refusal.status)
    return done(request, _("The pledge is added. Publish it when it is right."), "settings_pledges")


def _pledge_page(
    request: HttpRequest, actor: Actor, row: Pledge | None, form: PledgeForm, *, status: int = 200
) -> HttpResponse:
    saved = list(row.versions.order_by("-number")) if row else []
    previews: list[tuple[str, dict[str, Any]]] = []
    if form.is_bound and form.is_valid():
        typed = PledgeVersion(
            number=len(saved) + 1,
            effective_on=form.cleaned_data["effective_on"],
            **vars(form.words()),
            **vars(form.terms()),
        )
        previews = [(code, _in_language(typed, code)) for code in ("zh-hans", "en")]
    versions = [(version, terms_in_words(version)) for version in saved]
    title = saved[0].title if saved else ""
    context = {"form": form, "pledge": row, "title": title, "versions": versions, "previews": previews}
    return show(request, actor, "pledge", context, here="pledges", status=status)


def _in_language(version: PledgeVersion, language: str) -> dict[str, Any]:
    with translation.override(language):
        return {
            "title": version.title,
            "text": version.text,
            "remedy": version.remedy,
            "terms": terms_in_words(version),
        }


def _put(form: PledgeForm, refusal: Refusal) -> None:
    fields = {CodeTaken: "code", PledgeDateTooEarly: "effective_on", RemedyAmountWrong: "remedy_amount"}
    put_refusal(form, refusal, fields.get(type(refusal)))


def _pledge(pledge_id: int) -> Pledge:
    row = Pledge.objects.filter(pk=pledge_id).first()
    if row is None:
        raise NotFound
    return row
