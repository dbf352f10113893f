"""HTML mail bodies as plain text that keeps the blocks, and where the quoted mail begins in them.

For mails that carry HTML only, for search and for telling the answer from the quotation. It makes nothing safe:
showing HTML
goes through the sanitiser of the web floor.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

LONGEST_HTML = 5_000_000
# Marks in the text the place where HTML itself says "here the quoted mail begins"; a private-use character.
QUOTE_MARK = "\ue0f1"
# Possessive: text without a closing `>` is looked at once, not once for every letter.
_TAG = re.compile(r"<!--|<(/?)([a-zA-Z][a-zA-Z0-9:]*+)([^<>]*+)>|<[!?/][^<>]*+>")
_ATTRIBUTE = re.compile(r"""([\w:-]{1,40})\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""")
_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "xml", "object", "svg"})
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
        "includetail",
        "sign",
    ]
)
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})
_QUOTE_IDS = (
    "divrplyfwdmsg",
    "isreplycontent",
    "mail-editor-reference",
    "mail_editor_reference",
    "olk_src_body_section",
    "replybody",
    "spnea-quote",
    "appendonsend",
)
_QUOTE_CLASSES = (
    "gmail_quote",
    "yahoo_quoted",
    "moz-cite-prefix",
    "protonmail_quote",
    "zmail_extra",
    "ntes-mailmaster-quote",
    "xm_mail_oringinal_describe",
)
_OUTLOOK_RULE = re.compile(r"border:\s*none;\s*border-top:\s*solid\s*#(?:E1E1E1|B5C4DF)\s*1\.0pt", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")


@dataclass(slots=True)
class _Writer:
    """Builds the lines; knows how many line breaks are due before the next text."""

    pieces: list[str] = field(default_factory=list)
    due_breaks: int = 0
    quote_depth: int = 0
    at_line_start: bool = True
    pre_depth: int = 0
    list_stack: list[int | None] = field(default_factory=list)

    def text(self, raw: str) -> None:
        words = html.unescape(raw).replace("\0", "").replace(QUOTE_MARK, "").replace("\u200b", "")
        if self.pre_depth:
            for number, line in enumerate(words.replace("\r\n", "\n").split("\n")):
                if number:
                    self.line_break()
                self._put(line)
            return
        words = _SPACES.sub(" ", words)
        if self.at_line_start or self.due_breaks:
            words = words.lstrip(" ")
        self._put(words)

    def block(self, breaks: int = 1) -> None:
        if self.pieces:
            self.due_breaks = max(self.due_breaks, breaks)

    def line_break(self) -> None:
        self._flush()
        self.pieces.append("\n")
        self.at_line_start = True

    def mark_quote(self) -> None:
        self._flush()
        self.pieces.append(QUOTE_MARK)

    def _put(self, words: str) -> None:
        if not words:
            return
        self._flush()
        if self.at_line_start and self.quote_depth:
            self.pieces.append("> " * min(self.quote_depth, 20))
        self.pieces.append(words)
        self.at_line_start = False

    def _flush(self) -> None:
        if self.due_breaks and not self.at_line_start:
            self.pieces.append("\n" * self.due_breaks)
            self.at_line_start = True
        elif self.due_breaks > 1:
            self.pieces.append("\n")
        self.due_breaks = 0


def html_to_text(source: str) -> str:
    """Return readable text: paragraphs, list signs, table cells, `> ` before block quotes; scripts and styles left
    out.
    """
    return _tidy(_render(source, marks_quotes=False))


def html_to_marked_text(source: str) -> str:
    """Like `html_to_text`, with QUOTE_MARK where the HTML itself marks the beginning of a quoted mail."""
    return _tidy(_render(source, marks_quotes=True))


def html_quote_offset(source: str) -> int | None:
    """Return where in the HTML the first quoted mail begins, when readable text stands before it; None otherwise."""
    seen_text = False
    for kind, value, offset in _tokens(source[:LONGEST_HTML]):
        if kind == "text":
            seen_text = seen_text or bool(html.unescape(value).strip())
        elif kind != "end" and _begins_quote(kind, value):
            return offset if seen_text else None
    return None


def html_offset_of(source: str, line: str) -> int | None:
    """Return where in the HTML the piece of text stands with which the text line `line` begins; None when not found
    or first.
    """
    wanted = re.sub(r"\s", "", line)[:60]
    if not wanted:
        return None
    starts: list[tuple[int, int]] = []
    squeezed: list[str] = []
    size = 0
    for kind, value, offset in _tokens(source[:LONGEST_HTML]):
        if kind == "text" and (words := re.sub(r"\s", "", html.unescape(value))):
            starts.append((size, offset))
            squeezed.append(words)
            size += len(words)
    place = "".join(squeezed).find(wanted)
    return next((offset for start, offset in reversed(starts) if start <= place), None) if place > 0 else None


def _render(source: str, *, marks_quotes: bool) -> str:
    writer = _Writer()
    for kind, value, _ in _tokens(source[:LONGEST_HTML]):
        if kind == "text":
            writer.text(value)
        elif kind == "end":
            _close(writer, value)
        else:
            if marks_quotes and _begins_quote(kind, value):
                writer.mark_quote()
            _open(writer, kind, value)
    return "".join(writer.pieces)


def _tokens(source: str) -> Iterator[tuple[str, str, int]]:
    """Yield ("text", words, offset), ("end", tag, offset), (tag, attributes, offset); silent elements are skipped."""
    at = 0
    never_closed: set[str] = set()
    while (tag := _TAG.search(source, at)) is not None:
        if tag.start() > at:
            yield "text", source[at : tag.start()], at
        at = tag.end()
        name = (tag[2] or "").lower()
        if tag[0] == "<!--":
            at = _after_silence(source, "!--", at, never_closed)
        elif tag[1]:
            yield "end", name, tag.start()
        elif name in _SILENT and not tag[0].endswith("/>"):
            at = _after_silence(source, name, at, never_closed)
        elif name:
            yield name, tag[3], tag.start()
    if at < len(source):
        yield "text", source[at:], at


def _after_silence(source: str, name: str, at: int, never_closed: set[str]) -> int:
    """Return where a comment or a silent element ends; one that is never closed hides only its own mark.

    What is not closed once is not closed later either: the search to the end is made once for each name.
    """
    if name in never_closed:
        return at
    closed = _closing(name).search(source, at)
    if closed is None:
        never_closed.add(name)
        return at
    return closed.start() if closed[0].lower().startswith("<body") else closed.end()


@lru_cache(maxsize=32)
def _closing(name: str) -> re.Pattern[str]:
    if name == "!--":
        return re.compile("-->")
    # A head that is not closed ends where the body begins.
    return re.compile(rf"</{name}\s*+>|<body\b" if name == "head" else rf"</{name}\s*+>", re.IGNORECASE)


def _open(writer: _Writer, name: str, attributes: str) -> None:
    if name == "br":
        writer.line_break()
        return
    if name in {"td", "th"}:
        if not writer.at_line_start and not writer.due_breaks:
            writer.text(" ")
        return
    if name == "img":
        if alternative := _attributes(attributes).get("alt", "").strip():
            writer.text(f"[{alternative}]")
        return
    if name in _BLOCKS:
        writer.block(2 if name in _PARAGRAPHS else 1)
    _open_block(writer, name)


def _open_block(writer: _Writer, name: str) -> None:
    if name == "blockquote":
        writer.quote_depth += 1
    elif name == "pre":
        writer.pre_depth += 1
    elif name in {"ul", "ol"}:
        writer.list_stack.append(0 if name == "ol" else None)
    elif name == "li":
        writer.text(_list_sign(writer))
    elif name == "hr":
        writer.text("----------")
        writer.block()


def _close(writer: _Writer, name: str) -> None:
    if name in _BLOCKS:
        writer.block(2 if name in _PARAGRAPHS else 1)
    if name == "blockquote":
        writer.quote_depth = max(0, writer.quote_depth - 1)
    elif name == "pre":
        writer.pre_depth = max(0, writer.pre_depth - 1)
    elif name in {"ul", "ol"} and writer.list_stack:
        writer.list_stack.pop()


def _list_sign(writer: _Writer) -> str:
    if not writer.list_stack or writer.list_stack[-1] is None:
        return "- "
    writer.list_stack[-1] += 1
    return f"{writer.list_stack[-1]}. "


def _attributes(written: str) -> dict[str, str]:
    return {match[1].lower(): html.unescape(match[2].strip("\"'")) for match in _ATTRIBUTE.finditer(written[:5_000])}


def _begins_quote(name: str, written: str) -> bool:
    if name in {"includetail", "blockquote"}:
        return True
    if name not in {"div", "span", "table", "section", "hr", "p"} or not written:
        return False
    lowered = written.lower()
    if name == "div" and "border-top" in lowered and _OUTLOOK_RULE.search(written):
        return True
    if "id" not in lowered and "class" not in lowered:
        return False
    attributes = _attributes(written)
    identity = attributes.get("id", "").lower()
    classes = attributes.get("class", "").lower()
    # Gmail wraps a signature-only answer in gmail_quote too, but then the mark stands after all text: nothing is lost.
    return any(mark in identity for mark in _QUOTE_IDS) or any(
        mark in classes.split() or classes.startswith(mark) for mark in _QUOTE_CLASSES
    )


def _tidy(text: str) -> str:
    lines = [line.rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n ")
