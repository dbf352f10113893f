"""What every page's frame shows: the places somebody may go to, and who they are."""

from typing import Any

from django.http import HttpRequest

from .places import account_places, places_for


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the desk's frame; empty for visitors."""
    account = getattr(request, "user", None)
    if account is None or not account.is_authenticated:
        return {}
    return {
        "navigation": places_for(request),
        "account_name": account.name,
        "account_entries": account_places(request),
        "search_url": "/",
    }
