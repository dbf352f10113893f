"""Where the bytes of attachments lie, and what they are. One file is kept once, under its hash, and never changes."""

from functools import lru_cache
from pathlib import Path

from yinuo.cases.sniffing import HEAD_LENGTH, OTHER, Kind, kind_of
from yinuo.foundation.home import home


def path_of(digest: str) -> Path:
    """Return where the bytes with that hash lie."""
    return home().attachments / digest[:2] / digest[2:4] / digest


def stored_kind(digest: str) -> Kind:
    """Return what a stored file is, by its bytes; a missing one is `other`."""
    try:
        return _kind(path_of(digest))
    except OSError:
        return OTHER


@lru_cache(maxsize=16_384)
def _kind(path: Path) -> Kind:
    with path.open("rb") as file:
        return kind_of(file.read(HEAD_LENGTH))
