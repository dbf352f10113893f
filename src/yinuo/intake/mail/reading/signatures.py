"""Where a signature begins at the end of what a person wrote."""

import re

_DASHES = re.compile(r"^\s*(?:--|—|__|- -)\s*$")
_LONG_RULE = re.compile(r"^\s*[_\-—=－*~]{5,80}\s*$")
_SENT_FROM = re.compile(
    r"^[\s*_<\[【(]*(?:"
    r"sent from (?:my |yahoo|mail for|outlook|samsung|huawei|proton|the |a |windows|postbox|spark|airmail|gmail|"
    r"myMail|aol|blue)[^.!?,]{0,80}(?:, (?:please|excuse|sorry|pardon)[^?]{0,80})?|sent (?:via|with|"
    r"using) [^.!?]{1,60}|get outlook for \w+[^!?]{0,60}|"
    r"(?:sent|written) (?:by|on|via) my [^.!?]{1,40}|enviado (?:desde|do|de) (?:mi|meu|el|o) ?[^.!?]{1,60}|"
    r"envoyé (?:de|depuis) (?:mon|ma|mes) [^.!?]{1,60}|envoyé à partir de [^!?]{1,60}|"
    r"télécharger outlook[^!?]{1,80}|"
    r"von meinem [^.!?]{1,60} gesendet|gesendet (?:von|mit|über|aus) [^!?]{1,80}|"
    r"diese nachricht wurde von meinem .{1,80}|inviato da(?:l mio)? [^!?]{1,60}|verzonden vanaf [^!?]{1,60}|"
    r"skickat från [^!?]{1,60}|"
    r"sendt fra [^!?]{1,60}|wysłane z [^!?]{1,60}|lähetetty [^!?]{1,50}|отправлено (?:с|из) [^!?]{1,60}|"
    r"发自我的[^。！？]{1,40}|發自我的[^。！？]{1,40}|从我的[^。！？]{1,30}(?:发送|寄出)|"
    r"從我的[^。！？]{1,30}(?:發送|傳送)|来自我的[^。！？]{1,30}|我的[^。！？]{1,20}发送|"
    r"来自[^。！？]{1,16}(?:手机|邮箱|邮件客户端)|"
    r"发自[^。！？]{0,20}(?:iphone|ipad|android|安卓|手机|邮箱|客户端|企业微信|钉钉|网易|华为|小米|荣耀|vivo|"
    r"oppo|foxmail|outlook|qq|mail)[^。！？]{0,20}|"
    r"由[^。！？]{1,20}(?:发送|手机发出)|本邮件由[^。！？]{1,30}发送|(?:获取|"
    r"下载)\s?(?:适用于)?.{0,20}(?:outlook|网易邮箱大师)[^。！？]{0,60}|"
    r"iphone\s?(?:から|より)送信|(?:ipad|android|スマートフォン|私のiphone)\s?から送信.{0,30}|"
    r"나의 [^.!?]{1,20}에서 보냄"
    r")[\s*_>\])】.。]*(?:<https?://[^\s<>]+>|\(https?://[^\s()]+\))?[\s*_>\])】.]*$",
    re.IGNORECASE,
)
_MOST_LINES_AFTER_DASHES = 30
_LONGEST_SENT_FROM = 200
_SENTENCE_LENGTH = 120
_CARD_LINE_LENGTH = 60
_MOST_LINES_AFTER_RULE = 12
_MOST_LINES_AFTER_SENT_FROM = 4


def is_sent_from(line: str) -> bool:
    """Return whether the whole line says which phone or program sent the mail."""
    return len(line) < _LONGEST_SENT_FROM and bool(_SENT_FROM.match(line.strip("\r\n")))


def signature_start(lines: list[str]) -> int | None:
    """Return the index of the first line of the signature that ends `lines`, or None.

    A signature begins at `-- `, at a "sent from my phone" line, or at a drawn rule that only a few short lines follow.
    """
    written = [number for number, line in enumerate(lines) if line.strip()]
    if not written:
        return None
    found = [place for place in (_after_dashes(lines, written), _sent_from(lines, written)) if place is not None]
    if not found and (rule := _rule(lines, written)) is not None:
        return rule
    return min(found, default=None)


def _after_dashes(lines: list[str], written: list[int]) -> int | None:
    """The first `-- ` with a short rest; a dash line high above a long rest is a rule inside the text."""
    near_the_end = written[-1 - _MOST_LINES_AFTER_DASHES : -1]
    for place, number in enumerate(near_the_end, start=len(written) - 1 - len(near_the_end)):
        if _DASHES.match(lines[number]):
            rest = [lines[later] for later in written[place + 1 :]]
            if not _goes_on(rest, lines[number]):
                return number
    return None


def _goes_on(rest: list[str], line: str) -> bool:
    """`--` without its blank may be a rule in the text: long sentences after it are text."""
    return line.rstrip("\r\n") != "-- " and sum(len(later) > _SENTENCE_LENGTH for later in rest) > 1


def _sent_from(lines: list[str], written: list[int]) -> int | None:
    for number in written[-1 - _MOST_LINES_AFTER_SENT_FROM :]:
        if is_sent_from(lines[number]):
            return number
    return None


def _rule(lines: list[str], written: list[int]) -> int | None:
    """A drawn rule near the end with short lines after it (name, post, phone), never with a sentence."""
    for number in reversed(written[-1 - _MOST_LINES_AFTER_RULE : -1]):
        if not _LONG_RULE.match(lines[number]):
            continue
        rest = [line.strip() for line in lines[number + 1 :] if line.strip()]
        if all(len(line) <= _CARD_LINE_LENGTH for line in rest) and any(_is_contact(line) for line in rest):
            return number
    return None


def _is_contact(line: str) -> bool:
    return bool(
        re.search(
            r"@|https?://|www\.|(?:tel|phone|mobile|fax|电话|手机|电邮|邮箱|地址|微信|传真|部门)\s*[:：]|"
            r"\+?\d[\d\s()-]{6,}\d",
            line,
            re.IGNORECASE,
        )
    )
