"""Letters: mails that belong to no case. Queued once by the caller's own key, sent like every other mail of ours.

A letter is never sent at or after `expires_at`: a code that no longer opens anything would only confuse.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.customers.models import IdentityKind
from yinuo.customers.rules import normal_identity
from yinuo.foundation.facts import announce
from yinuo.intake.mail.facts import LetterNotDelivered, LetterSent
from yinuo.intake.mail.house_addresses import address_lookup
from yinuo.intake.mail.models import BlockedAddress, Letter, Mailbox
from yinuo.intake.mail.settings_of import outgoing_settings
from yinuo.intake.mail.transport.opening import open_sender
from yinuo.intake.mail.transport.values import Outcome, SendingResult
from yinuo.intake.mail.writing import outgoing_letter

from .handing_in import BATCH, GIVE_UP_AFTER, default_mailbox, hand_in, holding

MAIL = Actor.system("mail")


@dataclass(frozen=True)
class LetterDraft:
    """What a letter says, already in its reader's language. html empty: made from the text.

    purpose: a stable word such as `portal.sign_in`, for counting and for finding out why a mail was sent.
    """

    to: str
    subject: str
    text: str
    purpose: str
    language: str
    html: str = ""


@transaction.atomic
def queue_letter(
    *,
    draft: LetterDraft,
    key: str,
    at: datetime,
    send_after: datetime | None = None,
    expires_at: datetime | None = None,
) -> Letter:
    """Put a letter in the queue of outgoing mail; the same `key` again returns the letter there is and changes nothing.

    key: the caller's own name for it, such as `notifications.digest:12:2026-11-02`. expires_at: by default four days
    after it was queued. A letter to one of our own mailboxes, or to an address known dead, is withheld and says why.
    Whoever calls this limits how many letters one person can cause. Refuses with NotAMailAddress.
    """
    to = normal_identity(IdentityKind.MAIL, draft.to)
    lookup = address_lookup(to.value)
    reason = _why_withheld(to.key, lookup, at)
    mailbox = default_mailbox()
    domain = mailbox.address.partition("@")[2] if mailbox else urlsplit(settings.SITE_URL).hostname or "localhost"
    row, _is_new = Letter.objects.get_or_create(
        key=key,
        defaults={
            "purpose": draft.purpose,
            "language": draft.language,
            "address": to.value,
            "masked": to.masked,
            "lookup": lookup,
            # A header ends at a line break, and nobody's name may begin another one.
            "subject": " ".join(draft.subject.split()),
            "text": "" if reason else draft.text,
            "html": "" if reason else draft.html,
            "message_id_header": f"letter.{secrets.token_hex(16)}@{domain.lower()}",
            "state": Letter.State.WITHHELD if reason else Letter.State.QUEUED,
            "problem": reason,
            "queued_at": at,
            "send_after": send_after or at,
            "expires_at": expires_at or at + GIVE_UP_AFTER,
        },
    )
    return row


def send_due_letters(*, at: datetime) -> int:
    """Send the letters that are due through the default mailbox; return how many were handled."""
    due = Letter.objects.filter(state=Letter.State.QUEUED, send_after__lte=at).order_by("send_after", "id")
    late = list(due.filter(expires_at__lte=at)[:BATCH])
    for row in late:
        _end_late(row, at)
    if not due.exists() or not (mailbox := default_mailbox()):
        return len(late)
    with holding(mailbox.pk) as is_ours:
        rows = list(due.filter(expires_at__gt=at)[:BATCH]) if is_ours else []
        return len(late) + _send(rows, mailbox, at)


def mark_letter_not_delivered(message_id_header: str, problem: str, code: str | None, *, at: datetime) -> None:
    """Take note that a letter that was sent came back for good; nothing when the id is no letter's."""
    row = (
        Letter.objects.select_for_update().filter(message_id_header=message_id_header, state=Letter.State.SENT).first()
    )
    if row is None:
        return
    row.sent_at, row.problem = None, problem.replace(row.address, row.masked)[:2000]
    _end(row, Letter.State.FAILED, code or "bounced", at)
    row.save(update_fields=["state", "sent_at", "problem", "subject", "text", "html"])


def _send(rows: list[Letter], mailbox: Mailbox, at: datetime) -> int:
    if not rows:
        return 0
    with open_sender(outgoing_settings(mailbox)) as sender:
        for row in rows:
            written = partial(outgoing_letter, row, mailbox)
            result = hand_in(written, sender, tries_count=row.attempt_count, at=at, named={"letter": row.pk})
            _record(row, result, mailbox, at)
    return len(rows)


@transaction.atomic
def _record(row: Letter, result: SendingResult, mailbox: Mailbox, at: datetime) -> None:
    row.attempt_count += 1
    # The server's answer often repeats the address; what is kept in the clear does not.
    row.problem = (result.sentence or result.answer).replace(row.address, row.masked)
    if result.outcome is Outcome.SENT:
        row.state, row.sent_at, row.problem = Letter.State.SENT, at, ""
        _drop_words(row)
        Mailbox.objects.filter(pk=mailbox.pk).update(sent_at=at)
        announce(LetterSent(letter_id=row.pk, purpose=row.purpose), by=MAIL, at=at)
    elif result.retry_at and result.retry_at < row.expires_at:
        row.send_after = result.retry_at
    else:
        _end(row, Letter.State.FAILED, result.problem_code or str(result.outcome), at)
    row.save(update_fields=["state", "sent_at", "problem", "send_after", "attempt_count", "subject", "text", "html"])


@transaction.atomic
def _end_late(row: Letter, at: datetime) -> None:
    _end(row, Letter.State.EXPIRED, "expired", at)
    row.save(update_fields=["state", "subject", "text", "html"])


def _end(row: Letter, state: str, code: str, at: datetime) -> None:
    row.state = state
    _drop_words(row)
    announce(LetterNotDelivered(letter_id=row.pk, purpose=row.purpose, code=code), by=MAIL, at=at)


def _drop_words(row: Letter) -> None:
    row.subject = row.text = row.html = ""


def _why_withheld(address: str, lookup: bytes, at: datetime) -> str:
    if Mailbox.objects.filter(address=address).exists():
        return "one of our own mailboxes"
    blocked = BlockedAddress.objects.filter(lookup=lookup, until__gt=at).first()
    return f"the address rests until {blocked.until:%Y-%m-%d}: {blocked.reason}" if blocked else ""
