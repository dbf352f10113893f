"""The acts that folders offer on a case: the form of each, and doing it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page, wants_piece
from yinuo.cases.models import Case
from yinuo.cases.queries import case_by_reference
from yinuo.cases.queries.finding import may_work_on
from yinuo.cases.rules import OnlyForTask
from yinuo.foundation.acts import CaseAct, known_acts
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotAllowed, NotFound, Refusal

from .offering import is_open_to
from .queue import queue_query
from .workbench import back_to_case, case_piece


@desk_page("GET", "POST")
def case_act(request: HttpRequest, actor: Actor, reference: str, act: str) -> HttpResponse:
    """Show the form of an act, as a page or as the content of the dialog; posted, do it and show the case.

    An act that returns an address leads there.
    """
    case = case_by_reference(reference, actor=actor)
    found = next((one for one in known_acts() if one.code == act), None)
    if found is None:
        raise NotFound
    if not is_open_to(found, actor):
        raise NotAllowed(permission=found.permission)
    if not may_work_on(case, actor):
        raise OnlyForTask
    if request.method == "GET":
        return _form(request, actor, case, found)
    try:
        result = found.do(case, actor, now(), request)
    except Refusal as refusal:
        if wants_piece(request):
            raise
        return _form(request, actor, case, found, refusal=refusal)
    if isinstance(result, str):
        return HttpResponse(headers={"HX-Redirect": result}) if wants_piece(request) else redirect(result)
    after = result if isinstance(result, Case) else case
    if not wants_piece(request):
        return back_to_case(request, after)
    if after.pk != case.pk:
        return _lead_to(request, after)
    return case_piece(request, actor, case_by_reference(after.reference, actor=actor))


def _lead_to(request: HttpRequest, case: Case) -> HttpResponse:
    """Lead the whole page to another case; htmx obeys the header."""
    return HttpResponse(headers={"HX-Redirect": back_to_case(request, case).url})


def _form(
    request: HttpRequest, actor: Actor, case: Case, act: CaseAct, *, refusal: Refusal | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "case": case,
        "act": act,
        "refusal": refusal,
        "queue_query": queue_query(request.GET),
        "posted": request.POST,
        **act.shown(case, actor, now()),
    }
    template = "desk/_act.html" if wants_piece(request) else "desk/act.html"
    return render(request, template, context, status=refusal.status if refusal else 200)
