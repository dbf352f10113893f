"""One form for texts before they are compared, searched or understood. What a person wrote is kept elsewhere, as it is.

`clean` only takes away what nobody sees; `matching_form` also makes alike what means the same. `Folded` does the
little that finding personal data needs, sign for sign, and remembers where each sign stood.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

LONGEST = 20_000
"""Characters of one text that are looked at where nothing else is said; a mail of ten pages is shorter."""

# Controls but tab and line ends, zero width, direction marks, halves of surrogate pairs, variation selectors, tags
# (which hide text in text), and U+FDFA: NFKC makes eighteen characters of it, so a short message could blow up buffers.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufdfa\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e01ef]+"
)
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*\n\s*")


def clean(text: str, *, longest: int = LONGEST) -> str:
    """Return the text without what nobody sees, with single spaces, at most two line ends in a row, cut to `longest`.

    Any string may be given, halves of surrogate pairs and NUL included; the answer can always be encoded as UTF-8.
    """
    # Cut first, so that a text of a hundred megabytes costs what a long mail costs.
    seen = _UNSEEN.sub("", text[: longest * 2]).replace("\r\n", "\n").replace("\r", "\n")
    return _LINES.sub("\n\n", _SPACES.sub(" ", seen)).strip()[:longest]


def matching_form(text: str, *, longest: int = LONGEST) -> str:
    """Return the form in which texts are compared: NFKC, small letters, simplified characters, clean.

    `ＡＢＣ退貨` and `abc退货` have one matching form. It is never shown to anybody.
    """
    unified = unicodedata.normalize("NFKC", clean(text, longest=longest))
    return clean(simplified(unified).casefold(), longest=longest)


def simplified(text: str) -> str:
    """Return Chinese text in simplified characters, by phrases: 頭髮 and 發現 become 头发 and 发现."""
    return str(_converter().convert(text)) if any(sign > "\u3400" for sign in text) else text


@lru_cache(maxsize=1)
def _converter() -> Any:
    import opencc  # slow import

    return opencc.OpenCC("t2s")


@dataclass(frozen=True)
class Folded:
    """A text sign for sign in plain forms, without unseen signs, and the place of each sign in the original."""

    text: str
    places: range | list[int]

    @classmethod
    def of(cls, original: str) -> "Folded":
        """Fold: １３８ becomes 138, zero-width signs between digits go. Linear in the length."""
        if not _UNSEEN.search(original):
            return cls(original.translate(_PLAIN), range(len(original)))
        places = [place for place, sign in enumerate(original) if not _UNSEEN.match(sign)]
        return cls("".join([original[place] for place in places]).translate(_PLAIN), places)

    def place(self, begin: int, end: int) -> tuple[int, int]:
        """Return where folded[begin:end] stands in the original, half open."""
        return self.places[begin], self.places[end - 1] + 1


class _Plain(dict[int, int]):
    """One sign to one sign: wide forms to narrow ones, digits of any script to 0-9; ① and ² stay what they are."""

    def __missing__(self, code: int) -> int:
        sign = chr(code)
        unified = unicodedata.normalize("NFKC", sign)
        if unicodedata.category(sign) == "Nd":
            unified = str(unicodedata.digit(sign))
        elif len(unified) != 1 or unified.isdigit():
            unified = sign
        self[code] = ord(unified)
        return self[code]


_PLAIN = _Plain()
