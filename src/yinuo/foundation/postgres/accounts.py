"""The account the server runs as. PostgreSQL refuses to run as root, so root lends it another one.

No account is created and no folder above ours changes its mode: what that account cannot reach is
brought to it instead (`binaries.py` copies programs, `cluster.py` enters the data by its working folder).
"""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Account:
    """An account other than the present one; `None` stands for the present one throughout."""

    name: str
    uid: int
    gid: int

    def process_arguments(self) -> dict[str, Any]:
        """Return what `subprocess` needs to start a process as this account and nothing more."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        os.chown(path, self.uid, self.gid)


def server_account(data: Path) -> Account | None:
    """Return whom the server must run as, or None for the present account.

    As root: the owner of existing data (so that a system account made later does not lock us out), else
    `YINUO_PG_USER`, else `postgres`, else `nobody`.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return _account(pwd.getpwuid(data.stat().st_uid))
    for name in (os.environ.get("YINUO_PG_USER"), "postgres", "nobody"):
        try:
            return _account(pwd.getpwnam(name or ""))
        except KeyError:
            continue
    raise RuntimeError("this system knows neither an account postgres nor nobody; name one in YINUO_PG_USER")


def can_reach(path: Path, account: Account | None) -> bool:
    """Return whether `account` may pass through every folder above `path` and through `path` itself."""
    if account is None:
        return True
    return all(_may_enter(folder, account) for folder in (path, *path.parents) if folder.is_dir())


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _may_enter(folder: Path, account: Account) -> bool:
    found = folder.stat()
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)
