"""What every request passes: one log line and measure, and refusals turned into a page, a piece or JSON."""

import logging
import secrets
import time
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from yinuo.foundation.refusals import Refusal
from yinuo.organisation.queries import ourselves

from .metrics import REQUEST_SECONDS
from .setup import first_run

log = logging.getLogger("yinuo.web")
_NOT_PAGES = ("/api/", "/healthz", "/metrics", "/static/", "/live")
_OF_FIRST_RUN = ("/setup", "/language/", "/accounts/logout/")
Answer = Callable[[HttpRequest], HttpResponse]


class RequestLog:
    """Gives each request a short reference, times it, and logs the route (never the address: it may hold tokens)."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.reference = secrets.token_hex(4)  # type: ignore[attr-defined]
        began = time.perf_counter()
        response = self.answer(request)
        seconds = time.perf_counter() - began
        route = request.resolver_match.route if request.resolver_match else "unknown"
        REQUEST_SECONDS.labels(request.method, route, response.status_code).observe(seconds)
        response["X-Request-Reference"] = request.reference  # type: ignore[attr-defined]
        log.info(
            "request",
            extra={
                "reference": request.reference,  # type: ignore[attr-defined]
                "method": request.method,
                "route": route,
                "status": response.status_code,
                "milliseconds": round(seconds * 1000, 1),
            },
        )
        return response


class Ourselves:
    """Gives the request our organisation, shows times in its zone, and leads an empty installation to its first run.

    Only pages: programs and machines ask in UTC, and never for a first run.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(_NOT_PAGES):
            return self.answer(request)
        request.organisation = ourselves()  # type: ignore[attr-defined]
        zone = request.organisation.zone if request.organisation else None  # type: ignore[attr-defined]
        with timezone.override(zone and ZoneInfo(zone)):
            return self.answer(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        if request.path.startswith((*_NOT_PAGES, *_OF_FIRST_RUN)) or not first_run.leads(request):
            return None
        return redirect("setup")


class Refusals:
    """Shows a refusal the way the asker reads: JSON for the API, a piece for htmx, a calm page otherwise."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        if request.path.startswith("/api/"):
            return JsonResponse(exception.as_json(), status=exception.status)
        is_piece = request.headers.get("HX-Request") == "true"
        template = "web/_refusal.html" if is_piece else "web/refusal.html"
        response = render(request, template, {"refusal": exception}, status=exception.status)
        patch_vary_headers(response, ["HX-Request"])
        return response
