"""Writing an outgoing mail from plain values, in a form every relay and mail program takes.

Headers are encoded and folded here: several released versions of the standard library fold encoded names together
with the comma between two addresses, and let a line break in a name end the header.
"""

import base64
import re
import struct
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, quote
from enum import StrEnum
from itertools import takewhile

from yinuo.intake.mail.reading.automatic import LOOP_HEADER
from yinuo.intake.mail.transport.addresses import wire_address
from yinuo.intake.mail.transport.refusals import HeaderNotAllowed

# Relays reject long headers; some at 4 096 characters for all together.
_REFERENCES_CHARACTERS = 1500
_SUBJECT_CHARACTERS = 998
_LONGEST_PLAIN_WORD = 60
_WIRE = SMTP.clone(refold_source="none", cte_type="7bit")
_MEDIA_TYPE = re.compile(r"([a-z0-9][a-z0-9!#$&^_.+-]{0,126})/([a-z0-9][a-z0-9!#$&^_.+-]{0,126})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x80-\x9f\u2028\u2029]")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]+")


class Automatic(StrEnum):
    """Whether a person wrote the mail; machines must not answer machines (RFC 3834)."""

    NO = "no"
    GENERATED = "auto-generated"
    REPLIED = "auto-replied"


@dataclass(frozen=True)
class Person:
    """An address with the name shown beside it."""

    address: str
    name: str = ""


@dataclass(frozen=True)
class OutgoingAttachment:
    """A file sent along; with `content_id` (no angle brackets) it is a picture the HTML shows as `cid:…`."""

    file_name: str
    media_type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True)
class OutgoingMail:
    """All a mail is made of. Ids carry their angle brackets; `references` run from oldest to newest.

    sender: shown as From, for instance the team's name with the mailbox's address. sent_at: aware.
    thread_started_at: when the conversation began; with it Outlook keeps the conversation together.
    """

    sender: Person
    to: Sequence[Person]
    subject: str
    text: str
    message_id: str
    sent_at: datetime
    html: str = ""
    cc: Sequence[Person] = ()
    reply_to: Person | None = None
    in_reply_to: str = ""
    references: Sequence[str] = ()
    attachments: Sequence[OutgoingAttachment] = ()
    automatic: Automatic = Automatic.NO
    thread_started_at: datetime | None = None


def compose(mail: OutgoingMail) -> EmailMessage:
    """Return the mail ready for sending: pure ASCII on the wire unless an address itself is not.

    Raises HeaderNotAllowed when a name, subject, id or file name holds a line break or control character, and
    AddressNotValid when an address is none.
    """
    message = EmailMessage(policy=_WIRE)
    for name, value in _headers(mail):
        if value:
            message.set_raw(name, value)
    _write_body(message, mail)
    return message


def recipients(mail: OutgoingMail) -> list[str]:
    """Return the addresses the mail goes to, each once, in order."""
    return list(dict.fromkeys(wire_address(person.address) for person in [*mail.to, *mail.cc]))


def _headers(mail: OutgoingMail) -> Iterable[tuple[str, str]]:
    subject = _clean(mail.subject, "subject")[:_SUBJECT_CHARACTERS]
    yield "From", _people([mail.sender], "sender")
    yield "To", _people(mail.to, "recipient")
    yield "Cc", _people(mail.cc, "copy")
    yield "Reply-To", _people([mail.reply_to] if mail.reply_to else [], "reply_address")
    yield "Subject", _unstructured("Subject", subject)
    yield "Date", format_datetime(mail.sent_at)
    yield "Message-ID", _identifier(mail.message_id)
    yield "In-Reply-To", _identifier(mail.in_reply_to) if mail.in_reply_to else ""
    yield "References", "\r\n ".join(_shortened([_identifier(one) for one in mail.references]))
    if mail.automatic is not Automatic.NO:
        yield "Auto-Submitted", mail.automatic.value
        yield "X-Auto-Response-Suppress", "All"
        # Should a forwarder send our own notice back to us, this tells it apart (reading/automatic.py looks for it).
        yield LOOP_HEADER.title(), mail.automatic.value
    if mail.thread_started_at is not None:
        topic = re.sub(r"^(?:(?:re|fwd?|aw|wg|回复|答复|转发)\s*[:：]\s*)+", "", subject, flags=re.IGNORECASE)
        first = mail.references[0] if mail.references else mail.message_id
        yield "Thread-Topic", _unstructured("Thread-Topic", topic)
        yield "Thread-Index", _thread_index(first, mail.thread_started_at, mail.sent_at, is_first=not mail.references)


def _write_body(message: EmailMessage, mail: OutgoingMail) -> None:
    message.set_content(_text(mail.text), charset="utf-8")
    if mail.html:
        message.add_alternative(_text(mail.html), subtype="html", charset="utf-8")
        html_part = message.get_payload(1)
        for picture in mail.attachments:
            if picture.content_id:
                content_id = _identifier(f"<{picture.content_id}>")
                named = _named(picture, "inline")
                html_part.add_related(picture.content, *_media_type(picture), **named, cid=content_id)
    for attachment in mail.attachments:
        if not (attachment.content_id and mail.html):
            message.add_attachment(attachment.content, *_media_type(attachment), **_named(attachment, "attachment"))


def _named(attachment: OutgoingAttachment, disposition: str) -> dict[str, str]:
    return {"disposition": disposition, "filename": _clean(attachment.file_name, "file_name") or "attachment"}


def _media_type(attachment: OutgoingAttachment) -> tuple[str, str]:
    """Return main and sub type; a mail travels as a plain file, since as a mail it may not be base64 (RFC 2046)."""
    match = _MEDIA_TYPE.fullmatch(attachment.media_type.partition(";")[0].strip().lower())
    if match is None or match[1] in ("message", "multipart"):
        return "application", "octet-stream"
    return match[1], match[2]


def _people(people: Iterable[Person], field: str) -> str:
    return ",\r\n ".join(_person(person, field) for person in people)


def _person(person: Person, field: str) -> str:
    address = wire_address(_clean(person.address, field))
    name = _clean(person.name, field).strip()
    if not name:
        return address
    if _PLAIN_NAME.fullmatch(name) and "=?" not in name and len(name) < _LONGEST_PLAIN_WORD:
        return f"{name} <{address}>"
    if name.isascii() and "=?" not in name and len(name) < _LONGEST_PLAIN_WORD:
        return f'"{quote(name)}" <{address}>'
    return f"{_encoded_words('Reply-To', name)}\r\n <{address}>"


def _unstructured(header: str, value: str) -> str:
    longest_word = max(map(len, value.split(" ")), default=0)
    plain = value.isascii() and "=?" not in value and value == value.strip() and longest_word < _LONGEST_PLAIN_WORD
    if plain:
        return Header(value, "us-ascii", header_name=header, maxlinelen=76).encode(linesep="\r\n")
    return _encoded_words(header, value)


def _encoded_words(header: str, value: str) -> str:
    return Header(value, "utf-8", header_name=header, maxlinelen=75).encode(linesep="\r\n")


def _identifier(value: str) -> str:
    if not re.fullmatch(r"<[^\s<>\x00-\x1f\x7f]{1,900}>", value) or not value.isascii():
        raise HeaderNotAllowed(field="message_id")
    return value


def _shortened(references: list[str]) -> list[str]:
    """Keep the first id, which names the thread, and as many of the newest as fit."""
    if len(references) < 2:  # noqa: PLR2004
        return references
    room = _REFERENCES_CHARACTERS - len(references[0])
    newest_first = list(reversed(references[1:]))
    lengths = [sum(len(one) + 3 for one in newest_first[: count + 1]) for count in range(len(newest_first))]
    fitting = max(1, sum(1 for _ in takewhile(lambda length: length <= room, lengths)))
    return [references[0], *reversed(newest_first[:fitting])]


def _thread_index(first_id: str, started_at: datetime, sent_at: datetime, *, is_first: bool) -> str:
    """Return Outlook's conversation index: 22 bytes for the conversation, 5 more for each answer.

    Layout: [MS-OXOMSG] 2.2.1.3, PidTagConversationIndex.
    """
    ticks = int((started_at - datetime(1601, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1)) * 10
    head = b"\x01" + struct.pack(">Q", ticks)[1:6] + uuid.uuid5(uuid.NAMESPACE_URL, first_id).bytes
    if not is_first:
        since = max(int((sent_at - started_at) / timedelta(microseconds=1)) * 10, 0)
        head += struct.pack(">I", (since >> 18) & 0x7FFFFFFF) + b"\x00"
    return base64.b64encode(head).decode("ascii")


def _clean(value: str, field: str) -> str:
    """Return `value` without lone surrogates; refuse what could end the header."""
    if _CONTROL.search(value):
        raise HeaderNotAllowed(field=field)
    return value.encode("utf-8", "replace").decode("utf-8")


def _text(value: str) -> str:
    text = value.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text.encode("utf-8", "replace").decode("utf-8")
