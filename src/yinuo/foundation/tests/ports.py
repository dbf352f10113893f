"""Ports for the servers that tests start, also for those that a test takes down and starts again where they were.

From 32768 on the kernel gives ports to whoever connects or asks for any, so a server that is down for a moment could
lose its own to another test. These lie below; each process draws from a range of its own, and none comes twice.
"""

import os
import socket
from collections.abc import Iterator

_LOWEST = 10_000
_RANGE = 1_000
_RANGES = 22


def _own_range() -> Iterator[int]:
    first = _LOWEST + os.getpid() % _RANGES * _RANGE
    while True:
        yield from range(first, first + _RANGE)


_ports = _own_range()


def free_port() -> int:
    """Return a port of the loopback address on which nothing listens."""
    return next(port for port in _ports if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
