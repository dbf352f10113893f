"""Mail addresses, number plates, passports, accounts of messengers, numbers of orders and parcels with letters."""

import re
from collections.abc import Iterator

from yinuo.language.personal.kinds import Kind

Found = tuple[int, int, Kind, float]

_LOCAL = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-'")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9-]{1,63}){1,6}")
_HOST_END = re.compile(r"\.(?:[A-Za-z]{2,24}|xn--[A-Za-z0-9-]{1,40})$")
_LONGEST_LOCAL = 64
_LONGEST_HOST = 253

_PROVINCE_SIGNS = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = re.compile(
    rf"(?<![\u4e00-\u9fff]粤)([{_PROVINCE_SIGNS}][A-HJ-NP-Z])[ ·•.\-]?"
    r"([A-HJ-NP-Z0-9]{6}(?![A-Za-z0-9])|[A-HJ-NP-Z0-9]{5}(?![A-Za-z0-9])|[A-HJ-NP-Z0-9]{4}[学警港澳挂领])"
)
_PASSPORT = re.compile(r"(?<![A-Za-z0-9])(?:[EGDSPH][0-9]{8}|E[A-HJ-NP-Z][0-9]{7})(?![A-Za-z0-9])", re.IGNORECASE)
_MESSENGER = re.compile(
    r"(?:微信号?|wechat|weixin|(?<![a-z])vx|(?<![a-z])wx|whatsapp|telegram)(?: ?(?:id|号|是|为|[:：])){1,3} ?@?"
    r"([a-z][a-z0-9_-]{5,19})(?![a-z0-9_-])"
    r"|(?<![a-z])qq(?: ?(?:号码?|是|为|[:：])){0,3} ?([1-9][0-9]{4,10})(?![0-9])",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"(?:订单|单号|运单|快递单|物流单|工单|编号|流水号|发票号|序列号|order|tracking|waybill|invoice|parcel|booking"
    r"|reference|serial)"
    r"(?: ?(?:号码?|编号|单号|no\.?|number|id|code|is|ref|是|为|[:：#＃])){0,4} ?"
    r"([A-Z0-9][A-Z0-9-]{4,28}[A-Z0-9])(?![A-Z0-9-])",
    re.IGNORECASE,
)
_PARCEL = re.compile(r"(?<![A-Za-z0-9])(?:SF|YT|JDV|JD|ZTO|STO|YD|EMS|JT|DPK)[A-Z]{0,3}[0-9]{10,15}(?![A-Za-z0-9])")
_DIGIT = re.compile(r"[0-9]")


def mails(text: str) -> Iterator[Found]:
    """Yield the mail addresses of the folded text. Looks from each @ outwards, never further than one can reach."""
    at, last = text.find("@"), 0
    while at >= 0:
        begin = at
        while begin > max(last, at - _LONGEST_LOCAL) and text[begin - 1] in _LOCAL:
            begin -= 1
        while begin < at and text[begin] in ".-+%'":
            begin += 1
        host = _HOST.match(text, at + 1, at + 1 + _LONGEST_HOST)
        end = at + 1 + len(host[0].rstrip(".-")) if host else at
        # 'wang@example.com.He' of somebody who forgot the space still ends with letters: taken whole.
        if begin < at and host and _HOST_END.search(text[at + 1 : end]):
            yield begin, end, Kind.MAIL, 0.99
            last = end
        at = text.find("@", at + 1)


def codes(text: str) -> Iterator[Found]:
    """Yield number plates, passports, accounts of messengers, orders and parcels of the folded text."""
    for found in _PLATE.finditer(text):
        if _DIGIT.search(found[2]):
            yield found.start(), found.end(), Kind.PLATE, 0.95
    for found in _MESSENGER.finditer(text):
        group = 1 if found[1] else 2
        yield found.start(group), found.end(group), Kind.MESSENGER, 0.9
    for found in _PASSPORT.finditer(text):
        announced = re.search(r"护照|passport", text[max(0, found.start() - 16) : found.start()], re.IGNORECASE)
        yield found.start(), found.end(), Kind.PASSPORT, 0.95 if announced else 0.7
    for found in _ORDER.finditer(text):
        if len(_DIGIT.findall(found[1])) >= 4 and not found[1].isdigit():  # noqa: PLR2004 - bare digits: see numbers
            yield found.start(1), found.end(1), Kind.ORDER, 0.9
    for found in _PARCEL.finditer(text):
        yield found.start(), found.end(), Kind.ORDER, 0.85
