"""What every page of the portal shows around its own: the house's name, the places to go, who is signed in."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yinuo.intake.portal.doors import session_here
from yinuo.intake.portal.queries import house_name


@dataclass(frozen=True)
class Spot:
    """A place of the portal."""

    label: str
    url: str
    icon: str
    is_current: bool


def page(
    request: HttpRequest, name: str, context: dict[str, Any] | None = None, *, here: str = "", status: int = 200
) -> HttpResponse:
    """Return a page of the portal in its frame; `here` is the place it belongs to: home, ask, my or pledges."""
    places = [
        ("portal", "home", _("Home"), "home"),
        ("ask", "ask", _("Ask"), "message-plus"),
        ("my", "my", _("My cases"), "inbox"),
        ("pledges", "pledges", _("Pledges"), "heart-handshake"),
    ]
    frame = {
        "organisation_name": house_name() or _("Customer service"),
        "home_url": reverse("portal"),
        "language_url": reverse("portal_language"),
        "spots": [Spot(label, reverse(to), icon, is_current=place == here) for to, place, label, icon in places],
        "session": session_here(request),
    }
    return render(request, f"portal/{name}.html", frame | (context or {}), status=status)
