"""The script that shows pushes. At the root of the site, because a browser lets it work only below its own address."""

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(max_age=0, must_revalidate=True)
def push_worker(_request: HttpRequest) -> HttpResponse:
    """Return the worker's script; browsers look for a new one by themselves."""
    return HttpResponse(_script(), content_type="text/javascript; charset=utf-8")


@cache
def _script() -> bytes:
    return (Path(__file__).parent / "static" / "yinuo" / "push-worker.js").read_bytes()
