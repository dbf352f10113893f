"""The list behind a figure of the board."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.cases.pages.shown import Choice
from yinuo.desk.queries.figures import FIGURES, figure_rows
from yinuo.foundation.clock import now
from yinuo.foundation.references import id_of
from yinuo.foundation.refusals import NotFound
from yinuo.organisation.models import Staff, Team


def figure_page(request: HttpRequest, actor: Actor, figure: str, teams: Sequence[Team], code: str) -> HttpResponse:
    """Show the cases behind a figure of these teams' board. Refuses with NotFound for a figure there is not."""
    owner_text = request.GET.get("owner", "")
    owner_id = id_of(owner_text)
    if figure not in FIGURES or (figure == "load" and owner_id is None):
        raise NotFound
    owner = Staff.objects.visible_to(actor).filter(pk=owner_id).first() if owner_id is not None else None
    page = figure_rows(figure, teams, owner_id=owner_id, after=request.GET.get("after", ""), actor=actor, at=now())
    query = {name: value for name, value in {"team": code, "owner": owner_text if owner_id else ""}.items() if value}
    context = {
        "figure": figure,
        "title": _titles()[figure],
        "column": _columns()[figure],
        "scope": " · ".join(name for name in (_scope(teams), owner.name if owner else "") if name),
        "page": page,
        "tabs": _tabs(figure, query),
        "older_url": _address(figure, query | {"after": page.older_key}) if page.older_key else "",
        "newer_url": _address(figure, query) if request.GET.get("after") else "",
        "board_url": reverse("board") + (f"?{urlencode({'team': code})}" if code else ""),
    }
    return render(request, "desk/figure.html", context)


def _scope(teams: Sequence[Team]) -> str:
    return teams[0].name if len(teams) == 1 else _("All teams")


def _tabs(figure: str, query: dict[str, str]) -> list[Choice]:
    """Kept and broken belong together: both are the rate."""
    if figure not in {"kept", "missed"}:
        return []
    return [
        Choice(_("Broken"), _address("missed", query), figure == "missed"),
        Choice(_("Kept"), _address("kept", query), figure == "kept"),
    ]


def _titles() -> dict[str, str]:
    return {
        "open": _("Open cases"),
        "load": _("All open cases of one person"),
        "due": _("Promises due within two hours"),
        "unanswered": _("Customers who wait for an answer"),
        "broken": _("Broken, not answered since"),
        "kept": _("Promises kept today"),
        "missed": _("Promises broken today"),
        "opened": _("Cases opened today"),
        "closed": _("Cases closed today"),
    }


def _columns() -> dict[str, str]:
    waits, due, ended = _("Waits since"), _("Due"), _("Ended")
    return {
        "open": due,
        "load": due,
        "due": due,
        "unanswered": waits,
        "broken": due,
        "kept": ended,
        "missed": ended,
        "opened": _("Opened"),
        "closed": _("Closed"),
    }


def _address(figure: str, query: dict[str, str]) -> str:
    address = reverse("board_figure", args=[figure])
    return f"{address}?{urlencode(query)}" if query else address
