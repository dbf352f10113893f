"""What a request seems to be about, and which of several people becomes the owner. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

# Up to here a Latin word is too short to be the beginning of another by anything but chance.
_SHORT_WORD = 3
_PRESENCE_ORDER = {"available": 0, "busy": 1, "away": 2, "offline": 3}


@dataclass(frozen=True)
class Candidate:
    """Somebody who could own the case. `capacity` > 0; `last_case_at` None: has not had one yet."""

    staff_id: int
    presence: str
    open_count: int
    capacity: int
    last_case_at: datetime | None


def choose(candidates: Sequence[Candidate]) -> Candidate | None:
    """Return whom the case goes to, or None when there is nobody.

    By presence, then by load (open cases as a share of capacity), then who has waited longest, then the lower id.
    """
    return min(candidates, key=_rank, default=None)


def reason_for(chosen: Candidate, candidates: Sequence[Candidate], team_code: str) -> str:
    """Return the sentence that is stored with the choice."""
    available = sum(one.presence == "available" for one in candidates)
    load = f"{chosen.open_count} of {chosen.capacity} running"
    if chosen.presence != "available":
        return f"{team_code}: nobody available; {chosen.presence}, {load}"
    return f"{team_code}: lightest load of {available} available, {load}"


def _rank(one: Candidate) -> tuple[int, float, float, int]:
    waited = one.last_case_at.timestamp() if one.last_case_at else 0.0
    return _PRESENCE_ORDER.get(one.presence, 9), one.open_count / one.capacity, waited, one.staff_id


@dataclass(frozen=True)
class Topic:
    """A category as the guess sees it: its code and the words that stand in such requests."""

    code: str
    words: Sequence[str]


def guess_category(text: str, topics: Sequence[Topic]) -> str:
    """Return the code of the category a text seems to be about; empty when no word of any stands in it.

    The category with the most of its words in the text wins; of equals the one whose words found are longer together,
    then the earlier one. Width and capitals do not count. A word of Latin letters must begin where a word begins; one
    of up to three letters must be a whole word. Source: docs/rules/category-guess.md.
    """
    plain = _plain(text)
    best, best_rank = "", (0, 0)
    for topic in topics:
        found = {word for word in map(_plain, topic.words) if word and _stands_in(word, plain)}
        rank = (len(found), sum(map(len, found)))
        if rank > best_rank:
            best, best_rank = topic.code, rank
    return best


def _stands_in(word: str, text: str) -> bool:
    if not word.isascii():
        return word in text
    end = r"(?![a-z0-9])" if len(word) <= _SHORT_WORD else ""
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}{end}", text) is not None


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())
