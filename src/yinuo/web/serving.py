"""Runs the ASGI server on a port that is known to be free, and lets it stop without waiting for open pages."""

import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

import uvicorn
from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal

from .live import hub

_GRACE_SECONDS = 5


class PortNotUsable(Refusal):
    """Another program has the port, or this user may not open it."""

    code = "web.port_not_usable"

    def sentence(self) -> str:
        return _("Port %(port)s on %(host)s cannot be used (%(reason)s). Choose another one with --port.") % (
            self.details
        )


def open_port(host: str, port: int) -> socket.socket:
    """Return the socket to serve on, bound and not yet listening. Refuses with PortNotUsable."""
    opened = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, port))
    except (OSError, OverflowError) as problem:
        opened.close()
        reason = os.strerror(problem.errno) if isinstance(problem, OSError) and problem.errno else str(problem)
        raise PortNotUsable(host=host, port=port, reason=reason) from problem
    opened.set_inheritable(True)
    return opened


def serve_on(opened: socket.socket, application: Callable[..., Any]) -> None:
    """Serve until SIGTERM or SIGINT; answers that are being written are finished within a few seconds."""
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        # A listener that hung up without a word is noticed by the pings of its stream.
        timeout_keep_alive=15,
    )
    # Uvicorn raises the signal that ended it once more when all is closed: told to stop, we end well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    _Server(config).run(sockets=[opened])


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        hub.end_streams()
        await super().shutdown(sockets)
