"""The folder of one embedded database and what lies in it."""

import getpass
import hashlib
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from yinuo.foundation.postgres.accounts import Account, can_reach
from yinuo.foundation.postgres.refusals import FolderNotOurs

# An address of a Unix socket has 108 bytes on Linux and 104 on macOS, the file's name and a closing zero included.
_LONGEST_SOCKET_FOLDER = 104 - 1 - len("/.s.PGSQL.5432")


@dataclass(frozen=True)
class Place:
    """Names below the root. `users`, `start` and `watch` are only ever locked, never read."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def users(self) -> Path:
        """Every user holds it shared; the watcher waits to hold it alone, which means nobody is left."""
        return self.root / "users"

    @property
    def start(self) -> Path:
        """Held while somebody joins, so that one at a time starts the server."""
        return self.root / "start"

    @property
    def watch(self) -> Path:
        """Held by the watcher for its whole life."""
        return self.root / "watch"

    @property
    def log(self) -> Path:
        return self.root / "server.log"

    @property
    def own_settings(self) -> Path:
        return self.root / "settings.conf"

    @property
    def programs(self) -> Path:
        return self.root / "programs"

    def open(self, account: Account | None) -> None:
        """Make the root: private, or, when root lends another account, passable for that one but not listable."""
        mode = 0o711 if account else 0o700
        missing = [folder for folder in (self.root, *self.root.parents) if not folder.exists()]
        try:
            for folder in reversed(missing):
                folder.mkdir(mode=mode, exist_ok=True)
            self.root.chmod(mode)
        except PermissionError as problem:
            raise FolderNotOurs(folder=self.root, account=getpass.getuser()) from problem

    def secret(self) -> str:
        """Return the password of the server's one account, made at first use, in a file only we read."""
        path = self.root / "secret"
        if not path.exists():
            draft = self.root / f"secret.{os.getpid()}"
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(24))
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
        return path.read_text().strip()

    def socket_folder(self) -> Path:
        """Return where the server's socket lies, as the process that started it recorded."""
        return Path(os.fsdecode((self.root / "socket").read_bytes()))

    def choose_socket_folder(self, account: Account | None) -> Path:
        """Make and record a private folder for the socket: below the root, or a shorter one when that cannot serve."""
        folder = next(folder for folder in self._socket_candidates(account) if _make_private(folder, account))
        draft = self.root / f"socket.{os.getpid()}"
        draft.write_bytes(os.fsencode(folder))
        draft.rename(self.root / "socket")
        return folder

    def _socket_candidates(self, account: Account | None) -> Iterator[Path]:
        name = f"yinuo-{os.geteuid()}-{hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]}"
        bases = ["/run"] if account else [os.environ.get("XDG_RUNTIME_DIR", "")]
        shorter = (Path(base) / name for base in (*bases, tempfile.gettempdir(), "/tmp") if base)  # noqa: S108 - made private, or not used
        for folder in (self.root / "socket.d", *shorter):
            if _fits(folder) and can_reach(folder.parent, account):
                yield folder
        yield Path(tempfile.mkdtemp(prefix="yinuo-", dir="/tmp"))

    def log_tail(self, start: int = 0, length: int = 2000) -> str:
        """Return the log's last words since the byte `start`, whole lines, at most `length` bytes."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as file:
            file.seek(max(start, self.log.stat().st_size - length))
            return file.read().decode("utf-8", "replace").strip()


def _fits(folder: Path) -> bool:
    """Return whether PostgreSQL and libpq both take this path: short, and free of their lists' separators."""
    path = os.fsencode(folder)
    return len(path) <= _LONGEST_SOCKET_FOLDER and not re.search(rb"[\s,\"'\\]", path)


def _make_private(folder: Path, account: Account | None) -> bool:
    """Make `folder` ours alone; False when somebody else already has one of that name."""
    try:
        folder.mkdir(mode=0o711 if account else 0o700)
        if account:
            account.own(folder)
            folder.chmod(0o711)
    except FileExistsError:
        pass
    except OSError:
        return False
    found = folder.lstat()
    owners = {os.geteuid(), account.uid if account else os.geteuid()}
    return stat.S_ISDIR(found.st_mode) and found.st_uid in owners and found.st_mode & 0o022 == 0
