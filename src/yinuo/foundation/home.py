"""`YINUO_HOME`: the one folder that holds all state of an installation."""

import contextlib
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """Paths below the home folder. Copying this folder, with the server stopped, copies the installation."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "database"

    @property
    def attachments(self) -> Path:
        return self.root / "attachments"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    def secret(self, name: str) -> str:
        """Return the secret called `name`, made at first use and kept in a file only its owner reads.

        A secret never changes once it is made, so each process reads it once.
        """
        return _secret(self, name)

    def _make_or_read(self, name: str) -> str:
        self.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.keys / name
        if not path.exists():
            draft = self.keys / f".{name}.{secrets.token_hex(4)}"
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(48))
            # A link either appears whole or fails: two first starts at once agree on one secret.
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        return path.read_text().strip()


def home() -> Home:
    """Return the home folder: `YINUO_HOME`, or `.yinuo` in the user's own home."""
    return _home(os.environ.get("YINUO_HOME") or "~/.yinuo")


@lru_cache(maxsize=8)
def _home(named: str) -> Home:
    return Home(Path(named).expanduser().resolve())


@lru_cache(maxsize=64)
def _secret(where: Home, name: str) -> str:
    return where._make_or_read(name)  # noqa: SLF001 - the other half of Home.secret
