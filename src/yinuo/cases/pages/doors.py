"""The door of the desk: signed in, allowed on the desk, the right method; the page gets its actor."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

Page = Callable[..., HttpResponse]


def desk_page(*methods: str) -> Callable[[Page], Page]:
    """Return a decorator: visitors are asked to sign in, others without a place on the desk are refused (NotAllowed).

    The page is called with the request, the actor, and what the address holds.
    """

    def decorate(page: Page) -> Page:
        @require_http_methods(methods)
        @login_required
        @vary_on_headers("HX-Request")
        @wraps(page)
        def door(request: HttpRequest, **address: Any) -> HttpResponse:
            actor = request.user.as_actor()  # type: ignore[union-attr]  # login_required keeps visitors out
            actor.require("desk.open")
            return page(request, actor, **address)

        return door

    return decorate


def wants_piece(request: HttpRequest) -> bool:
    """Return whether htmx asks, which wants only the pieces that change."""
    return request.headers.get("HX-Request") == "true"
