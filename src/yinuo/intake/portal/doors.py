"""The doors of the portal: for everybody, for a signed-in customer, and the headers of each."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods

from yinuo.foundation.clock import now

from .models import CustomerSession
from .queries import session_of

Page = Callable[..., HttpResponseBase]
COOKIE = "yinuo_customer"


def open_page(*methods: str, is_listed: bool = False) -> Callable[[Page], Page]:
    """Return a decorator: everybody may open the page, signed in or not; `request.customer_session` says who it is.

    is_listed: search engines may show it. All others are kept out of them and out of caches.
    """

    def decorate(page: Page) -> Page:
        @require_http_methods(methods)
        @wraps(page)
        def door(request: HttpRequest, **address: Any) -> HttpResponseBase:
            request.customer_session = session_of(request.COOKIES.get(COOKIE, ""), at=now())  # type: ignore[attr-defined]
            return sealed(page(request, **address), is_listed=is_listed)

        return door

    return decorate


def customer_page(*methods: str) -> Callable[[Page], Page]:
    """Return a decorator: visitors are asked to sign in first; the page gets the session of the customer."""

    def decorate(page: Page) -> Page:
        @open_page(*methods)
        @wraps(page)
        def door(request: HttpRequest, **address: Any) -> HttpResponseBase:
            session = session_here(request)
            if session is None:
                return to_sign_in(request)
            return page(request, session, **address)

        return door

    return decorate


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send somebody to sign in, and back to the page they wanted."""
    wanted = request.get_full_path() if request.method == "GET" else reverse("my")
    return redirect(f"{reverse('my_sign_in')}?{urlencode({'next': wanted})}")


def session_here(request: HttpRequest) -> CustomerSession | None:
    """Return the customer's session that `open_page` found."""
    session: CustomerSession | None = getattr(request, "customer_session", None)
    return session


def sealed(response: HttpResponseBase, *, is_listed: bool = False) -> HttpResponseBase:
    """Return the answer so that no cache keeps it, no other site learns its address, and no engine lists it."""
    if not response.has_header("Cache-Control"):
        add_never_cache_headers(response)
    if not is_listed:
        response["X-Robots-Tag"] = "noindex, nofollow"
    # Not `no-referrer`: browsers then send `Origin: null`, and the check against forged forms would refuse
    # every answer. With `same-origin` a link still never reaches another site.
    response["Referrer-Policy"] = "same-origin"
    return response


def put_cookie(response: HttpResponse, token: str, *, seconds: int) -> None:
    """Give the device the token of its session; seconds 0 takes it back."""
    if not token:
        response.delete_cookie(COOKIE, samesite="Lax")
        return
    response.set_cookie(
        COOKIE, token, max_age=seconds, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )
