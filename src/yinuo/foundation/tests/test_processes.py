"""The foreground tree, with real processes: what a person at the terminal, or an init system, can rely on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

RUNNER = """
import sys
from datetime import timedelta
from yinuo.foundation.processes import Patience, Program, run_programs
programs = [Program(name, [sys.executable, "-c", source]) for name, source in zip(sys.argv[2::2], sys.argv[3::2])]
patience = Patience(
    grace=timedelta(seconds=float(sys.argv[1])), first_pause=timedelta(milliseconds=20), attempts=4
)
sys.exit(run_programs(programs, patience=patience))
"""

STEADY = "import os,time; print('up', os.getpid(), flush=True); time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + STEADY
WITH_CHILD = (
    "import subprocess,sys,time; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
    "print('up', p.pid, flush=True); time.sleep(600)"
)


class Tree:
    def __init__(self, *programs: tuple[str, str], grace: float = 10) -> None:
        words = [word for program in programs for word in program]
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUNNER, str(grace), *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.passed_over: list[str] = []

    def line(self, containing: str) -> str:
        """Return the next line that contains these words; lines passed over can still be asked for."""
        while True:
            for line in self.passed_over:
                if containing in " ".join(line.split()):  # names are padded to one width
                    self.passed_over.remove(line)
                    return line.rstrip("\n")
            if not (line := self.process.stdout.readline()):
                pytest.fail(f"the tree ended without a line that says {containing!r}")
            self.passed_over.append(line)

    def pid_of(self, name: str) -> int:
        return int(self.line(f"{name} │ up").split()[-1])

    def end(self, seconds: float = 20) -> int:
        code = self.process.wait(seconds)
        self.rest = "".join(self.passed_over) + self.process.stdout.read()
        self.process.stdout.close()
        return code


@pytest.fixture
def tree():
    trees = []

    def start(*programs, **options):
        trees.append(Tree(*programs, **options))
        return trees[-1]

    yield start
    for started in trees:
        if started.process.poll() is None:
            started.process.kill()
            started.process.wait()
        started.process.stdout.close()


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(*pids: int, within: float) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not any(is_alive(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def test_each_line_carries_the_name_of_its_program(tree):
    running = tree(("web", "print('one\\ntwo', end='', flush=True); import time; time.sleep(600)"), ("worker", STEADY))

    assert running.line("one") == "web    │ one"
    assert running.line("up").startswith("worker │ up ")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_end_all_programs_end_and_the_code_is_0(tree, number):
    running = tree(("web", STEADY), ("worker", STEADY))
    web, worker = running.pid_of("web"), running.pid_of("worker")

    running.process.send_signal(number)

    assert running.end() == 0
    assert gone(web, worker, within=0.1)


def test_a_program_that_ignores_the_request_is_killed_after_the_grace_and_the_code_is_1(tree):
    running = tree(("web", STUBBORN), grace=0.3)
    web = running.pid_of("web")

    running.process.send_signal(signal.SIGTERM)

    assert running.end() == 1
    assert "still running after 0.3 s, killed: web" in running.rest
    assert gone(web, within=0.1)


def test_a_second_ctrl_c_does_not_wait(tree):
    running = tree(("web", STUBBORN), grace=60)
    web = running.pid_of("web")

    running.process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    running.process.send_signal(signal.SIGINT)

    assert running.end(5) == 130
    assert gone(web, within=0.1)


@pytest.mark.fault
def test_a_program_that_dies_is_started_again_and_the_tree_says_so(tree):
    running = tree(("web", STEADY), ("worker", STEADY))
    worker = running.pid_of("worker")

    os.kill(worker, signal.SIGKILL)

    assert running.line("yinuo │") == "yinuo │ worker was ended by SIGKILL; starting it again in 0.02 s"
    assert running.pid_of("worker") != worker
    running.process.send_signal(signal.SIGTERM)
    assert running.end() == 0


def test_a_program_that_cannot_stay_up_is_given_up_and_the_others_end_with_it(tree):
    running = tree(("web", STEADY), ("worker", "import sys; sys.exit('no such mailbox')"))
    web = running.pid_of("web")

    assert running.end() == 1
    assert running.rest.count("worker │ no such mailbox") == 4
    assert "worker ended with code 1, the 4th time in short order: giving up" in running.rest
    assert gone(web, within=0.1)


@pytest.mark.fault
def test_nothing_is_left_when_the_tree_is_killed(tree):
    running = tree(("web", WITH_CHILD), ("worker", STEADY))
    first, second = running.line("up"), running.line("up")

    running.process.kill()

    assert gone(int(first.split()[-1]), int(second.split()[-1]), within=12)


@pytest.mark.fault
def test_what_a_dead_program_had_started_ends_before_its_successor_starts(tree):
    source = WITH_CHILD.replace("time.sleep(600)", "time.sleep(0.2); sys.exit(3)")
    source = source.replace("import time; time.sleep(0.2); sys.exit(3)", "import time; time.sleep(600)")
    running = tree(("web", source))
    grandchild = running.pid_of("web")

    running.line("starting it again")

    assert gone(grandchild, within=0.5)
