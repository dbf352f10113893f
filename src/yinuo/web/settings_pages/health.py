"""How the installation fares, for administrators."""

from django.http import HttpRequest, HttpResponse

from yinuo.access.actors import Actor
from yinuo.foundation.clock import now
from yinuo.web.health import findings

from .doors import settings_page, show


@settings_page("settings.view", "GET")
def health(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show what was looked at, what is not well first, each with what to do."""
    found = sorted(findings(now()), key=lambda one: one.is_well)
    ill_count = sum(not one.is_well for one in found)
    return show(request, actor, "health", {"findings": found, "ill_count": ill_count}, here="health")
