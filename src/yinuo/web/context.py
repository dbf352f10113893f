"""What every page's frame shows: the places somebody may go to, and who they are."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from yinuo.notifications.pages.bell import bell_of

from .places import account_places, places_for


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the desk's frame; only our own name for visitors."""
    organisation = getattr(request, "organisation", None)
    ours = {"organisation_name": organisation.name if organisation else ""}
    account = getattr(request, "user", None)
    if account is None or not account.is_authenticated:
        return ours
    return ours | {
        "navigation": places_for(request),
        "account_name": account.name,
        "account_entries": account_places(request),
        "search_url": "/",
        # Only a whole page shows it: a piece for htmx must not pay for it.
        "bell": SimpleLazyObject(lambda: bell_of(account.as_actor())),
    }
