"""Words, sentences and key phrases of Chinese, English and mixed text.

Chinese words come from rjieba with the dictionary of jieba. A house may add its own words (products, departments);
they hold for the process.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from yinuo.language.normalising import clean, matching_form

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
# A sentence ends behind these; a full stop only before a space or the end, so 3.5 and yinuo.cn stay whole.
_END = re.compile(r"[。！？!?；;…\n]+[”」』’\"')）]*|(?<!\.)\.+(?=\s|$)[\"')]*")
_ABBREVIATION = re.compile(
    r"(?:^|\s)(?:mr|mrs|ms|dr|st|vs|etc|e\.g|i\.e|approx|dept|no(?=\.\s\d))\.(?:\s.?)?$", re.IGNORECASE
)
_PART = re.compile(r"[，,、：:（）()]")
_LONGEST_SENTENCE = 500

_EMPTY = frozenset(
    word
    for line in Path(__file__).with_name("empty_words.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
)


def words(text: str) -> list[str]:
    """Return the words in their order, in the matching form, without signs and spaces.

    `我的ＷiFi路由器坏了，help!` gives 我 的 wifi 路由器 坏 了 help.
    """
    found: list[str] = []
    for run in _WORD.findall(matching_form(text)):
        found.extend(_cut(run) if _CHINESE.search(run) else [run])
    return found


def content_words(text: str) -> list[str]:
    """Return the words that carry meaning: no pronouns, particles, greetings, single letters and bare numbers."""
    return [word for word in words(text) if _has_content(word)]


def search_words(text: str) -> list[str]:
    """Return words for an index: as `words`, and the shorter words inside long ones (维修 inside 上门维修)."""
    found: list[str] = []
    for run in _WORD.findall(matching_form(text)):
        if _CHINESE.search(run):
            found.extend(word for word in _jieba().cut_for_search(run) if _WORD.fullmatch(word))
        else:
            found.append(run)
    return found


def sentences(text: str) -> list[str]:
    """Return the sentences with their closing signs; a line is a sentence at the longest.

    What runs on for more than 500 characters is cut at a comma or a space, or there.
    """
    cleaned = clean(text)
    pieces, begin = [], 0
    for end in _END.finditer(cleaned):
        if end[0].startswith(".") and _ABBREVIATION.search(cleaned[max(begin, end.start() - 8) : end.start() + 3]):
            continue
        pieces.append(cleaned[begin : end.end()])
        begin = end.end()
    pieces.append(cleaned[begin:])
    return [part for piece in pieces if piece.strip() for part in _short(piece.strip())]


def key_phrases(text: str, *, most: int = 5, rarity: Mapping[str, float] | None = None) -> list[str]:
    """Return up to `most` phrases that say what the text is about, weightiest first.

    A phrase is one word of content or two that stand side by side. rarity: inverse document frequency of a word in
    the house's own texts (`rarities`); without it longer words count as rarer.
    """
    runs = [words(part) for sentence in sentences(text) for part in _PART.split(sentence)]
    single = Counter(word for run in runs for word in run if _has_content(word))
    weight = {word: count**0.5 * _rarity(word, rarity) for word, count in single.items()}
    pairs: Counter[tuple[str, str]] = Counter()
    for run in runs:
        pairs.update(
            (first, second)
            for first, second in pairwise(run)
            if first in weight and second in weight and first != second
        )
    scored = {word: value for word, value in weight.items() if len(word) > 1}
    for (first, second), count in pairs.items():
        glue = "" if _CHINESE.search(first) and _CHINESE.search(second) else " "
        scored[first + glue + second] = count**0.5 * (weight[first] + weight[second]) * 0.75
    return _without_parts(sorted(scored, key=lambda phrase: (-scored[phrase], phrase)), most)


def rarities(texts: Iterable[str]) -> dict[str, float]:
    """Return the inverse document frequency of each word of content: ln((1 + n) / (1 + n with it)) + 1."""
    count, having = 0, Counter[str]()
    for text in texts:
        count += 1
        having.update(set(content_words(text)))
    return {word: math.log((1 + count) / (1 + seen)) + 1 for word, seen in having.items()}


def add_words(names: Iterable[str]) -> None:
    """Let names of the house (products, departments) be words of their own in this process."""
    for name in names:
        _jieba().add_word(matching_form(name))


def _cut(run: str) -> list[str]:
    return [word for word in _jieba().cut(run) if _WORD.fullmatch(word)]


@lru_cache(maxsize=1)
def _jieba() -> Any:
    import rjieba  # slow import: the dictionary takes 33 MB

    return rjieba.Jieba()


def _has_content(word: str) -> bool:
    if word in _EMPTY or word.replace(".", "").isdigit():
        return False
    return len(word) > 1 or bool(_CHINESE.search(word))


def _rarity(word: str, rarity: Mapping[str, float] | None) -> float:
    if rarity is not None:
        return rarity.get(word, max(rarity.values(), default=1.0))
    return 1 + math.log(len(word)) if _CHINESE.search(word) else 1 + math.log(len(word)) / 2


def _short(piece: str) -> list[str]:
    parts = []
    while len(piece) > _LONGEST_SENTENCE:
        head = piece[:_LONGEST_SENTENCE]
        cut = max(head.rfind(sign) for sign in "，,、 ") + 1 or _LONGEST_SENTENCE
        parts.append(piece[:cut].strip())
        piece = piece[cut:].strip()
    return [part for part in [*parts, piece] if part]


def _without_parts(phrases: list[str], most: int) -> list[str]:
    kept: list[str] = []
    for phrase in phrases:
        if not any(phrase in other or other in phrase for other in kept):
            kept.append(phrase)
        if len(kept) == most:
            break
    return kept
