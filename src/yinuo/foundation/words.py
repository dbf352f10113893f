"""Finding words of two Chinese characters, which trigrams cannot: an index over the pairs of a text.

PostgreSQL's trigrams need three characters in a row, but most Chinese words have two. `foundation_pairs(text)` gives
every two neighbouring Chinese characters of a text; a GIN index over it finds 退款 among a million subjects in a few
milliseconds. Latin words are found by the trigram indexes.
"""

from itertools import pairwise
from re import escape, fullmatch

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, Q, QuerySet, TextField

SHORTEST = 2
_TRIGRAM = 3
_CHINESE = r"[\u4e00-\u9fff]"


class Pairs(Func):
    """The pairs of a text column, as the index has them."""

    function = "foundation_pairs"
    output_field = ArrayField(TextField())


def pairs_of(word: str) -> list[str]:
    """Return the neighbouring Chinese characters of a word: `退款单` gives `退款` and `款单`."""
    return ["".join(pair) for pair in pairwise(word) if fullmatch(_CHINESE * 2, "".join(pair))]


def can_use_index(word: str) -> bool:
    """Return whether an index finds this word; two Latin letters are found only by reading."""
    return len(word) >= _TRIGRAM or bool(pairs_of(word))


def with_pairs(rows: QuerySet, column: str) -> QuerySet:  # type: ignore[type-arg]
    """Return the rows with the pairs of a column at hand for `word_indexed`."""
    return rows.alias(**{f"{column}_pairs": Pairs(F(column))})


def word_read(column: str, word: str) -> Q:
    """Return the filter that reads: rows in whose column the word occurs, upper or lower case."""
    # `~*` can use the trigram indexes for Latin letters; LIKE on UPPER(), which icontains makes, cannot.
    # With Chinese alone the indexes make nothing of `~*`, but of LIKE.
    has_cases = word.upper() != word.lower()
    return Q(**{f"{column}__iregex": escape(word)}) if has_cases else Q(**{f"{column}__contains": word})


def word_indexed(column: str, word: str) -> Q:
    """Return the same filter for the indexes of words; see `with_pairs`. Where no index helps it only reads."""
    pairs = pairs_of(word)
    if not pairs:
        return word_read(column, word)
    by_pairs = Q(**{f"{column}_pairs__contains": pairs})
    return by_pairs if len(word) == SHORTEST else by_pairs & word_read(column, word)
