"""Encoded words (RFC 2047) and parameters (RFC 2231) of header fields, in the forms senders really write.

Mail programs split a text before encoding or after it, encode twice, put the one form inside the other, or send raw
8-bit
bytes. All of these are read; nothing raises.
"""

import binascii
import re
from urllib.parse import unquote_to_bytes

from yinuo.intake.mail.reading.charsets import decode_text, known_charset

_ENCODED_WORD = re.compile(r"=\?([\w.:+-]{1,40})(?:\*[\w-]*)?\?([bBqQ])\?((?:[^?]|\?(?!=)){0,4000})\?=")
_PARAMETER = re.compile(r"""([^\s=;"]{1,80})\s*=\s*("(?:\\.|[^"\\])*(?:"|$)|[^;"]*)""")
_SECTION = re.compile(r"^(.+?)\*(\d{1,4})?(\*)?$")
_EXTENDED = re.compile(r"^([\w.:+-]{1,40})'[\w-]*'(.*)$", re.DOTALL)


def decode_words(value: str) -> str:
    """Return a header value with its encoded words decoded; blanks between two encoded words vanish, as they must.

    Neighbouring words of one charset are joined as bytes first, so a character cut in two by the sender is whole again.
    """
    if "=?" not in value:
        return value
    pieces: list[str] = []
    run: list[tuple[str, str, str]] = []
    at = 0
    for word in _ENCODED_WORD.finditer(value):
        gap = value[at : word.start()]
        if gap.strip() or not run:
            pieces += [_decode_run(run), gap]
            run = []
        elif (word[1].lower(), word[2].lower()) != (run[0][0].lower(), run[0][1].lower()):
            pieces.append(_decode_run(run))
            run = []
        run.append((word[1], word[2], word[3]))
        at = word.end()
    return "".join([*pieces, _decode_run(run), value[at:]])


def word_charsets(value: str) -> set[str]:
    """Return the charsets that the encoded words of `value` name."""
    return (
        {known_charset(word[1]) or word[1].lower() for word in _ENCODED_WORD.finditer(value)}
        if "=?" in value
        else set()
    )


def parse_parameters(value: str) -> tuple[str, dict[str, str]]:
    """Return the main value in lower case and its decoded parameters by lower-case name (`filename*0*=` joined)."""
    main, _, rest = value.partition(";")
    if not rest and len(forgotten := main.split(None, 1)) > 1:
        # `text/plain charset=utf-8`: the semicolon was forgotten.
        main, rest = forgotten
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in _PARAMETER.finditer(rest[:20_000]):
        name, index, is_extended = _section_of(match[1].lower())
        sections.setdefault(name, {}).setdefault(index, (_unquote(match[2].strip()), is_extended))
    return main.strip().strip('"').lower(), {name: _join_sections(parts) for name, parts in sections.items()}


def _decode_run(run: list[tuple[str, str, str]]) -> str:
    if not run:
        return ""
    charset, encoding = run[0][0], run[0][1].lower()
    payloads = [payload for _, _, payload in run]
    raw = b"".join(_q_bytes(payload) for payload in payloads) if encoding == "q" else _b_bytes(payloads)
    return decode_text(raw, charset).text


def _q_bytes(payload: str) -> bytes:
    raw = payload.encode("utf-8", "surrogateescape").replace(b"_", b" ")
    return re.sub(rb"=([0-9A-Fa-f]{2})", lambda match: bytes((int(match[1], 16),)), raw)


def _b_bytes(payloads: list[str]) -> bytes:
    cleaned = [re.sub(r"[^A-Za-z0-9+/]", "", payload) for payload in payloads]
    if len(cleaned) > 1 and any(len(payload) % 4 == 1 for payload in cleaned):
        # Cut after encoding: the pieces are no base64 of their own, only together.
        cleaned = ["".join(cleaned)]
    return b"".join(_base64(payload) for payload in cleaned)


def _base64(payload: str) -> bytes:
    if len(payload) % 4 == 1:
        payload = payload[:-1]
    try:
        return binascii.a2b_base64(payload + "=" * (-len(payload) % 4))
    except binascii.Error:
        return payload.encode("ascii", "replace")


def _section_of(name: str) -> tuple[str, int, bool]:
    match = _SECTION.match(name)
    if not match:
        return name, 0, False
    return match[1], int(match[2] or 0), bool(match[3]) or match[2] is None


def _unquote(value: str) -> str:
    if not value.startswith('"'):
        return value
    value = value[1:-1] if value.endswith('"') and len(value) > 1 else value[1:]
    # Only quotes and backslashes are escaped; any other backslash belongs to a Windows path.
    return re.sub(r'\\(["\\])', r"\1", value)


def _join_sections(parts: dict[int, tuple[str, bool]]) -> str:
    pieces = [parts[index] for index in sorted(parts)]
    if not any(is_extended for _, is_extended in pieces):
        return _decode_twice("".join(text for text, _ in pieces))
    first = _EXTENDED.match(pieces[0][0]) if pieces[0][1] else None
    charset = first[1] if first else None
    texts = [first[2] if first else pieces[0][0], *(text for text, _ in pieces[1:])]
    raw = b"".join(
        unquote_to_bytes(text) if is_extended else text.encode("utf-8", "surrogateescape")
        for text, (_, is_extended) in zip(texts, pieces, strict=True)
    )
    return _decode_twice(decode_text(raw, charset).text)


def _decode_twice(text: str) -> str:
    """Undo an encoded word inside an RFC 2231 value and the other way round."""
    text = decode_words(text)
    extended = _EXTENDED.match(text)
    if extended and "%" in extended[2] and known_charset(extended[1]):
        return decode_words(decode_text(unquote_to_bytes(extended[2]), extended[1]).text)
    return text
