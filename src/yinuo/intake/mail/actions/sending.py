"""Mail goes out: a message becomes a row in the queue, and the queue is tried until the next server took it.

How one is handed in, by one worker at a time: `handing_in.py`.
"""

import json
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.cases.models import Case, Channel, Conversation, Message, MessageKind
from yinuo.customers.models import Identity, IdentityKind
from yinuo.foundation.facts import announce
from yinuo.intake.mail.facts import MailNotDelivered, MailSent
from yinuo.intake.mail.house_addresses import address_lookup
from yinuo.intake.mail.keys import message_id_keys
from yinuo.intake.mail.models import BlockedAddress, Mailbox, OutgoingMail, StoredMail
from yinuo.intake.mail.reading import RecentSend, make_message_id, may_send_more
from yinuo.intake.mail.settings_of import outgoing_settings
from yinuo.intake.mail.transport.opening import open_sender
from yinuo.intake.mail.transport.values import Outcome, SendingResult
from yinuo.intake.mail.writing import outgoing_mail

from .handing_in import BATCH, GIVE_UP_AFTER, default_mailbox, hand_in, holding

MAIL = Actor.system("mail")
# Conversations whose public messages leave by mail.
MAILED_CHANNELS = frozenset({Channel.MAIL, Channel.FORM, Channel.PORTAL})
_NEEDED = ("mailbox", "message__conversation", "case__customer", "case__owner")
_LOOP_MEMORY = timedelta(minutes=600)


def queue_mail_for(message: Message, *, at: datetime, send_after: datetime | None = None) -> OutgoingMail | None:
    """Put a public message of ours in the queue, once; None when it is not for mail or nobody can get it.

    What is said in the portal goes by mail too when we have the customer's address: nobody sits before that page.
    An automatic notice to an address that loops, or that is known dead, is withheld and says why.
    """
    conversation = message.conversation
    if conversation.channel not in MAILED_CHANNELS or message.kind not in {MessageKind.REPLY, MessageKind.NOTICE}:
        return None
    case = message.case
    mailbox = _mailbox_for(conversation, case)
    if mailbox is None:
        return None
    people = _recipients(case)
    if not people and conversation.channel != Channel.MAIL:
        return None
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
    due = OutgoingMail.objects.filter(state=OutgoingMail.State.QUEUED, next_try_at__lte=at)
    tried = 0
    for mailbox_id in list(due.order_by("mailbox_id").values_list("mailbox_id", flat=True).distinct()):
        with holding(mailbox_id) as is_ours:
            if is_ours:
                rows = due.filter(mailbox_id=mailbox_id).order_by("next_try_at", "id")
                tried += _send(list(rows.select_related(*_NEEDED)[:BATCH]), at)
    return tried


def _send(rows: list[OutgoingMail], at: datetime) -> int:
    if not rows or rows[0].mailbox is None:
        return 0
    with open_sender(outgoing_settings(rows[0].mailbox)) as sender:
        for row in rows:
            named = {"outgoing_mail": row.pk}
            written = partial(outgoing_mail, row)
            _record(row, hand_in(written, sender, tries_count=row.attempt_count, at=at, named=named), at)
    return len(rows)


@transaction.atomic
def _record(row: OutgoingMail, result: SendingResult, at: datetime) -> None:
    row.attempt_count += 1
    ids = {"case_id": row.case_id, "outgoing_mail_id": row.pk, "message_id": row.message_id}
    gave_up = at - row.queued_at > GIVE_UP_AFTER
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
    row.save(update_fields=["state", "sent_at", "problem", "next_try_at", "recipients", "attempt_count"])


def _still_waiting(row: OutgoingMail, result: SendingResult) -> str:
    temporary = {refused.address.lower() for refused in result.refused if refused.temporary}
    people = [one for one in json.loads(row.recipients) if one["address"].lower() in temporary]
    return json.dumps(people, ensure_ascii=False)


def _mailbox_for(conversation: Conversation, case: Case) -> Mailbox | None:
    """Return whose address a message goes out from: where the customer wrote to, else their team's, else any."""
    in_use = Mailbox.objects.filter(is_active=True, team=case.team_id).order_by("pk")
    return Mailbox.objects.filter(address=conversation.address).first() or in_use.first() or default_mailbox()


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
