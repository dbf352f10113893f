"""Makes a backup while everything runs."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from yinuo import __version__
from yinuo.foundation.home import Home

from .fingerprints import Fingerprint, fingerprints
from .programs import run_program

MANIFEST = "manifest.json"
DATABASE = "database"
FORMAT = 1
_PREFIX = "yinuo-"
_PARTIAL = ".partial-"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Backup:
    """A whole backup. `tables`: what each table held. `damaged`: files whose bytes are not what their name says."""

    folder: Path
    made_at: datetime
    tables: dict[str, Fingerprint]
    file_count: int
    damaged: tuple[str, ...]

    @property
    def facts(self) -> Fingerprint:
        """Return the log as a whole: its partitions together."""
        parts = [one for name, one in self.tables.items() if name.startswith("foundation_fact_")]
        return Fingerprint(sum(one.rows for one in parts), str(sum(int(one.digest) for one in parts)))


def back_up(home: Home, target: Path, *, address: str, at: datetime, with_keys: bool = True, jobs: int = 2) -> Backup:
    """Copy the installation into a new folder below `target`; it appears whole or not at all.

    address: of the database. Files that the newest backup there has already are linked, not copied again. Refuses with
    ProgramTooOld and DumpFailed. A killed one leaves a folder `.partial-…`, which the next one removes.
    """
    target.mkdir(parents=True, exist_ok=True)
    for leftover in target.glob(f"{_PARTIAL}*"):
        shutil.rmtree(leftover)
    previous = _newest(target)
    name = f"{_PREFIX}{at.astimezone(UTC):%Y%m%d-%H%M%S}"
    draft = target / f"{_PARTIAL}{name}"
    draft.mkdir(mode=0o700)
    try:
        backup = _copied(home, draft, previous, address=address, at=at, with_keys=with_keys, jobs=jobs)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    final = target / name
    draft.rename(final)
    _sync(target)
    return Backup(final, backup.made_at, backup.tables, backup.file_count, backup.damaged)


def drop_older(target: Path, *, keep: int) -> list[str]:
    """Remove all but the newest `keep` (≥ 1) backups below `target`; return the names of those removed."""
    old = _whole(target)[:-keep]
    for folder in old:
        # The manifest goes first: what is killed half-way is no backup any more.
        (folder / MANIFEST).unlink()
        shutil.rmtree(folder)
    return [folder.name for folder in old]


def _copied(
    home: Home, draft: Path, previous: Path | None, *, address: str, at: datetime, with_keys: bool, jobs: int
) -> Backup:
    with psycopg.connect(address) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        snapshot = _one(connection, "SELECT pg_export_snapshot()")
        major = connection.info.server_version // 10_000
        words = ["--format=directory", f"--jobs={jobs}", f"--snapshot={snapshot}", "--no-unlogged-table-data"]
        run_program("pg_dump", [*words, f"--file={draft / DATABASE}"], address=address, server_major=major)
        tables = fingerprints(connection)
    count, damaged = 0, []
    for path in _stored(home.attachments):
        count += 1
        if not _take(path, draft / "attachments", home.attachments, previous):
            damaged.append(path.name)
    for name in ("models", *(["keys"] if with_keys else [])):
        if (home.root / name).is_dir():
            shutil.copytree(home.root / name, draft / name, ignore=shutil.ignore_patterns(".*"))
    made = Backup(draft, at, tables, count, tuple(damaged))
    _write(draft / MANIFEST, _manifest(made, with_keys=with_keys, major=major))
    return made


def _manifest(made: Backup, *, with_keys: bool, major: int) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "yinuo": __version__,
        "made_at": made.made_at.astimezone(UTC).isoformat(),
        "postgresql": major,
        "has_keys": with_keys,
        "files": made.file_count,
        "damaged": list(made.damaged),
        "facts": asdict(made.facts),
        "tables": {name: asdict(one) for name, one in made.tables.items()},
    }


def _stored(attachments: Path) -> Iterator[Path]:
    """Yield the files of the store; drafts still being written have another name."""
    return (path for path in attachments.glob("??/??/*") if len(path.name) == hashlib.sha256().digest_size * 2)


def _take(path: Path, into: Path, store: Path, previous: Path | None) -> bool:
    """Copy one file, or link it to the one of the previous backup; return whether its bytes are what its name says."""
    place = path.relative_to(store)
    target = into / place
    target.parent.mkdir(parents=True, exist_ok=True)
    if previous and (known := previous / "attachments" / place).exists():
        try:
            os.link(known, target)
        except OSError:  # a file system without links
            shutil.copy2(known, target)
        return True
    digest = hashlib.sha256()
    with path.open("rb") as source, target.open("wb") as copy:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    return digest.hexdigest() == path.name


def _whole(target: Path) -> list[Path]:
    return sorted(folder for folder in target.glob(f"{_PREFIX}*") if (folder / MANIFEST).exists())


def _newest(target: Path) -> Path | None:
    return next(reversed(_whole(target)), None)


def _one(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def _write(path: Path, values: dict[str, Any]) -> None:
    with path.open("w", encoding="utf-8") as file:
        json.dump(values, file, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
