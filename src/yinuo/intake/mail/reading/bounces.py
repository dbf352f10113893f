"""Mails that mail servers send about our own: could not be delivered, is delayed, was delivered, was read, was called
spam.

A proper report (RFC 3464, 3798, 5965) is read field by field. Servers that write prose instead are known by their
sender,
their subject and their sentences, in English, Chinese and some others; recipient and code are then looked for in the
text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from yinuo.intake.mail.reading.addresses import normal_address
from yinuo.intake.mail.reading.charsets import decode_text
from yinuo.intake.mail.reading.files import Attachment
from yinuo.intake.mail.reading.headers import Headers, split_headers
from yinuo.intake.mail.reading.mails import ParsedMail
from yinuo.intake.mail.reading.problems import ProblemList

_TEXT_TO_SEARCH = 30_000
_ADDRESS = r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,190}\.[A-Za-z0-9-]{2,24}"
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.:-])([45]\d\d)(?=[ -](?:#?[45]\.\d|[A-Za-z<]))")
_SERVER_LOCALS = re.compile(
    r"^(?:mailer-?daemon|post_?master|mail-?daemon|maildaemon|bounces?|mailerdaemon|mdaemon|mail\.?system|"
    r"mailsystem|mmdf|dsn|exim|post_?office|root)(?:[+._-].*)?$"
)
_SERVER_NAMES = re.compile(
    r"mail\s*(?:er)?[- ]?(?:delivery|daemon|administrator|system)|postmaster|delivery (?:subsystem|system|"
    r"status)|undeliver|系统退信|退信|自动退信|邮件系统|system administrator",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver|returned mail|mail(?: message)? (?:delivery )?(?:failed|failure|system error|could not be)|"
    r"delivery (?:status )?(?:notification|failure|report|has failed|error|problem|incomplete)|"
    r"failure notice|delivery.{0,30}(?:failed|failure)|non[- ]?delivery|not deliver|could not be delivered|"
    r"unable to deliver|mail system error|message.{0,20}(?:rejected|blocked)|"
    r"unzustellbar|nicht zugestellt|zustellung.{0,20}(?:fehlgeschlagen|verzögert)|non remis|"
    r"échec de (?:la )?remise|no se (?:ha )?(?:pudo|podido) entregar|não (?:foi )?entregue|mancata consegna|"
    r"недостав|не доставлено|系统退信|退信|邮件退回|退回邮件|投递失败|发送失败|未送达|无法送达|无法投递|未传递|"
    r"配信不能|送信できません|配達不能|配信エラー|メールエラー|エラー通知|전송 실패|반송|"
    r"rejected mail|user unknown|user doesn't exist|address not found|permanent (?:error|failure)|"
    r"delivery delayed|warning: could not send|warning: message .* delayed|still being retried|延迟|"
    r"message (?:you sent )?could not",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"did not reach the following|エラーのため|notificationType\W{1,5}bounce|this is the qmail|"
    r"could not be delivered to|(?:was|were) not delivered|could ?n[o']t be delivered|"
    r"permanent (?:fatal )?errors?|delivery to the following recipients? (?:has )?failed|"
    r"(?:unable|failed) to deliver|undeliverable|user unknown|unknown user|no such user|mailbox (?:is )?(?:full|"
    r"unavailable|not found)|recipient address rejected|does ?n[o']t exist|"
    r"the following (?:addresses|recipients?) (?:had|failed|could)|your (?:message|mail|"
    r"e-?mail).{0,80}(?:rejected|blocked|failed|could not|wasn't delivered|cannot be)|"
    r"had permanent fatal|reason for (?:the )?(?:return|failure|rejection)|error.{0,40}(?:rcpt|recipient)|"
    r"无法(?:送达|投递|发送)|投递失败|被退回|退信|收件人(?:地址)?不存在|邮箱(?:已满|空间不足)|用户不存在|"
    r"宛先不明|配信できません|"
    r"could not be processed|relay(?:ing)? denied|quota exceeded|over quota|host unknown|unrouteable|"
    r"delivery attempt|cannot be delivered|not a valid|invalid (?:recipient|address|mailbox)|no longer (?:valid|"
    r"available|exists?)",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"delayed|delivery[- ]delay|warning: (?:message|could not send)|not (?:yet )?been delivered (?:yet|after)|"
    r"still (?:being|trying)|will (?:keep|continue) (?:to )?try|no action is required|"
    r"you do not need to resend|延迟|仍在尝试|verzögert|en retard|retraso",
    re.IGNORECASE,
)
_BAD_ADDRESS = re.compile(
    r"user(?: account)? (?:unknown|not found|does ?n.t exist|doesn't have)|unknown (?:user|recipient|address|"
    r"mailbox|account|or illegal)|no such (?:user|recipient|mailbox|address|person|account)|"
    r"(?:recipient|mailbox|address|account|domain|host).{0,40}(?:not found|does not exist|doesn't exist|unknown|"
    r"invalid|disabled|inactive|rejected|no longer)|invalid (?:recipient|mailbox|user|address)|"
    r"not a known user|unrouteable|not our customer|no mailbox here|收件人(?:地址)?不存在|用户不存在|邮箱不存在|"
    r"不存在的|宛先不明|existe pas|unbekannt",
    re.IGNORECASE,
)
_SOFT = re.compile(
    r"quota|(?:mailbox|inbox|disk).{0,20}full|too (?:large|big)|exceeds?.{0,30}(?:size|limit)|spam|blacklist|"
    r"blocklist|blocked|policy|reputation|dmarc|spf|too many|rate limit|邮箱已满|空间不足|容量",
    re.IGNORECASE,
)
_RECIPIENT_LINES = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        rf"^(?:final|original)-recipient:\s*(?:rfc822\s*;)?\s*<?({_ADDRESS})>?",
        rf"^\s*<({_ADDRESS})>:",
        (
            rf"(?:recipient|to|address|user|mailbox|收件人|失败的收件人|收信人)"
            rf"[^\n@<]{{0,40}}[:：]?\s*[<\[\"']?(?<![\w.+-])({_ADDRESS})[>\]\"']?"
        ),
        rf"(?:deliver(?:ed|y)? to|RCPT TO:)\s*<?({_ADDRESS})>?",
        rf"^\s*[<\[]?({_ADDRESS})[>\]]?\s*(?:$|[:;(,-])",
        rf"<({_ADDRESS})>",
        rf"({_ADDRESS})",
    )
)
_COPY_BEGINS = re.compile(
    r"^.{0,10}(?:below this line is a copy|this is a copy of the (?:message|headers)|original message follows|"
    r"the (?:text|header|headers) of the (?:original|message)|unsent message below|"
    r"included is a copy|(?:start of )?(?:returned|original) message|a copy of the (?:original )?message|"
    r"message headers? follow|--- original|received: from )",
    re.IGNORECASE | re.MULTILINE,
)


_HEADER_LINE = re.compile(
    rb"^[ \t]*(?=(?:Message-ID|Received|Return-Path|From|Date|Subject)[ \t]*:)", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a server says about a mail of ours.

    `is_permanent`: it will not be tried again. `is_address_bad`: the address itself is at fault (unknown user or
    domain), which
    a full mailbox or a spam filter is not; only this is a reason to stop writing to it.
    """

    recipients: tuple[str, ...]
    status: str | None
    diagnostic: str
    is_permanent: bool
    is_address_bad: bool
    original_message_id: str | None
    original_references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """The kind of a report (failed, delayed, delivered) and what it says."""

    action: str
    bounce: Bounce


def read_delivery_report(mail: ParsedMail) -> DeliveryReport | None:
    """Return what a delivery report says, or None when `mail` is none."""
    status_part = part_of_type(mail, "message/delivery-status") or part_of_type(mail, "message/global-delivery-status")
    if status_part is not None:
        return _read_fields(mail, status_part)
    if not looks_like_bounce(mail):
        return None
    return _read_prose(mail)


def looks_like_bounce(mail: ParsedMail) -> bool:
    """Return whether a mail without report parts is a bounce in prose: two signs of sender, subject, header and
    sentence.
    """
    if mail.header("x-failed-recipients") or _report_type(mail) == "delivery-status":
        return True
    text = mail.text[:6_000]
    if re.search(r'"notificationType"\s*:\s*"Bounce"', text):
        return True  # Amazon SES tells it in JSON through its notification service.
    author = mail.author
    from_server = bool(author and _SERVER_LOCALS.match(author.local)) or any(
        _SERVER_NAMES.search(person.name) for person in mail.from_
    )
    from_nobody = mail.return_path == "" or (
        not author and "from" in mail.headers and "<>" in mail.headers.first("from")
    )
    says_subject, says_sentence = bool(_SUBJECT.search(mail.subject)), bool(_SENTENCE.search(text))
    if from_server:
        return says_subject or says_sentence
    if from_nobody:
        has_original = part_of_type(mail, "message/rfc822") is not None
        return says_subject or (
            says_sentence and bool(has_original or _REPLY_CODE.search(text) or _STATUS.search(text))
        )
    is_auto = mail.header("auto-submitted").lower().startswith(("auto-replied", "auto-generated"))
    has_copy = part_of_type(mail, "message/rfc822") is not None or bool(
        _COPY_BEGINS.search(mail.text[:_TEXT_TO_SEARCH])
    )
    return (
        says_subject
        and says_sentence
        and (is_auto or has_copy or bool(_STATUS.search(text) or _REPLY_CODE.search(text)))
    )


def original_headers(mail: ParsedMail) -> Headers | None:
    """Return the header of the mail that a report is about: an attached message, attached headers or a copy in the
    text.
    """
    for name in (
        "message/rfc822",
        "text/rfc822-headers",
        "message/global",
        "message/global-headers",
        "message/rfc822-headers",
    ):
        if (part := part_of_type(mail, name)) is not None:
            return split_headers(part.content[:200_000], ProblemList())[0]
    begins = _COPY_BEGINS.search(mail.text[:_TEXT_TO_SEARCH])
    return _headers_in(mail.text[begins.start() if begins else 0 :][:_TEXT_TO_SEARCH])


def part_of_type(mail: ParsedMail, content_type: str) -> Attachment | None:
    """Return the first attached part of this declared type."""
    return next((part for part in mail.attachments if part.content_type == content_type), None)


def report_fields(content: bytes) -> list[Headers]:
    """Return the groups of fields of a report part: first of the whole report, then one per recipient."""
    text = decode_text(content).text.replace("\r\n", "\n")
    return [
        split_headers(group.encode(), ProblemList())[0] for group in re.split(r"\n\s*\n", text.strip()) if group.strip()
    ][:200]


def _headers_in(text: str) -> Headers | None:
    """Return the first block of header lines with a Message-ID that stands in the text, quoted or not."""
    raw = re.sub(r"(?m)^[ \t]*> ?", "", text).encode("utf-8", "replace")
    at = 0
    while begins := _HEADER_LINE.search(raw, at):
        headers, at = split_headers(raw, ProblemList(), begins.end())
        if "message-id" in headers:
            return headers
    return None


def _report_type(mail: ParsedMail) -> str:
    return mail.content_type_parameters.get("report-type", "").lower()


def _read_fields(mail: ParsedMail, part: Attachment) -> DeliveryReport:
    groups = report_fields(part.content)
    actions = [group.text("action").lower().split()[0] for group in groups if group.text("action")]
    action = next(
        (wanted for wanted in ("failed", "delayed", "delivered", "relayed", "expanded") if wanted in actions), ""
    )
    statuses = [match[1] for group in groups if (match := _STATUS.search(group.text("status")))]
    diagnostics = [group.text("diagnostic-code") for group in groups if group.text("diagnostic-code")]
    failed = dict.fromkeys(address for group in groups for address in _group_recipients(group))
    recipients = tuple(failed) or tuple(_recipients_in_text(mail))[:1]
    status = statuses[0] if statuses else _status_in(" ".join(diagnostics) or mail.text[:6_000])
    if not action:
        action = (
            "delayed"
            if status and status.startswith("4")
            else "delivered"
            if status and status.startswith("2")
            else "failed"
        )
    action = "delivered" if action in {"relayed", "expanded"} else action
    diagnostic = " | ".join(diagnostics) or _sentence_of_failure(mail)
    return DeliveryReport(action, _bounce(mail, recipients, status, diagnostic, action))


def _group_recipients(group: Headers) -> Iterator[str]:
    for name in ("original-recipient", "final-recipient"):
        written = group.text(name)
        address = normal_address(written.rpartition(";")[2].strip()) if written else ""
        if address:
            yield address
            return


def _read_prose(mail: ParsedMail) -> DeliveryReport:
    text = mail.text[:_TEXT_TO_SEARCH]
    status = _status_in(f"{mail.subject}\n{_before_copy(text)}")
    delayed = bool(_DELAY.search(f"{mail.subject}\n{text[:2_000]}")) and not (status or "").startswith("5")
    action = "delayed" if delayed else "failed"
    recipients = tuple(_recipients_in_text(mail))[:5]
    return DeliveryReport(action, _bounce(mail, recipients, status, _sentence_of_failure(mail), action))


def _bounce(mail: ParsedMail, recipients: tuple[str, ...], status: str | None, diagnostic: str, action: str) -> Bounce:
    original = original_headers(mail)
    permanent = action == "failed" and not (status or "5").startswith("4")
    evidence = f"{diagnostic} {_before_copy(mail.text[:6_000])}"
    named_bad = bool(_BAD_ADDRESS.search(evidence))
    soft = (
        bool(_SOFT.search(diagnostic or evidence))
        or (status or "").endswith(".2.2")
        or (status or "")[1:3] in {".7", ".3"}
    )
    bad = permanent and ((status or "")[1:3] == ".1" or (named_bad and not soft))
    # Some servers name the bad address only as 5.1.x; a filter that answers 5.1.x about our reputation is soft all
    # the same.
    return Bounce(recipients, status, diagnostic[:500], permanent, bad, _id_of(original), _references_of(original))


def _id_of(original: Headers | None) -> str | None:
    written = original.first("message-id").strip().strip("<>").strip() if original else ""
    return re.sub(r"\s", "", written)[:998] or None


def _references_of(original: Headers | None) -> tuple[str, ...]:
    """Ids the bounced mail answered: our Message-ID may have been rewritten by a relay, these were not."""
    if original is None:
        return ()
    written = f"{original.first('in-reply-to')} {original.first('references')}"
    return tuple(dict.fromkeys(re.findall(r"<([^<>\s]{1,998})>", written)))


def _status_in(text: str) -> str | None:
    if match := _STATUS.search(text):
        return match[1]
    if match := _REPLY_CODE.search(text):
        return f"{match[1][0]}.0.0"
    return None


def _before_copy(text: str) -> str:
    begins = _COPY_BEGINS.search(text)
    return text[: begins.start()] if begins else text


def _recipients_in_text(mail: ParsedMail) -> list[str]:
    """Addresses that the prose names as failed, the surest pattern first; never the reporting server's own."""
    named = [
        normal_address(address) for address in re.split(r"[,\s]+", mail.header("x-failed-recipients")) if "@" in address
    ]
    text = _before_copy(mail.text[:_TEXT_TO_SEARCH]) or mail.text[:_TEXT_TO_SEARCH]
    servers = {person.address for person in mail.from_}
    receivers = {person.address for person in mail.to}
    for pattern in _RECIPIENT_LINES:
        found = [normal_address(match[1].rstrip(".")) for match in pattern.finditer(text)]
        named += [address for address in found if address not in servers]
        if named:
            break
    original = original_headers(mail)
    if not named and original:
        named = [normal_address(match) for match in re.findall(_ADDRESS, original.text("to"))]
    others = [address for address in named if address and address not in receivers]
    return list(dict.fromkeys(others or [address for address in named if address]))


def _sentence_of_failure(mail: ParsedMail) -> str:
    for line in _before_copy(mail.text[:_TEXT_TO_SEARCH]).split("\n"):
        if _STATUS.search(line) or _REPLY_CODE.search(line) or _SENTENCE.search(line):
            return " ".join(line.split())[:500]
    return ""
