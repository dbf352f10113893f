"""What every page's frame shows: the places somebody may go to, who they are, and how things stand for them."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from yinuo.access.actors import Actor
from yinuo.access.doors import actor_of
from yinuo.desk.pages.board import KeptRate, kept_rate_of
from yinuo.desk.pages.presence import PresenceShown, own_presence
from yinuo.desk.queries.boards import may_open_boards
from yinuo.notifications.pages.bell import bell_of

from .places import account_places, more_places, places_for


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the desk's frame; only our own name for visitors. Made once, however many pieces ask."""
    if not hasattr(request, "_shell"):
        request._shell = _shell(request)  # type: ignore[attr-defined]  # noqa: SLF001 - ours
    return request._shell  # type: ignore[attr-defined, no-any-return]  # noqa: SLF001


def _shell(request: HttpRequest) -> dict[str, Any]:
    organisation = getattr(request, "organisation", None)
    ours = {"organisation_name": organisation.name if organisation else ""}
    account = getattr(request, "user", None)
    if account is None or not account.is_authenticated:
        return ours
    actor = actor_of(request)
    navigation = places_for(request, actor)
    return ours | {
        "navigation": navigation,
        "more_places": more_places(navigation),
        "account_name": account.name,
        "account_entries": account_places(request),
        "search_url": reverse("search"),
        "help_url": reverse("help"),
        # Only a whole page shows these: a piece for htmx must not pay for them.
        "bell": SimpleLazyObject(lambda: bell_of(actor)),
        "own_presence": SimpleLazyObject(lambda: _presence(actor)),
        "kept_rate": SimpleLazyObject(lambda: _kept_rate(actor)),
    }


def _presence(actor: Actor) -> PresenceShown | bool:
    return own_presence(actor) or False


def _kept_rate(actor: Actor) -> KeptRate | bool:
    return kept_rate_of(actor) if may_open_boards(actor) else False
