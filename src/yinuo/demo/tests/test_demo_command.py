"""`yinuo demo` as people start it: a real tree of processes on a free port, with a home folder of its own."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import pytest

from yinuo.foundation.postgres.place import Place
from yinuo.foundation.tests.ports import free_port

pytestmark = [pytest.mark.fault, pytest.mark.timeout(280)]
_PATIENCE_SECONDS = 200


class Demo:
    """A running `yinuo demo` and all it has printed."""

    def __init__(self, home: Path, *words: str) -> None:
        self.port = free_port()
        self.home = home
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "yinuo", "demo", "--port", str(self.port), *words],
            env=environment | {"YINUO_HOME": str(home), "YINUO_PG_PROFILE": "test"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
        )
        self.lines: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with self.process.stdout as lines:
            for line in lines:
                self.lines.append(line)

    @property
    def said(self) -> str:
        return "".join(self.lines)

    def get(self, path: str) -> tuple[int, str]:
        with contextlib.closing(urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20)) as answer:
            return answer.status, answer.read().decode()

    def wait_until(self, holds, what: str) -> float:
        """Wait for something and return how many seconds it took."""
        began = time.monotonic()
        while time.monotonic() - began < _PATIENCE_SECONDS:
            with contextlib.suppress(OSError, urllib.error.URLError):
                if holds():
                    return time.monotonic() - began
            assert self.process.poll() is None, self.said
            time.sleep(0.1)
        pytest.fail(f"{what}: not within {_PATIENCE_SECONDS} s\n{self.said}")

    def is_reachable(self) -> bool:
        return self.get("/accounts/login/")[0] == 200

    def is_whole(self) -> bool:
        return json.loads((self.home / "demo.json").read_text())["stage"] == "whole"

    def interrupt(self) -> float:
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)
        return time.monotonic() - began

    def children(self) -> set[int]:
        """Return every process that was started from the home folder or by us."""
        found = set()
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if f"YINUO_HOME={self.home}\0".encode() in (folder / "environ").read_bytes():
                    found.add(int(folder.name))
        return found

    def query(self, statement: str) -> list[tuple]:
        place = Place(self.home / "database")
        address = f"host='{place.socket_folder()}' user=yinuo password='{place.secret()}' dbname=yinuo"
        with psycopg.connect(address) as connection:
            return connection.execute(statement).fetchall()


@contextlib.contextmanager
def _home():
    """A folder that a server running as another user may pass through; pytest keeps its own to its user."""
    folder = Path(tempfile.mkdtemp(prefix="yinuo-demo-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def home():
    with _home() as folder:
        yield folder


@pytest.fixture(scope="module")
def first(home):
    demo = Demo(home, "--cases", "40", "--customers", "100", "--quiet-feed")
    yield demo
    if demo.process.poll() is None:
        os.killpg(demo.process.pid, signal.SIGTERM)
        demo.process.wait(30)


def test_the_first_start_says_where_to_go_and_who_may_sign_in(first) -> None:
    first.wait_until(first.is_reachable, "the sign-in page")
    assert f"http://127.0.0.1:{first.port}" in first.said
    assert "yinuo-demo" in first.said
    for login in ("chen", "zhou", "zhao", "admin", "analyst", "grace"):
        assert re.search(rf"^ +{login} ", first.said, re.MULTILINE)
    status, page = first.get("/accounts/login/")
    assert status == 200
    assert "<form" in page
    assert first.get("/healthz")[0] == 200


def test_when_the_history_is_whole_nothing_of_it_is_sent(first) -> None:
    first.wait_until(first.is_whole, "the whole history")
    time.sleep(3)  # the worker has begun by then
    assert first.query("SELECT count(*) FROM mail_outgoingmail WHERE state <> 'sent'") == [(0,)]
    assert list((first.home / "demo-mail" / "out" / "new").iterdir()) == []
    ((cases, open_without_promise),) = first.query(
        "SELECT count(*), count(*) FILTER (WHERE state = 'open' AND next_due_at IS NULL) FROM cases_case"
    )
    assert 30 <= cases <= 50
    assert open_without_promise == 0


def test_a_mail_that_is_dropped_becomes_a_case_and_is_acknowledged(first) -> None:
    mail = (
        "From: =?utf-8?b?5p2O5by6?= <li.qiang@mail.example>\r\nTo: service@henuan.example\r\n"
        "Subject: washer\r\nMessage-ID: <1@mail.example>\r\nDate: Sun, 22 Nov 2026 10:00:00 +0800\r\n\r\n"
        "The washer leaks since yesterday.\r\n"
    )
    (first.home / "demo-mail" / "in" / "mail" / "new" / "1.eml").write_text(mail)
    first.wait_until(lambda: any((first.home / "demo-mail" / "out" / "new").iterdir()), "the acknowledgement")
    (answer,) = (first.home / "demo-mail" / "out" / "new").iterdir()
    assert "li.qiang@mail.example" in answer.read_text()


def test_a_second_demo_in_the_same_folder_is_refused_in_a_sentence(first) -> None:
    second = Demo(first.home)
    assert second.process.wait(20) == 1
    time.sleep(0.2)
    assert "a demo is already running" in second.said


def test_interrupting_ends_every_child_and_the_database_within_ten_seconds(first) -> None:
    assert len(first.children()) >= 4
    assert first.interrupt() < 10
    assert first.process.returncode == 0
    deadline = time.monotonic() + 3
    while (left := first.children()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left == set()
    assert not (first.home / "database" / "data" / "postmaster.pid").exists()


def test_the_second_start_is_quick_and_finds_the_same_company(first) -> None:
    again = Demo(first.home, "--quiet-feed")
    try:
        seconds = again.wait_until(again.is_reachable, "the sign-in page")
        assert seconds < 90  # under five on a machine of its own; tests share theirs with whatever else runs
        assert "Older history" not in again.said
        assert again.query("SELECT count(*) FROM organisation_staff") == [(40,)]
    finally:
        again.interrupt()


def test_another_size_is_refused_until_a_fresh_one_is_asked_for(first) -> None:
    other = Demo(first.home, "--cases", "41")
    assert other.process.wait(20) == 1
    time.sleep(0.2)
    assert "--fresh" in other.said


def test_a_folder_with_real_data_is_refused_even_for_a_fresh_demo(tmp_path) -> None:
    (tmp_path / "database").mkdir()
    (tmp_path / "database" / "precious").write_text("1")
    demo = Demo(tmp_path, "--fresh")
    assert demo.process.wait(20) == 1
    time.sleep(0.2)
    assert "no demo" in demo.said
    assert (tmp_path / "database" / "precious").read_text() == "1"


def test_a_killed_first_start_is_gone_on_with() -> None:
    with _home() as folder:
        _kill_and_go_on(folder)


def _kill_and_go_on(folder: Path) -> None:
    words = ("--cases", "10", "--customers", "30", "--quiet-feed")
    demo = Demo(folder, *words)
    demo.wait_until(lambda: "newest days" in demo.said, "the filling")
    os.kill(demo.process.pid, signal.SIGKILL)
    deadline = time.monotonic() + 15
    while demo.children() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert demo.children() == set()
    again = Demo(folder, *words)
    try:
        again.wait_until(again.is_whole, "the whole history")
        assert again.query("SELECT count(*) FROM organisation_staff") == [(40,)]
        assert again.query("SELECT count(*) FROM customers_customer") == [(42,)]
    finally:
        again.interrupt()
