"""Where personal data stands in a text: all kinds, in passes, each over what the earlier ones left."""

from collections.abc import Callable, Iterable

from yinuo.language.normalising import Folded
from yinuo.language.personal.addresses import addresses
from yinuo.language.personal.codes import codes, mails
from yinuo.language.personal.kinds import Kind, Span
from yinuo.language.personal.numbers import numbers

_FINDERS: tuple[Callable[[str], Iterable[tuple[int, int, Kind, float]]], ...] = (mails, codes, numbers, addresses)
# What was found is blanked, which may let a neighbour be seen; each pass takes characters away, so it comes to an end.
_MOST_PASSES = 6
_BLANK = "\x00"


def find(text: str) -> list[Span]:
    """Return the spans of personal data in their order; they do not overlap.

    Full-width digits and signs that are not seen are looked through; the spans count characters of the text as given.
    """
    folded = Folded.of(text)
    seen = folded.text
    found: list[tuple[int, int, Kind, float]] = []
    for _ in range(_MOST_PASSES):
        before = len(found)
        for finder in _FINDERS:
            fresh = _apart(finder(seen))
            found += fresh
            seen = _blanked(seen, fresh)
        if len(found) == before:
            break
    return sorted(Span(*folded.place(begin, end), kind, confidence) for begin, end, kind, confidence in found)


def _apart(found: Iterable[tuple[int, int, Kind, float]]) -> list[tuple[int, int, Kind, float]]:
    """Return the finds without overlaps: the surer one stays, then the longer one."""
    kept: list[tuple[int, int, Kind, float]] = []
    for one in sorted(found, key=lambda each: (each[0], -each[1])):
        if kept and one[0] < kept[-1][1]:
            if (one[3], one[1] - one[0]) > (kept[-1][3], kept[-1][1] - kept[-1][0]) and (
                len(kept) == 1 or kept[-2][1] <= one[0]
            ):
                kept[-1] = one
            continue
        kept.append(one)
    return kept


def _blanked(text: str, found: list[tuple[int, int, Kind, float]]) -> str:
    pieces, at = [], 0
    for begin, end, _, _ in found:
        pieces += [text[at:begin], _BLANK * (end - begin)]
        at = end
    return "".join([*pieces, text[at:]])
