"""The house's WSGI application with a meter before it, for granian: what a request cost on the server's side.

Each answer carries `X-Bench`: milliseconds until the answer is whole, of them processor time, milliseconds in the
database, and the number of statements. Two more addresses give floors: `/bench/bytes/N` answers N bytes and nothing
else; `/bench/sql/KEY` runs once more the statements of the request that was sent with `X-Bench-Keep: KEY`, and nothing
else.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.db import close_old_connections, connection

from yinuo.web.wsgi import application as house

_kept: dict[str, list[tuple[str, Any]]] = {}


class _Meter:
    """Counts the statements of one request."""

    def __init__(self, *, keeps: bool) -> None:
        self.count, self.seconds = 0, 0.0
        self.statements: list[tuple[str, Any]] = []
        self.keeps = keeps

    def __call__(self, execute: Callable, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - began
            self.count += 1
            if self.keeps:
                self.statements.append((sql, params))


def application(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
    """Answer as the house does, measured."""
    key = environ.get("HTTP_X_BENCH_KEEP", "")
    meter = _Meter(keeps=bool(key))
    began, cpu = time.perf_counter(), time.thread_time()
    with connection.execute_wrapper(meter):
        status, headers, body = _answer(environ)
    if key:
        _kept[key] = meter.statements
    milliseconds = ((time.perf_counter() - began) * 1000, (time.thread_time() - cpu) * 1000, meter.seconds * 1000)
    figures = ";".join(f"{value:.3f}" for value in milliseconds)
    start_response(status, [*headers, ("X-Bench", f"{figures};{meter.count}")])
    return [body]


def _answer(environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
    path = environ["PATH_INFO"]
    if path.startswith("/bench/bytes/"):
        return "200 OK", [("Content-Type", "text/html")], b"x" * int(path.rpartition("/")[2])
    if path.startswith("/bench/sql/"):
        _run_again(path.rpartition("/")[2])
        return "200 OK", [("Content-Type", "text/plain")], b"done"
    started: list[Any] = []
    answer = house(environ, lambda *words: started.extend(words[:2]))
    try:
        body = b"".join(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()
    return started[0], started[1], body


def _run_again(key: str) -> None:
    close_old_connections()
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        for sql, params in _kept[key]:
            cursor.execute(sql, params)
            if cursor.description:
                cursor.fetchall()
