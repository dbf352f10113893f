"""Personal fields at rest: AES-256-GCM under keys that lie outside the database, and blind indexes to find them.

A stored value is `key number (2 bytes) | nonce (12) | ciphertext and tag`. New values use the newest
key; older keys still read, so keys rotate without stopping (`yinuo keys rotate`).
"""

import hashlib
import hmac
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import models
from django.utils.translation import gettext as _

from yinuo.foundation.home import home
from yinuo.foundation.refusals import Refusal

_NONCE_BYTES = 12
_NUMBER_BYTES = 2
_FIRST_KEY = 1


class PersonalKeyMissing(Refusal):
    """A value was written under a key that is not in the keys folder."""

    code = "access.personal_key_missing"
    status = 500

    def sentence(self) -> str:
        return _(
            "Key %(number)s for personal data is missing or does not fit. "
            "Put the keys folder of the backup that belongs to this database back in place."
        ) % {"number": self.number}


def encrypt(text: str) -> bytes:
    """Return the text encrypted under the newest key; the same text gives different bytes each time."""
    number = newest_key_number()
    nonce = secrets.token_bytes(_NONCE_BYTES)
    head = number.to_bytes(_NUMBER_BYTES, "big")
    return head + nonce + _cipher(home().keys, number).encrypt(nonce, text.encode(), head)


def decrypt(stored: bytes) -> str:
    """Return the text; refuses with PersonalKeyMissing when its key is absent or the bytes were altered."""
    head, nonce, body = stored[:_NUMBER_BYTES], stored[_NUMBER_BYTES : _NUMBER_BYTES + _NONCE_BYTES], stored[14:]
    number = int.from_bytes(head, "big")
    try:
        return _cipher(home().keys, number).decrypt(nonce, body, head).decode()
    except (InvalidTag, FileNotFoundError) as error:
        raise PersonalKeyMissing(number=number) from error


def key_number_of(stored: bytes) -> int:
    """Return the number of the key a stored value was written under."""
    return int.from_bytes(stored[:_NUMBER_BYTES], "big")


def newest_key_number() -> int:
    """Return the number of the key that new values use; makes the first key when there is none."""
    folder = home().keys
    # Another process may add a key at any time; the folder's own time says when to look again.
    changed = folder.stat().st_mtime_ns if folder.is_dir() else 0
    return _newest(folder, changed) or add_key()


def add_key() -> int:
    """Make the next key and return its number; values written from now on use it."""
    number = max(_key_numbers(), default=_FIRST_KEY - 1) + 1
    home().secret(f"personal-{number}")
    return number


def blind_index(kind: str, normalised: str) -> bytes:
    """Return 16 bytes by which a value is found without being readable: the same kind and value, the same bytes."""
    key = home().secret("blind-index").encode()
    return hmac.digest(key, f"{kind}\0{normalised}".encode(), hashlib.sha256)[:16]


class EncryptedTextField(models.BinaryField):
    """Text that is encrypted in the database and plain in Python. It cannot be filtered by: use a blind index."""

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> str | None:
        return None if value is None else decrypt(bytes(value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            value = encrypt(value)
        return super().get_db_prep_value(value, connection, prepared)


def _key_numbers() -> list[int]:
    return [int(path.name.removeprefix("personal-")) for path in home().keys.glob("personal-*")]


@lru_cache(maxsize=8)
def _newest(_folder: Path, _changed: int) -> int:
    return max(_key_numbers(), default=0)


@lru_cache(maxsize=64)
def _cipher(folder: Path, number: int) -> AESGCM:
    return AESGCM(hashlib.sha256((folder / f"personal-{number}").read_bytes()).digest())
