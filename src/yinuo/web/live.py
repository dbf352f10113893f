"""Live updates: one process follows the fact log and tells every open page, by server-sent events, what changed.

A bare ASGI application: an idle listener costs some 20 kB. What goes over the line is topics and types, never text:
a page that hears of a change fetches the piece anew, and that fetch decides what its reader may see. Whoever follows a
case by its tracking link hears of it under the link's own topic, `track-TOKEN`.
"""

import asyncio
import contextlib
import json
import logging
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db import close_old_connections
from django.http.cookie import parse_cookie
from django.utils.crypto import constant_time_compare

from yinuo.access.models import Account
from yinuo.cases.facts import PromiseBroken, PromiseKept
from yinuo.cases.models import Case
from yinuo.desk.queries.boards import wall_of_token
from yinuo.desk.queries.watching import watching_in
from yinuo.foundation.clock import now
from yinuo.foundation.facts import RecordedFact
from yinuo.foundation.followers import facts_between, horizon_position
from yinuo.foundation.refusals import NotFound
from yinuo.organisation.facts import PresenceChanged

log = logging.getLogger("yinuo.live")
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
# Of a fact in the log: transaction and number.
Position = tuple[int, int]

_PAUSE_SECONDS = 0.1
_HERE_SECONDS = 1.0
_PING_SECONDS = 20.0
_QUEUE_LENGTH = 200
_CATCH_UP_FACTS = 1000
_MOST_TOPICS = 50
# Who may listen is looked at again by then: the browser comes back by itself with its last id.
_LONGEST_STREAM_SECONDS = 15 * 60.0
# Numbers have at most the digits that the database takes.
_CASE_TOPIC = re.compile(r"case-[0-9]{1,18}")
_HERE_TOPIC = re.compile(r"here-[0-9]{1,18}")
_WALL_TOPIC = re.compile(r"wall-[0-9A-Za-z_-]{1,100}")
# What a wall's link lets its screen hear of, all under the name of the link.
_ON_A_WALL = ("queue", "presence", "promises")
_TRACK_TOPIC = re.compile(r"track-[0-9A-Za-z_-]{1,100}")
# What changes today's kept rate.
_ENDINGS = frozenset({PromiseKept.fact_type, PromiseBroken.fact_type})
_POSITION = re.compile(r"([0-9]{1,18})-([0-9]{1,19})")


# What is not of the log is never older than what was told of it.
_BEHIND_ALL: Position = (2**63, 0)


class Listener:
    """One open stream: what its page calls each topic it hears of, and the events it has not taken yet."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        self.queue: asyncio.Queue[tuple[Position, bytes]] = asyncio.Queue(_QUEUE_LENGTH)

    def tell(self, fact: RecordedFact, event: bytes) -> None:
        """Put an event in the queue; one that does not read gets one word for all it missed."""
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            event = reset_event(fact.position)
        self.queue.put_nowait((fact.position, event))

    def tell_here(self, event: bytes) -> None:
        """Put word of who is in a case in the queue; whoever does not read hears it with the next change."""
        if not self.queue.full():
            self.queue.put_nowait((_BEHIND_ALL, event))


class Hub:
    """Reads the log once for all listeners of this process."""

    def __init__(self) -> None:
        self.listeners: dict[str, set[Listener]] = defaultdict(set)
        self.position = (0, 0)
        self.ending = asyncio.Event()
        self._starting = asyncio.Lock()
        self._reader: asyncio.Task[None] | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._here: dict[int, frozenset[tuple[int, str]]] = {}
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="live")

    async def in_thread(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Run database work outside the loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, _with_fresh_connection, work, arguments)

    async def start(self) -> None:
        """Begin to read the log, from now on; however many come at once, one reads."""
        async with self._starting:
            if self._reader is None or self._reader.done():
                self.position = await self.in_thread(horizon_position)
                self._reader = asyncio.get_running_loop().create_task(self._read())
            if self._watcher is None or self._watcher.done():
                self._watcher = asyncio.get_running_loop().create_task(self._watch())

    def end_streams(self) -> None:
        """Let every stream end, so that a server that is told to stop need not wait for its listeners."""
        self.ending.set()

    async def stop(self) -> None:
        for task in (self._reader, self._watcher):
            if task:
                task.cancel()
        self._threads.shutdown(wait=False)

    def add(self, listener: Listener) -> None:
        for topic in listener.names:
            self.listeners[topic].add(listener)

    def remove(self, listener: Listener) -> None:
        for topic in listener.names:
            self.listeners[topic].discard(listener)
            if not self.listeners[topic]:
                del self.listeners[topic]

    async def _read(self) -> None:
        while True:
            await asyncio.sleep(_PAUSE_SECONDS)
            if not self.listeners:
                position = await self._try(horizon_position)
                # Somebody may have begun to listen while the database answered: what came since then is theirs.
                if position and not self.listeners:
                    self.position = max(self.position, position)
                continue
            facts = await self._try(lambda: facts_between(self.position, limit=_CATCH_UP_FACTS)) or []
            for fact in facts:
                self._tell(fact)
            if facts:
                self.position = facts[-1].position

    async def _watch(self) -> None:
        """Tell who comes to a case, leaves it or types in it; the small table is read only while somebody listens."""
        while True:
            await asyncio.sleep(_HERE_SECONDS)
            cases = {int(topic[5:]) for topic in self.listeners if topic.startswith("here-")}
            self._here = {case: people for case, people in self._here.items() if case in cases}
            if not cases:
                continue
            found = await self._try(lambda cases=cases: watching_in(cases, at=now()))
            if found is None:
                continue
            for case in cases:
                people = found.get(case, frozenset())
                if people != self._here.get(case, frozenset()):
                    for listener in self.listeners.get(f"here-{case}", ()):
                        listener.tell_here(here_event(case))
                self._here[case] = people

    async def _try(self, work: Callable[[], Any]) -> Any:
        try:
            return await self.in_thread(work)
        except Exception:  # the database is away for a moment: listeners stay, reading goes on later
            log.exception("log could not be read")
            await asyncio.sleep(1)
            return None

    def _tell(self, fact: RecordedFact) -> None:
        """Put one event, naming all its topics, in the queue of everybody who listens to any of them."""
        topics = topics_of(fact)
        hearing = {listener for topic in topics for listener in self.listeners.get(topic, ())}
        events: dict[tuple[str, ...], bytes] = {}
        for listener in hearing:
            names = tuple(dict.fromkeys(listener.names[topic] for topic in topics if topic in listener.names))
            if names not in events:
                events[names] = event_of(fact, names)
            listener.tell(fact, events[names])


def topics_of(fact: RecordedFact) -> list[str]:
    """Return the topics a fact is told under."""
    topics = [f"case-{fact.case_id}", "queue"] if fact.case_id else []
    if fact.type == PresenceChanged.fact_type:
        topics.append("presence")
    if fact.type in _ENDINGS:
        topics.append("promises")
    if fact.type.startswith("intake.mail"):
        topics.append("mail")
    if fact.subjects["staff_id"]:
        topics.append(f"staff-{fact.subjects['staff_id']}")
    return topics


def event_of(fact: RecordedFact, topics: Iterable[str]) -> bytes:
    """Return the event as it goes over the line; its id is the position in the log."""
    data = json.dumps({"topics": list(topics), "type": fact.type})
    return f"id: {fact.tx}-{fact.id}\nevent: fact\ndata: {data}\n\n".encode()


def here_event(case_id: int) -> bytes:
    """Return the event that says that somebody came to a case, left it or types in it. It has no place in the log."""
    return f"event: here\ndata: {json.dumps({'topics': [f'here-{case_id}']})}\n\n".encode()


def reset_event(position: Position) -> bytes:
    """Return the event that says: too much was missed to tell, read everything anew; from there on all is told."""
    return f"id: {position[0]}-{position[1]}\nevent: reset\ndata: {{}}\n\n".encode()


hub = Hub()


async def live(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer GET /live?topics=case-12,queue&after=POSITION with a stream of events."""
    query = parse_qs(scope["query_string"].decode("latin-1"))
    wanted = [topic for topic in query.get("topics", [""])[0].split(",") if topic][:_MOST_TOPICS]
    names = await hub.in_thread(allowed_topics, _cookies(scope), wanted)
    if not names:
        await _refuse(send)
        return
    after = _position(_header(scope, b"last-event-id") or query.get("after", [""])[0])
    await hub.start()
    listener = Listener(names)
    hub.add(listener)
    try:
        await _open(send)
        missed, told = await hub.in_thread(_missed, after, names) if after else ([], (0, 0))
        tasks = [
            asyncio.ensure_future(_pump(send, listener.queue, missed, told)),
            asyncio.ensure_future(_wait_until_gone(receive)),
            asyncio.ensure_future(hub.ending.wait()),
        ]
        await asyncio.wait(tasks, timeout=_LONGEST_STREAM_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await _close(send)
    finally:
        hub.remove(listener)


def allowed_topics(cookies: Mapping[str, str], wanted: Sequence[str]) -> dict[str, str]:
    """Return those of the wanted topics that the holder of the cookies may listen to, each with the name to tell it by.

    They are told by the name they were asked for: `track-TOKEN` for a case that is known by its link only, `wall-TOKEN`
    for what a screen on a wall shows.
    """
    allowed = _tracked_cases([topic for topic in wanted if _TRACK_TOPIC.fullmatch(topic)])
    for topic in (topic for topic in wanted[:1] if _WALL_TOPIC.fullmatch(topic)):
        with contextlib.suppress(NotFound):
            wall_of_token(topic.removeprefix("wall-"))
            allowed |= dict.fromkeys(_ON_A_WALL, topic)
    account = _account(cookies)
    if account is None:
        return allowed
    actor = account.as_actor()
    of_cases = [topic for topic in wanted if _CASE_TOPIC.fullmatch(topic) or _HERE_TOPIC.fullmatch(topic)]
    if of_cases:
        visible = Case.objects.visible_to(actor).filter(pk__in={int(topic[5:]) for topic in of_cases})
        known = set(visible.values_list("pk", flat=True))
        allowed |= {topic: topic for topic in of_cases if int(topic[5:]) in known}
    general = {
        "queue": "cases.view",
        "promises": "cases.view",
        "presence": "organisation.view",
        "mail": "settings.view",
        f"staff-{account.pk}": "desk.open",
    }
    return allowed | {topic: topic for topic in wanted if topic in general and actor.may(general[topic])}


def _tracked_cases(topics: Sequence[str]) -> dict[str, str]:
    tokens = [topic.removeprefix("track-") for topic in topics]
    rows = Case.objects.filter(track_token__in=tokens).values_list("pk", "track_token") if tokens else ()
    return {f"case-{pk}": f"track-{token}" for pk, token in rows}


def _account(cookies: dict[str, str]) -> Account | None:
    """Return who is signed in under the session cookie, the way Django's own middleware decides it."""
    key = cookies.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    account = Account.objects.filter(pk=session.get(SESSION_KEY), is_active=True).first()
    genuine = account and constant_time_compare(session.get(HASH_SESSION_KEY, ""), account.get_session_auth_hash())
    return account if genuine else None


def _missed(after: Position, names: Mapping[str, str]) -> tuple[list[bytes], Position]:
    """Return the events of what happened since, and up to where in the log nothing is left to tell."""
    horizon = horizon_position()
    facts = facts_between(after, limit=_CATCH_UP_FACTS)
    if len(facts) == _CATCH_UP_FACTS:
        return [reset_event(horizon)], horizon
    told = [(fact, [names[topic] for topic in topics_of(fact) if topic in names]) for fact in facts]
    events = [event_of(fact, topics) for fact, topics in told if topics]
    return events, max([horizon, *(fact.position for fact in facts[-1:])])


async def _pump(send: Send, queue: asyncio.Queue[tuple[Position, bytes]], missed: list[bytes], told: Position) -> None:
    for event in missed:
        await send({"type": "http.response.body", "body": event, "more_body": True})
    while True:
        try:
            async with asyncio.timeout(_PING_SECONDS):
                waiting = [await queue.get()]
        except TimeoutError:
            await send({"type": "http.response.body", "body": b": ping\n\n", "more_body": True})
            continue
        while not queue.empty():
            waiting.append(queue.get_nowait())
        # What the reader of the log came to while it was told as missed is not told twice.
        if body := b"".join(event for position, event in waiting if position > told):
            await send({"type": "http.response.body", "body": body, "more_body": True})


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


async def _close(send: Send) -> None:
    # Whoever hung up is no longer there to hear it.
    with contextlib.suppress(OSError):
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"code": "not_allowed"}'})


def _with_fresh_connection(work: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    close_old_connections()
    return work(*arguments)


def _cookies(scope: Scope) -> dict[str, str]:
    # Django's own reading: one odd cookie of another program does not hide the session.
    return parse_cookie(_header(scope, b"cookie"))


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _position(text: str) -> Position | None:
    match = _POSITION.fullmatch(text)
    return (int(match[1]), int(match[2])) if match else None
