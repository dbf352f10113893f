"""What a person wrote in an answer, apart from the mail they answered and from their signature.

Nothing is lost: the segments of a split, joined, are the text. When it is in doubt whether a line is quoted it stays
visible, and when nothing would stay visible everything does.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from yinuo.intake.mail.reading.html_text import QUOTE_MARK, html_offset_of, html_quote_offset, html_to_marked_text
from yinuo.intake.mail.reading.quotations import (
    LONGEST_LINE,
    header_block_length,
    introduction_length,
    is_rule,
    is_separator,
)
from yinuo.intake.mail.reading.signatures import signature_start

LONGEST_SPLIT = 300_000


class Kind(StrEnum):
    """What a stretch of a mail is."""

    VISIBLE = "visible"
    QUOTED = "quoted"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Segment:
    """Some lines in a row of one kind, with their line ends."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Split:
    """A text cut into segments; joined in order they are the whole text."""

    segments: tuple[Segment, ...]

    @property
    def visible(self) -> str:
        """What the person wrote, in order, without blank lines around it."""
        return self._joined(Kind.VISIBLE).strip("\r\n\t ")

    @property
    def quoted(self) -> str:
        return self._joined(Kind.QUOTED)

    @property
    def signature(self) -> str:
        return self._joined(Kind.SIGNATURE)

    @property
    def whole(self) -> str:
        return "".join(segment.text for segment in self.segments)

    def _joined(self, kind: Kind) -> str:
        return "".join(segment.text for segment in self.segments if segment.kind is kind)


def split_reply(text: str) -> Split:
    """Return `text` cut into what was written, what was quoted and the signature.

    A text in which nothing would stay visible (only a quotation, only a signature) is visible as a whole.
    """
    head, tail = text[:LONGEST_SPLIT], text[LONGEST_SPLIT:]
    lines = head.splitlines(keepends=True)
    if not lines:
        return Split((Segment(Kind.VISIBLE, text),) if text else ())
    kinds = _kinds(lines)
    _mark_signatures(lines, kinds)
    if not any(kind is Kind.VISIBLE and line.strip() for line, kind in zip(lines, kinds, strict=True)):
        return Split((Segment(Kind.VISIBLE, text),))
    segments = [
        Segment(kind, "".join(line for line, _ in run))
        for kind, run in groupby(zip(lines, kinds, strict=True), key=lambda pair: pair[1])
    ]
    if tail:
        segments.append(Segment(segments[-1].kind, tail))
    return Split(tuple(segments))


def split_html_reply(source: str) -> Split:
    """Return the text of an HTML mail cut like `split_reply`; marks in the HTML (Gmail, Outlook, QQ, NetEase) count
    first.
    """
    marked = html_to_marked_text(source)
    before, mark, after = marked.partition(QUOTE_MARK)
    after = after.replace(QUOTE_MARK, "")
    if not mark or not before.strip() or _written_below(after):
        return split_reply(before + after)
    above = split_reply(before)
    if not above.visible or not any(
        segment.kind is Kind.VISIBLE and segment.text.strip() for segment in above.segments
    ):
        return split_reply(before + after)
    return Split((*above.segments, Segment(Kind.QUOTED, after)))


def split_mail(text: str, html: str | None, *, has_plain_text: bool) -> Split:
    """Return the split of a mail: by its plain text when it sent one, otherwise by its HTML."""
    return split_reply(text) if has_plain_text or not html else split_html_reply(html)


def split_html(source: str) -> tuple[str, str]:
    """Return the HTML before and from the first quoted mail on, to fold the second; ("all", "") when nothing is quoted.

    The halves are no balanced HTML: each goes through the sanitiser, which closes what stayed open.
    """
    offset = html_quote_offset(source)
    if offset is None:
        quoted = split_html_reply(source).segments[-1:]
        is_last = bool(quoted) and quoted[0].kind is Kind.QUOTED
        offset = html_offset_of(source, _first_words(quoted[0].text)) if is_last else None
    return (source, "") if offset is None else (source[:offset], source[offset:])


def _first_words(quoted: str) -> str:
    """The first line of a quotation that says something; drawn rules differ between HTML and text."""
    return next((line for line in quoted.splitlines() if line.strip() and not is_rule(line)), "")


def _written_below(after: str) -> bool:
    """People answer below or inside a quotation too: then lines without `> ` follow those with it."""
    lines = [line for line in after.splitlines() if line.strip()]
    quoted = [number for number, line in enumerate(lines) if line.startswith(">")]
    return bool(quoted) and any(not line.startswith(">") for line in lines[quoted[-1] + 1 :])


def _kinds(lines: list[str]) -> list[Kind]:
    kinds = [Kind.VISIBLE] * len(lines)
    at = 0
    while at < len(lines):
        if lines[at].lstrip().startswith((">", "&gt;")) and not lines[at].lstrip().startswith("&gt; 1"):
            kinds[at] = Kind.QUOTED
            at += 1
            continue
        if _quotes_to_the_end(lines, at):
            start = _with_rule_above(lines, at)
            kinds[start:] = [Kind.QUOTED] * (len(lines) - start)
            break
        length = introduction_length(lines, at)
        if not length:
            at += 1
            continue
        end = _end_of_marked_quote(lines, at + length)
        kinds[at:end] = [Kind.QUOTED] * (end - at)
        at = end
    return kinds


def _quotes_to_the_end(lines: list[str], at: int) -> bool:
    line = lines[at]
    return is_separator(line) or (
        (":" in line or "：" in line) and len(line) < LONGEST_LINE and header_block_length(lines, at) > 0
    )


def _with_rule_above(lines: list[str], at: int) -> int:
    """A drawn rule (and blank lines) just above the header block belongs to it."""
    above = at - 1
    while above >= 0 and not lines[above].strip():
        above -= 1
    return above if above >= 0 and is_rule(lines[above]) else at


def _end_of_marked_quote(lines: list[str], at: int) -> int:
    """After an introduction: the end of the `>` lines when there are any, otherwise the end of the mail."""
    first = at
    while first < len(lines) and not lines[first].strip():
        first += 1
    if first >= len(lines) or not lines[first].lstrip().startswith(">"):
        return len(lines)
    end = first
    while end < len(lines) and lines[end].lstrip().startswith(">"):
        end += 1
    return end


def _mark_signatures(lines: list[str], kinds: list[Kind]) -> None:
    """Find the signature at the end of each visible stretch that no other visible stretch follows, and above the
    first quote.
    """
    stretches: list[tuple[int, int]] = []
    at = 0
    for kind, run in groupby(kinds):
        size = len(list(run))
        if kind is Kind.VISIBLE:
            stretches.append((at, at + size))
        at += size
    for start, end in stretches:
        found = signature_start(lines[start:end])
        if found is not None:
            kinds[start + found : end] = [Kind.SIGNATURE] * (end - start - found)
