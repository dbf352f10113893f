"""The Message-IDs and body marks that our own mails carry, with a keyed hash so that nobody can make one up (field
rule 3).

An id is `yn.<conversation>.<message>.<hash>@<domain>`: whoever answers sends it back, and it names the conversation
without a
search. The hash is HMAC-SHA256, the first 100 bits in base 32 (20 characters).
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

_HASH_LENGTH = 20
_ID = re.compile(r"^yn\.(\d{1,18})\.(\d{1,18})\.([a-z2-7]{16,52})@([\w.-]{1,253})$")
_LOOKS_LIKE = re.compile(r"^yn\.\d+\.\d+\.[^@]*@")
_MARK = re.compile(r"\[yn:(\d{1,18})\.(\d{1,18})\.([a-z2-7]{16,52})\]")


@dataclass(frozen=True, slots=True)
class OwnId:
    """What a genuine id or mark of ours names."""

    conversation_id: int
    message_id: int


def make_message_id(key: bytes, conversation_id: int, message_id: int, domain: str) -> str:
    """Return the Message-ID (without angle brackets) of message `message_id` in its conversation."""
    return f"yn.{conversation_id}.{message_id}.{_hash(key, 'id', conversation_id, message_id)}@{domain.lower()}"


def read_message_id(keys: bytes | Sequence[bytes], value: str) -> OwnId | None:
    """Return what `value` names when one of `keys` made it; None for every other id and for forgeries.

    Pass the current key first and retired ones after it: ids made before a rotation stay valid as long as their key
    is given.
    """
    match = _ID.match(value.strip().strip("<>").lower())
    return _checked(keys, "id", match) if match else None


def looks_like_own_id(value: str) -> bool:
    """Return whether `value` has the shape of our ids; with `read_message_id` None it is forged, damaged or of a lost
    key.
    """
    return bool(_LOOKS_LIKE.match(value.strip().strip("<>").lower()))


def make_body_mark(key: bytes, conversation_id: int, message_id: int) -> str:
    """Return the mark that stands at the end of our mails, for clients that answer without threading headers."""
    return f"[yn:{conversation_id}.{message_id}.{_hash(key, 'mark', conversation_id, message_id)}]"


def read_body_mark(keys: bytes | Sequence[bytes], text: str) -> OwnId | None:
    """Return what the first genuine mark in `text` names, or None."""
    for number, match in enumerate(_MARK.finditer(text)):
        if number >= 50:  # noqa: PLR2004 - a mail full of guesses is not worth more work
            return None
        if found := _checked(keys, "mark", match):
            return found
    return None


def _checked(keys: bytes | Sequence[bytes], purpose: str, match: re.Match[str]) -> OwnId | None:
    conversation_id, message_id, given = int(match[1]), int(match[2]), match[3]
    genuine = False
    for key in [keys] if isinstance(keys, bytes) else keys:
        # Every key is tried, so that the time taken tells nothing about which one fits.
        genuine |= hmac.compare_digest(_hash(key, purpose, conversation_id, message_id), given)
    return OwnId(conversation_id, message_id) if genuine else None


def _hash(key: bytes, purpose: str, conversation_id: int, message_id: int) -> str:
    digest = hmac.new(key, f"yinuo-mail-{purpose}:{conversation_id}:{message_id}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode("ascii").lower()[:_HASH_LENGTH]
