"""Bytes in, one mail out."""

import hashlib
import re
from datetime import datetime

from yinuo.intake.mail.reading.addresses import Address, normal_address, parse_addresses
from yinuo.intake.mail.reading.bodies import Bodies, read_bodies
from yinuo.intake.mail.reading.dates import parse_date
from yinuo.intake.mail.reading.headers import Headers
from yinuo.intake.mail.reading.mails import ParsedMail, Unreadable
from yinuo.intake.mail.reading.parts import Part, parse_parts
from yinuo.intake.mail.reading.problems import ProblemList
from yinuo.intake.mail.reading.subjects import LONGEST_SUBJECT, subject_base

LONGEST_ID = 998
MOST_REFERENCES = 1_000
_ID = re.compile(r"<([^<>]{1,998})>")


def parse_mail(raw: bytes, received_at: datetime | None = None) -> ParsedMail:
    """Return what `raw` says, however broken it is; what was odd stands in `problems`.

    received_at: aware; when given, a date more than two days later counts as absurd.
    Raises Unreadable only when there is nothing at all: empty, or blank throughout.
    """
    problems = ProblemList()
    if not raw.strip(b"\0 \t\r\n"):
        raise Unreadable(size_bytes=len(raw))
    readable = _with_line_breaks(raw, problems)
    root = parse_parts(readable, problems)
    bodies = read_bodies(readable, root, problems)
    return _mail(readable, root, bodies, problems, received_at)


def derive_id(author: str, headers: Headers, body: memoryview) -> str:
    """Return an id for a mail without Message-ID: the same sender and raw body give the same id (field rule 7).

    Date and subject count too, so two short mails with the same words ("thanks") on two days stay two; headers that
    relays
    add do not, so the same mail fetched twice is one.
    """
    named = "\0".join((author, headers.first("date"), headers.first("subject"))).encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(named + b"\0")
    digest.update(body)
    return f"{digest.hexdigest()[:40]}@derived.invalid"


def mailbox_id(mail: ParsedMail, mailbox: str) -> str:
    """Return the id under which `mail` counts once in `mailbox`: the same mail to two mailboxes is two (field rule
    6).
    """
    return f"{mailbox}:{mail.message_id or mail.derived_id}"


def _with_line_breaks(raw: bytes, problems: ProblemList) -> bytes:
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        problems.note("utf16_mail", "the whole file is UTF-16")
        return raw.decode("utf-16", "replace").encode("utf-8", "replace")
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if b"\n" not in raw and b"\r" in raw:
        problems.note("lone_carriage_returns", "lines end in CR only")
        return raw.replace(b"\r", b"\n")
    return raw


def _mail(
    readable: bytes, root: Part, bodies: Bodies, problems: ProblemList, received_at: datetime | None
) -> ParsedMail:
    headers = root.headers
    from_, sender = _people(headers, "from"), _people(headers, "sender")
    if len(headers.every("from")) > 1:
        problems.note("several_from", "the first From is taken")
    if not any(person.is_complete for person in from_):
        problems.note("no_sender", "From names no address")
    author = next((person.address for person in (*from_, *sender) if person.is_complete), "")
    subject = _subject(headers, problems)
    return ParsedMail(
        message_id=_first_id(headers, problems),
        derived_id=derive_id(author, headers, memoryview(readable)[root.body_start :]),
        in_reply_to=_ids(" ".join(headers.every("in-reply-to"))),
        references=_ids(" ".join(headers.every("references"))),
        from_=from_,
        sender=sender,
        reply_to=_people(headers, "reply-to"),
        to=_people(headers, "to"),
        cc=_people(headers, "cc"),
        bcc=_people(headers, "bcc"),
        return_path=_return_path(headers),
        delivered_to=_delivered_to(headers),
        subject=subject,
        subject_base=subject_base(subject),
        date=_date(headers, received_at, problems),
        text=bodies.text,
        html=bodies.html,
        has_plain_text=bodies.has_plain_text,
        attachments=tuple(bodies.files),
        calendars=tuple(bodies.calendars),
        priority=_priority(headers),
        language_hints=_language_hints(headers, bodies),
        charsets=tuple(sorted(set(bodies.charsets) | headers.encoded_word_charsets())),
        content_type=root.content_type,
        content_type_parameters=dict(root.parameters),
        headers=headers,
        size_bytes=len(readable),
        problems=problems.as_tuple(),
    )


def _people(headers: Headers, name: str) -> tuple[Address, ...]:
    return tuple(person for value in headers.every(name)[:20] for person in parse_addresses(value))


def _subject(headers: Headers, problems: ProblemList) -> str:
    subject = headers.text("subject")
    if len(subject) > LONGEST_SUBJECT:
        problems.note("subject_too_long", f"{len(subject)} characters; the first {LONGEST_SUBJECT} are kept")
    return subject[:LONGEST_SUBJECT]


def _first_id(headers: Headers, problems: ProblemList) -> str | None:
    written = headers.first("message-id").replace("\0", "").strip()
    if not written.strip("<> "):
        problems.note("no_message_id", "the derived id stands in for it")
        return None
    match = _ID.search(written)
    return _tidy_id(match[1] if match else written.strip("<> "))


def _ids(written: str) -> tuple[str, ...]:
    """Return the ids of a header in order, each once, without angle brackets; bare words with `@` count as ids too."""
    bracketed = _ID.findall(written)
    bare = [word.strip("<>,;\"'") for word in _ID.sub(" ", written).split() if "@" in word]
    found = dict.fromkeys(_tidy_id(one) for one in [*bracketed, *bare] if one.strip())
    ids = [one for one in found if one]
    return tuple(ids if len(ids) <= MOST_REFERENCES else ids[:1] + ids[1 - MOST_REFERENCES :])


def _tidy_id(written: str) -> str:
    return re.sub(r"\s", "", written.replace("\0", ""))[:LONGEST_ID]


def _return_path(headers: Headers) -> str | None:
    """None: no such header. Empty text: the null sender `<>` of bounces."""
    if "return-path" not in headers:
        return None
    return normal_address(headers.first("return-path"))


def _delivered_to(headers: Headers) -> tuple[str, ...]:
    names = (
        "delivered-to",
        "x-original-to",
        "envelope-to",
        "x-delivered-to",
        "x-forwarded-to",
        "x-envelope-to",
        "apparently-to",
        "x-qq-orgsender-to",
    )
    found = dict.fromkeys(person.address for name in names for person in _people(headers, name) if person.is_complete)
    return tuple(found)


def _date(headers: Headers, received_at: datetime | None, problems: ProblemList) -> datetime | None:
    written = headers.first("date") or headers.first("resent-date")
    date = parse_date(written, received_at)
    if date is None:
        problems.note("no_date", f"{written[:60]!r} is no believable date" if written else "no date header")
    return date


def _priority(headers: Headers) -> str:
    """Return "high", "normal" or "low" as any of the four customary headers says."""
    for name in ("x-priority", "importance", "priority", "x-msmail-priority"):
        written = headers.first(name).strip().lower()
        if written[:1] in {"1", "2"} or written.startswith(("high", "urgent")):
            return "high"
        if written[:1] in {"4", "5"} or written.startswith(("low", "non-urgent")):
            return "low"
    return "normal"


def _language_hints(headers: Headers, bodies: Bodies) -> tuple[str, ...]:
    """Return language tags that headers name or charsets hint at, in that order."""
    hints: dict[str, None] = {}
    for name in ("content-language", "accept-language", "x-language"):
        for tag in headers.first(name).split(","):
            language = tag.split(";")[0].strip()
            if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}", language):
                hints[language] = None
    return tuple({**hints, **bodies.languages})
