"""Agents at work: signed-in clients that ask one thing after the other, each when the last one is answered."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import urllib3

_CSRF = "b" * 32


@dataclass
class Agent:
    """Somebody signed in, with cases of their own to work on."""

    name: str
    cookie: str
    cases: list[tuple[str, str]] = field(default_factory=list)
    random: Random = field(default_factory=Random)

    def case(self) -> tuple[str, str]:
        """Return reference and tracking token of one of their cases."""
        return self.random.choice(self.cases)


@dataclass
class Samples:
    """What was measured of one kind of request: milliseconds, statements, bytes; what went wrong by status."""

    server: list[float] = field(default_factory=list)
    client: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    errors: dict[int, int] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True)
class Ask:
    """One request. `form`: what is posted; `piece`: whether htmx asks."""

    path: str
    form: dict[str, Any] | None = None
    piece: bool = False
    keep: str = ""


def sign_in(staff_ids: list[int], *, most_cases: int = 200) -> list[Agent]:
    """Return agents with a session and their open cases, the newest first."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from yinuo.access.models import Account
    from yinuo.cases.models import Case

    agents = []
    for pk in staff_ids:
        account = Account.objects.get(pk=pk)
        session = SessionStore()
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(pk), account.get_session_auth_hash()
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session.set_expiry(timedelta(hours=12))
        session.save()
        open_cases = Case.objects.visible_to(account.as_actor()).filter(state="open").order_by("-opened_at")
        cases = list(open_cases.values_list("reference", "track_token")[:most_cases])
        agents.append(
            Agent(account.username, f"{settings.SESSION_COOKIE_NAME}={session.session_key}", cases, Random(pk))
        )
    return agents


def work(base: str, agents: list[Agent], ask: Callable[[Agent], Ask], *, seconds: float) -> Samples:
    """Let the agents ask for `seconds`, each as fast as it is answered."""
    connections = urllib3.connection_from_url(base, maxsize=len(agents), retries=False, timeout=60)
    found, lock, until = Samples(), threading.Lock(), time.monotonic() + seconds

    def one(agent: Agent) -> None:
        while time.monotonic() < until:
            sent = time.perf_counter()
            answer = send(connections, agent, ask(agent))
            passed = (time.perf_counter() - sent) * 1000
            with lock:
                _take(found, answer, passed)

    threads = [threading.Thread(target=one, args=[agent]) for agent in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connections.close()
    return found


def send(connections: urllib3.HTTPConnectionPool, agent: Agent, ask: Ask) -> urllib3.BaseHTTPResponse:
    headers = {"Cookie": f"{agent.cookie}; csrftoken={_CSRF}", "Accept-Language": "zh-hans"}
    if ask.piece:
        headers["HX-Request"] = "true"
    if ask.keep:
        headers["X-Bench-Keep"] = ask.keep
    if ask.form is None:
        return connections.request("GET", ask.path, headers=headers, redirect=False)
    headers["X-CSRFToken"] = _CSRF
    return connections.request(
        "POST", ask.path, headers=headers, fields=ask.form, encode_multipart=False, redirect=False
    )


def _take(found: Samples, answer: urllib3.BaseHTTPResponse, passed: float) -> None:
    if answer.status >= 400 or "X-Bench" not in answer.headers:
        found.errors[answer.status] = found.errors.get(answer.status, 0) + 1
        return
    server, cpu, database, statements = answer.headers["X-Bench"].split(";")
    found.server.append(float(server))
    found.client.append(passed)
    found.cpu.append(float(cpu))
    found.database.append(float(database))
    found.statements.append(int(statements))
    found.sizes.append(len(answer.data))
    if not found.text:
        found.text = answer.data.decode("utf-8", "replace")
