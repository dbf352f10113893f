"""What the mail channel leaves behind: what came, as it came, and what went out.

Conversations that may go on (open at the end, or of the last days) get whole mails, so that answers find their
thread in both directions. Of the older ones only the key of each delivery is kept. Nothing is ever queued here.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from yinuo.access.actors import Actor
from yinuo.cases.actions import store_bytes
from yinuo.cases.models import Message
from yinuo.customers.models import Customer
from yinuo.demo.company.mails import Quoted, as_email
from yinuo.demo.company.values import Plan, Turn
from yinuo.demo.company.world import World
from yinuo.foundation.facts import announce
from yinuo.intake.mail.facts import MailSent, MailStored
from yinuo.intake.mail.house_addresses import address_lookup
from yinuo.intake.mail.keys import message_id_keys
from yinuo.intake.mail.models import Mailbox, OutgoingMail, StoredMail
from yinuo.intake.mail.reading import mailbox_id, make_message_id, parse_mail

MAIL = Actor.system("mail")
_WHOLE_FOR = timedelta(days=3)
_ON_THE_WAY = timedelta(seconds=2)


@dataclass(frozen=True)
class Arrived:
    """A mail on its way into a case; `raw` is empty when only its key is kept."""

    delivery_key: str
    raw: bytes = b""
    message_id: str = ""

    @property
    def source_key(self) -> str:
        return f"mail:{self.delivery_key}"


class MailKeeper:
    """The mails of one case, in the order they came and went."""

    def __init__(self, plan: Plan, customer: Customer, mailbox: Mailbox, world: World, *, ends_at: datetime) -> None:
        self.plan = plan
        self.customer = customer
        self.mailbox = mailbox
        self.invented = world.customer_by_number[plan.customer_number]
        goes_on = plan.turns[-1].kind != "close"
        self.is_whole = goes_on or plan.opened_at > ends_at - _WHOLE_FOR
        self.last_sent: Quoted | None = None

    def arrive(self, turn: Turn) -> Arrived:
        """Return the customer's turn as the mail it came in."""
        if not self.is_whole:
            text = f"{self.mailbox.pk}:{self.plan.customer_number}:{turn.at.isoformat()}:{turn.text}"
            return Arrived(hashlib.sha256(text.encode()).hexdigest())
        raw = as_email(self.plan, turn, self.invented, replying_to=self.last_sent, to=self.mailbox.address)
        mail = parse_mail(raw, turn.at)
        key = hashlib.sha256(mailbox_id(mail, str(self.mailbox.pk)).encode()).hexdigest()
        return Arrived(key, raw, mail.message_id or "")

    def file(self, arrived: Arrived, case_id: int, message_id: int, at: datetime) -> None:
        """Keep the raw mail with the message it became."""
        if not arrived.raw:
            return
        stored = StoredMail.objects.create(
            mailbox=self.mailbox,
            delivery_key=arrived.delivery_key,
            digest=store_bytes(arrived.raw, name="", content_type="message/rfc822").digest,
            size=len(arrived.raw),
            state=StoredMail.State.FILED,
            reason="history of the demo",
            sender=json.dumps({"name": self.invented.name, "address": self.invented.mail}, ensure_ascii=False),
            message_id_header=arrived.message_id,
            case_id=case_id,
            message_id=message_id,
            stored_at=at,
        )
        filed = MailStored(
            case_id=case_id, stored_mail_id=stored.pk, mailbox_id=self.mailbox.pk, state=str(stored.state)
        )
        announce(filed, by=MAIL, at=at)

    def sent(self, turn: Turn, message: Message) -> None:
        """Keep our answer as sent."""
        if not self.is_whole:
            return
        domain = self.mailbox.address.partition("@")[2]
        row = OutgoingMail.objects.create(
            message=message,
            case_id=message.case_id,
            mailbox=self.mailbox,
            message_id_header=make_message_id(message_id_keys()[0], message.conversation_id, message.pk, domain),
            recipients=json.dumps([{"address": self.invented.mail, "name": self.invented.name}], ensure_ascii=False),
            recipient_lookup=address_lookup(self.invented.mail),
            is_automatic=False,
            state=OutgoingMail.State.SENT,
            attempt_count=1,
            next_try_at=turn.at,
            queued_at=turn.at,
            sent_at=turn.at + _ON_THE_WAY,
        )
        announce(MailSent(case_id=row.case_id, outgoing_mail_id=row.pk, message_id=message.pk), by=MAIL, at=row.sent_at)
        self.last_sent = Quoted(
            message_id=f"<{row.message_id_header}>",
            sender_name=self.mailbox.sender_name,
            sender_mail=self.mailbox.address,
            subject=self.plan.subject,
            text=turn.text,
            at=turn.at,
            references=(*self.last_sent.references, self.last_sent.message_id) if self.last_sent else (),
        )
