"""What the operating system knows about the server's main process.

`postmaster.pid` alone is not to be believed: its process may be dead, a zombie that nobody reaps (then PostgreSQL
itself refuses to start), or another program that was given the same number since.
"""

import os
import subprocess
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True)
class Postmaster:
    """A living main process. status: `starting`, `ready`, `standby`, `stopping`."""

    pid: int
    status: str

    @property
    def is_ready(self) -> bool:
        return self.status == "ready"


def running(data: Path) -> Postmaster | None:
    """Return the living main process of the server on `data`, or None."""
    pid, status = _pid_file(data)
    return Postmaster(pid, status) if pid and _is_server(pid, data) else None


def clear_away(data: Path, socket_folder: Path, patience: timedelta = timedelta(seconds=30)) -> None:
    """Make `data` free for a new server: wait for the dead one's children, remove files that claim it still lives.

    socket_folder: used by this server alone; its lock file names the dead process too. Children notice the death of
    their parent within moments and end; a new server must not run beside them.
    Raises TimeoutError when some are still there after `patience`.
    """
    if running(data):
        return
    deadline = time.monotonic() + patience.total_seconds()
    while left := _processes_on(data):
        if time.monotonic() > deadline:
            raise TimeoutError(f"processes of a dead server still work on {data}: {left}")
        time.sleep(0.02)
    for claim in (data / "postmaster.pid", *socket_folder.glob(".s.PGSQL.*")):
        claim.unlink(missing_ok=True)


def _pid_file(data: Path) -> tuple[int, str]:
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return 0, ""
    pid = lines[0].strip() if lines else ""
    status_line = 7  # the eighth, as PostgreSQL's miscadmin.h counts them; absent in the first moments
    return int(pid) if pid.isdigit() else 0, lines[status_line].strip() if len(lines) > status_line else "starting"


def _is_server(pid: int, data: Path) -> bool:
    name, state = _name_and_state(pid)
    if not name.startswith("postgres") or state == "Z":
        return False
    return not _PROC.exists() or _works_on(pid, data)


def _name_and_state(pid: int) -> tuple[str, str]:
    if not _PROC.exists():  # macOS
        said = subprocess.run(["ps", "-o", "state=,comm=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607 - a number; the system's ps
        state, _, command = said.stdout.strip().partition(" ")
        return Path(command.strip()).name, state[:1]
    try:
        before, _, after = (_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")
    except (FileNotFoundError, ProcessLookupError):
        return "", ""
    return before.partition("(")[2], after.split()[0]


def _works_on(pid: int, data: Path) -> bool:
    """A server's processes all stand in its data folder. One whose folder we may not see is another account's."""
    try:
        return (_PROC / str(pid) / "cwd").readlink() == data
    except OSError:
        return False


def _processes_on(data: Path) -> list[int]:
    if not _PROC.exists():
        return []
    numbers = [int(entry.name) for entry in os.scandir(_PROC) if entry.name.isdigit()]
    return [pid for pid in numbers if _works_on(pid, data) and _is_server(pid, data)]
