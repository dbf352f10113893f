"""Who is called by name in a note: `@陈晨`. Pure: a text and names in, pieces of the text out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal

# An @ behind a letter or digit belongs to a mail address, not to a name.
_CALLED = r"(?<![A-Za-z0-9._%+-])@"


@dataclass(frozen=True)
class Piece:
    """A piece of a text. is_name: an @ and the name behind it."""

    text: str
    is_name: bool = False

    @property
    def name(self) -> str:
        return self.text[1:]


class CannotSeeCase(Refusal):
    """A colleague was mentioned who may not know of the case."""

    code = "cases.cannot_see_case"
    status = 422

    def sentence(self) -> str:
        return _("%(name)s may not see this case. Take the mention out, or ask somebody who may.") % self.details


class NameOfSeveral(Refusal):
    code = "cases.name_of_several"
    status = 422

    def sentence(self) -> str:
        return _("Several colleagues are called %(name)s. Choose one from the list that opens behind the @.") % (
            self.details
        )


def pieces(text: str, names: Iterable[str]) -> list[Piece]:
    """Return the text in pieces: the names called by an @, and what stands between. Of two names the longer counts.

    A name in Latin letters ends where its last word ends: `@Emma` does not call in `@Emmanuel`.
    """
    longest_first = sorted({name for name in names if name}, key=lambda name: (-len(name), name))
    if not longest_first:
        return [Piece(text)]
    either = "|".join(re.escape(name) + (r"(?![A-Za-z0-9])" if name[-1].isascii() else "") for name in longest_first)
    found = re.split(f"({_CALLED}(?:{either}))", text)
    return [Piece(part, is_name=number % 2 == 1) for number, part in enumerate(found) if part]


def called_names(text: str, names: Iterable[str]) -> list[str]:
    """Return the names that are called in a text, each once, in their order."""
    return list(dict.fromkeys(piece.name for piece in pieces(text, names) if piece.is_name))
