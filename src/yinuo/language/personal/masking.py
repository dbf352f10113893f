"""A text without its personal data."""

from collections.abc import Collection

from yinuo.language.personal.finding import find
from yinuo.language.personal.kinds import Kind


def masked(text: str, *, kinds: Collection[Kind] = tuple(Kind), least: float = 0.5) -> str:
    """Return the text with `[kind]` in place of each span of these kinds; everything else stays as it is.

    least: spans of less confidence stay. Masking what is masked changes nothing.
    """
    pieces, at = [], 0
    for span in find(text):
        if span.kind not in kinds or span.confidence < least:
            continue
        pieces += [text[at : span.begin], f"[{span.kind}]"]
        at = span.end
    return "".join([*pieces, text[at:]])
