"""A tree of child processes in the foreground: `serve`, `work`, `live` started together, ended together.

Each child leads a process group of its own, so that Ctrl-C reaches only us and ending one ends its children too.
When we are killed outright, a guard process sees our pipe close and ends the groups in our place.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import IO, cast

# Exit codes of `run_programs`.
ENDED_WELL, ENDED_BADLY, ENDED_HARD = 0, 1, 130

_PACKAGES = Path(__file__).resolve().parents[2]
_LONGEST_LINE_BYTES = 64 * 1024
_LONGEST_PAUSE_SECONDS = 30.0
_COLOURS = (36, 35, 33, 32, 34, 31)


@dataclass(frozen=True)
class Program:
    """One child: its name before each of its lines, its command, and what its environment has beyond ours."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Patience:
    """How long the tree waits. A child that ends `attempts` times, each within `steady_after`, is given up."""

    grace: timedelta = timedelta(seconds=10)
    first_pause: timedelta = timedelta(seconds=1)
    steady_after: timedelta = timedelta(seconds=20)
    attempts: int = 5


def run_programs(
    programs: Sequence[Program], *, patience: Patience | None = None, output: IO[bytes] | None = None
) -> int:
    """Run `programs` until Ctrl-C, SIGTERM or SIGHUP, passing on their lines with their names before them.

    A child that ends is started again after a pause that doubles. When asked to end, children get SIGTERM, then
    after `patience.grace` SIGKILL; a second Ctrl-C kills at once. Main thread only. Returns 0 when all ended as
    asked, 1 when one was given up or had to be killed, 130 after a second Ctrl-C.
    """
    return _Tree(programs, patience or Patience(), output or sys.stdout.buffer).run()


class _Child:
    """One program and its present process."""

    def __init__(self, program: Program, prefix: bytes) -> None:
        self.program = program
        self.prefix = prefix
        self.process: subprocess.Popen[bytes] | None = None
        self.began = 0.0
        self.start_again_at: float | None = 0.0
        self.failures = 0
        self.unfinished_line = b""

    def start(self) -> subprocess.Popen[bytes]:
        self.start_again_at = None
        self.began = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - a program the caller names
            list(self.program.command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"} | dict(self.program.environment),
            process_group=0,
        )
        return self.process

    def ask_to_end(self) -> None:
        """Ask the child itself; it knows best in which order to end what it started."""
        self.start_again_at = None
        if self.process:
            self.process.terminate()

    def kill(self) -> tuple[int, int]:
        """Kill the child and whatever it started; return its number and code. Nothing happens the second time."""
        if self.process is None:
            return 0, 0
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        process, self.process = self.process, None
        return process.pid, process.wait()

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class _Tree:
    def __init__(self, programs: Sequence[Program], patience: Patience, output: IO[bytes]) -> None:
        self.patience = patience
        self.output = output
        width = max(len(program.name) for program in programs)
        self.children = [_Child(program, self._prefix(program.name, width, at)) for at, program in enumerate(programs)]
        self.selector = selectors.DefaultSelector()
        self.interrupts = 0
        self.ending = False
        self.code = ENDED_WELL

    def run(self) -> int:
        wake_read, wake_write = _pipe()
        self.selector.register(wake_read, selectors.EVENT_READ)
        before = {number: signal.signal(number, self._asked_to_end) for number in _END_SIGNALS}
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        wakeup_before = signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        guard = _Guard()
        try:
            self._serve(guard, wake_read)
            self._end(wake_read)
        finally:
            for child in self.children:
                child.kill()
            guard.dismiss()
            signal.set_wakeup_fd(wakeup_before)
            for number, handler in before.items():
                signal.signal(number, handler)
            self.selector.close()
            os.close(wake_read)
            os.close(wake_write)
        return ENDED_HARD if self.interrupts > 1 else self.code

    def _serve(self, guard: "_Guard", wake: int) -> None:
        """Keep all children running until asked to end or one is given up."""
        while not self.interrupts and not self.ending:
            present = time.monotonic()
            for child in self.children:
                if child.start_again_at is not None and child.start_again_at <= present:
                    self._start(child, guard)
                elif child.start_again_at is None and not child.is_running:
                    self._ended(child, guard)
            pauses = [child.start_again_at - present for child in self.children if child.start_again_at is not None]
            self._pass_on(wake, 0.0 if self.ending else max(0.0, min(pauses, default=60.0)))

    def _start(self, child: _Child, guard: "_Guard") -> None:
        process = child.start()
        guard.watch_over(process.pid)
        if process.stdout:
            os.set_blocking(process.stdout.fileno(), False)
            self.selector.register(process.stdout, selectors.EVENT_READ, child)

    def _ended(self, child: _Child, guard: "_Guard") -> None:
        """Say that a child ended and when it starts again, or give the tree up."""
        pid, code = child.kill()  # what it left behind must not meet its successor
        guard.forget(pid)
        why = _why(code)
        lived = time.monotonic() - child.began
        child.failures = 1 if lived > self.patience.steady_after.total_seconds() else child.failures + 1
        if child.failures >= self.patience.attempts:
            self._say(f"{child.program.name} {why}, the {child.failures}th time in short order: giving up")
            self.code, self.ending = ENDED_BADLY, True
            return
        pause = min(_LONGEST_PAUSE_SECONDS, self.patience.first_pause.total_seconds() * 2 ** (child.failures - 1))
        self._say(f"{child.program.name} {why}; starting it again in {pause:g} s")
        child.start_again_at = time.monotonic() + pause

    def _end(self, wake: int) -> None:
        """Ask all children to end, wait for the grace, then kill what is left."""
        for child in self.children:
            child.ask_to_end()
        deadline = time.monotonic() + self.patience.grace.total_seconds()
        while (late := [child for child in self.children if child.is_running]) and self.interrupts < _HARD:
            if time.monotonic() > deadline:
                names = ", ".join(child.program.name for child in late)
                self._say(f"still running after {self.patience.grace.total_seconds():g} s, killed: {names}")
                self.code = ENDED_BADLY
                break
            self._pass_on(wake, 0.1)
        for child in self.children:
            child.kill()
        for _chunk in range(_LAST_CHUNKS):
            if not self._pass_on(wake, 0.0):
                break

    def _pass_on(self, wake: int, patience: float) -> bool:
        """Wait for lines or a signal, at most `patience` seconds, and write out whole lines; False if none came."""
        happened = self.selector.select(patience)
        for key, _events in happened:
            if key.fd == wake:
                with contextlib.suppress(BlockingIOError):
                    os.read(wake, 4096)
                continue
            read = os.read(key.fd, _LONGEST_LINE_BYTES)
            self._write_lines(key.data, read)
            if not read:
                self.selector.unregister(key.fileobj)
                cast("IO[bytes]", key.fileobj).close()
        return bool(happened)

    def _write_lines(self, child: _Child, read: bytes) -> None:
        *lines, rest = (child.unfinished_line + read).split(b"\n")
        if rest and (not read or len(rest) >= _LONGEST_LINE_BYTES):
            lines, rest = [*lines, rest], b""
        child.unfinished_line = rest
        self._write(b"".join(child.prefix + line + b"\n" for line in lines))

    def _say(self, words: str) -> None:
        self._write(f"yinuo │ {words}\n".encode())

    def _write(self, text: bytes) -> None:
        try:
            self.output.write(text)
            self.output.flush()
        except BrokenPipeError:  # whoever read us has gone: nobody is served by going on
            self.ending = True
            self.output = Path(os.devnull).open("wb")  # noqa: SIM115 - open until the tree ends

    def _prefix(self, name: str, width: int, at: int) -> bytes:
        if not self.output.isatty():
            return f"{name:{width}} │ ".encode()
        return f"\x1b[{_COLOURS[at % len(_COLOURS)]}m{name:{width}} │\x1b[0m ".encode()

    def _asked_to_end(self, number: int, _frame: object) -> None:
        self.interrupts += 1 if number == signal.SIGINT or not self.interrupts else 0


class _Guard:
    """A process that ends the children's groups if we die without dismissing it. It stands outside our group."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-P", "-c", "from yinuo.foundation.processes import guard; guard()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": str(_PACKAGES)},
            start_new_session=True,
        )

    def watch_over(self, group: int) -> None:
        self._tell(f"{group}\n")

    def forget(self, group: int) -> None:
        """Its number may soon belong to somebody else's process."""
        self._tell(f"-{group}\n")

    def dismiss(self) -> None:
        self._tell("dismissed\n")
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        self._process.wait()

    def _tell(self, words: str) -> None:
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError):  # somebody killed the guard; the tree works without it
                self._process.stdin.write(words.encode())
                self._process.stdin.flush()


def guard() -> None:
    """Read the numbers of process groups until the end of input; unless dismissed, end those groups then."""
    groups = set()
    for line in sys.stdin:
        if line.strip() == "dismissed":
            return
        number = int(line)
        groups.add(number) if number > 0 else groups.discard(-number)
    for leader in groups:
        with contextlib.suppress(ProcessLookupError):
            os.kill(leader, signal.SIGTERM)
    deadline = time.monotonic() + Patience().grace.total_seconds()
    while time.monotonic() < deadline and any(_is_there(leader) for leader in groups):
        time.sleep(0.05)
    for group in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _pipe() -> tuple[int, int]:
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    return ends


def _why(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"


_END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_HARD = 2
_LAST_CHUNKS = 100
