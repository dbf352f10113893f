"""Numbers: mobile, telephone, identity card, bank card, passport, order. Groups of digits are joined and judged.

The groups are found by one simple expression and joined by hand, so no text makes it slow. What a number is, its
length, its check digit and the words just before it decide.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from yinuo.language.personal.checksums import is_identity_card, looks_like_identity_card, passes_luhn
from yinuo.language.personal.kinds import Kind

Found = tuple[int, int, Kind, float]

# The lookbehind keeps a long run of letters from being tried at each of them.
_GROUP = re.compile(r"(?<![0-9])[0-9]+")
_MOST_GROUPS = 6
_LONGEST_NUMBER = 24
_BEFORE = 16
_BORDER = re.compile(r"[0-9\x00\[\]\n。；;!?！？]")

_SAYS = re.compile(
    r"(?P<order>订单|单号|运单|快递单|物流单|工单|流水号|发票号|编号|序列号|order|tracking|waybill|invoice|parcel|booking"
    r"|reference|ticket|case (?:no|number|id)|serial)"
    r"|(?P<identity>身份证|证件号|identity|id card|id number|id no|(?<![a-z])id(?![a-z]))"
    r"|(?P<bank>卡|账号|账户|帐号|card|account)"
    r"|(?P<passport>护照|passport)"
    r"|(?P<mobile>手机|电话|联系方式|联系我|致电|来电|拨打|座机|mobile|cell|phone|tel|call|reach me|ring me)",
    re.IGNORECASE,
)
_SAID = {
    "order": Kind.ORDER,
    "identity": Kind.IDENTITY_CARD,
    "bank": Kind.BANK_CARD,
    "passport": Kind.PASSPORT,
    "mobile": Kind.MOBILE,
}
_SHORTEST_NUMBER = 6
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0(?:10|2[0-9]|[3-9][0-9]{2})[2-8][0-9]{6,7}")
_NORTH_AMERICAN = re.compile(r"1?[2-9][0-9]{2}[2-9][0-9]{6}")
# 3 Amex, JCB; 4 Visa; 5 and 2 Mastercard; 6 UnionPay, Discover; 9 some Chinese banks' older cards.
_CARD_BEGINS = re.compile(r"3[0-9]|4|5|6[0-9]|2[2-7]|9[0-9]")
_CARD_LENGTHS = range(13, 20)
_CONFIDENT, _LIKELY, _POSSIBLE = 0.95, 0.8, 0.6


@dataclass(frozen=True)
class _Number:
    """Groups of digits read as one number: where it stands, its digits, what joins them, the words before."""

    begin: int
    end: int
    digits: str
    joints: tuple[str, ...]
    lengths: tuple[int, ...]
    plus: bool
    says: Kind | None


def numbers(text: str) -> Iterator[Found]:
    """Yield what the numbers of the folded text are; unknown ones are left out."""
    groups = [(found.start(), found.end()) for found in _GROUP.finditer(text)]
    at = 0
    while at < len(groups):
        taken = 1
        reach = _reach(text, groups, at)
        said = _said(text, groups[at][0]) if _count(groups[at : at + reach]) >= _SHORTEST_NUMBER else None
        for count in range(reach, 0, -1):
            if answer := _judged(text, groups[at : at + count], said):
                yield answer
                taken = count
                break
        at += taken


def _reach(text: str, groups: list[tuple[int, int]], at: int) -> int:
    """Return how many groups from here on might be one number: joined by one space, hyphen, point or bracket."""
    reach, length = 1, groups[at][1] - groups[at][0]
    while at + reach < len(groups) and reach < _MOST_GROUPS:
        (_, end), (begin, last) = groups[at + reach - 1], groups[at + reach]
        length += last - begin
        if length > _LONGEST_NUMBER or not _joins(text[end : min(begin, end + 4)], begin - end):
            break
        reach += 1
    return reach


def _count(groups: list[tuple[int, int]]) -> int:
    return sum(end - begin for begin, end in groups)


def _joins(gap: str, width: int) -> bool:
    return width <= 3 and gap in {" ", "-", ".", "–", "—", "·", " - ", ") ", ")", "-(", "转"}  # noqa: PLR2004 - the longest joint


def _judged(text: str, groups: list[tuple[int, int]], said: Kind | None) -> Found | None:
    if not _SHORTEST_NUMBER <= _count(groups) <= _LONGEST_NUMBER:
        return None
    begin, end = groups[0][0], groups[-1][1]
    digits = "".join(text[first:last] for first, last in groups)
    if len(digits) == 17 and text[end : end + 1] in {"X", "x"}:  # noqa: PLR2004 - an identity number before its X
        digits, end = digits + "X", end + 1
    joints = tuple(text[first[1] : second[0]] for first, second in pairwise(groups))
    if _is_inside_a_word(text, begin, end, digits):
        return None
    plus = text[max(0, begin - 1) : begin] == "+"
    lengths = tuple(last - first for first, last in groups)
    number = _Number(begin - plus, end, digits, joints, lengths, plus, said)
    for judge in (_identity, _mobile, _card, _passport, _telephone, _order):
        if answer := judge(number):
            kind, confidence = answer
            opened = kind is Kind.TELEPHONE and any(")" in joint for joint in joints) and text[begin - 1 : begin] == "("
            return number.begin - opened, number.end, kind, confidence
    return None


def _is_inside_a_word(text: str, begin: int, end: int, digits: str) -> bool:
    """Return whether letters stand at the number without a word that announces one, as in SF1234 or 0x12ab."""
    before, after = text[max(0, begin - 1) : begin], text[end : end + 1]
    if after.isascii() and (after.isalpha() or after == "_") and not _MOBILE.fullmatch(digits):
        return True
    if after == "." and text[end + 1 : end + 2].isdigit():
        return True
    if before == "/" and _MOBILE.fullmatch(digits):
        return False  # 13800138000/13900139000
    if before in {"_", ".", "/", "="} or (before.isascii() and before.isalpha()):
        return not _SAYS.search(_just_before(text, begin))
    return False


def _said(text: str, begin: int) -> Kind | None:
    """Return the kind that the words just before announce; the nearest word wins."""
    last = None
    for last in _SAYS.finditer(_just_before(text, begin)):  # noqa: B007 - the last one is wanted
        pass
    return _SAID[last.lastgroup] if last and last.lastgroup else None


def _just_before(text: str, begin: int) -> str:
    """Return the few words before, back to a digit, a bracket or the end of a sentence: masked and not, the same."""
    return _BORDER.split(text[max(0, begin - _BEFORE) : begin])[-1]


def _identity(number: _Number) -> tuple[Kind, float] | None:
    announced = number.says is Kind.IDENTITY_CARD
    if is_identity_card(number.digits):
        return Kind.IDENTITY_CARD, 0.99
    if announced and len(number.digits) in {15, 18}:
        return Kind.IDENTITY_CARD, _LIKELY if looks_like_identity_card(number.digits) else _POSSIBLE
    return None


def _mobile(number: _Number) -> tuple[Kind, float] | None:
    digits = number.digits
    for prefix in ("0086", "86"):
        if digits.startswith(prefix) and _MOBILE.fullmatch(digits[len(prefix) :]):
            return Kind.MOBILE, _CONFIDENT
    if number.plus or not _MOBILE.fullmatch(digits) or number.says is Kind.ORDER:
        return None
    if number.lengths in {(11,), (3, 4, 4), (3, 8), (4, 4, 3), (3, 3, 5)}:
        return Kind.MOBILE, _CONFIDENT
    return (Kind.MOBILE, _LIKELY) if number.says is Kind.MOBILE else None


def _card(number: _Number) -> tuple[Kind, float] | None:
    if len(number.digits) not in _CARD_LENGTHS or not number.digits.isdigit() or number.says is Kind.ORDER:
        return None
    announced = number.says is Kind.BANK_CARD
    fits = bool(_CARD_BEGINS.match(number.digits)) and passes_luhn(number.digits)
    if fits and (len(number.digits) >= 15 or announced):  # noqa: PLR2004 - shorter ones are too often something else
        return Kind.BANK_CARD, _CONFIDENT
    return (Kind.BANK_CARD, _POSSIBLE) if announced else None


def _passport(number: _Number) -> tuple[Kind, float] | None:
    if number.says is Kind.PASSPORT and len(number.digits) in {7, 8, 9}:
        return Kind.PASSPORT, _LIKELY
    return None


def _telephone(number: _Number) -> tuple[Kind, float] | None:
    digits = number.digits
    if number.says is Kind.ORDER or digits.startswith(("400", "800")):
        return None  # 400 and 800 are lines of companies, not of people
    if number.plus and 8 <= len(digits) <= 15:  # noqa: PLR2004 - ITU-T E.164
        return Kind.TELEPHONE, _CONFIDENT
    extension = number.lengths[-1] if len(number.lengths) > 2 and number.lengths[-1] <= 6 else 0  # noqa: PLR2004
    for part in {digits, digits[: len(digits) - extension]}:
        if _LANDLINE.fullmatch(part) and (number.joints or number.says is Kind.MOBILE):
            return Kind.TELEPHONE, _CONFIDENT
    if _NORTH_AMERICAN.fullmatch(digits) and number.lengths[-3:] == (3, 3, 4):
        return Kind.TELEPHONE, _LIKELY
    if number.says is Kind.MOBILE and 7 <= len(digits) <= 12 and " " not in "".join(number.joints[:1]):  # noqa: PLR2004
        return Kind.TELEPHONE, _POSSIBLE
    return None


def _order(number: _Number) -> tuple[Kind, float] | None:
    if number.says is Kind.ORDER and len(number.digits) >= 6:  # noqa: PLR2004 - shorter ones name no order
        return Kind.ORDER, 0.9
    return None
