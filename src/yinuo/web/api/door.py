"""The way every call of the API takes: size, token, turn, one transaction, and an answer in one shape."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import NinjaAPI
from ninja.security.base import AuthBase

from yinuo.access.actors import Actor
from yinuo.access.api import actor_with, token_in
from yinuo.foundation.clock import now

from .errors import MethodNotAllowed, refused
from .limits import refuse_too_large, take_turn
from .once import in_one_transaction

View = Callable[..., HttpResponseBase]
_READING = {"GET", "HEAD", "OPTIONS"}
_METHOD_NOT_ALLOWED = 405


class AccessToken(AuthBase):
    """Says in the description of the API that a bearer token is needed; the door has looked at it already."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Actor | None:
        return getattr(request, "actor", None)


def door(api: NinjaAPI, view: View) -> View:
    """Return the view behind the door; callers without a token go through as nobody and are told so by the view."""

    @wraps(view)
    def pass_through(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            answer = _admitted(request, lambda: view(request, *args, **kwargs))
        except Exception as error:  # noqa: BLE001 - the edge: every handler answers, faults are logged there
            answer = api.on_exception(request, error)
        if answer.status_code == _METHOD_NOT_ALLOWED:
            answer = _method_not_allowed(request, answer)
        answer["Cache-Control"] = "no-store"
        return answer

    return pass_through


def _admitted(request: HttpRequest, work: Callable[[], Any]) -> Any:
    refuse_too_large(request)
    at = now()
    token = token_in(request.headers.get("Authorization", ""), at=at)
    if token is None:
        return work()
    take_turn(token, at=at)
    request.token, request.actor = token, actor_with(token)  # type: ignore[attr-defined]
    if request.method in _READING:
        return work()
    return in_one_transaction(request, work, account_id=token.account_id)


def _method_not_allowed(request: HttpRequest, answer: HttpResponseBase) -> HttpResponse:
    told = refused(request, MethodNotAllowed(method=request.method, allowed=answer["Allow"]))
    told["Allow"] = answer["Allow"]
    return told
