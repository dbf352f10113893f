"""Postal addresses: a chain of Chinese places from province to room, or an English street with its number.

A place is some characters and a sign for its level (市, 区, 路, 号, 室). Single places are cut out by one expression
without nesting; neighbours are joined by hand, so no text makes it slow.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from yinuo.language.personal.kinds import Kind

Found = tuple[int, int, Kind, float]

_LEVELS = {
    "province": ("特别行政区", "自治区", "省"),
    "city": ("自治州", "地区", "盟", "市"),
    "district": ("新区", "开发区", "高新区", "区", "县", "旗"),
    "town": ("街道", "镇", "乡", "村", "社区"),
    "street": ("大道", "大街", "胡同", "路", "街", "巷", "弄", "道"),
    "estate": ("小区", "花园", "公寓", "大厦", "广场", "家园", "苑", "城", "园", "里", "庄"),
    "number": ("号楼", "号院", "号", "栋", "幢", "座"),
    "room": ("单元", "楼", "层", "室", "房", "户"),
}
_LEVEL_OF = {sign: level for level, signs in _LEVELS.items() for sign in signs}
_SIGNS = "|".join(sorted(_LEVEL_OF, key=len, reverse=True))
_PLACE = re.compile(rf"([\u4e00-\u9fff]{{1,8}}?|[0-9一二三四五六七八九十百零〇A-Za-z-]{{1,8}})({_SIGNS})")
_NUMBER_END = re.compile(r"[0-9A-Za-z]{1,5}(?:-[0-9A-Za-z]{1,5}){0,3}(?![0-9A-Za-z])")
_IS_NUMBER = re.compile(r"[0-9一二三四五六七八九十百零〇A-Za-z-]+")
_LEAD = re.compile(
    r".*(?:地址|住址|住在|家住|寄到|寄往|送到|发到|快递到|搬到|收货|位于|我在|我家在|人在|改成|改为|换成|就是|麻烦|请|来|到"
    r"|在|是|为|我|给|从|由|去|你们|他们|我们|和|与|跟|的|了)"
)
_PROVINCE = re.compile(
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川"
    "|贵州|云南|陕西|甘肃|青海|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|台湾"
)
_ADMINISTRATIVE = frozenset({"province", "city", "district", "town"})

_STREET_WORDS = (
    "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Way|Court|Ct|Square|Sq|Place|Pl|Terrace"
    "|Close|Crescent|Parkway|Pkwy|Highway|Hwy"
)
_ENGLISH = re.compile(
    rf"(?<![0-9A-Za-z.])(?:(?:Flat|Apt|Apartment|Unit|Room|Suite) ?[0-9A-Z]{{1,5}},? )?"
    rf"[0-9]{{1,5}}[A-Z]?,? (?:(?:[A-Z][A-Za-z'’]{{0,19}}\.?|[0-9]{{1,3}}(?:st|nd|rd|th)) ){{1,3}}"
    rf"(?:{_STREET_WORDS})\b\.?"
    r"(?:,? (?:Apt|Apartment|Unit|Suite|Room|Flat|Floor|#) ?\.?[0-9A-Z]{1,5}\b)?"
    r"(?:, [A-Z][a-z]{1,19}(?: [A-Z][a-z]{1,19}){0,2}){0,3}"
    r"(?:,? [A-Z]{2} [0-9]{5}(?:-[0-9]{4})?\b|,? [A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}\b)?"
)
_BOX = re.compile(r"\bP\.? ?O\.? Box [0-9]{1,6}\b", re.IGNORECASE)


def addresses(text: str) -> Iterator[Found]:
    """Yield the postal addresses of the folded text."""
    for chain in _chains(text):
        yield from _judged(text, chain)
    for expression in (_ENGLISH, _BOX):
        for found in expression.finditer(text):
            yield found.start(), found.end(), Kind.ADDRESS, 0.85


def _chains(text: str) -> Iterator[list[re.Match[str]]]:
    """Yield runs of places that stand side by side, a space or comma between them at most."""
    chain: list[re.Match[str]] = []
    for place in _PLACE.finditer(text):
        if chain and text[chain[-1].end() : min(place.start(), chain[-1].end() + 3)] not in {"", " ", ",", "，", ", "}:
            yield chain
            chain = []
        chain.append(place)
    if chain:
        yield chain


def _judged(text: str, chain: list[re.Match[str]]) -> Iterator[Found]:
    """Yield the chain from where an address begins in it, when it leads to a house, not only to a town."""
    begin_at = 0
    for at, place in enumerate(chain):
        if _LEAD.match(place[1]) and not _IS_NUMBER.fullmatch(place[1]):
            begin_at = at if not _reaches_house(chain[begin_at:at]) else begin_at
    chain = chain[begin_at:]
    if not _reaches_house(chain):
        return
    begin = _begin(chain[0])
    tail = _NUMBER_END.match(text, chain[-1].end())
    end = tail.end() if tail and _LEVEL_OF[chain[-1][2]] not in _ADMINISTRATIVE else chain[-1].end()
    administrative = sum(1 for place in chain if _LEVEL_OF[place[2]] in _ADMINISTRATIVE)
    yield begin, end, Kind.ADDRESS, 0.95 if administrative > 1 else 0.8 if administrative else 0.65


def _reaches_house(chain: list[re.Match[str]]) -> bool:
    """Return whether there is a street or estate with a house number behind it, or three levels down to a room."""
    levels = [_LEVEL_OF[place[2]] for place in chain]
    numbered = {
        level
        for level, place in zip(levels, chain, strict=True)
        if level in {"number", "room"} and _IS_NUMBER.fullmatch(place[1])
    }
    named = any(
        level in {"street", "estate", "town", "district"} and not _IS_NUMBER.fullmatch(place[1])
        for level, place in zip(levels, chain, strict=True)
    )
    return bool(numbered) and named and any(_below(one, other) for one, other in pairwise(levels))


def _below(one: str, other: str) -> bool:
    order = list(_LEVELS)
    return order.index(one) < order.index(other)


def _begin(place: re.Match[str]) -> int:
    """Return where the first place begins without the words that lead to it: 我住在北京市 begins at 北京."""
    if found := _PROVINCE.search(place[0]):
        return place.start() + found.start()
    lead = _LEAD.match(place[1])
    return place.start() + lead.end() if lead and lead.end() < len(place[1]) else place.start()
