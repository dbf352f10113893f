"""Live updates: one process follows the fact log and tells every open page, by server-sent events, what changed.

A bare ASGI application: an idle listener costs some 20 kB. What goes over the line is topics and types, never text:
a page that hears of a change fetches the piece anew, and that fetch decides what its reader may see.
"""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db import close_old_connections
from django.utils.crypto import constant_time_compare

from yinuo.access.models import Account
from yinuo.cases.models import Case
from yinuo.foundation.facts import RecordedFact
from yinuo.foundation.followers import facts_between, horizon_position

log = logging.getLogger("yinuo.live")
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_PAUSE_SECONDS = 0.1
_PING_SECONDS = 20.0
_QUEUE_LENGTH = 200
_CATCH_UP_FACTS = 1000
_MOST_TOPICS = 50
_RESET = b"event: reset\ndata: {}\n\n"


class Hub:
    """Reads the log once for all listeners of this process."""

    def __init__(self) -> None:
        self.listeners: dict[str, set[asyncio.Queue[bytes]]] = defaultdict(set)
        self.position = (0, 0)
        self._reader: asyncio.Task[None] | None = None
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="live")

    async def in_thread(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Run database work outside the loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, _with_fresh_connection, work, arguments)

    async def start(self) -> None:
        """Begin to read the log, from now on."""
        if self._reader is None or self._reader.done():
            self.position = await self.in_thread(horizon_position)
            self._reader = asyncio.get_running_loop().create_task(self._read())

    async def stop(self) -> None:
        if self._reader:
            self._reader.cancel()
        self._threads.shutdown(wait=False)

    async def _read(self) -> None:
        while True:
            await asyncio.sleep(_PAUSE_SECONDS)
            if not self.listeners:
                self.position = max(self.position, await self._try(horizon_position) or self.position)
                await asyncio.sleep(_PAUSE_SECONDS * 4)
                continue
            facts = await self._try(lambda: facts_between(self.position, limit=_CATCH_UP_FACTS)) or []
            for fact in facts:
                self._tell(fact)
            if facts:
                self.position = facts[-1].position

    async def _try(self, work: Callable[[], Any]) -> Any:
        try:
            return await self.in_thread(work)
        except Exception:  # the database is away for a moment: listeners stay, reading goes on later
            log.exception("log could not be read")
            await asyncio.sleep(1)
            return None

    def _tell(self, fact: RecordedFact) -> None:
        for topic in topics_of(fact):
            event = event_of(fact, [topic])
            for queue in self.listeners.get(topic, ()):
                if queue.full():
                    # A listener that does not read gets one word for all it missed.
                    while not queue.empty():
                        queue.get_nowait()
                    event = _RESET
                queue.put_nowait(event)


def topics_of(fact: RecordedFact) -> list[str]:
    """Return the topics a fact is told under."""
    topics = [f"case-{fact.case_id}", "queue"] if fact.case_id else []
    if fact.type.startswith("mail."):
        topics.append("mail")
    if fact.subjects["staff_id"]:
        topics.append(f"staff-{fact.subjects['staff_id']}")
    return topics


def event_of(fact: RecordedFact, topics: Iterable[str]) -> bytes:
    """Return the event as it goes over the line; its id is the position in the log."""
    data = json.dumps({"topics": list(topics), "type": fact.type})
    return f"id: {fact.tx}-{fact.id}\nevent: fact\ndata: {data}\n\n".encode()


hub = Hub()


async def live(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer GET /live?topics=case-12,queue&after=POSITION with a stream of events."""
    query = parse_qs(scope["query_string"].decode())
    wanted = [topic for topic in query.get("topics", [""])[0].split(",") if topic][:_MOST_TOPICS]
    cookies = _cookies(scope)
    topics = await hub.in_thread(allowed_topics, cookies, wanted)
    if not topics:
        await _refuse(send)
        return
    after = _position(_header(scope, b"last-event-id") or query.get("after", [""])[0])
    await hub.start()
    queue: asyncio.Queue[bytes] = asyncio.Queue(_QUEUE_LENGTH)
    for topic in topics:
        hub.listeners[topic].add(queue)
    try:
        await _open(send)
        missed = await hub.in_thread(_missed, after, set(topics)) if after else []
        pump = asyncio.ensure_future(_pump(send, queue, missed))
        gone = asyncio.ensure_future(_wait_until_gone(receive))
        await asyncio.wait({pump, gone}, return_when=asyncio.FIRST_COMPLETED)
        pump.cancel()
        gone.cancel()
    finally:
        for topic in topics:
            hub.listeners[topic].discard(queue)
            if not hub.listeners[topic]:
                del hub.listeners[topic]


def allowed_topics(cookies: dict[str, str], wanted: list[str]) -> list[str]:
    """Return those of the wanted topics that the holder of the cookies may listen to."""
    account = _account(cookies)
    tracked = [topic for topic in wanted if topic.startswith("track-")]
    allowed = [f"case-{case}" for case in _tracked_cases(tracked)]
    if account is None:
        return allowed
    actor = account.as_actor()
    cases = [int(topic[5:]) for topic in wanted if topic.startswith("case-") and topic[5:].isdigit()]
    if cases:
        visible = Case.objects.visible_to(actor).filter(pk__in=cases)
        allowed += [f"case-{pk}" for pk in visible.values_list("pk", flat=True)]
    general = {"queue": "cases.view", "mail": "settings.view", f"staff-{account.pk}": "desk.open"}
    return allowed + [topic for topic in wanted if topic in general and actor.may(general[topic])]


def _tracked_cases(topics: list[str]) -> list[int]:
    tokens = [topic.removeprefix("track-") for topic in topics]
    return list(Case.objects.filter(track_token__in=tokens).values_list("pk", flat=True)) if tokens else []


def _account(cookies: dict[str, str]) -> Account | None:
    """Return who is signed in under the session cookie, the way Django's own middleware decides it."""
    key = cookies.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    account = Account.objects.filter(pk=session.get(SESSION_KEY), is_active=True).first()
    genuine = account and constant_time_compare(session.get(HASH_SESSION_KEY, ""), account.get_session_auth_hash())
    return account if genuine else None


def _missed(after: tuple[int, int], topics: set[str]) -> list[bytes]:
    facts = facts_between(after, limit=_CATCH_UP_FACTS)
    if len(facts) == _CATCH_UP_FACTS:
        return [_RESET]
    told = [(fact, topics.intersection(topics_of(fact))) for fact in facts]
    return [event_of(fact, sorted(names)) for fact, names in told if names]


async def _pump(send: Send, queue: asyncio.Queue[bytes], missed: list[bytes]) -> None:
    for event in missed:
        await send({"type": "http.response.body", "body": event, "more_body": True})
    while True:
        try:
            event = await asyncio.wait_for(queue.get(), _PING_SECONDS)
        except TimeoutError:
            event = b": ping\n\n"
        await send({"type": "http.response.body", "body": event, "more_body": True})


async def _wait_until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _open(send: Send) -> None:
    headers = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"retry: 2000\n\n", "more_body": True})


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"code": "not_allowed"}'})


def _with_fresh_connection(work: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    close_old_connections()
    return work(*arguments)


def _cookies(scope: Scope) -> dict[str, str]:
    cookie: SimpleCookie = SimpleCookie(_header(scope, b"cookie"))
    return {name: morsel.value for name, morsel in cookie.items()}


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _position(text: str) -> tuple[int, int] | None:
    tx, dash, number = text.partition("-")
    return (int(tx), int(number)) if dash and tx.isdigit() and number.isdigit() else None
