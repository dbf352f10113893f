"""Whole copies of an installation, made while it runs and proved when they are put back.

A backup is a folder: `database/` as pg_dump writes it, `attachments/`, `models/` and, unless left out, `keys/` of the
home folder, and `manifest.json`, written last: without it a folder is no backup. Everything is of one snapshot: the
dump and the fingerprints are read at the same instant, and files lie in the store before a row names them.
"""

from .fingerprints import Fingerprint, fingerprints
from .making import Backup, back_up, drop_older
from .refusals import DumpFailed, HomeNotEmpty, KeysMissing, NoBackupThere, ProgramTooOld
from .restoring import Restored, restore

__all__ = [
    "Backup",
    "DumpFailed",
    "Fingerprint",
    "HomeNotEmpty",
    "KeysMissing",
    "NoBackupThere",
    "ProgramTooOld",
    "Restored",
    "back_up",
    "drop_older",
    "fingerprints",
    "restore",
]
