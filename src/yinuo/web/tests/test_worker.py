"""The worker: one thing that fails stops nothing else; it rests between tries, is seen alive, and stops quickly."""

import json
import logging
import threading
import time
from datetime import timedelta
from typing import Self

import pytest
from django.db import DataError, connection

from yinuo.cases.actions import add_note
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Case
from yinuo.cases.tests.cast import SYSTEM
from yinuo.foundation.clock import now
from yinuo.foundation.followers import Follower, Start, known_followers
from yinuo.foundation.logs import JsonLines
from yinuo.foundation.models import Heartbeat
from yinuo.foundation.timers import Timer
from yinuo.web.worker import _follow, _Patience, _run_timers, work

pytestmark = pytest.mark.timeout(120)


class Running:
    """A part of the worker in a thread, until the block ends."""

    def __init__(self, part) -> None:
        self.stop = threading.Event()
        self.thread = threading.Thread(target=part, args=[self.stop])

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_raised) -> None:
        self.stop.set()
        self.thread.join(20)
        assert not self.thread.is_alive()


def until(reached, seconds: float = 60) -> None:
    """Generous, because any transaction on the server holds back facts."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.02)


def note(case: Case) -> None:
    add_note(case=case, said=Said("看一下", now()), by=SYSTEM, at=now())


@pytest.mark.django_db(transaction=True)
def test_a_follower_that_fails_does_not_stop_the_others_and_goes_on_from_where_it_was(house):
    case = house.open(at=now())
    heard: list[str] = []
    tries: list[float] = []
    is_mended = threading.Event()

    def fail(facts) -> None:
        tries.append(time.monotonic())
        if not is_mended.is_set():
            raise RuntimeError
        heard.extend(f"late {fact.type}" for fact in facts)

    def hear(facts) -> None:
        heard.extend(fact.type for fact in facts)

    kinds = ("cases.note_added",)
    followers = [
        Follower("test.broken", fail, kinds, Start.BEGINNING, 500),
        Follower("test.sound", hear, kinds, Start.BEGINNING, 500),
    ]
    with Running(lambda stop: _follow(followers, stop)):
        note(case)
        until(lambda: heard == ["cases.note_added"])
        until(lambda: len(tries) >= 3)
        note(case)
        until(lambda: heard == ["cases.note_added"] * 2)
        is_mended.set()
        until(lambda: len(heard) == 4)

    assert heard[2:] == ["late cases.note_added"] * 2
    assert tries[1] - tries[0] >= 1
    assert tries[2] - tries[1] >= 2


def test_rests_double_up_to_a_minute_and_end_with_the_first_success():
    patience = _Patience()

    assert [patience.failed() for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert not patience.is_over()
    patience.went_well()
    assert patience.failed() == 1


@pytest.mark.django_db(transaction=True)
def test_timed_work_that_fails_rests_without_spinning_and_the_others_of_its_lane_go_on():
    counts = {"broken": 0, "sound": 0}

    def broken(_at) -> int:
        counts["broken"] += 1
        raise RuntimeError

    def sound(_at) -> int:
        counts["sound"] += 1
        return 0

    timers = [
        Timer("test.broken", broken, timedelta(milliseconds=50), "test"),
        Timer("test.sound", sound, timedelta(milliseconds=50), "test"),
    ]
    began = time.process_time()
    with Running(lambda stop: _run_timers(timers, stop)):
        time.sleep(2.5)

    assert counts["broken"] == 2  # at once, and after the first second; the next rest is two seconds
    assert counts["sound"] > 10
    assert time.process_time() - began < 1.5


@pytest.mark.django_db(transaction=True)
def test_timed_work_that_did_something_is_called_again_at_once():
    left = [3, 2, 1, 0]
    timers = [Timer("test.queue", lambda _at: left.pop(0) if left else 0, timedelta(hours=1), "test")]

    with Running(lambda stop: _run_timers(timers, stop)):
        until(lambda: not left, seconds=5)


@pytest.mark.django_db(transaction=True)
def test_the_worker_is_seen_alive_runs_what_is_due_seals_the_log_and_stops_quickly(house):
    house.open(at=now() - timedelta(days=30))  # its promises are due by now
    with Running(work) as running:
        until(lambda: Heartbeat.objects.filter(kind="work").count() == 1)
        until(lambda: Case.objects.filter(promises__end="broken").exists())
        until(lambda: _scalar("SELECT coalesce(sum(fact_count), 0) FROM foundation_factseal") > 0)
        assert "foundation.seal" in {one.name for one in known_followers()}
        began = time.monotonic()
        running.stop.set()
        running.thread.join(20)

    assert time.monotonic() - began < 10
    assert Heartbeat.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_worker_goes_on_when_the_database_drops_every_line(house):
    with Running(work):
        until(lambda: Heartbeat.objects.filter(kind="work").exists())
        assert _scalar(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        house.open(at=now() - timedelta(days=30))
        until(lambda: Case.objects.filter(promises__end="broken").exists())


def _scalar(query: str):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_fault_in_the_log_says_where_and_which_kind_but_no_value():
    with pytest.raises(KeyError) as raised:
        _fail_with(" ".join(("王丽", "wang@" + "qq.example")))
    record = logging.LogRecord("yinuo", logging.ERROR, __file__, 1, "it failed", None, raised._excinfo)

    line = json.loads(JsonLines().format(record))

    assert "王丽 wang@" not in str(line)
    assert "wang@qq.example" not in str(line)
    assert line["fault"].splitlines()[-1] == "KeyError"
    assert "DataError (22P02)" in line["fault"]
    assert "test_worker.py" in line["fault"]


def _fail_with(value: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::int", [value])
    except DataError as fault:
        raise KeyError(value) from fault
