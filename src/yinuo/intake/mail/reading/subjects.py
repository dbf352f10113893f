"""Subjects: what stands before the real one when people answer and forward."""

import re

LONGEST_SUBJECT = 998
# The prefixes of mail programs by language; Outlook writes `RE: `, QQ `回复：`, NetEase `Re:` and `转发:`, numbers as
# in `Re[2]:` or `Re(3):`.
_REPLY = r"re|aw|sv|vs|antw|odp|r|rif|res|resp|ynt|bls|atb|回复|回覆|答复|答覆|回信|回|返信|답장|ответ|отв|απ|תגובה|رد"
_FORWARD = (
    r"fw|fwd|wg|tr|rv|enc|i|doorst|vl|vb|vd|pd|továbbítás|i̇let|ilet|转发|轉寄|轉發|转寄|转|転送|전달|пересл|"
    r"переслать|πρθ|הועבר|إعادة توجيه"
)
_PREFIX = re.compile(
    rf"^\s*(?:(?:{_REPLY}|{_FORWARD})\s*(?:[\[(（【]\s*\d{{1,3}}\s*[\])）】]|\^\d{{1,3}}|\d{{1,2}})?\s*[:：]\s*)",
    re.IGNORECASE,
)
_AUTOMATIC = re.compile(
    r"^\s*(?:auto(?:matic)?[ -]?(?:reply|response|antwort)|automatische antwort|réponse automatique|"
    r"respuesta automática|out of (?:the )?office|abwesen\w*|"
    r"自动回复|自動回覆|自动答复|自動答覆|自動返信|休假回复|外出自动回复)\s*[:：]\s*",
    re.IGNORECASE,
)
_FORWARD_FIRST = re.compile(rf"^\s*(?:{_FORWARD})\s*(?:[\[(（]\s*\d{{1,3}}\s*[\])）])?\s*[:：]", re.IGNORECASE)
_EXTERNAL = re.compile(
    r"^\s*[\[【(](?:external|ext|extern|外部邮件|外部|spam|垃圾邮件|疑似垃圾邮件)[\]】)]\s*[:：]?\s*", re.IGNORECASE
)


def subject_base(subject: str) -> str:
    """Return the subject without any answer, forward and relay prefixes, with single blanks; may be empty."""
    while True:
        shorter = _EXTERNAL.sub("", _AUTOMATIC.sub("", _PREFIX.sub("", subject, count=1), count=1), count=1)
        if shorter == subject:
            return " ".join(subject.split())
        subject = shorter


def is_forward_subject(subject: str) -> bool:
    """Return whether the first prefix of the subject says that the mail was forwarded."""
    return bool(_FORWARD_FIRST.match(subject))


def same_subject(one: str, other: str) -> bool:
    """Return whether two subjects name the same conversation, whatever prefixes, blanks and case they carry."""
    return _key(one) == _key(other)


def _key(subject: str) -> str:
    return re.sub(r"\s+", "", subject_base(subject)).casefold()
