"""What machines ask: /healthz for load balancers, /metrics for Prometheus."""

import logging
import os

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound

from .health import update_gauges

log = logging.getLogger("yinuo.web")
_THIS_MACHINE = {"127.0.0.1", "::1", ""}


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer 200 when this process can serve pages: the database answers. Otherwise 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        log.exception("database does not answer")
        return JsonResponse({"status": "database does not answer"}, status=503)
    return JsonResponse({"status": "ok"})


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with the measures; to this machine, or to whoever has YINUO_METRICS_TOKEN as bearer."""
    token = os.environ.get("YINUO_METRICS_TOKEN", "")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    is_near = request.META.get("REMOTE_ADDR", "") in _THIS_MACHINE and "HTTP_X_FORWARDED_FOR" not in request.META
    if not (is_near or (token and constant_time_compare(given, token))):
        raise NotFound
    update_gauges(now())
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
