"""From the leaves of a mail to its text, its HTML and its files."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from yinuo.intake.mail.reading.charsets import charset_language, decode_text
from yinuo.intake.mail.reading.files import Attachment, safe_filename, sniff_type
from yinuo.intake.mail.reading.headers import split_headers
from yinuo.intake.mail.reading.html_text import html_to_text
from yinuo.intake.mail.reading.parts import Part, decode_uu_lines, decoded_body
from yinuo.intake.mail.reading.problems import ProblemList
from yinuo.intake.mail.reading.tnef import SIGNATURE, unpack_tnef

LONGEST_TEXT = 5_000_000
_LONGEST_USUAL_PREAMBLE = 300
_BODY_TYPES = frozenset({"text/plain", "text/html"})
_UU_BEGIN = re.compile(r"^begin [0-7]{3,4} (\S[^\r\n]*)\r?\n", re.MULTILINE)
_USUAL_PREAMBLE = re.compile(rb"(multi-?part|MIME)", re.IGNORECASE)


@dataclass(slots=True)
class Bodies:
    """What the leaves gave. `pieces` are (plain, html) in order; either may be None."""

    pieces: list[tuple[str | None, str | None]] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    calendars: list[str] = field(default_factory=list)
    charsets: dict[str, None] = field(default_factory=dict)
    languages: dict[str, None] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All readable text in order, HTML rendered where no plain text stands beside it."""
        texts = [html_to_text(markup or "") if plain is None else plain for plain, markup in self.pieces]
        return "\n".join(text for text in texts if text.strip()) if len(texts) > 1 else "".join(texts)

    @property
    def html(self) -> str | None:
        """The HTML of all pieces joined, plain ones escaped; None when no piece has HTML."""
        if all(markup is None for _, markup in self.pieces):
            return None
        return "\n".join(
            f"<pre>{html.escape(plain or '')}</pre>" if markup is None else markup for plain, markup in self.pieces
        )

    @property
    def has_plain_text(self) -> bool:
        return any(plain and plain.strip() for plain, _ in self.pieces)


def read_bodies(raw: bytes, root: Part, problems: ProblemList) -> Bodies:
    """Return texts and files of the tree under `root`; every leaf ends up in a piece, a file or a calendar."""
    bodies = Bodies()
    _read(raw, root, bodies, problems, is_root=True)
    if not any((plain or markup or "").strip() for plain, markup in bodies.pieces):
        _read_outside_text(raw, root, bodies, problems)
    _mark_inline(bodies)
    return bodies


def _read(raw: bytes, part: Part, bodies: Bodies, problems: ProblemList, *, is_root: bool = False) -> None:
    if part.content_type == "multipart/alternative" and part.is_multipart:
        _read_alternatives(raw, part, bodies, problems)
    elif part.is_multipart:
        for child in part.children:
            _read(raw, child, bodies, problems)
    elif _is_body(part, is_root=is_root):
        text = _leaf_text(raw, part, bodies, problems)
        if part.content_type == "text/html":
            bodies.pieces.append((None, text))
        else:
            bodies.pieces.append((_without_uuencoded(text, bodies, problems), None))
    else:
        _read_file(raw, part, bodies, problems)


def _read_alternatives(raw: bytes, part: Part, bodies: Bodies, problems: ProblemList) -> None:
    """The same message in several forms: one piece with its plain text and its HTML; files in it stay files."""
    inner = Bodies(charsets=bodies.charsets, languages=bodies.languages, files=bodies.files, calendars=bodies.calendars)
    for child in part.children:
        _read(raw, child, inner, problems)
    plain = [text for text, markup in inner.pieces if markup is None and text is not None]
    markups = [markup for _, markup in inner.pieces if markup is not None]
    paired = [text for text, markup in inner.pieces if markup is not None and text is not None]
    if plain or markups:
        text = "\n".join([*plain, *paired])
        # Some senders put an empty plain text beside the HTML that holds everything.
        bodies.pieces.append((text if text.strip() or not markups else None, "\n".join(markups) if markups else None))


def _is_body(part: Part, *, is_root: bool) -> bool:
    if part.content_type not in _BODY_TYPES or part.disposition == "attachment":
        return False
    return is_root or not part.filename


def _leaf_text(raw: bytes, part: Part, bodies: Bodies, problems: ProblemList) -> str:
    content = decoded_body(raw, part, problems)
    if len(content) > LONGEST_TEXT:
        problems.note(
            "text_too_long", f"{len(content)} bytes; the first {LONGEST_TEXT} are shown and all are kept as a file"
        )
        bodies.files.append(Attachment(f"message-{len(bodies.files) + 1}.txt", part.content_type, None, content))
        content = content[:LONGEST_TEXT]
    label = part.parameters.get("charset") or _charset_of_html(part, content)
    decoded = decode_text(content, label)
    if decoded.problem:
        problems.note("charset", decoded.problem)
    bodies.charsets[decoded.charset] = None
    if language := charset_language(decoded.charset):
        bodies.languages[language] = None
    return decoded.text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


def _charset_of_html(part: Part, content: bytes) -> str | None:
    if part.content_type != "text/html":
        return None
    match = re.search(rb"<meta[^<>]{0,200}?charset\s*=\s*[\"']?([\w-]{2,40})", content[:4_000], re.IGNORECASE)
    return match[1].decode("ascii") if match else None


def _read_file(raw: bytes, part: Part, bodies: Bodies, problems: ProblemList) -> None:
    content = decoded_body(raw, part, problems)
    is_tnef = part.content_type == "application/ms-tnef" or content.startswith(SIGNATURE)
    if is_tnef and _read_tnef(content, bodies, problems):
        return
    if part.content_type == "text/calendar":
        bodies.calendars.append(decode_text(content, part.parameters.get("charset")).text.replace("\0", ""))
    written = part.filename or _name_of_message(part, content)
    bodies.files.append(
        Attachment(
            filename=safe_filename(written, part.content_type, len(bodies.files) + 1),
            content_type=part.content_type,
            sniffed_type=sniff_type(content),
            content=content,
            content_id=part.content_id or None,
            disposition=part.disposition,
            is_inline=False,
            charset=part.parameters.get("charset"),
        )
    )


def _name_of_message(part: Part, content: bytes) -> str:
    """A forwarded mail without a name is called by its subject."""
    if part.content_type not in {"message/rfc822", "message/global"}:
        return ""
    headers = split_headers(content[:20_000], ProblemList())[0]
    subject = headers.text("subject")[:80]
    return f"{subject.replace('/', '_')}.eml" if subject else ""


def _read_tnef(content: bytes, bodies: Bodies, problems: ProblemList) -> bool:
    message = unpack_tnef(content, problems)
    if message is None:
        problems.note("tnef_unreadable", "winmail.dat is kept as a file")
        return False
    problems.note("tnef_unpacked", f"{len(message.files)} files came in a winmail.dat")
    for file in message.files:
        content_type = file.content_type or sniff_type(file.content) or "application/octet-stream"
        name = safe_filename(file.name, content_type, len(bodies.files) + 1)
        bodies.files.append(
            Attachment(
                name, content_type, sniff_type(file.content), file.content, file.content_id or None, "attachment"
            )
        )
    if (message.text.strip() or message.html.strip()) and not bodies.pieces:
        bodies.pieces.append((message.text or None, message.html or None))
    if message.rtf and not message.html:
        bodies.files.append(
            Attachment("message.rtf", "application/rtf", "application/rtf", message.rtf, None, "attachment")
        )
    return True


def _without_uuencoded(text: str, bodies: Bodies, problems: ProblemList) -> str:
    """Take files that stand uuencoded in the text out of it, as mail programs before MIME sent them."""
    kept, at = [], 0
    for begin in _UU_BEGIN.finditer(text) if "\nend" in text else ():
        if begin.start() < at:
            continue
        lines, end = _uu_lines(text, begin.end())
        content = decode_uu_lines(lines, problems) if lines else b""
        if not content:
            continue
        problems.note("uuencoded_file", begin[1].strip()[:100])
        name = safe_filename(begin[1], "application/octet-stream", len(bodies.files) + 1)
        sniffed = sniff_type(content)
        bodies.files.append(Attachment(name, "application/octet-stream", sniffed, content, None, "attachment"))
        kept.append(text[at : begin.start()])
        at = end
    return "".join([*kept, text[at:]])


def _uu_lines(text: str, at: int) -> tuple[list[bytes], int]:
    """Return the uuencoded lines from `at` on and where `end` stops; no lines when anything else stands among them."""
    lines: list[bytes] = []
    while (stop := text.find("\n", at)) >= 0 or at < len(text):
        stop = len(text) if stop < 0 else stop
        line = text[at:stop].rstrip("\r")
        if line == "end":
            return lines, stop
        if line and not (" " <= line[0] <= "`" and line.isascii()):
            return [], at
        lines.append(line.encode("ascii"))
        at = stop + 1
    return [], at


def _read_outside_text(raw: bytes, root: Part, bodies: Bodies, problems: ProblemList) -> None:
    """When no part has text, what stands before the first or behind the last boundary may be the message."""
    for part in _multiparts(root):
        for start, end in (part.preamble, part.epilogue):
            outside = raw[start:end].strip()
            if outside and not (len(outside) < _LONGEST_USUAL_PREAMBLE and _USUAL_PREAMBLE.search(outside)):
                problems.note(
                    "text_outside_parts", f"{len(outside)} bytes stand outside all parts and are read as text"
                )
                bodies.pieces.append((decode_text(outside[:LONGEST_TEXT]).text.replace("\0", ""), None))


def _multiparts(root: Part) -> Iterator[Part]:
    stack = [root]
    while stack:
        part = stack.pop()
        if part.is_multipart:
            yield part
            stack.extend(reversed(part.children))


def _mark_inline(bodies: Bodies) -> None:
    """A file is inline when the HTML shows it by `cid:`; a content id alone proves nothing (Outlook gives one to
    every file).
    """
    shown = {name.lower() for name in re.findall(r"cid:([^\"'\s<>)]{1,300})", bodies.html or "", re.IGNORECASE)}
    bodies.files = [
        _as_inline(file) if file.content_id and (file.content_id.lower() in shown) else file for file in bodies.files
    ]


def _as_inline(file: Attachment) -> Attachment:
    return Attachment(
        file.filename,
        file.content_type,
        file.sniffed_type,
        file.content,
        file.content_id,
        file.disposition,
        is_inline=True,
        charset=file.charset,
    )
