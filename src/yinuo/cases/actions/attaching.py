"""Files that come and go with messages. The bytes lie under their hash, so one file is kept once."""

import contextlib
import errno
import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from yinuo.cases.models import Attachment
from yinuo.cases.store import path_of
from yinuo.foundation.home import home
from yinuo.foundation.refusals import Refusal

_NAME_LENGTH = 255


class StorageFull(Refusal):
    """The attachment store has no room; nothing was stored, the channel delivers again."""

    code = "cases.storage_full"
    status = 507

    def sentence(self) -> str:
        return _("There is no room left for attachments at %(path)s. Free some space; nothing was lost.") % self.details


@dataclass(frozen=True)
class AttachmentDraft:
    """A file whose bytes are already stored under `digest` (SHA-256, hexadecimal)."""

    name: str
    content_type: str
    size: int
    digest: str
    content_id: str = ""
    is_inline: bool = False


def store_bytes(
    content: bytes, *, name: str, content_type: str, content_id: str = "", is_inline: bool = False
) -> AttachmentDraft:
    """Keep the bytes on disk, whole or not at all, and return the draft for a message.

    Call it before the transaction of the message: a file without a message does no harm, a message without its file
    would. Refuses with StorageFull.
    """
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if not path.exists():
        _write_whole(path, content)
    return AttachmentDraft(name[:_NAME_LENGTH], content_type[:120], len(content), digest, content_id[:255], is_inline)


def attachment_rows(message_id: int, drafts: Iterable[AttachmentDraft]) -> list[Attachment]:
    """Return the unsaved rows of a message's attachments."""
    return [
        Attachment(
            message_id=message_id,
            name=draft.name,
            content_type=draft.content_type,
            size=draft.size,
            digest=draft.digest,
            content_id=draft.content_id,
            is_inline=draft.is_inline,
        )
        for draft in drafts
    ]


def _write_whole(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise StorageFull(path=str(home().attachments)) from error
        raise
