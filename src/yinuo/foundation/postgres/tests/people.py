"""Users of the embedded database as real processes: of the present account and, when that is root, of a normal one."""

import contextlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from yinuo.foundation.postgres import postmaster
from yinuo.foundation.postgres.place import Place

SOURCES = Path(__file__).resolve().parents[4]

USER = """
import signal
import sys
from pathlib import Path
# A test run in the background of a script has Ctrl-C switched off, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
from yinuo.foundation.postgres.server import Server
from yinuo.foundation.refusals import Refusal
try:
    server = Server(Path(sys.argv[1]), profile="test").start()
except Refusal as refusal:
    sys.exit(f"{refusal.code}: {refusal.sentence()}")
print("ready", server.dsn(), flush=True)
for line in sys.stdin:
    exec(line)
    print("done", flush=True)
"""


@dataclass(frozen=True)
class Account:
    """Who runs Yinuo in a test; uid None is the present account. python: an interpreter that account can run."""

    name: str
    uid: int | None
    gid: int | None
    python: str

    def process_arguments(self):
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.uid is not None else {}


class User:
    """One process that uses the database; it runs the lines of Python it is told."""

    def __init__(self, root: Path, account: Account, environment: dict[str, str] | None = None) -> None:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("YINUO_")}
        packages = os.pathsep.join([str(SOURCES), *(path for path in sys.path if path.endswith("-packages"))])
        self.process = subprocess.Popen(
            [account.python, "-P", "-c", USER, str(root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            start_new_session=True,
            env=inherited | {"PYTHONPATH": packages} | (environment or {}),
            **account.process_arguments(),
        )

    @property
    def pid(self) -> int:
        return self.process.pid

    def ready(self) -> "User":
        self.dsn = self.process.stdout.readline().removeprefix("ready ").strip()
        if not self.dsn:
            pytest.fail(f"the user did not get a database: {self.process.stderr.read()}")
        return self

    def refusal(self) -> str:
        assert self.process.wait(60) == 1
        return self.process.stderr.read()

    def do(self, line: str) -> None:
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"

    def ask(self, statement: str):
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else None

    def ask_patiently(self, statement: str, seconds: float = 20):
        deadline = time.monotonic() + seconds
        while True:
            try:
                return self.ask(statement)
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def leave(self) -> None:
        self.process.stdin.close()
        assert self.process.wait(30) == 0

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            with contextlib.suppress(BrokenPipeError):
                stream.close()


class Home:
    """The folder of one database, its users, and what the system says about its server."""

    def __init__(self, account: Account, folder: Path) -> None:
        self.account = account
        self.place = Place(folder / "database")
        self.users: list[User] = []

    def user(self, **environment: str) -> User:
        """Return a new user that may not have the database yet."""
        self.users.append(User(self.place.root, self.account, environment))
        return self.users[-1]

    def postmaster(self) -> int:
        found = postmaster.running(self.place.data)
        assert found is not None
        return found.pid

    def watcher(self) -> int:
        return parent_of(self.postmaster())

    def forget_users(self) -> None:
        """Kill whoever is left and wait until the server has stopped."""
        while self.users:
            self.users.pop().close()
        found = postmaster.running(self.place.data)
        assert found is None or gone(found.pid, parent_of(found.pid), within=10), "a server outlived its users"


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def state_of(pid: int) -> str:
    """Return the system's letter for the process's state, or an empty text when there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def states_of_threads(pid: int) -> set[str]:
    """Return the letters for the states of all threads of a living process."""
    stats = Path(f"/proc/{pid}/task").glob("*/stat")
    return {stat.read_text().rsplit(")", 1)[1].split()[0] for stat in stats}


def until(condition: Callable[[], bool], *, within: float = 5) -> None:
    """Return when the condition holds; fail when it does not come to hold in time."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def gone(*pids: int, within: float) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if all(state_of(pid) in {"", "Z"} for pid in pids):
            return True
        time.sleep(0.01)
    return False


def kill(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def normal_account() -> Account:
    """Return a normal account for a test that root runs, or skip: it needs a Python outside root's private folders."""
    if os.geteuid() != 0:
        pytest.skip("only root can run a process as another account")
    found = pwd.getpwnam("nobody")
    version = f"python3.{sys.version_info.minor}"
    for python in (str(Path(sys.executable).resolve()), *filter(None, (shutil.which(version, path="/usr/bin:/bin"),))):
        account = Account("normal", found.pw_uid, found.pw_gid, python)
        try:
            subprocess.run([python, "-c", ""], check=True, cwd="/", **account.process_arguments())
        except (OSError, subprocess.CalledProcessError):
            continue
        return account
    pytest.skip(f"no {version} that a normal account can run; install one outside private folders")


def present_account() -> Account:
    return Account("present", None, None, sys.executable)


@contextlib.contextmanager
def new_folder(account: Account, mode: int = 0o700):
    """Give a private folder of the account's own; nothing of it is left, whatever a test did."""
    folder = Path(tempfile.mkdtemp(prefix="yinuo-test-"))
    folder.chmod(mode)
    if account.uid is not None:
        os.chown(folder, account.uid, account.gid)
    try:
        yield folder
        assert stat.S_IMODE(folder.stat().st_mode) == mode, "a folder that is not ours changed its mode"
    finally:
        shutil.rmtree(folder)
