"""What every request passes: one log line and measure, and refusals turned into a page, a piece or JSON."""

import logging
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from yinuo.foundation.refusals import Refusal

from .metrics import REQUEST_SECONDS

log = logging.getLogger("yinuo.web")
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
