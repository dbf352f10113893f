"""Puts a backup back into an empty place, and proves that it is the same."""

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from yinuo.foundation.home import Home

from .fingerprints import Fingerprint, fingerprints
from .making import DATABASE, MANIFEST
from .programs import run_program
from .refusals import HomeNotEmpty, KeysMissing, NoBackupThere


@dataclass(frozen=True)
class Restored:
    """What came back. `differing`: tables that are not what the backup saw; `bad_files`: missing or damaged files."""

    facts: Fingerprint
    table_count: int
    file_count: int
    differing: tuple[str, ...]
    bad_files: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        return not self.differing and not self.bad_files


def restore(folder: Path, home: Home, *, address: str, jobs: int = 2) -> Restored:
    """Put a backup into an empty home and an empty database; compare every table and file with what was seen then.

    Refuses with NoBackupThere, HomeNotEmpty, KeysMissing, ProgramTooOld, DumpFailed; nothing is touched then, except
    that a dump which breaks off leaves a part of itself behind.
    """
    manifest = _manifest(folder)
    major = _check_place(folder, home, address, has_keys=manifest["has_keys"])
    for name in ("keys", "models", "attachments"):
        if (folder / name).is_dir():
            shutil.copytree(folder / name, home.root / name, dirs_exist_ok=True)
    words = ["--exit-on-error", "--no-owner", "--no-privileges", f"--jobs={jobs}", str(folder / DATABASE)]
    run_program("pg_restore", words, address=address, server_major=major)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("ANALYZE")
        found = fingerprints(connection)
    meant = {name: Fingerprint.of(values) for name, values in manifest["tables"].items()}
    differing = sorted(name for name in meant.keys() | found.keys() if meant.get(name) != found.get(name))
    bad_files = _bad_files(home, manifest)
    return Restored(
        Fingerprint.of(manifest["facts"]), len(found), manifest["files"], tuple(differing), tuple(bad_files)
    )


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise NoBackupThere(folder=folder) from None


def _check_place(folder: Path, home: Home, address: str, *, has_keys: bool) -> int:
    """Pass when nothing lies where the backup is to go; return the server's major version."""
    if any(home.attachments.glob("??/??/*")):
        raise HomeNotEmpty(place=home.attachments)
    here = {path.name: path.read_bytes() for path in home.keys.glob("[!.]*")} if home.keys.is_dir() else {}
    if not has_keys and not here:
        raise KeysMissing(folder=home.keys)
    theirs = {path.name: path.read_bytes() for path in (folder / "keys").glob("*")}
    if any(theirs.get(name, value) != value for name, value in here.items()):
        raise HomeNotEmpty(place=home.keys)
    with psycopg.connect(address) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        if row and row[0]:
            raise HomeNotEmpty(place=f"{connection.info.dbname}")
        return connection.info.server_version // 10_000


def _bad_files(home: Home, manifest: dict[str, Any]) -> list[str]:
    found = sorted(home.attachments.glob("??/??/*"))
    bad = [path.name for path in found if hashlib.sha256(path.read_bytes()).hexdigest() != path.name]
    missing = manifest["files"] - len(found)
    return [name for name in bad if name not in manifest["damaged"]] + ["?"] * max(0, missing)
