"""One embedded server, shared by all processes that use the same home folder.

Joining is holding a lock: `users`, shared. The kernel lets it go when the process ends in whatever way, so the count
is always right. The watcher (`watch.py`) does the rest. Joining a running server takes milliseconds.
"""

import atexit
import contextlib
import errno
import fcntl
import getpass
import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from yinuo.foundation.postgres import postmaster
from yinuo.foundation.postgres.accounts import server_account
from yinuo.foundation.postgres.binaries import Binaries, find_binaries, reachable_binaries
from yinuo.foundation.postgres.cluster import (
    ACCOUNT_NAME,
    disk_full,
    make_cluster,
    says_disk_full,
    seen_by_server,
    server_environment,
)
from yinuo.foundation.postgres.place import Place
from yinuo.foundation.postgres.profiles import server_settings
from yinuo.foundation.postgres.refusals import FolderNotOurs, ServerFailed, ServerSlow
from yinuo.foundation.postgres.watch import FAILED, READY

# Crash recovery of a busy database took 14 s on a small machine; a full disk cache and a slow disk take minutes.
PATIENCE = timedelta(seconds=300)

_WATCHERS_TO_TRY = 3
_NEWS_EVERY_SECONDS = 5.0
_LARGEST_LOG_BYTES = 10 * 2**20
_PACKAGES = Path(__file__).resolve().parents[3]


def _tell(words: str) -> None:
    sys.stderr.write(f"Yinuo: {words}\n")


class Server:
    """A handle on the server of `root`. Use it as a context manager, or `start()` and `close()`."""

    def __init__(self, root: Path, *, profile: str = "small", tell: Callable[[str], None] = _tell) -> None:
        """root: the database's folder, made when absent. profile: see `profiles.py`. tell: hears news while waiting."""
        self.place = Place(Path(root).resolve())
        self.profile = profile
        self.tell = tell
        self._users = -1
        self._process = 0
        self._patience = PATIENCE
        self._closing = threading.Event()

    def start(self, *, patience: timedelta = PATIENCE) -> Self:
        """Join the server, starting it first when it does not run; it accepts connections on return.

        Raises a refusal of `refusals.py`, ServerSlow after `patience`.
        """
        self._patience = patience
        deadline = time.monotonic() + patience.total_seconds()
        self._closing.clear()
        try:
            self.place.open(server_account(self.place.data))
            with self._locked(self.place.start, fcntl.LOCK_EX, deadline):
                self._users = self._take(self.place.users, fcntl.LOCK_SH, deadline)
                self._process = os.getpid()
                self._await_ready(deadline)
        except OSError as problem:
            self._release()
            if problem.errno in (errno.ENOSPC, errno.EDQUOT):
                raise disk_full(self.place) from problem
            raise
        except BaseException:
            self._release()
            raise
        threading.Thread(target=self._replace_dead_watchers, name="database-watch", daemon=True).start()
        atexit.register(self.close)
        return self

    def close(self) -> None:
        """Leave. The last one to leave waits until the server has stopped; nothing happens when already closed."""
        atexit.unregister(self.close)
        self._closing.set()
        if self._users < 0 or self._process != os.getpid():
            return  # a forked child shares its parent's lock and must not touch it
        was_last = _try_lock(self._users, fcntl.LOCK_EX)
        self._release()
        if was_last:
            self._await_stop()

    def dsn(self, dbname: str = "postgres") -> str:
        """Return libpq's `key='value'` form of how to connect to `dbname`."""
        values = {
            "host": str(self.place.socket_folder()),
            "user": ACCOUNT_NAME,
            "password": self.place.secret(),
            "dbname": dbname,
        }
        return " ".join(f"{key}={_quoted(value)}" for key, value in values.items())

    def url(self, dbname: str = "postgres") -> str:
        """Return the URL form of how to connect to `dbname`."""
        host = quote(str(self.place.socket_folder()), safe="")
        return (
            f"postgresql://{ACCOUNT_NAME}:{quote(self.place.secret(), safe='')}@/{quote(dbname, safe='')}?host={host}"
        )

    def binaries(self) -> Binaries:
        """Return the programs to work on this server with (`psql`, `pg_dump`)."""
        return find_binaries()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _await_ready(self, deadline: float) -> None:
        """Return when the server is ready; start a watcher whenever there is none. Holds the start lock."""
        news = _News(self.tell, self.place)
        killed_count = 0
        while True:
            watch = self._open(self.place.watch)
            if _try_lock(watch, fcntl.LOCK_EX):
                if self._start_watcher(watch, deadline, news):
                    return
                killed_count += 1
                if killed_count == _WATCHERS_TO_TRY:
                    self._raise_failure(log_start=0)
                continue
            os.close(watch)
            found = postmaster.running(self.place.data)
            if found and found.is_ready:
                return
            self._check_deadline(deadline)
            news.waiting()
            time.sleep(0.01)

    def _start_watcher(self, watch: int, deadline: float, news: "_News") -> bool:
        """Prepare everything and start a watcher, which inherits the lock `watch`; return when it reports ready.

        False: it was killed before it could report. Raises ServerFailed or DiskFull when it reports failure.
        """
        report, answer = os.pipe()
        try:
            plan = self._plan()
            log = self._open_log()
            log_start = self.place.log.stat().st_size
            subprocess.run(  # noqa: S603 - our own program
                [sys.executable, "-S", "-P", "-m", "yinuo.foundation.postgres.watch", str(watch), str(answer)],
                input=json.dumps(plan).encode(),
                cwd="/",
                env={"PYTHONPATH": str(_PACKAGES), "PATH": os.environ.get("PATH", os.defpath)},
                stdout=log,
                stderr=log,
                pass_fds=(watch, answer),
                start_new_session=True,
                check=True,
            )
            os.close(log)
        except BaseException:
            os.close(report)
            raise
        finally:
            os.close(answer)
            os.close(watch)
        with os.fdopen(report, "rb") as reports:
            while not select.select([reports], [], [], 0.2)[0]:
                self._check_deadline(deadline)
                news.waiting()
            answer_word = reports.readline()
        if answer_word == FAILED:
            self._raise_failure(log_start)
        return answer_word == READY

    def _plan(self) -> dict[str, object]:
        account = server_account(self.place.data)
        binaries = reachable_binaries(find_binaries(), account, self.place.programs)
        make_cluster(self.place, binaries, account, durable=self.profile != "test")
        folder = self.place.choose_socket_folder(account)
        settings = server_settings(self.profile, self.place.own_settings)
        return {
            "data": str(self.place.data),
            "users": str(self.place.users),
            "socket_folder": str(folder),
            "socket_folder_mode": 0o711 if account else 0o700,
            "user": account.process_arguments() if account else {},
            "environment": server_environment(),
            "command": [
                *(binaries.program("postgres"), "-D", str(seen_by_server(self.place.data, account))),
                *("-k", str(folder), "-h", ""),
                *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
            ],
        }

    def _replace_dead_watchers(self) -> None:
        """Wait for the watcher's end; when it was not asked for, start another. Runs beside the user, for ever."""
        users = self._users
        while True:
            try:
                watch = self._open(self.place.watch)
                fcntl.flock(watch, fcntl.LOCK_SH)
                os.close(watch)
                if self._closing.is_set() or self._users != users:
                    return
                deadline = time.monotonic() + self._patience.total_seconds()
                with self._locked(self.place.start, fcntl.LOCK_EX, deadline):
                    self._await_ready(deadline)
            except FileNotFoundError:
                return  # the folder is gone, and with it the database
            except Exception as problem:  # noqa: BLE001 - said aloud and tried again: the database must come back
                self.tell(str(problem))
                if self._closing.wait(5):
                    return

    def _await_stop(self) -> None:
        """Return when the watcher has stopped the server, or somebody else has joined meanwhile."""
        deadline = time.monotonic() + PATIENCE.total_seconds()
        while time.monotonic() < deadline:
            with contextlib.suppress(FileNotFoundError):
                if self._is_free(self.place.watch, fcntl.LOCK_SH):
                    return
                nobody = self._is_free(self.place.users, fcntl.LOCK_EX)
                if not nobody and self._is_free(self.place.users, fcntl.LOCK_SH):
                    return
            time.sleep(0.005)

    def _is_free(self, path: Path, kind: int) -> bool:
        descriptor = self._open(path)
        try:
            return _try_lock(descriptor, kind)
        finally:
            os.close(descriptor)

    @contextlib.contextmanager
    def _locked(self, path: Path, kind: int, deadline: float) -> Iterator[None]:
        descriptor = self._take(path, kind, deadline)
        try:
            yield
        finally:
            os.close(descriptor)

    def _take(self, path: Path, kind: int, deadline: float) -> int:
        descriptor = self._open(path)
        news = _News(self.tell, self.place)
        while not _try_lock(descriptor, kind):
            try:
                self._check_deadline(deadline)
            except ServerSlow:
                os.close(descriptor)
                raise
            news.waiting()
            time.sleep(0.005)
        return descriptor

    def _open(self, path: Path) -> int:
        try:
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except PermissionError as problem:
            raise FolderNotOurs(folder=path, account=getpass.getuser()) from problem

    def _open_log(self) -> int:
        if self.place.log.exists() and self.place.log.stat().st_size > _LARGEST_LOG_BYTES:
            self.place.log.rename(self.place.log.with_suffix(".log.1"))
        return os.open(self.place.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _check_deadline(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise ServerSlow(seconds=round(self._patience.total_seconds()), log=self.place.log)

    def _raise_failure(self, log_start: int) -> None:
        words = self.place.log_tail(log_start)
        if says_disk_full(words):
            raise disk_full(self.place)
        raise ServerFailed(words=words, log=self.place.log)

    def _release(self) -> None:
        if self._users >= 0:
            descriptor, self._users = self._users, -1
            os.close(descriptor)


class _News:
    """Says what is being waited for, at most every few seconds, so that a long recovery does not look like a hang."""

    def __init__(self, tell: Callable[[str], None], place: Place) -> None:
        self._tell = tell
        self._place = place
        self._began = self._last = time.monotonic()

    def waiting(self) -> None:
        present = time.monotonic()
        if present - self._last < _NEWS_EVERY_SECONDS:
            return
        self._last = present
        last_line = self._place.log_tail(length=300).rpartition("\n")[2]
        self._tell(f"waiting for the database, {present - self._began:.0f} s so far. It says: {last_line}")


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
