"""Mail goes out: a message becomes a row in the queue, and the queue is tried until the next server took it.

A row is claimed by moving its next try ahead before the server is spoken to. A worker killed in between leaves the
row to be tried again later, with the same Message-ID, so that a mail taken twice shows once in most programs.
"""

import json
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import Q

from yinuo.access.actors import Actor
from yinuo.cases.models import Case, Channel, Message, MessageKind
from yinuo.customers.models import Identity, IdentityKind
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import Refusal
from yinuo.intake.mail.facts import MailNotDelivered, MailSent
from yinuo.intake.mail.house_addresses import address_lookup
from yinuo.intake.mail.keys import message_id_keys
from yinuo.intake.mail.models import BlockedAddress, Mailbox, OutgoingMail, StoredMail
from yinuo.intake.mail.reading import RecentSend, make_message_id, may_send_more
from yinuo.intake.mail.settings_of import outgoing_settings
from yinuo.intake.mail.transport.compose import compose
from yinuo.intake.mail.transport.opening import open_sender
from yinuo.intake.mail.transport.values import Outcome, SendingResult
from yinuo.intake.mail.writing import outgoing_mail

log = logging.getLogger("yinuo.mail")
MAIL = Actor.system("mail")
_CLAIM = timedelta(minutes=10)
_BATCH = 20
_LOOP_MEMORY = timedelta(minutes=600)
_GIVE_UP_AFTER = timedelta(days=4)


def queue_mail_for(message: Message, *, at: datetime, send_after: datetime | None = None) -> OutgoingMail | None:
    """Put a public message of ours in the queue, once; None when its conversation is not mail or nobody can get it.

    An automatic notice to an address that loops, or that is known dead, is withheld and says why.
    """
    conversation = message.conversation
    if conversation.channel != Channel.MAIL or message.kind not in {MessageKind.REPLY, MessageKind.NOTICE}:
        return None
    case = message.case
    mailbox = (
        Mailbox.objects.filter(address=conversation.address).first()
        or Mailbox.objects.filter(is_active=True).order_by("pk").first()
    )
    if mailbox is None:
        return None
    people = _recipients(case)
    is_automatic = message.kind == MessageKind.NOTICE
    lookup = address_lookup(people[0]["address"]) if people else b""
    reason = _why_withheld(lookup, case, at, is_automatic=is_automatic) if people else "no address to write to"
    domain = mailbox.address.partition("@")[2]
    row, _is_new = OutgoingMail.objects.get_or_create(
        message=message,
        defaults={
            "case": case,
            "mailbox": mailbox,
            "message_id_header": make_message_id(message_id_keys()[0], conversation.pk, message.pk, domain),
            "recipients": json.dumps(people[:1] if is_automatic else people, ensure_ascii=False),
            "recipient_lookup": lookup,
            "is_automatic": is_automatic,
            "state": OutgoingMail.State.WITHHELD if reason else OutgoingMail.State.QUEUED,
            "problem": reason,
            "next_try_at": send_after or at,
            "queued_at": at,
        },
    )
    return row


def send_due_mails(*, at: datetime) -> int:
    """Send what is due, one connection per mailbox; return how many mails were tried."""
    claimed = _claim(at)
    by_mailbox = groupby(sorted(claimed, key=lambda row: row.mailbox_id or 0), key=lambda row: row.mailbox)
    for mailbox, rows in by_mailbox:
        _send_over(mailbox, list(rows), at)
    return len(claimed)


@transaction.atomic
def _claim(at: datetime) -> list[OutgoingMail]:
    due = Q(state=OutgoingMail.State.QUEUED, next_try_at__lte=at)
    rows = list(
        OutgoingMail.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(due)
        .select_related("mailbox", "message__conversation", "case__customer", "case__owner")
        .order_by("next_try_at", "id")[:_BATCH]
    )
    for row in rows:
        row.attempt_count += 1
    OutgoingMail.objects.bulk_update(rows, ["attempt_count"])
    OutgoingMail.objects.filter(pk__in=[row.pk for row in rows]).update(next_try_at=at + _CLAIM)
    return rows


def _send_over(mailbox: Mailbox, rows: Iterable[OutgoingMail], at: datetime) -> None:
    with open_sender(outgoing_settings(mailbox)) as sender:
        for row in rows:
            mail = outgoing_mail(row)
            try:
                result = sender.send(
                    compose(mail),
                    sender=mailbox.address,
                    recipients=[person.address for person in (*mail.to, *mail.cc)],
                    at=at,
                    tries_count=row.attempt_count - 1,  # this try was counted when it was claimed
                )
            except Refusal as refusal:
                # A name or address that no mail may carry: trying again would not help.
                result = SendingResult(Outcome.REFUSED, problem_code=refusal.code, sentence=refusal.sentence())
            _record(row, result, at)


@transaction.atomic
def _record(row: OutgoingMail, result: SendingResult, at: datetime) -> None:
    ids = {"case_id": row.case_id, "outgoing_mail_id": row.pk, "message_id": row.message_id}
    gave_up = at - row.queued_at > _GIVE_UP_AFTER
    if result.outcome is Outcome.SENT:
        row.state, row.sent_at, row.problem = OutgoingMail.State.SENT, at, ""
        Mailbox.objects.filter(pk=row.mailbox_id).update(sent_at=at)
        announce(MailSent(**ids), by=MAIL, at=at)
    elif result.retry_at and not gave_up:
        row.next_try_at, row.problem = result.retry_at, result.sentence or result.answer
        if result.outcome is Outcome.PARTLY:
            row.recipients = _still_waiting(row, result)
    else:
        row.state, row.problem = OutgoingMail.State.FAILED, result.sentence or result.answer
        announce(MailNotDelivered(**ids, code=result.problem_code or str(result.outcome)), by=MAIL, at=at)
    row.save(update_fields=["state", "sent_at", "problem", "next_try_at", "recipients"])


def _still_waiting(row: OutgoingMail, result: SendingResult) -> str:
    temporary = {refused.address.lower() for refused in result.refused if refused.temporary}
    people = [one for one in json.loads(row.recipients) if one["address"].lower() in temporary]
    return json.dumps(people, ensure_ascii=False)


def _recipients(case: Case) -> list[dict[str, str]]:
    """Return whom an answer goes to: the last person who wrote, then the customer, then who takes part; each once."""
    people: dict[str, str] = {}
    last = (
        StoredMail.objects.filter(case=case, message__kind=MessageKind.CUSTOMER, sender__isnull=False)
        .order_by("-id")
        .first()
    )
    if last and last.sender:
        written = json.loads(last.sender)
        people[written["address"]] = written["name"]
    for identity in Identity.objects.filter(customer_id=case.customer_id, kind=IdentityKind.MAIL).order_by("id")[:1]:
        people.setdefault(identity.value, case.customer.name)
    for person in case.participants.order_by("id"):
        people.setdefault(person.address, person.name)
    return [{"address": address, "name": name} for address, name in people.items()]


def _why_withheld(lookup: bytes, case: Case, at: datetime, *, is_automatic: bool) -> str:
    if not is_automatic:
        return ""
    blocked = BlockedAddress.objects.filter(lookup=lookup, until__gt=at).first()
    if blocked:
        return f"the address rests until {blocked.until:%Y-%m-%d}: {blocked.reason}"
    sends = OutgoingMail.objects.filter(recipient_lookup=lookup, queued_at__gt=at - _LOOP_MEMORY, is_automatic=True)
    recent = [
        RecentSend(to="", at=row.queued_at, subject=row.case.subject)
        for row in sends.exclude(state=OutgoingMail.State.WITHHELD).select_related("case")
    ]
    allowed = may_send_more(recent, to="", subject=case.subject, at=at)
    return "" if allowed.is_allowed else f"to stop a loop: {allowed.reason}"
