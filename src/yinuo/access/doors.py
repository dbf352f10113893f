"""The door of the desk: signed in, allowed on the desk, the right method; the page gets its actor."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from yinuo.access.actors import Actor
from yinuo.foundation.followers import horizon_position

Page = Callable[..., HttpResponseBase]


def desk_page(*methods: str) -> Callable[[Page], Page]:
    """Return a decorator: visitors are asked to sign in, others without a place on the desk are refused (NotAllowed).

    The page is called with the request, the actor, and what the address holds.
    """

    def decorate(page: Page) -> Page:
        @require_http_methods(methods)
        @login_required
        @vary_on_headers("HX-Request")
        @wraps(page)
        def door(request: HttpRequest, **address: Any) -> HttpResponseBase:
            actor = actor_of(request)
            actor.require("desk.open")
            response = page(request, actor, **address)
            if not response.has_header("Cache-Control"):
                # What a page says of a customer must not lie in a browser's cache after signing out.
                add_never_cache_headers(response)
            return response

        return door

    return decorate


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts in this request of somebody signed in; their roles are read once for the door and the frame."""
    if not hasattr(request, "_actor"):
        request._actor = request.user.as_actor()  # type: ignore[attr-defined, union-attr]  # noqa: SLF001 - ours
    return request._actor  # type: ignore[attr-defined, no-any-return]  # noqa: SLF001


def live_after() -> str:
    """Return the position in the log from which a page that is read now must hear what happens; take it first."""
    return "-".join(map(str, horizon_position()))


def wants_piece(request: HttpRequest) -> bool:
    """Return whether htmx asks, which wants only the pieces that change."""
    return request.headers.get("HX-Request") == "true"
