"""A small site of its own for browser tests: the gallery, a form that is refused or accepted, a stream of facts."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler

from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template import RequestContext, Template
from django.urls import include, path

from yinuo.foundation.refusals import Refusal
from yinuo.web.components.gallery import gallery_context

BENCH = Path(__file__).parent / "bench.html"
STILL_AT = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
PIECE = '<p id="answer">accepted</p>'


class NothingLeft(Refusal):
    """The shelf is empty."""

    code = "tests.nothing_left"

    def sentence(self) -> str:
        return "Nothing is left. Choose another one."


class Facts:
    """What the stream will say, and the queries it was opened with."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.events: list[str] = []


FACTS = Facts()


def gallery(request: HttpRequest) -> HttpResponse:
    return render(request, "web/gallery.html", gallery_context())


def still_gallery(request: HttpRequest) -> HttpResponse:
    """Show the gallery at an instant that never changes, for its pictures."""
    return render(request, "web/gallery.html", gallery_context(STILL_AT))


def bench(request: HttpRequest) -> HttpResponse:
    return HttpResponse(Template(BENCH.read_text()).render(RequestContext(request, gallery_context())))


def orders(request: HttpRequest) -> HttpResponse:
    """Answer like our doors: a refusal, a fault, a page of sign-in, or the piece."""
    wish = request.POST.get("wish")
    if wish == "refuse":
        raise NothingLeft
    if wish == "fault":
        return HttpResponse("Traceback", status=500)
    if wish == "sign out":
        return redirect("account_login")
    if request.headers.get("HX-Request"):
        return HttpResponse(PIECE)
    return redirect("bench")


def live(request: HttpRequest) -> StreamingHttpResponse:
    FACTS.asked.append(request.get_full_path())
    events, FACTS.events = FACTS.events, []
    return StreamingHttpResponse(["retry: 200\n\n", *events], content_type="text/event-stream")


def fault(_request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def sign_in(request: HttpRequest) -> HttpResponse:
    page = Template('{% extends "web/signin.html" %}{% block sheet %}<h1>Sign in</h1>{% endblock %}')
    return HttpResponse(page.render(RequestContext(request)))


urlpatterns = [
    path("", bench, name="bench"),
    path("gallery/", gallery, name="gallery"),
    path("gallery/still/", still_gallery),
    path("orders/", orders),
    path("live", live),
    path("fault/", fault),
    path("accounts/login/", sign_in, name="account_login"),
    path("accounts/logout/", sign_in, name="account_logout"),
    path("language/", include("django.conf.urls.i18n")),
]

LONG = timedelta(seconds=5)


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_words: object) -> None:
        """Say nothing: the test's own assertions speak."""


@contextmanager
def serving() -> Iterator[str]:
    """Serve the site on a free port of this machine and give its address."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.daemon_threads = True
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(LONG.total_seconds())
