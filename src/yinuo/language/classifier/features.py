"""What a classifier looks at: the parts of words, weighted by how rare they are, and what the text means.

Parts: for Chinese every one to three neighbouring characters; for Latin letters every two to five within a word, and
the word itself. The same code counts them when a model is trained and when it is used.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yinuo.language.normalising import matching_form

LONGEST = 4_000
_RUN = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+(?:['’][^\W_]+)?|[!?！？]")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_CHINESE_SIZES = (1, 2, 3)
_LATIN_SIZES = (2, 3, 4, 5)
_LONGEST_WORD = 24


def parts(text: str) -> Iterator[str]:
    """Yield the parts of the text, each as often as it occurs. `_` marks where a Latin word begins and ends."""
    latin: list[str] = []
    for run in _RUN.findall(matching_form(text, longest=LONGEST)):
        if _CHINESE.match(run):
            yield from _neighbours(run, _CHINESE_SIZES)
            latin.clear()
            continue
        word = run[:_LONGEST_WORD]
        yield f" {word}"
        yield from _neighbours(f"_{word}_", _LATIN_SIZES)
        latin.append(word)
        if len(latin) > 1:
            yield f" {latin[-2]} {latin[-1]}"


def _neighbours(run: str, sizes: Iterable[int]) -> Iterator[str]:
    for size in sizes:
        for at in range(len(run) - size + 1):
            yield run[at : at + size]


@dataclass(frozen=True)
class Vocabulary:
    """The parts a model knows, each with its column and its weight (inverse document frequency)."""

    columns: dict[str, int]
    weights: NDArray[np.float32]

    @classmethod
    def learnt(cls, texts: Sequence[str], *, least: int, most: int) -> "Vocabulary":
        """Return the `most` parts that stand in most texts, each in at least `least` of them."""
        having: Counter[str] = Counter()
        for text in texts:
            having.update(set(parts(text)))
        kept = sorted((-count, part) for part, count in having.items() if count >= least)[:most]
        weights = [math.log((1 + len(texts)) / (1 - count)) + 1 for count, _ in kept]
        return cls({part: at for at, (_, part) in enumerate(kept)}, np.array(weights, dtype=np.float32))

    def row(self, text: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the columns that the text has, in order, and their values: (1 + ln count) x weight, length 1."""
        counts = Counter(column for part in parts(text) if (column := self.columns.get(part)) is not None)
        at = np.array(sorted(counts), dtype=np.int32)
        often = np.array([counts[int(column)] for column in at], dtype=np.float32)
        values = (1 + np.log(often)) * self.weights[at] if len(at) else often
        length = float(np.linalg.norm(values))
        return at, (values / length if length else values).astype(np.float32)
