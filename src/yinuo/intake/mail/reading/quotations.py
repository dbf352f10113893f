"""Where a quoted mail begins: the lines by which mail programs introduce it.

Each program has its own line, by language; the lists here were written from mails of these programs. A line counts
only with
evidence that it is no sentence of the customer: a date, an address, or several header lines in a row.
"""

import re

# Separator lines that stand alone. 原始邮件: QQ, Foxmail, WeCom; 邮件原件 / 原文: old webmails; 转发邮件信息: NetEase.
_SEPARATOR_WORDS = (
    r"original(?: (?:message|e?-?mail|text))?|forwarded (?:message|by .{0,60})|begin forwarded message|"
    r"message transféré|message d'origine|message original|"
    r"reply message|ursprüngliche (?:nachricht|mail)|originalnachricht|original-?nachricht|"
    r"weitergeleitete (?:nachricht|e-?mail)|mensaje original|mensaje reenviado|"
    r"mensagem (?:original|encaminhada)|messaggio (?:originale|inoltrato)|oprindelig (?:meddelelse|besked)|"
    r"opprinnelig melding|ursprungligt meddelande|vidarebefordrat meddelande|"
    r"alkuperäinen viesti|oorspronkelijk bericht|doorgestuurd bericht|původní zpráva|oryginalna wiadomość|"
    r"wiadomość oryginalna|исходное сообщение|пересылаемое сообщение|"
    r"original mail|原始邮件|原始郵件|原始信件|原邮件|邮件原件|原文|原始消息|回复的原邮件|回复的原始邮件|"
    r"转发的原邮件|转发的邮件|转发的郵件|转发邮件信息|轉寄郵件|轉寄的郵件|被转发邮件信息|转发邮件|"
    r"元のメッセージ|元のメール|転送メッセージ|原始邮件信息|원본 메시지|원본 메일|전달된 메시지"
)
_SEPARATOR = re.compile(
    rf"^[\s*]*(?:[-—–_=－*]{{2,40}}\s*(?:{_SEPARATOR_WORDS})\s*[:：]?\s*[-—–_=－*]{{0,40}}|"
    rf"(?:{_SEPARATOR_WORDS})\s*[-—–_=－]{{2,40}}|begin forwarded message:)[\s*]*$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s*[_\-—–=－*]{4,200}\s*$")

# "On <date>, <name> wrote:" in the languages of our customers and of the mails we were given to learn from.
_WROTE = (
    r"wrote|writes|schrieb|a écrit|écrit|escribió|escribio|escreveu|ha scritto|scrive|scritto|napisał\(a\)|"
    r"napisał|napisała|pisze|napisal|schreef|skrev|kirjoitti|"
    r"написал\(а\)|написал|написала|пишет|yazdı|şunu yazdı|写道|寫道|写到|寫到|写信|写了|来信写道|のメール|"
    r"書きました|さんは書きました|작성|님이 작성"
)
_INTRODUCTION_END = re.compile(
    rf"(?:{_WROTE})\s*(?:\([a-z]\))?\s*[:：]?\s*[\s*>\"”]*$|(?:のメール|さんは?書きました|のメッセージ)\s*[:：]\s*$",
    re.IGNORECASE,
)
_POSSIBLE_ENDS = (":", "：", "*", ">", '"', "”", ")", *re.sub(r"\\|\(a\)", "", _WROTE).split("|"))
# Without the verb at its end ("Op 12 december schreef Li <li@example.com>:"): an address and a colon end it.
_ADDRESS_END = re.compile(r"[^\s<>]+@[^\s<>]+\s*>\s*[\"”]?\s*[:：][\s*]*$")
_DATE_AND_TIME = re.compile(r"\d{4}.{0,40}\d{1,2}[:：.h]\d{2}|\d{1,2}[:：.h]\d{2}.{0,40}\d{4}")
_INTRODUCTION_START = re.compile(
    r"^[\s*]*(?:On\b|Am\b|Den\b|El\b|Le\b|Il\b|Em\b|Op\b|W dniu|Dnia|Na\b|Dne\b|Em\b|Il giorno|In data|Da\b|Ma\b|"
    r"在\s*\d|于\s*\d|自\s*\d|\d{4}[-/.年]|"
    r"\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{1,2} [^\W\d]{2,12}\.? \d{4}|\S.{0,80}(?:于|在)\s?\d{4}|"
    r"[\"“]?[^\n]{1,80}<[^<>\s]+@[^<>\s]+>|[A-Z][a-z]{2},? |To:|вс|пн|вт|ср|чт|пт|сб|"
    r"[^\W\d]{2,12}[.,]? \d|\d{1,2}:\d{2})"
)
_WRAPPED_END = re.compile(rf"^>\s*,?\s*(?:{_WROTE})?\s*[:：]\s*$", re.IGNORECASE)
_EVIDENCE = re.compile(r"\d{4}|\d{1,2}[:：.h]\d{2}|\d{1,2}月|[^\s<>]+@[^\s<>]+|\d{1,2}[./-]\d{1,2}")
# Introductions without the word "wrote", each complete in its own line.
_COMPLETE_LINES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 163 and 126: At 2026-11-22 14:00:00, "x" <y> wrote: (also without the verb, cut by the client)
        r"^\s*At \d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2},? .{1,200}wrote\s*[:：]\s*$",
        # Gmail zh: 张三 <z@x> 于2026年11月22日周日 14:00写道：
        r"^.{0,200}于\s*\d{4}年\d{1,2}月\d{1,2}日.{0,40}写道\s*[:：]\s*$",
        # Reply of DingTalk and NetEase on phones: | 回复的原邮件 | is handled above; ---- 回复的原邮件 ---- too
        r"^\s*\|?\s*-{2,}\s*回复的原邮件\s*-{2,}\s*\|?\s*$",
        # 2026-11-22 14:00 GMT+08:00 Name <address>:
        (
            r"^\s*\d{4}[-/]\d{1,2}[-/]\d{1,2},? \d{1,2}:\d{2}(?: ?[AP]M)?(?: GMT[+-]\d{1,2}(?::\d{2})?)?,?"
            r".{0,120}<[^<>\s]+@[^<>\s]+>\s*[:：]?\s*$"
        ),
        # Japanese: 2026年11月22日(日) 14:00 山田 <y@x>: and the like
        r"^\s*\d{4}年\d{1,2}月\d{1,2}日.{0,120}<[^<>\s]+@[^<>\s]+>\s*(?:のメール)?\s*[:：]\s*$",
    )
)

_FROM = (
    r"from|von|de|da|van|från|fra|od|от|lähettäjä|发件人|發件人|寄件者|寄件人|发信人|差出人|送信者|보낸 ?사람|"
    r"发 件 人|來自|expéditeur"
)
_SENT = (
    r"sent|date|message du|gesendet|datum|envoyé|enviado(?: el)?|enviada em|inviato|data|verzonden|skickat|sendt|"
    r"dato|wysłano|отправлено|дата|lähetetty|päivämäärä|fecha|发送时间|發送時間|日期|时间|時間|寄件日期|发送日期|"
    r"发信时间|送信日時|日時|送信日|보낸 ?날짜|날짜|傳送日期|发 送 时 间"
)
_TO = r"to|an|à|para|a|aan|till|til|do|кому|vastaanottaja|收件人|收信人|收件者|宛先|받는 ?사람|destinataire"
_SUBJECT = (
    r"subject|betreff|objet|sujet|asunto|assunto|oggetto|onderwerp|ämne|emne|temat|тема|aihe|主题|主題|主旨|标题|"
    r"標題|件名|제목|题目"
)
_OTHER = (
    r"cc|kopie|copie|copie à|抄送|副本|抄送人|密送|reply-?to|回复|importance|重要性|附件|attachments?|bcc|"
    r"organization"
)
_FIELD = re.compile(
    rf"^[\s>|*_]*(?:(?P<from>{_FROM})|(?P<sent>{_SENT})|(?P<to>{_TO})|(?P<subject>{_SUBJECT})|"
    rf"(?P<other>{_OTHER}))[\s*_|]*[:：][\s*_|]*(?P<value>.*)$",
    re.IGNORECASE,
)
_SHORTEST_BLOCK = 2
LONGEST_LINE = 400
_LONGEST_INTRODUCTION = 500
_LONGEST_SEPARATOR = 300
_BLOCK_LINES = 10


def is_separator(line: str) -> bool:
    """Return whether the line is nothing but "----- Original Message -----" in some language."""
    return len(line) < _LONGEST_SEPARATOR and bool(_SEPARATOR.match(line.replace("&nbsp;", " ")))


def is_rule(line: str) -> bool:
    """Return whether the line is a drawn rule; it belongs to the quotation only when a header block follows."""
    return bool(_RULE.match(line))


def introduction_length(lines: list[str], at: int) -> int:  # noqa: PLR0911 - each guard is one reason why not
    """Return how many lines (1 to 4, when wrapped) from `at` on say "On <date>, <name> wrote:"; 0 when none does."""
    first = lines[at].strip()
    if not first or len(first) > LONGEST_LINE:
        return 0
    if any(pattern.match(first) for pattern in _COMPLETE_LINES):
        return 1
    if not _INTRODUCTION_START.match(first):
        return 0
    joined = ""
    for count in range(1, 5):
        if at + count > len(lines) or not (line := lines[at + count - 1].strip()):
            return 0
        if count > 1 and (is_separator(line) or (line.startswith(">") and not _WRAPPED_END.match(line))):
            return 0
        joined = f"{joined} {line}"
        if line.endswith((":", "：", "*")) and _ADDRESS_END.search(joined[-300:]) and _DATE_AND_TIME.search(joined):
            return count
        if line.endswith(_POSSIBLE_ENDS) and _INTRODUCTION_END.search(line[-60:]):
            return count if _is_introduction(joined) else 0
        if line.endswith((".", "。", "!", "！", "?", "？")) and "@" not in line:
            return 0
    return 0


def header_block_length(lines: list[str], at: int) -> int:
    """Return how many lines from `at` on are a quoted header block (From:, Sent:, To:, Subject:); 0 when it is none.

    Needs a sender line and two other kinds, or sender and date, so that one "From:" in a sentence is no block.
    """
    first = _FIELD.match(lines[at])
    if first is None or not first["value"].strip() or first.lastgroup is None or not _opens_block(first):
        return 0
    kinds, last, at_line = set(), 0, at
    while at_line < len(lines) and at_line - at < _BLOCK_LINES:
        line = lines[at_line]
        field = _FIELD.match(line)
        if field is not None:
            kinds.add(_kind(field))
            last = at_line - at + 1
        elif not line.strip(" \t>|*"):
            if kinds >= {"from"} and len(kinds) > _SHORTEST_BLOCK:
                break
        elif at_line - at > 1 and last < at_line - at:
            break
        at_line += 1
    is_block = "from" in kinds and (
        len(kinds) > _SHORTEST_BLOCK or kinds >= {"from", "sent"} or kinds >= {"from", "subject"}
    )
    return last if is_block else 0


def header_block_fields(lines: list[str], at: int) -> dict[str, str]:
    """Return the values of the header block at `at` by kind: from, sent, to, subject, other (the first of each)."""
    fields: dict[str, str] = {}
    for line in lines[at : at + header_block_length(lines, at)]:
        if field := _FIELD.match(line):
            fields.setdefault(_kind(field), field["value"].strip().strip("*_| "))
    return fields


def _opens_block(field: re.Match[str]) -> bool:
    return bool(field["from"] or field["sent"] or field["subject"] or field["to"])


def _kind(field: re.Match[str]) -> str:
    return next(name for name in ("from", "sent", "to", "subject", "other") if field[name])


def _is_introduction(joined: str) -> bool:
    return len(joined) < _LONGEST_INTRODUCTION and bool(_EVIDENCE.search(joined)) and not _is_sentence(joined)


def _is_sentence(joined: str) -> bool:
    """`On Monday you wrote: ...` has no address; a date of one number only is no evidence there."""
    return bool(re.search(r"\b(?:you|we|they|I|he|she) (?:wrote|writes)\b", joined)) and not re.search(
        r"@|\d{4}", joined
    )
