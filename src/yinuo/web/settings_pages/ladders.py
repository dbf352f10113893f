"""The ladders: who is told when a promise runs out or stays broken; adding, changing as a new version."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.foundation.clock import now
from yinuo.foundation.references import id_of
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.standards.actions import CodeTaken, choose_ladder, save_ladder
from yinuo.standards.models import Ladder, Standard

from .doors import done, put_refusal, settings_page, show
from .ladder_form import LadderForm, NewLadderForm, RungForms, ladder_initial, rung_in_words, rungs_initial
from .standards import ChangedMeanwhile


@settings_page("standards.edit", "GET", "POST")
def ladders(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the ladders with their steps and the standards that use them; POST adds one."""
    if request.method == "POST":
        return _save(request, actor, None)
    lines = []
    for row in Ladder.objects.prefetch_related("standards"):
        version = row.versions.latest("number")
        rungs = version.rungs.select_related("post", "staff").order_by("number")
        lines.append((row, version, [rung_in_words(rung) for rung in rungs], list(row.standards.all())))
    return show(request, actor, "ladders", {"lines": lines}, here="ladders")


@settings_page("standards.edit", "GET")
def new_ladder(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the form with the usual steps: the owner, then the team leader, then the manager."""
    is_first = not Ladder.objects.exists()
    form = NewLadderForm(initial={"is_default": is_first})
    return _page(request, actor, None, form, RungForms(initial=rungs_initial(None), prefix="rung"))


@settings_page("standards.edit", "GET", "POST")
def ladder(request: HttpRequest, actor: Actor, ladder_id: int) -> HttpResponse:
    """Show a ladder with its versions; POST gives it the next one."""
    row = Ladder.objects.filter(pk=ladder_id).first()
    if row is None:
        raise NotFound
    if request.method == "POST":
        return _save(request, actor, row)
    newest = row.versions.latest("number")
    rungs = RungForms(initial=rungs_initial(newest), prefix="rung")
    return _page(request, actor, row, LadderForm(initial=ladder_initial(row, newest)), rungs)


@settings_page("standards.edit", "POST")
def standard_ladder(request: HttpRequest, actor: Actor, standard_id: int) -> HttpResponse:
    """Let a standard use a ladder of its own: `ladder` its id, or nothing for the default one."""
    row = Standard.objects.filter(pk=standard_id).first()
    wanted = request.POST.get("ladder", "")
    chosen = Ladder.objects.filter(pk=id_of(wanted)).first()
    if row is None or (wanted and chosen is None):
        raise NotFound
    choose_ladder(standard=row, ladder=chosen, by=actor, at=now())
    sentence = _("%(name)s uses this ladder for promises from now on.")
    return done(request, sentence % {"name": row.name}, "settings_standard", row.pk)


def _save(request: HttpRequest, actor: Actor, row: Ladder | None) -> HttpResponse:
    form = LadderForm(request.POST) if row else NewLadderForm(request.POST)
    rungs = RungForms(request.POST, prefix="rung")
    if not (form.is_valid() and rungs.is_valid()):
        return _page(request, actor, row, form, rungs, status=422)
    values = form.cleaned_data
    try:
        if row and values["version_number"] not in (None, newest := row.versions.latest("number").number):
            raise ChangedMeanwhile(number=newest)
        if row is None and Ladder.objects.filter(code=values["code"]).exists():
            raise CodeTaken(used_code=values["code"])
        save_ladder(
            code=row.code if row else values["code"],
            name_zh=values["name_zh"],
            name_en=values["name_en"],
            rungs=[draft for rung in rungs if (draft := rung.draft())],
            is_default=values["is_default"],
            by=actor,
            at=now(),
        )
    except Refusal as refusal:
        put_refusal(form, refusal, "code" if isinstance(refusal, CodeTaken) else None)
        return _page(request, actor, row, form, rungs, status=refusal.status)
    return done(request, _("The ladder is saved. It counts for promises from now on."), "settings_ladders")


def _page(
    request: HttpRequest, actor: Actor, row: Ladder | None, form: LadderForm, rungs: Any, *, status: int = 200
) -> HttpResponse:
    versions = []
    for version in row.versions.order_by("-number") if row else ():
        steps = version.rungs.select_related("post", "staff").order_by("number")
        versions.append((version, [rung_in_words(rung) for rung in steps]))
    context = {"form": form, "rungs": rungs, "ladder": row, "versions": versions}
    return show(request, actor, "ladder", context, here="ladders", status=status)
