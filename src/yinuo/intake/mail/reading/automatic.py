"""Whether a machine wrote a mail, of which kind, and whether a machine of ours may answer it.

No single desk checks every header (field rules 29 to 34); this is the union, and because headers are not enough, also
a count
of what was sent lately (rule 31).
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from yinuo.intake.mail.reading.bounces import (
    Bounce,
    original_headers,
    part_of_type,
    read_delivery_report,
    report_fields,
)
from yinuo.intake.mail.reading.mails import ParsedMail
from yinuo.intake.mail.reading.subjects import same_subject

LOOP_HEADER = "x-yinuo-loop"
# Addresses no answer goes to, whatever the headers say (rule 32); the caller may pass another pattern.
NEVER_ANSWER = (
    r"^(?:mailer-?daemon|postmaster|abuse|root|daemon|no-?reply|noreply|do-?not-?reply|donotreply|"
    r"not?-?responder|bounces?|ne-?pas-?repondre|"
    r"nicht-?antworten|notifications?|auto-?(?:reply|mailer|confirm|notify)|mdaemon|www-data|nobody|"
    r"mail-?system)(?:[+._-].*)?@"
)
# No more than this many mails to one address, by window (rule 31).
LOOP_LIMITS = (
    (10, timedelta(minutes=10)),
    (15, timedelta(minutes=30)),
    (25, timedelta(minutes=60)),
    (50, timedelta(minutes=180)),
    (100, timedelta(minutes=600)),
)
MOST_AUTOMATIC = (10, timedelta(minutes=180))
MOST_SAME_SUBJECT = 2
_OUT_OF_OFFICE = re.compile(
    r"out of (?:the )?office|automatic reply|auto(?:matic)?[- ]?(?:reply|response)|away from (?:the |"
    r"my )?(?:office|desk|email)|on (?:annual |sick )?(?:leave|vacation|holiday)|vacation (?:reply|response|"
    r"message)|"
    r"abwesenheit|nicht im büro|automatische antwort|absence du bureau|réponse automatique|"
    r"fuera de (?:la )?oficina|respuesta automática|fuori ufficio|risposta automatica|afwezig|frånvar|"
    r"自动回复|自動回覆|自动答复|自動答覆|不在办公室|外出|休假|出差中|年假|產假|产假|假期|不在席|自動返信|"
    r"不在のお知らせ|부재중|자동 ?회신",
    re.IGNORECASE,
)
_MACHINE_PRECEDENCE = frozenset({"bulk", "list", "junk", "auto_reply", "auto-reply"})


class AutomaticKind(StrEnum):
    """What kind of machine wrote it; `NONE` means a person did, as far as one can tell."""

    NONE = "none"
    AUTO_REPLY = "auto_reply"
    OUT_OF_OFFICE = "out_of_office"
    BOUNCE = "bounce"
    DELAY = "delay"
    DELIVERED = "delivered"
    READ_RECEIPT = "read_receipt"
    LIST = "list"
    BULK = "bulk"
    OWN_LOOP = "own_loop"
    FEEDBACK_REPORT = "feedback_report"


@dataclass(frozen=True, slots=True)
class Automatic:
    """The verdict, the sign it rests on, and for reports what they say about the mail they are about."""

    kind: AutomaticKind
    sign: str = ""
    bounce: Bounce | None = None
    original_message_id: str | None = None

    @property
    def is_automatic(self) -> bool:
        return self.kind is not AutomaticKind.NONE

    @property
    def counts_as_customer_reply(self) -> bool:
        """Return whether it may reopen a case and count as the customer's word (rule 36: an absence note does not)."""
        return self.kind in {AutomaticKind.NONE, AutomaticKind.LIST, AutomaticKind.BULK}


@dataclass(frozen=True, slots=True)
class MayReply:
    """Whether an automatic answer may go out, and why not."""

    is_allowed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RecentSend:
    """One mail we sent lately. `is_automatic`: no person wrote it."""

    to: str
    at: datetime
    subject: str
    is_automatic: bool = True


def classify_automatic(  # noqa: PLR0911 - one return for each kind
    mail: ParsedMail, own_domains: Collection[str] = (), own_addresses: Collection[str] = ()
) -> Automatic:
    """Return what kind of machine wrote `mail`; the surest signs first.

    own_domains: domains of the Message-IDs we generate. own_addresses: our mailboxes, lower case.
    """
    if (receipt := _feedback_or_receipt(mail)) is not None:
        return receipt
    if (report := read_delivery_report(mail)) is not None:
        kinds = {"delayed": AutomaticKind.DELAY, "delivered": AutomaticKind.DELIVERED}
        kind = kinds.get(report.action, AutomaticKind.BOUNCE)
        return Automatic(kind, "delivery report", report.bounce, report.bounce.original_message_id)
    if sign := _own_loop_sign(mail, own_domains, own_addresses):
        return Automatic(AutomaticKind.OWN_LOOP, sign)
    if sign := _answer_sign(mail):
        is_absence = bool(_OUT_OF_OFFICE.search(mail.subject) or _OUT_OF_OFFICE.search(mail.text[:400]))
        return Automatic(AutomaticKind.OUT_OF_OFFICE if is_absence else AutomaticKind.AUTO_REPLY, sign)
    if sign := _list_sign(mail):
        return Automatic(AutomaticKind.LIST, sign)
    if sign := _bulk_sign(mail):
        return Automatic(AutomaticKind.BULK, sign)
    return Automatic(AutomaticKind.NONE)


def may_auto_reply_to(  # noqa: PLR0911 - each refusal is one rule of the field with its own reason
    mail: ParsedMail,
    own_addresses: Collection[str],
    *,
    own_domains: Collection[str] = (),
    is_spam: bool = False,
    is_import: bool = False,
    never_pattern: str = NEVER_ANSWER,
) -> MayReply:
    """Return whether a machine of ours may answer `mail`; the reason names the first rule against it."""
    automatic = classify_automatic(mail, own_domains, own_addresses)
    author = mail.author
    if is_spam:
        return MayReply(False, "spam")
    if is_import:
        return MayReply(False, "imported")
    if automatic.is_automatic:
        return MayReply(False, f"{automatic.kind}: {automatic.sign}")
    if author is None:
        return MayReply(False, "no sender address")
    if author.address in own_addresses:
        return MayReply(False, "own mailbox")
    if re.search(never_pattern, author.address, re.IGNORECASE):
        return MayReply(False, f"address {author.local} is never answered")
    if mail.return_path == "":
        return MayReply(False, "empty return path")
    if sign := _suppressed_sign(mail):
        return MayReply(False, sign)
    return MayReply(True)


def may_send_more(
    recent: Iterable[RecentSend], *, to: str, subject: str, at: datetime, is_automatic: bool = True
) -> MayReply:
    """Return whether one more mail to `to` keeps within the loop limits, given what was sent lately.

    Limits for every mail: 10 in 10 minutes, 15 in 30, 25 in 60, 50 in 180, 100 in 600. Automatic ones also: 10 in 180
    minutes, and
    within these the third with the same subject is held back.
    """
    sends = [send for send in recent if send.to == to and send.at <= at]
    for most, window in LOOP_LIMITS:
        if sum(send.at > at - window for send in sends) >= most:
            return MayReply(False, f"{most} mails in {int(window.total_seconds() // 60)} minutes")
    if not is_automatic:
        return MayReply(True)
    most, window = MOST_AUTOMATIC
    answers = [send for send in sends if send.is_automatic and send.at > at - window]
    if len(answers) >= most:
        return MayReply(False, f"{most} automatic mails in {int(window.total_seconds() // 60)} minutes")
    if sum(same_subject(send.subject, subject) for send in answers) >= MOST_SAME_SUBJECT:
        return MayReply(False, "the same subject was answered twice already")
    return MayReply(True)


def _feedback_or_receipt(mail: ParsedMail) -> Automatic | None:
    report_type = mail.content_type_parameters.get("report-type", "").lower()
    feedback = part_of_type(mail, "message/feedback-report")
    complains = (
        mail.subject.lower().startswith("complaint about message from")
        and part_of_type(mail, "message/rfc822") is not None
    )
    if feedback is not None or report_type == "feedback-report" or complains:
        original = original_headers(mail)
        message_id = original.first("message-id").strip().strip("<>") if original else None
        return Automatic(AutomaticKind.FEEDBACK_REPORT, "feedback report", None, message_id or None)
    receipt = part_of_type(mail, "message/disposition-notification")
    if receipt is not None or report_type == "disposition-notification":
        fields = report_fields(receipt.content)[:1] if receipt else []
        message_id = fields[0].first("original-message-id").strip().strip("<>") if fields else None
        return Automatic(AutomaticKind.READ_RECEIPT, "disposition notification", None, message_id or None)
    return None


def _own_loop_sign(mail: ParsedMail, own_domains: Collection[str], own_addresses: Collection[str]) -> str:
    domain = (mail.message_id or "").rpartition("@")[2].lower()
    if domain and domain in own_domains:
        return "our own Message-ID"
    if LOOP_HEADER in mail.headers:
        return "our loop header"
    loop = mail.header("x-loop").lower()
    if loop and any(address in loop for address in own_addresses):
        return "X-Loop names our mailbox"
    return ""


def _answer_sign(mail: ParsedMail) -> str:
    submitted = mail.header("auto-submitted").lower().split(";")[0].strip()
    if submitted and submitted != "no":
        return f"Auto-Submitted: {submitted}"
    for name in (
        "x-autoreply",
        "x-autorespond",
        "x-auto-reply-from",
        "x-mail-autoreply",
        "x-autoresponder",
        "delivered-to-autoresponder",
        "x-autogenerated",
        "x-loop",
    ):
        value = mail.header(name).lower()
        if name in mail.headers and value not in {"no", "false", "0"}:
            return name
    if mail.header("precedence").lower() in {"auto_reply", "auto-reply"} or mail.header("x-precedence").lower() in {
        "auto_reply",
        "auto-reply",
    }:
        return "Precedence: auto_reply"
    if mail.header("return-path").strip() == "<>" or mail.return_path == "":
        return "empty Return-Path"
    prefix = re.match(
        r"^\s*(?:automatic reply|auto(?:matic)?[- ]reply|out of office|自动回复|自動回覆|自动答复|自動返信|"
        r"automatische antwort|réponse automatique|respuesta automática|abwesenheitsnotiz)\s*(?:[:：(（]|$)",
        mail.subject,
        re.IGNORECASE,
    )
    return "subject of an automatic reply" if prefix else ""


def _list_sign(mail: ParsedMail) -> str:
    found = [name for name in ("list-id", "mailing-list", "list-post", "x-mailing-list") if name in mail.headers]
    if found:
        return found[0]
    return "Precedence: list" if mail.header("precedence").lower() == "list" else ""


def _bulk_sign(mail: ParsedMail) -> str:
    for name in ("precedence", "x-precedence"):
        if (value := mail.header(name).lower()) in _MACHINE_PRECEDENCE:
            return f"{name}: {value}"
    found = [
        name
        for name in (
            "list-unsubscribe",
            "feedback-id",
            "x-campaign",
            "x-mailgun-batch-id",
            "x-cron-env",
            "x-csa-complaints",
        )
        if name in mail.headers
    ]
    return found[0] if found else ""


def _suppressed_sign(mail: ParsedMail) -> str:
    """X-Auto-Response-Suppress does not prove a machine (Outlook sets it for people), but it asks for silence."""
    asked = {word.strip().lower() for word in re.split(r"[,;\s]+", mail.header("x-auto-response-suppress"))}
    if asked & {"all", "dr", "autoreply", "oof"}:
        return "X-Auto-Response-Suppress"
    return ""
