"""Everything on one port: live events are answered here, pages and API by the WSGI application in threads."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yinuo.web.settings")
django.setup()

from a2wsgi import WSGIMiddleware  # noqa: E402 - Django must be ready first
from django.core.wsgi import get_wsgi_application  # noqa: E402

from yinuo.web.live import Receive, Scope, Send, hub, live  # noqa: E402

_THREADS = int(os.environ.get("YINUO_THREADS", "8"))
_pages = WSGIMiddleware(get_wsgi_application(), workers=_THREADS)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve pages, API and live events."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/live":
        await live(scope, receive, send)
    else:
        await _pages(scope, receive, send)


async def live_only(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve live events alone, for `yinuo live` behind a proxy."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http":
        await live(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.shutdown":
            await hub.stop()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
