"""Live events as a page gets them: from a server process of its own, over HTTP, on a database that commits."""

import asyncio
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone

from yinuo.access.actions import grant_role
from yinuo.access.roles import Role
from yinuo.cases.actions import add_note
from yinuo.cases.actions.messages import Said
from yinuo.cases.facts import NoteAdded
from yinuo.cases.models import Case
from yinuo.cases.tests.cast import SYSTEM, actor_of
from yinuo.desk.actions import say_here
from yinuo.desk.models import Typing
from yinuo.foundation.facts import announce, recorded
from yinuo.foundation.followers import horizon_position, newest_position
from yinuo.foundation.tests.ports import free_port
from yinuo.intake.mail.facts import MailboxCleared
from yinuo.web.live import _CATCH_UP_FACTS, _QUEUE_LENGTH, Hub, Listener, event_of, topics_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
MONDAY = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def database_address() -> str:
    settings = connection.settings_dict
    user, password, host = (quote(settings[name] or "", safe="") for name in ("USER", "PASSWORD", "HOST"))
    port = f"&port={settings['PORT']}" if settings["PORT"] else ""
    return f"postgresql://{user}:{password}@/{settings['NAME']}?host={host}{port}"


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def server(django_db_setup, port) -> Iterator[subprocess.Popen]:
    """A server of live events alone, on the tests' database."""
    process = subprocess.Popen(
        [sys.executable, "-m", "yinuo", "live", "--port", str(port)],
        env=os.environ | {"DATABASE_URL": database_address()},
        stdout=subprocess.PIPE,
    )
    try:
        process.stdout.readline()
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        process.stdout.close()


class Stream:
    """An open page: reads events as they come."""

    def __init__(self, port: int, topics: str, *, staff=None, after: str = "", last_id: str = "") -> None:
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Cookie": f"odd=a b; sessionid={session_of(staff)}"} if staff else {}
        if last_id:
            headers["Last-Event-ID"] = last_id
        self.http.request("GET", f"/live?topics={topics}&after={after}", headers=headers)
        self.answer = self.http.getresponse()
        if self.answer.status == 200:
            assert self.answer.readline() == b"retry: 2000\n"
            assert self.answer.readline() == b"\n"

    def event(self) -> dict:
        """Return the next event: its id, kind and data."""
        fields: dict = {}
        while line := self.answer.readline().decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            fields[name] = value
        return {"id": fields.get("id"), "event": fields.get("event"), "data": json.loads(fields.get("data", "{}"))}

    def close(self) -> None:
        self.answer.close()
        self.http.close()


@contextmanager
def listening(*words, **more) -> Iterator[Stream]:
    stream = Stream(*words, **more)
    try:
        yield stream
    finally:
        stream.close()


def session_of(staff) -> str:
    client = Client()
    client.force_login(staff.account, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


def position() -> str:
    return "-".join(map(str, horizon_position()))


def until_final() -> None:
    """Wait for what else runs on this server: no reader sees a fact before every older transaction has ended."""
    deadline = time.monotonic() + 60
    while newest_position() > horizon_position():
        assert time.monotonic() < deadline, "a transaction on this server has run for a minute"
        time.sleep(0.01)


def note(case: Case) -> None:
    add_note(case=case, said=Said("看一下", MONDAY), by=SYSTEM, at=MONDAY)


def test_a_page_hears_of_a_change_within_a_second_under_all_its_topics_at_once(house, server, port):
    case = house.open(at=MONDAY)
    with listening(port, f"queue,case-{case.pk}", staff=house.chen) as page:
        note(case)
        until_final()
        began = time.monotonic()
        event = page.event()

    assert time.monotonic() - began < 1
    assert event["event"] == "fact"
    assert event["data"] == {"topics": [f"case-{case.pk}", "queue"], "type": "cases.note_added"}


def test_nothing_but_topics_and_types_goes_over_the_line(house):
    case = house.open(at=MONDAY, text="我的秘密")
    row = (
        1,
        2,
        "cases.customer_wrote",
        1,
        MONDAY,
        MONDAY,
        "customer:7",
        case.pk,
        7,
        None,
        None,
        {"secret": "我的秘密"},
    )

    assert event_of(recorded(row), [f"case-{case.pk}"]) == (
        f'id: 1-2\nevent: fact\ndata: {{"topics": ["case-{case.pk}"], "type": "cases.customer_wrote"}}\n\n'.encode()
    )


@pytest.mark.parametrize("how", ["after", "last_id"])
def test_what_happened_while_nobody_listened_is_told_first(house, server, port, how):
    case = house.open(at=MONDAY)
    before = position()
    note(case)
    house.open(at=MONDAY, text="别的")

    with listening(port, f"case-{case.pk}", staff=house.chen, **{how: before}) as page:
        first = page.event()
        note(case)
        second = page.event()

    assert [one["data"]["topics"] for one in (first, second)] == [[f"case-{case.pk}"]] * 2
    assert first["id"] != second["id"]
    with listening(port, f"case-{case.pk}", staff=house.chen, after=first["id"]) as page:
        assert page.event()["id"] == second["id"]


def test_who_missed_too_much_is_told_to_read_anew_and_from_where(house, server, port):
    case = house.open(at=MONDAY)
    before = position()
    with transaction.atomic():
        announce(*[MailboxCleared(mailbox_id=1)] * _CATCH_UP_FACTS, by=SYSTEM, at=MONDAY)

    with listening(port, f"case-{case.pk}", staff=house.chen, after=before) as page:
        told = page.event()
    assert told["event"] == "reset"
    note(case)
    with listening(port, f"case-{case.pk}", staff=house.chen, after=told["id"]) as page:
        assert page.event()["event"] == "fact"


def test_a_listener_that_does_not_read_gets_one_word_and_the_others_get_the_fact():
    fact = recorded((5, 9, "cases.note_added", 1, MONDAY, MONDAY, "system:test", 1, None, None, None, {}))
    hub = Hub()
    slow, quick = Listener({"case-1": "case-1"}), Listener({"queue": "queue"})
    hub.add(slow)
    hub.add(quick)
    for _ in range(_QUEUE_LENGTH):
        slow.queue.put_nowait(((1, 1), b"old"))

    hub._tell(fact)

    assert slow.queue.qsize() == quick.queue.qsize() == 1
    assert slow.queue.get_nowait() == ((5, 9), b"id: 5-9\nevent: reset\ndata: {}\n\n")
    assert quick.queue.get_nowait()[1].endswith(b'"topics": ["queue"], "type": "cases.note_added"}\n\n')
    hub.remove(slow)
    hub.remove(quick)
    assert dict(hub.listeners) == {}


def test_one_reads_the_log_however_many_come_at_once():
    async def readers() -> list[int]:
        hub = Hub()
        try:
            await asyncio.gather(*(hub.start() for _ in range(20)))
            running = [task.get_coro().__qualname__ for task in asyncio.all_tasks()]
            return [running.count(name) for name in ("Hub._read", "Hub._watch")]
        finally:
            await hub.in_thread(connections.close_all)
            await hub.stop()

    # A thread of its own: the browser's driver may have left a loop running in this one.
    with ThreadPoolExecutor(max_workers=1) as thread:
        assert thread.submit(asyncio.run, readers()).result() == [1, 1]


def test_mail_settings_hear_of_mail_facts():
    fact = recorded((5, 9, MailboxCleared.fact_type, 1, MONDAY, MONDAY, "system:mail", None, None, None, None, {}))

    assert topics_of(fact) == ["mail"]


def test_others_cases_and_unknown_topics_are_not_told(house, server, port):
    foreign = house.open(at=MONDAY, team=house.other_team, owner=house.zhao)
    case = house.open(at=MONDAY, owner=house.zhou)
    with listening(port, f"case-{case.pk},queue") as stranger:
        assert stranger.answer.status == 403
    with listening(port, f"staff-{house.zhou.pk},case-99999999,case-x,nonsense", staff=house.chen) as page:
        assert page.answer.status == 403
    narrow_to(house.chen, house.other_department)
    topics = f"case-{case.pk},case-{foreign.pk}"
    with listening(port, topics, staff=house.chen, after=position()) as page:
        note(case)
        note(foreign)
        assert page.event()["data"]["topics"] == [f"case-{foreign.pk}"]


def narrow_to(staff, department) -> None:
    """Let a role reach one department only."""
    staff.account.grants.update(department_id=department.pk)


def test_somebody_whose_account_was_switched_off_hears_nothing(house, server, port):
    cookie = session_of(house.chen)
    house.chen.account.is_active = False
    house.chen.account.save()
    connection_ = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection_.request("GET", "/live?topics=queue", headers={"Cookie": f"sessionid={cookie}"})

    assert connection_.getresponse().status == 403
    connection_.close()


def test_a_customer_hears_of_their_case_by_its_link_under_the_links_own_name(house, server, port):
    case, other = house.open(at=MONDAY), house.open(at=MONDAY, text="别的")
    topic = f"track-{case.track_token}"
    with listening(port, f"{topic},case-{other.pk}", after=position()) as page:
        note(other)
        note(case)

        assert page.event()["data"]["topics"] == [topic]
    with listening(port, f"track-{case.track_token[:-1]}") as page:
        assert page.answer.status == 403


def test_the_customers_page_listens_to_the_name_it_is_told_by(house, client):
    case = house.open(at=MONDAY)
    page = client.get(f"/track/{case.track_token}").content.decode()

    assert f'data-live-topics="track-{case.track_token}"' in page
    assert f'hx-trigger="live:track-{case.track_token} ' in page


@pytest.mark.parametrize(
    "query", ["topics=track-%00", "topics=case-99999999999999999999", "topics=%ff%fe", "after=²-1"]
)
def test_nonsense_is_refused_like_a_stranger(server, port, query):
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    asked.putrequest("GET", f"/live?{quote(query, safe='=%&-')}")
    asked.putheader("Last-Event-ID", b"\xb2-\xb9")
    asked.endheaders()

    assert asked.getresponse().status == 403
    asked.close()


def test_listeners_stay_when_the_database_drops_every_line(house, server, port):
    case = house.open(at=MONDAY)
    with listening(port, f"case-{case.pk}", staff=house.chen) as page:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert cursor.fetchone()[0] > 0
        time.sleep(0.3)
        note(case)

        assert page.event()["data"]["topics"] == [f"case-{case.pk}"]


def test_two_hundred_pages_hear_of_twenty_facts_a_second(house, server, port, capsys):
    """Smoke, not a measurement: everybody gets everything; the share of a core is printed."""
    listeners, seconds, rate = 200, 4, 20
    cookie = session_of(house.chen)
    socks = [_raw_listener(port, cookie) for _ in range(listeners)]
    heard = [0] * listeners
    threads = [threading.Thread(target=_count_events, args=(number, sock, heard)) for number, sock in enumerate(socks)]
    for thread in threads:
        thread.start()
    began_cpu, began = _cpu_seconds(server.pid), time.monotonic()
    for number in range(seconds * rate):
        with transaction.atomic():
            announce(NoteAdded(case_id=number + 1, message_id=1), by=SYSTEM, at=MONDAY)
        time.sleep(max(0.0, began + (number + 1) / rate - time.monotonic()))
    deadline = time.monotonic() + 60
    while min(heard) < seconds * rate and time.monotonic() < deadline:
        time.sleep(0.05)
    share = (_cpu_seconds(server.pid) - began_cpu) / (time.monotonic() - began)
    for sock in socks:
        sock.shutdown(socket.SHUT_RDWR)
        sock.close()
    for thread in threads:
        thread.join(5)

    with capsys.disabled():
        sys.stdout.write(f"\n{listeners} listeners, {rate} facts/s: {share:.0%} of a core\n")
    assert heard == [seconds * rate] * listeners


def _raw_listener(port: int, cookie: str) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", port), 20)
    sock.sendall(f"GET /live?topics=queue HTTP/1.1\r\nHost: x\r\nCookie: sessionid={cookie}\r\n\r\n".encode())
    start = b""
    while b"retry: 2000" not in start:
        start += sock.recv(4096)
    return sock


def _count_events(number: int, sock: socket.socket, heard: list[int]) -> None:
    while True:
        try:
            read = sock.recv(65536)
        except OSError:
            return
        if not read:
            return
        heard[number] += read.count(b"event: fact")


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_who_comes_to_a_case_is_told_within_a_second_to_those_who_may_see_it(house, server, port):
    case, other = house.open(at=MONDAY), house.open(at=MONDAY)
    with (
        listening(port, f"here-{case.pk}", staff=house.chen) as page,
        listening(port, f"here-{other.pk},queue", staff=house.chen) as elsewhere,
    ):
        say_here(reference=case.reference, by=actor_of(house.zhou), at=timezone.now())
        came = page.event()
        say_here(reference=case.reference, typing=Typing.REPLY, by=actor_of(house.zhou), at=timezone.now())
        began = time.monotonic()
        typed = page.event()
        took = time.monotonic() - began
        stopped = page.event()  # nothing more is typed: that too is told, six seconds later
        note(other)
        next_elsewhere = elsewhere.event()

    here = {"id": None, "event": "here", "data": {"topics": [f"here-{case.pk}"]}}
    assert [came, typed, stopped] == [here, here, here]
    assert took < 2
    assert next_elsewhere["event"] == "fact"


def test_who_is_in_a_case_is_not_told_to_those_who_may_not_see_it(house, server, port):
    case = house.open(at=MONDAY)
    house.zhao.account.grants.all().delete()
    elsewhere = house.other_department.pk
    grant_role(account=house.zhao.account, role=Role.AGENT, department_id=elsewhere, by=SYSTEM, at=MONDAY)

    assert Stream(port, f"here-{case.pk}", staff=house.zhao).answer.status == 403
    assert Stream(port, f"here-{case.pk}").answer.status == 403
