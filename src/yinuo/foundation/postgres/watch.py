"""The watcher: a small process that keeps the server alive exactly as long as somebody uses it.

It is the server's parent, so a crash is seen at once and leaves no zombie; it waits for the lock that every user
shares, so the kernel tells it when the last one is gone, even by `kill -9`. It is no user itself, stands in a session
of its own (Ctrl-C in a terminal does not reach it), and when it dies the server is told to stop: whoever is still
there then starts a new watcher. Nothing is imported here but small parts of the standard library.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from yinuo.foundation.postgres import postmaster

# Written to the process that asked for the server, by file descriptor.
READY = b"ready\n"
FAILED = b"failed\n"

_STOP_STEPS = ((signal.SIGINT, 120.0), (signal.SIGQUIT, 20.0), (signal.SIGKILL, 10.0))
_LONGEST_PAUSE_SECONDS = 30.0
_STEADY_AFTER_SECONDS = 60.0
_PR_SET_PDEATHSIG = 1


class Watcher:
    """One server's life, from the first start to the stop after the last user."""

    def __init__(self, plan: dict[str, Any], lock: int, report: int) -> None:
        self.plan = plan
        self.data = Path(plan["data"])
        self.lock = lock
        self.report = report
        self.users = os.open(plan["users"], os.O_RDWR | os.O_CLOEXEC)
        self.nobody_left, self._leave = os.pipe()
        self.child: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        """Serve until nobody is left. Returns 0, or 1 when the server never became ready."""
        threading.Thread(target=self._wait_for_last_user, daemon=True).start()
        found = postmaster.running(self.data)
        pid, began = (found.pid, time.monotonic()) if found else self._start()
        failures = 0
        while not self._left_before_end_of(pid):
            if self.report >= 0 and not self._was_killed():
                return 1  # it gave up before it was ready: the log says why, and whoever waits reads it there
            failures = 0 if time.monotonic() - began > _STEADY_AFTER_SECONDS else failures + 1
            pause = min(_LONGEST_PAUSE_SECONDS, 0.05 * 2**failures)
            self._say(f"the server ended unexpectedly; starting it again in {pause:.1f} s")
            if self._has_left(pause):
                return 0
            pid, began = self._start()
        self._stop(pid)
        return 0

    def close(self) -> None:
        self._answer(FAILED)
        with contextlib.suppress(OSError):  # gone, or somebody else's by now
            Path(self.plan["socket_folder"]).rmdir()
        # In this order: a newcomer waits for `users`, and must then find the watcher gone.
        os.close(self.lock)
        os.close(self.users)

    def _wait_for_last_user(self) -> None:
        fcntl.flock(self.users, fcntl.LOCK_EX)
        os.close(self._leave)

    def _start(self) -> tuple[int, float]:
        folder, user = Path(self.plan["socket_folder"]), self.plan["user"]
        postmaster.clear_away(self.data, folder)
        with contextlib.suppress(FileExistsError):  # a cleaner of temporary folders may have taken it
            folder.mkdir(self.plan["socket_folder_mode"])
            os.chown(folder, user.get("user", -1), user.get("group", -1))
        self.child = subprocess.Popen(  # noqa: S603 - the plan comes from our own parent
            self.plan["command"],
            cwd=self.data,
            env=self.plan["environment"],
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            stderr=sys.stderr,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - one system call, loaded before
            **user,
        )
        return self.child.pid, time.monotonic()

    def _left_before_end_of(self, pid: int) -> bool:
        """Wait. True: the last user left. False: the server ended first."""
        end = _end_of(pid)
        while True:
            self._report_when_ready(pid)
            patience = 0.01 if self.report >= 0 else None if end is not None else 1.0
            watched = [self.nobody_left] if end is None else [self.nobody_left, end]
            happened, _, _ = select.select(watched, [], [], patience)
            if self.nobody_left in happened:
                return True
            if (end is not None and end in happened) or not self._alive(pid):
                self._reap()
                if end is not None:
                    os.close(end)
                return False

    def _report_when_ready(self, pid: int) -> None:
        if self.report < 0:
            return
        found = postmaster.running(self.data)
        if found and found.pid == pid and found.is_ready:
            self._answer(READY)

    def _answer(self, word: bytes) -> None:
        """Tell the one who asked, once."""
        if self.report >= 0:
            with contextlib.suppress(BrokenPipeError):  # he is dead; others may have come
                os.write(self.report, word)
            os.close(self.report)
            self.report = -1

    def _was_killed(self) -> bool:
        return self.child is not None and self.child.returncode is not None and self.child.returncode < 0

    def _has_left(self, seconds: float) -> bool:
        return bool(select.select([self.nobody_left], [], [], seconds)[0])

    def _stop(self, pid: int) -> None:
        for number, patience in _STOP_STEPS:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                if not self._alive(pid):
                    return
                time.sleep(0.005)
            self._say(f"the server did not end within {patience:.0f} s after {number.name}")

    def _alive(self, pid: int) -> bool:
        if self.child and self.child.pid == pid:
            return self.child.poll() is None
        found = postmaster.running(self.data)
        return found is not None and found.pid == pid

    def _reap(self) -> None:
        if self.child:
            self.child.wait()

    def _say(self, words: str) -> None:
        moment = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
        sys.stderr.write(f"{moment} [{os.getpid()}] watcher: {words}\n")
        sys.stderr.flush()


def main() -> int:
    """Detach from whoever asked, so that it need not reap us, and watch."""
    if os.fork():
        os._exit(0)
    plan = json.load(sys.stdin)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    watcher = Watcher(plan, lock=int(sys.argv[1]), report=int(sys.argv[2]))
    try:
        return watcher.run()
    finally:
        watcher.close()


def _end_of(pid: int) -> int | None:
    """Return a descriptor that becomes readable when the process ends, where the system has such."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


_libc = ctypes.CDLL(None)


def _die_with_parent() -> None:
    """Ask the kernel (Linux) for a fast shutdown of the server when the watcher dies."""
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT))


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    # The other thread may still wait for its lock; the interpreter would wait for nothing.
    os._exit(code)
