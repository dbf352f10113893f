"""One act on many cases: what may be done to those chosen in the queue, and the report of how it went."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page, live_after, wants_piece
from yinuo.cases.forms import OUTCOME_LABELS
from yinuo.cases.pages.shown import Choice
from yinuo.desk import actions
from yinuo.desk.actions.bulk import PERMISSIONS
from yinuo.desk.models import BulkAct
from yinuo.desk.queries.bulk import ROWS_SHOWN, RunShown, cases_of_view, chosen_cases, latest_runs, run_rows, run_shown
from yinuo.desk.rules import BULK_AT_ONCE, BULK_LIMIT
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.organisation.models import Staff

from .queue import address_of, wish_of

_LONGEST_TEXT = 2000


@desk_page("GET")
def queue_acts(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show what may be done to the chosen cases; without scripts, the queue with its boxes to tick."""
    if not wants_piece(request):
        query = request.GET.copy()
        query["choose"] = "1"
        return HttpResponseRedirect(f"{reverse('workbench')}?{query.urlencode()}")
    return render(request, "desk/_bulk_acts.html", acts_context(request, actor))


@desk_page("GET", "POST")
def bulk_runs(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List what this person did to many cases; begin such an act."""
    if request.method == "GET":
        return render(request, "desk/bulk_runs.html", {"runs": latest_runs(actor=actor)})
    at = now()
    act = request.POST.get("act", "")
    if act not in PERMISSIONS or act == BulkAct.BROADCAST:
        raise NotFound  # Words to customers are said on the page of their incident.
    wish = wish_of(QueryDict(request.POST.get("query", "")))
    is_whole = request.POST.get("whole") == "1"
    references = request.POST.getlist("case")
    cases = cases_of_view(wish, actor=actor, at=at) if is_whole else chosen_cases(references, actor=actor)
    try:
        run = actions.start_run(
            act=BulkAct(act),
            cases=cases,
            text=request.POST.get(f"{act}_text", "")[:_LONGEST_TEXT],
            outcome=request.POST.get("outcome", "") if act == BulkAct.CLOSE else "",
            new_owner=_new_owner(request, actor) if act == BulkAct.OWNER else None,
            by=actor,
            at=at,
        )
    except Refusal as refusal:
        if refusal.status in {403, 404}:
            raise
        return _again(request, actor, refusal, BulkAct(act), references, is_whole=is_whole)
    if len(cases) <= BULK_AT_ONCE:
        actions.carry_on(run, at=at)
    return HttpResponseRedirect(_address(run.pk, back=address_of(wish)))


@desk_page("GET")
def bulk_run(request: HttpRequest, actor: Actor, run_id: int) -> HttpResponse:
    """Show how an act on many cases went, or goes; the page refreshes itself while it does."""
    after = live_after()
    shown = run_shown(run_id, actor=actor)
    context = {**_report(request, actor, shown), "live_after": after, "staff_topic": f"staff-{actor.staff_id}"}
    return render(request, "desk/_bulk_report.html" if wants_piece(request) else "desk/bulk_run.html", context)


@desk_page("POST")
def bulk_cancellation(request: HttpRequest, actor: Actor, run_id: int) -> HttpResponse:
    """Leave undone what is not done yet."""
    actions.cancel_run(run=run_shown(run_id, actor=actor).run, by=actor, at=now())
    return HttpResponseRedirect(_address(run_id, back=request.POST.get("back", "")))


def acts_context(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """Return what `_bulk_acts.html` shows: the acts that this person may do in this queue."""
    wish = wish_of(request.GET)
    is_possible = {
        BulkAct.OWNER: wish.view not in {"closed", "solved"},
        BulkAct.NOTE: True,
        BulkAct.CLOSE: wish.view not in {"closed", "solved"},
        BulkAct.REOPEN: not wish.is_open_view,
        BulkAct.BROADCAST: False,
    }
    acts = {act for act, permission in PERMISSIONS.items() if is_possible[act] and actor.may(permission)}
    return {
        "acts": {str(act): act in acts for act in BulkAct},
        "colleagues": list(Staff.objects.visible_to(actor).working().order_by("name")) if BulkAct.OWNER in acts else [],
        "outcomes": OUTCOME_LABELS.items(),
        "limit": BULK_LIMIT,
    }


def _new_owner(request: HttpRequest, actor: Actor) -> Staff | None:
    given = request.POST.get("owner", "")
    return Staff.objects.visible_to(actor).working().filter(pk=int(given)).first() if given.isdecimal() else None


def _again(
    request: HttpRequest, actor: Actor, refusal: Refusal, act: BulkAct, references: list[str], *, is_whole: bool
) -> HttpResponse:
    """Show the act once more with what was typed and why it was refused."""
    context = {
        **acts_context(request, actor),
        "act": act,
        "refusal": refusal,
        "references": references,
        "is_whole": is_whole,
        "values": request.POST,
        "typed": request.POST.get(f"{act}_text", ""),
        "query": request.POST.get("query", ""),
    }
    return render(request, "desk/bulk_again.html", context, status=refusal.status)


def _report(request: HttpRequest, actor: Actor, shown: RunShown) -> dict[str, Any]:
    counts = {"all": shown.total, "trouble": shown.trouble, "done": shown.done, "left": shown.left}
    asked = request.GET.get("part", "")
    # What went wrong is why somebody reads a report.
    part = asked if asked in counts else "trouble" if shown.trouble else "all"
    after = request.GET.get("after", "")
    rows = run_rows(shown.run, part=part, after=int(after) if after.isdecimal() and len(after) < 6 else 0, actor=actor)  # noqa: PLR2004
    labels = {"all": _("All"), "trouble": _("Refused"), "done": _("Done"), "left": _("Not done")}
    back = request.GET.get("back", "")
    is_more = len(rows) > ROWS_SHOWN
    last = str(rows[ROWS_SHOWN - 1].position) if is_more else ""
    return {
        "shown": shown,
        "parts": [
            Choice(labels[name], _address(shown.run.pk, part=name, back=back), name == part, count)
            for name, count in counts.items()
            if count or name == "all"
        ],
        "rows": rows[:ROWS_SHOWN],
        "more_url": _address(shown.run.pk, part=part, after=last, back=back) if is_more else "",
        "refresh_url": request.get_full_path(),
        # Only ever a page of our own.
        "back": back if back.startswith(reverse("workbench")) and not back.startswith("//") else reverse("workbench"),
    }


def _address(run_id: int, **values: str) -> str:
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in values.items() if value})
    address = reverse("bulk_run", args=[run_id])
    return f"{address}?{query.urlencode()}" if query else address
