"""The headers by which our mails thread in every mail program and by which other machines know ours."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from yinuo.intake.mail.reading.automatic import LOOP_HEADER
from yinuo.intake.mail.reading.subjects import subject_base

# Relays reject header blocks beyond 4,096 characters (field rule 13).
LONGEST_REFERENCES = 1_500
_FILE_TIME_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def outgoing_headers(
    *,
    message_id: str,
    in_reply_to: str | None,
    references: Sequence[str],
    subject: str,
    thread_key: str,
    at: datetime,
    is_automatic: bool,
) -> dict[str, str]:
    """Return the threading headers of a mail of ours, and for automatic mails those that ask other machines for
    silence.

    Ids come without angle brackets; references oldest first, `in_reply_to` need not be among them. thread_key:
    anything stable
    for the conversation; at: aware, when the conversation began. Replies carry no List-Unsubscribe: they are no
    campaign.
    """
    headers = {"Message-ID": f"<{message_id}>"}
    chain = [*dict.fromkeys(one for one in references if one != in_reply_to), *([in_reply_to] if in_reply_to else [])]
    if in_reply_to:
        headers["In-Reply-To"] = f"<{in_reply_to}>"
    if chain:
        headers["References"] = trimmed_references(chain)
    headers["Thread-Topic"] = subject_base(subject)
    headers["Thread-Index"] = thread_index(thread_key, at)
    if is_automatic:
        headers["Auto-Submitted"] = "auto-replied" if in_reply_to else "auto-generated"
        headers["X-Auto-Response-Suppress"] = "All"
        headers["Precedence"] = "auto_reply"
        headers[LOOP_HEADER.title()] = thread_key
    return headers


def trimmed_references(references: Sequence[str], longest: int = LONGEST_REFERENCES) -> str:
    """Return a References value of at most `longest` characters: the first id and as many of the last as fit.

    The first keeps the thread together, the last is what this mail answers; both stay whatever their length.
    """
    ids = [f"<{one.strip().strip('<>')}>" for one in references if one.strip()]
    if not ids:
        return ""
    first = ids[0]
    kept: list[str] = []
    size = len(first)
    for one in reversed(ids[1:]):
        if kept and size + 1 + len(one) > longest:
            break
        kept.append(one)
        size += 1 + len(one)
    return " ".join([first, *reversed(kept)])


def thread_index(thread_key: str, at: datetime) -> str:
    """Return Outlook's Thread-Index: 6 bytes of time and 16 bytes naming the conversation, in base 64 (MS-OXOMSG
    2.2.1.3).
    """
    ticks = ((at.astimezone(UTC) - _FILE_TIME_EPOCH) // timedelta(microseconds=1)) * 10
    time_bytes = ticks.to_bytes(8, "big")[:6]
    return base64.b64encode(time_bytes + hashlib.sha256(thread_key.encode()).digest()[:16]).decode("ascii")
