"""The tree of parts of a mail: where each part lies in the raw bytes, and what it is.

Written over offsets into the raw bytes, because the standard parser copies a 25 MB attachment many times, recurses
without a
bound and loses where a part was. Depth and number of parts are limited; beyond the limit a part is kept whole as a
file.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from yinuo.intake.mail.reading.headers import Headers, split_headers
from yinuo.intake.mail.reading.problems import ProblemList
from yinuo.intake.mail.reading.words import parse_parameters

DEEPEST = 30
_CR, _LF = 0x0D, 0x0A
MOST_PARTS = 10_000
_TYPE = re.compile(r"^[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+*-]{1,150}$")
_FIRST_BOUNDARY = re.compile(rb"(?:\A|\n)--([^\s-][^\r\n]{3,75}?)[ \t]*\r?\n(?:Content-|content-|CONTENT-)")
_ENCODINGS = {
    "quoted-printable": "qp",
    "quotedprintable": "qp",
    "quoted/printable": "qp",
    "base64": "base64",
    "base-64": "base64",
}
_PLAIN_ENCODINGS = frozenset(
    {
        "",
        "7bit",
        "8bit",
        "binary",
        "7-bit",
        "8-bit",
        "7bits",
        "8bits",
        "none",
        "plain",
        "text/plain",
        "us-ascii",
        "utf-8",
    }
)
_UU_ENCODINGS = frozenset({"uuencode", "x-uuencode", "uue", "x-uue", "uu"})


@dataclass(slots=True)
class Part:
    """One node. `raw[body_start:end]` are its undecoded bytes; a multipart has children, every other part is a leaf."""

    headers: Headers
    content_type: str
    parameters: dict[str, str]
    disposition: str
    disposition_parameters: dict[str, str]
    body_start: int
    end: int
    children: list["Part"] = field(default_factory=list)
    preamble: tuple[int, int] = (0, 0)
    epilogue: tuple[int, int] = (0, 0)

    @property
    def is_multipart(self) -> bool:
        return bool(self.children)

    @property
    def filename(self) -> str:
        return self.disposition_parameters.get("filename") or self.parameters.get("name") or ""

    @property
    def content_id(self) -> str:
        return self.headers.first("content-id").strip().strip("<>").strip()

    def leaves(self) -> Iterator["Part"]:
        """Yield the leaves in the order of the mail."""
        stack = [self]
        while stack:
            part = stack.pop()
            if part.is_multipart:
                stack.extend(reversed(part.children))
            else:
                yield part


@dataclass(slots=True)
class _Limits:
    left: int = MOST_PARTS


def parse_parts(raw: bytes, problems: ProblemList) -> Part:
    """Return the tree of the whole mail `raw`."""
    return _parse(raw, 0, len(raw), _Limits(), problems, depth=0, default_type="text/plain")


def decoded_body(raw: bytes, part: Part, problems: ProblemList) -> bytes:
    """Return the bytes of a leaf with its transfer encoding undone; broken encodings are read as far as they go."""
    body = raw[part.body_start : part.end]
    written = part.headers.first("content-transfer-encoding")
    name = written.split("(")[0].strip().strip("\"';").strip().lower() if written else ""
    encoding = _ENCODINGS.get(re.sub(r"\s", "", name), name)
    if encoding == "base64":
        return decode_base64(body, problems)
    if encoding == "qp":
        return binascii.a2b_qp(body)
    if encoding in _UU_ENCODINGS:
        return _decode_uu(body, problems)
    if encoding not in _PLAIN_ENCODINGS:
        problems.note("unknown_transfer_encoding", f"{name[:40]!r}; the bytes are taken as they are")
    return body


def decode_base64(body: bytes, problems: ProblemList) -> bytes:
    """Return decoded base64; several padded runs are joined, and plain text that a relay appended is kept behind
    them.
    """
    padding = body.find(b"=")
    rest = body[padding:].lstrip(b"= \t\r\n") if padding >= 0 else b""
    # Without copies for the usual case, a large attachment that ends in its padding.
    decoded = _base64_run(body[:padding] if rest else body, problems)
    if not rest:
        return decoded
    if re.fullmatch(rb"[A-Za-z0-9+/=\s]+", rest) and len(rest.split(None, 1)[0]) % 4 == 0:
        problems.note("base64_in_pieces", "several padded runs are joined")
        runs = [run for run in re.split(rb"=+", rest) if run.strip()]
        return decoded + b"".join(_base64_run(run, problems) for run in runs)
    problems.note("text_after_base64", f"{len(rest)} bytes after the encoded body are kept as plain text")
    return decoded + b"\r\n" + rest


def _parse(
    raw: bytes, start: int, end: int, limits: _Limits, problems: ProblemList, depth: int, default_type: str
) -> Part:
    headers, body_start = split_headers(raw, problems, start, end) if start < end else (Headers(), start)
    part = _describe(headers, min(body_start, end), end, default_type, problems)
    if not part.content_type.startswith("multipart/"):
        return part
    boundary = part.parameters.get("boundary", "").encode("utf-8", "surrogateescape").rstrip()
    if not boundary:
        guessed = _FIRST_BOUNDARY.search(raw[part.body_start : min(end, part.body_start + 100_000)])
        boundary = guessed[1] if guessed else b""
        problems.note("boundary_missing", "found in the body" if guessed else "no boundary; read as one text")
    if depth >= DEEPEST or not boundary:
        return _as_leaf(part, problems, too_deep=depth >= DEEPEST)
    return _with_children(raw, part, boundary, limits, problems, depth)


def _with_children(raw: bytes, part: Part, boundary: bytes, limits: _Limits, problems: ProblemList, depth: int) -> Part:
    spans, preamble_end, epilogue_start = _spans(raw, part, boundary, limits, problems)
    if not spans:
        problems.note("boundary_not_found", "the multipart has no part; read as one text")
        return _as_leaf(part, problems, too_deep=False)
    default_type = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    part.preamble, part.epilogue = (part.body_start, preamble_end), (epilogue_start, part.end)
    part.children = [_parse(raw, start, end, limits, problems, depth + 1, default_type) for start, end in spans]
    if len(part.headers.every("content-type")) > 1 and raw[part.body_start : preamble_end].strip():
        # The headers of the first part ran into those of the multipart: what looks like a preamble is that part.
        problems.note("headers_of_two_parts", "the text before the first boundary is read as a part")
        part.children.insert(0, Part(Headers(), "text/plain", {}, "", {}, part.body_start, preamble_end))
    return part


def _spans(
    raw: bytes, part: Part, boundary: bytes, limits: _Limits, problems: ProblemList
) -> tuple[list[tuple[int, int]], int, int]:
    """Return the (start, end) of every part, where the preamble ends and where the epilogue begins."""
    delimiter = b"--" + boundary
    spans: list[tuple[int, int]] = []
    opened: int | None = None
    preamble_end, at = part.end, part.body_start
    while (place := raw.find(delimiter, at, part.end)) >= 0:
        at = place + len(delimiter)
        line_end = raw.find(b"\n", at, part.end)
        after = raw[at : part.end if line_end < 0 else line_end][:200].strip()
        if (place > part.body_start and raw[place - 1] != _LF) or (after and not after.startswith(b"--")):
            continue
        if opened is None:
            preamble_end = place
        else:
            spans.append((opened, _before_newline(raw, opened, place)))
            limits.left -= 1
        if after.startswith(b"--"):
            return spans, preamble_end, part.end if line_end < 0 else line_end + 1
        opened = at = part.end if line_end < 0 else line_end + 1
        if limits.left <= 0:
            problems.note("too_many_parts", f"more than {MOST_PARTS} parts; the rest is kept as one part")
            break
    if opened is not None:
        problems.note("last_boundary_missing", "the mail may be cut off; the last part runs to the end")
        if opened < part.end or not spans:
            spans.append((opened, part.end))
    return spans, preamble_end, part.end


def _before_newline(raw: bytes, start: int, place: int) -> int:
    """The line break before a boundary belongs to the boundary."""
    if place > start and raw[place - 1] == _LF:
        place -= 1
    if place > start and raw[place - 1] == _CR:
        place -= 1
    return max(place, start)


def _as_leaf(part: Part, problems: ProblemList, *, too_deep: bool) -> Part:
    if too_deep:
        problems.note("nested_too_deep", f"parts inside more than {DEEPEST} others are kept as one file")
        part.content_type, part.disposition = "application/octet-stream", "attachment"
    else:
        part.content_type = "text/plain"
    return part


def _describe(headers: Headers, body_start: int, end: int, default_type: str, problems: ProblemList) -> Part:
    written = headers.first("content-type")
    content_type, parameters = parse_parameters(written) if written else (default_type, {})
    content_type = re.sub(r"\s", "", content_type)
    if content_type in {"text", "plain", "html"}:
        content_type = {"text": "text/plain", "plain": "text/plain", "html": "text/html"}[content_type]
    elif not _TYPE.match(content_type):
        problems.note("broken_content_type", f"{written[:80]!r} read as {default_type}")
        has_boundary = "boundary" in parameters and content_type.startswith("multipart")
        content_type = "multipart/mixed" if has_boundary else default_type
    disposition, disposition_parameters = parse_parameters(headers.first("content-disposition"))
    return Part(
        headers,
        content_type,
        parameters,
        disposition.split()[0] if disposition else "",
        disposition_parameters,
        body_start,
        end,
    )


def _base64_run(run: bytes, problems: ProblemList) -> bytes:
    try:
        return binascii.a2b_base64(run)
    except binascii.Error:
        cleaned = re.sub(rb"[^A-Za-z0-9+/]", b"", run)
        if len(cleaned) % 4 == 1:
            problems.note("base64_cut_off", "the last character of the encoded body is left out")
            cleaned = cleaned[:-1]
        return binascii.a2b_base64(cleaned + b"=" * (-len(cleaned) % 4))


def _decode_uu(body: bytes, problems: ProblemList) -> bytes:
    begin = re.search(rb"(?:\A|\n)begin \d{3,4} [^\n]*\n", body)
    lines = body[begin.end() if begin else 0 :].splitlines()
    return decode_uu_lines(lines, problems)


def decode_uu_lines(lines: list[bytes], problems: ProblemList) -> bytes:
    """Return the bytes of uuencoded lines, up to `end`; a line of a wrong length is read as far as that says."""
    pieces = []
    for line in lines:
        if line.strip() in {b"end", b"`", b""}:
            break
        try:
            pieces.append(binascii.a2b_uu(line))
        except binascii.Error:
            wanted = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                pieces.append(binascii.a2b_uu(line[:wanted]))
            except binascii.Error:
                problems.note("broken_uuencoding", "a line could not be read and is left out")
    return b"".join(pieces)
