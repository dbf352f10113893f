"""The embedded server lives exactly as long as somebody uses it, whatever is killed."""

import fcntl
import os
import signal
import subprocess
import sys
import time

import pytest

from yinuo.foundation.postgres import postmaster
from yinuo.foundation.postgres.tests.people import (
    gone,
    kill,
    parent_of,
    present_account,
    state_of,
    states_of_threads,
    until,
)

LEAVE_SECONDS = 5

# Like a container's first process: adopts orphans (PR_SET_CHILD_SUBREAPER) and never reaps them.
CARELESS_PARENT = """
import ctypes, sys, time
from pathlib import Path
from yinuo.foundation.postgres.server import Server
ctypes.CDLL(None).prctl(36, 1)
server = Server(Path(sys.argv[1]), profile="test").start()
print("ready", flush=True)
time.sleep(600)
"""


def test_two_processes_share_one_server_which_stops_when_the_second_leaves(home):
    first = home.user().ready()
    second = home.user().ready()
    server, watcher = home.postmaster(), home.watcher()

    first.leave()
    assert second.ask("SELECT 1") == [(1,)]
    second.leave()

    assert gone(server, watcher, within=0.2)


def test_closing_returns_when_the_server_has_stopped_and_it_starts_again(home):
    user = home.user().ready()
    server = home.postmaster()

    user.do("server.close()")
    assert state_of(server) == ""
    user.do("server.start()")

    assert user.ask_patiently("SELECT 1") == [(1,)]
    user.leave()


def test_many_processes_starting_at_once_in_a_new_home_get_one_server(new_home):
    users = [new_home.user() for _ in range(6)]

    servers = {user.ready().ask("SELECT pg_postmaster_start_time()")[0] for user in users}

    assert len(servers) == 1
    server = new_home.postmaster()
    for user in users:
        user.leave()
    assert gone(server, within=0.2)


@pytest.mark.fault
def test_the_server_stops_when_its_only_user_is_killed(home):
    user = home.user().ready()
    server, watcher = home.postmaster(), home.watcher()

    user.kill()

    assert gone(server, watcher, within=LEAVE_SECONDS)
    assert not (home.place.data / "postmaster.pid").exists()


@pytest.mark.fault
def test_a_killed_user_takes_nothing_from_the_other(home):
    killed, staying = home.user().ready(), home.user().ready()
    server = home.postmaster()

    killed.kill()
    time.sleep(0.3)

    assert staying.ask("SELECT 1") == [(1,)]
    assert home.postmaster() == server
    staying.leave()
    assert gone(server, within=0.2)


@pytest.mark.fault
def test_a_killed_server_comes_back_by_itself_with_all_that_was_committed(home):
    user = home.user().ready()
    user.ask("CREATE TABLE promise (word text)")
    user.ask("INSERT INTO promise VALUES ('一诺')")
    server = home.postmaster()

    kill(server)

    assert gone(server, within=1)
    assert user.ask_patiently("SELECT word FROM promise") == [("一诺",)]
    assert home.postmaster() != server
    user.ask("DROP TABLE promise")
    user.leave()


@pytest.mark.fault
def test_a_killed_watcher_is_replaced_while_somebody_uses_the_database(home):
    user = home.user().ready()
    watcher, server = home.watcher(), home.postmaster()

    kill(watcher)

    assert gone(server, within=LEAVE_SECONDS)
    assert user.ask_patiently("SELECT 1") == [(1,)]
    again, new_watcher = home.postmaster(), home.watcher()
    user.kill()
    assert gone(again, new_watcher, within=LEAVE_SECONDS)


@pytest.mark.fault
def test_nothing_is_left_when_user_and_watcher_are_killed_at_once(home):
    user = home.user().ready()
    server = home.postmaster()

    kill(home.watcher(), user.pid)

    assert gone(server, within=LEAVE_SECONDS)


@pytest.mark.fault
def test_the_next_start_recovers_when_everything_was_killed_at_once(home):
    user = home.user().ready()
    user.ask("CREATE TABLE kept AS SELECT generate_series(1, 50000) AS number")
    kill(home.watcher(), user.pid, home.postmaster())

    successor = home.user().ready()

    assert successor.ask("SELECT count(*) FROM kept") == [(50000,)]
    successor.ask("DROP TABLE kept")
    successor.leave()


@pytest.mark.fault
def test_a_start_that_was_killed_half_way_does_not_hinder_the_next(new_home):
    for seconds in (0.1, 0.25, 0.4, 0.6):
        user = new_home.user()
        time.sleep(seconds)
        user.kill()

    user = new_home.user().ready()

    assert user.ask("SELECT 1") == [(1,)]
    user.leave()
    assert not list(new_home.place.root.glob("data.draft.*"))


def test_ctrl_c_in_the_starters_terminal_does_not_reach_the_server(home):
    starter, other = home.user().ready(), home.user().ready()
    server = home.postmaster()

    os.killpg(starter.pid, signal.SIGINT)
    starter.process.wait(20)

    assert other.ask("SELECT 1") == [(1,)]
    assert home.postmaster() == server
    other.leave()


def test_a_forked_child_of_a_user_does_not_stop_the_server_by_ending(home):
    user = home.user().ready()
    server = home.postmaster()

    user.do("import os; pid = os.fork() or sys.exit(0); os.waitpid(pid, 0)")

    assert user.ask("SELECT 1") == [(1,)]
    assert home.postmaster() == server
    user.leave()


def test_a_pid_file_that_names_another_program_is_not_believed(home):
    home.user().ready().leave()
    stale = f"{os.getpid()}\n{home.place.data}\n1\n5432\n\n\n0 0\nready\n"
    (home.place.data / "postmaster.pid").write_text(stale)

    user = home.user().ready()

    assert user.ask("SELECT 1") == [(1,)]
    user.leave()


@pytest.mark.fault
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt orphans and not reap them")
def test_a_zombie_that_nobody_reaps_does_not_hinder_the_next_start(home):
    if home.account != present_account():
        pytest.skip("the careless parent of this test runs as the present account")
    careless = subprocess.Popen(
        [sys.executable, "-c", CARELESS_PARENT, str(home.place.root)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert careless.stdout.readline() == "ready\n"
        server, watcher = home.postmaster(), home.watcher()
        assert parent_of(watcher) == careless.pid
        # Its own thread must not start a new watcher, nor stop just when it has got the watcher's lock.
        os.kill(careless.pid, signal.SIGSTOP)
        until(lambda: states_of_threads(careless.pid) == {"T"})
        kill(watcher, server)
        until(lambda: state_of(server) == "Z")
        assert (home.place.data / "postmaster.pid").exists()

        user = home.user().ready()

        assert user.ask("SELECT 1") == [(1,)]
        user.leave()
    finally:
        careless.kill()
        careless.wait()
        careless.stdout.close()


def test_a_newcomer_waits_while_another_is_starting_the_server(home):
    home.user().ready().leave()
    with home.place.start.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        user = home.user()
        time.sleep(0.7)
        assert user.process.poll() is None
    user.ready().leave()


def test_waiting_longer_than_the_patience_is_refused_and_leaves_no_lock(home):
    user = home.user().ready()
    with home.place.start.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        user.do("from datetime import timedelta; second = Server(Path(sys.argv[1]))")
        user.do("import contextlib; refused = contextlib.suppress(Refusal)")
        user.do("with refused: second.start(patience=timedelta(seconds=0.1)); raise SystemExit('not refused')")
    user.do("second.close()")

    assert user.ask("SELECT 1") == [(1,)]
    user.leave()


@pytest.mark.fault
def test_a_server_killed_while_it_starts_is_started_again(new_home):
    user = new_home.user()
    deadline = time.monotonic() + 30
    while not (starting := postmaster.running(new_home.place.data)):
        assert time.monotonic() < deadline

    kill(starting.pid)

    assert user.ready().ask_patiently("SELECT 1") == [(1,)]
    user.leave()
