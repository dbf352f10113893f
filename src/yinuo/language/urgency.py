"""Words that may not wait: danger to people first, then pressure and threats. Rules, not a model: each can be read.

A danger is found by its word; a word that denies it just before ("no smoke", "没有冒烟", "会不会着火") takes it
away, one that doubts the denial ("不是没有冒烟") gives it back. Better once too often: whoever reads decides.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from yinuo.language.normalising import matching_form

TERMS = Path(__file__).with_name("examples") / "urgent_terms.txt"


class Concern(StrEnum):
    """Why a text may not wait. The first seven are product safety."""

    FIRE = "fire"
    SMOKE = "smoke"
    SHOCK = "electric-shock"
    GAS = "gas"
    INJURY = "injury"
    POISON = "poison"
    COLLAPSE = "collapse"
    CHILD = "child"
    PRESSURE = "pressure"
    THREAT = "threat"


SAFETY = frozenset(
    {Concern.FIRE, Concern.SMOKE, Concern.SHOCK, Concern.GAS, Concern.INJURY, Concern.POISON, Concern.COLLAPSE}
)


@dataclass(frozen=True)
class Mention:
    """A concern and the word of the text that shows it, in the matching form."""

    concern: Concern
    word: str


@dataclass(frozen=True)
class Urgency:
    """level 0: may wait; 1: pressure or a threat; 2: danger to people; 3: danger, and harm done or a child near."""

    level: int
    mentions: tuple[Mention, ...]

    @property
    def is_safety(self) -> bool:
        return any(mention.concern in SAFETY for mention in self.mentions)

    @property
    def because(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(mention.word for mention in self.mentions))


_PART = re.compile(r"[。！？!?；;，,、\n]|\.\s|\bbut\b|但是?|可是|不过|却")
_REACH = 40
# What denies stands right before the word, with little words between at most: 没有再发生爆炸, "no one was really hurt".
_DENIES = re.compile(
    r"(?:没有|没|不会|不是|并非|并未|未|无|不|会不会|是否|如果|要是|万一|以免|防止|预防|避免|防)"
    r"(?:再|又|发生|出现|任何|看到|闻到|有|被|人|造成|导致|引起|真的|明显|过){0,3}$"
    r"|\b(?:no|not|never|without|isn't|wasn't|aren't|weren't|don't|doesn't|didn't|hasn't|haven't|nothing|nobody|if|anti"
    r"|prevents?|avoid|in case(?: of)?)(?:[ -][a-z]+){0,2}[ -]$"
)
# Two that deny say yes.
_GIVES_BACK = re.compile(r"(?:不是|并非)没有?\w{0,4}$|\bnot (?:only|just)\b|\bno one (?:helps?|comes?|came|answers?)\b")
# Everyday words that hold a dangerous one.
_EXCEPTIONS = re.compile(
    r"火锅|火车|火爆|火热|火大|发火|恼火|红火|火箭|防火墙|灭火器|烟灰|油烟机|无烟|燃气灶|煤气灶|煤气费|燃气费"
    r"|儿童款|儿童车|儿童房|儿童票|小孩子气|带电池|带电机|带电源|烟雾报警器|医院路"
    r"|firewall|fire stick|fire tv|fireplace|campfire|gas station|gas stove|gas bill|gas card"
    r"|smoke detector|smoke alarm|non-smoking|no smoking|smoking room|shocked at|court street|press the|press a"
    r"|press any|food court|tennis court"
)


def urgency(text: str) -> Urgency:
    """Return how urgent a text is by its words, Chinese and English, with the words that say so."""
    mentions: list[Mention] = []
    for part in _PART.split(matching_form(text)):
        if part:
            seen = _EXCEPTIONS.sub(lambda found: "\u3000" * len(found[0]), part)
            mentions += [
                Mention(Concern(str(found.lastgroup).replace("_", "-")), found[0])
                for found in _terms().finditer(seen)
                if not _is_denied(seen, found.start())
            ]
    return Urgency(_level({mention.concern for mention in mentions}), tuple(dict.fromkeys(mentions)))


def _level(concerns: set[Concern]) -> int:
    dangers = concerns & SAFETY
    if not dangers:
        return 1 if concerns & {Concern.PRESSURE, Concern.THREAT} else 0
    return 3 if len(dangers) > 1 or Concern.CHILD in concerns or Concern.INJURY in dangers else 2


def _is_denied(part: str, at: int) -> bool:
    before = part[max(0, at - _REACH) : at]
    return bool(_DENIES.search(before)) and not _GIVES_BACK.search(before)


@lru_cache(maxsize=1)
def _terms() -> re.Pattern[str]:
    """Return one expression with a group for each concern; longer words first, English ones whole."""
    words: dict[str, list[str]] = {}
    for line in TERMS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            concern, _, listed = line.partition(":")
            words.setdefault(concern, []).extend(one.strip() for one in listed.split("|"))
    groups = []
    for concern in Concern:
        longest_first = sorted(words[concern], key=len, reverse=True)
        # \b would not do: to Python the Chinese sign before 12315 is a letter.
        either = "|".join(
            f"(?<![a-z0-9]){re.escape(one)}(?![a-z0-9])" if one.isascii() else re.escape(one) for one in longest_first
        )
        groups.append(f"(?P<{concern.replace('-', '_')}>{either})")
    return re.compile("|".join(groups))
