"""What stands beside a conversation: the panels that the folders declare. One that fails leaves the others standing."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page, wants_piece
from yinuo.cases.models import Case
from yinuo.cases.queries import case_by_reference
from yinuo.foundation.clock import now
from yinuo.foundation.panels import Panel, known_panels
from yinuo.foundation.refusals import NotFound

log = logging.getLogger("yinuo.desk")


@dataclass(frozen=True)
class ShownPanel:
    """A panel as it stands on the page. body: None while a lazy one has not been fetched; has_failed: says so."""

    panel: Panel
    body: SafeString | None = None
    aside: Any = ""
    has_failed: bool = False


@desk_page("GET")
def case_panel(request: HttpRequest, actor: Actor, reference: str, panel: str) -> HttpResponse:
    """Return one panel: as a piece, empty when it has nothing to show; without scripts, as a page of its own."""
    case = case_by_reference(reference, actor=actor)
    found = next((one for one in known_panels() if one.code == panel and _is_open_to(one, actor)), None)
    if found is None:
        raise NotFound
    shown = _shown(found, case, actor, now(), request, {})
    if shown is None and wants_piece(request):
        return HttpResponse("")
    context = {"case": case, "shown": shown or ShownPanel(found)}
    return render(request, "desk/_panel.html" if wants_piece(request) else "desk/panel.html", context)


def shown_panels(
    case: Case, actor: Actor, at: datetime, request: HttpRequest, outer: Mapping[str, Any]
) -> list[ShownPanel]:
    """Return the panels this person finds beside a case, in their order; lazy ones without their content.

    outer: what their templates may use besides what they themselves return.
    """
    found = [
        ShownPanel(panel) if panel.is_lazy else _shown(panel, case, actor, at, request, outer)
        for panel in known_panels()
        if _is_open_to(panel, actor)
    ]
    return [shown for shown in found if shown is not None]


def _is_open_to(panel: Panel, actor: Actor) -> bool:
    return not panel.permission or actor.may(panel.permission)


def _shown(
    panel: Panel, case: Case, actor: Actor, at: datetime, request: HttpRequest, outer: Mapping[str, Any]
) -> ShownPanel | None:
    try:
        context = panel.show(case, actor, at)
        if context is None:
            return None
        body = render_to_string(panel.template, {**outer, **context, "case": case}, request)
    except Exception:  # A panel is never worth the conversation it stands beside.
        log.exception("panel failed", extra={"panel": panel.code, "case": case.pk})
        return ShownPanel(panel, has_failed=True)
    return ShownPanel(panel, body, context.get("panel_aside", ""))
