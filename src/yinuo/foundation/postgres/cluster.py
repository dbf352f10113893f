"""Making a database cluster: in a draft folder first, so that a crash never leaves half of one."""

import contextlib
import errno
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from yinuo.foundation.postgres.accounts import Account, can_reach
from yinuo.foundation.postgres.binaries import Binaries
from yinuo.foundation.postgres.place import Place
from yinuo.foundation.postgres.refusals import DiskFull, NotADatabaseFolder, OtherMajorVersion, ServerFailed

ACCOUNT_NAME = "yinuo"

_ROOM_NEEDED_MB = 200
_DRAFT_SECONDS = 10.0
_NO_ROOM = os.strerror(errno.ENOSPC)

# A process's own working folder, as it sees it. Entering the data through it works even when root's private
# folders lie above them, which the server's account may not pass.
_WORKING_FOLDER = Path("/proc/self/cwd")


def make_cluster(place: Place, binaries: Binaries, account: Account | None, *, durable: bool) -> None:
    """Make the cluster unless it exists. durable: wait for the disk, as everything but a test must.

    Raises OtherMajorVersion, NotADatabaseFolder, DiskFull, ServerFailed.
    """
    version = place.data / "PG_VERSION"
    if version.exists():
        if version.read_text().strip() != str(binaries.major):
            raise OtherMajorVersion(folder=place.data, stored=version.read_text().strip(), installed=binaries.major)
        return
    if place.data.exists() and any(place.data.iterdir()):
        raise NotADatabaseFolder(folder=place.data)
    if shutil.disk_usage(place.root).free < _ROOM_NEEDED_MB * 2**20:
        raise disk_full(place)
    for leftover in place.root.glob("data.draft.*"):
        _remove_draft(leftover)
    draft = place.root / f"data.draft.{os.getpid()}"
    draft.mkdir(mode=0o700)
    if account:
        account.own(draft)
    _initialise(place, draft, binaries, account, durable=durable)
    draft.rename(place.data)


def _remove_draft(draft: Path) -> None:
    """Remove what a killed start left; its `initdb` may still write there for a moment, until it fails."""
    deadline = time.monotonic() + _DRAFT_SECONDS
    while draft.exists() and time.monotonic() < deadline:
        shutil.rmtree(draft, ignore_errors=True)
        time.sleep(0.01)


def disk_full(place: Place) -> DiskFull:
    return DiskFull(folder=place.root, needed=_ROOM_NEEDED_MB)


def says_disk_full(words: str) -> bool:
    return _NO_ROOM in words


def seen_by_server(data: Path, account: Account | None) -> Path:
    """Return the path by which the server's account, standing in `data`, reaches `data`."""
    return data if can_reach(data.parent, account) else _WORKING_FOLDER


def server_environment() -> dict[str, str]:
    """Return an environment without the caller's languages and PG* variables, which would leak into the server."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def _initialise(place: Place, draft: Path, binaries: Binaries, account: Account | None, *, durable: bool) -> None:
    password = place.root / "secret.initdb"
    password.unlink(missing_ok=True)
    with os.fdopen(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(place.secret() + "\n")
    if account:
        account.own(password)
    seen = seen_by_server(draft, account)
    arguments = [
        *(f"--pgdata={seen}", f"--username={ACCOUNT_NAME}", "--auth=scram-sha-256", "--encoding=UTF8"),
        f"--pwfile={password if seen == draft else seen / '..' / password.name}",
        *([] if durable else ["--no-sync"]),
    ]
    try:
        for languages in _languages(binaries.major):
            said = _run([binaries.program("initdb"), *arguments, *languages], draft, account)
            if said.returncode == 0:
                return
            if "invalid locale" not in said.stderr:
                break
    finally:
        password.unlink()
    shutil.rmtree(draft, ignore_errors=True)
    if says_disk_full(said.stderr):
        raise disk_full(place)
    with contextlib.suppress(OSError):
        place.log.write_text(said.stdout + said.stderr)
    raise ServerFailed(words=said.stderr.strip()[-600:], log=place.log)


def _languages(major: int) -> list[list[str]]:
    """Return the arguments to try, best first. Sorting by code point; characters classed as Unicode classes them.

    With `lc_ctype=C`, pg_trgm finds nothing in Chinese and the text parser glues punctuation to words. Not every
    system has C.UTF-8 (macOS), and the built-in collations came with PostgreSQL 17 and 18.
    """
    builtin = {17: "C.UTF-8"}.get(major, "PG_UNICODE_FAST")
    provider = ["--locale-provider=builtin", f"--builtin-locale={builtin}"] if major >= 17 else []  # noqa: PLR2004 - as said above
    rest = [f"--lc-{part}=C" for part in ("collate", "messages", "monetary", "numeric", "time")]
    return [[*provider, *rest, f"--lc-ctype={ctype}"] for ctype in ("C.UTF-8", "en_US.UTF-8", "UTF-8", "C")]


def _run(command: list[str], folder: Path, account: Account | None) -> subprocess.CompletedProcess[str]:
    who: dict[str, Any] = account.process_arguments() if account else {}
    return subprocess.run(  # noqa: S603 - PostgreSQL's own program, arguments made here
        command, cwd=folder, env=server_environment(), capture_output=True, text=True, check=False, **who
    )
