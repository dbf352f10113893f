"""What mail does when cases announce something: answers and notices go out, new cases are acknowledged."""

from collections.abc import Sequence

from yinuo.access.actors import Actor
from yinuo.cases.actions import notify_customer
from yinuo.cases.actions.messages import Said
from yinuo.cases.facts import CaseOpened, CustomerAnswered, CustomerNotified
from yinuo.cases.models import Channel, Message
from yinuo.foundation.clock import now
from yinuo.foundation.facts import RecordedFact
from yinuo.foundation.followers import follower

from .actions.sending import MAILED_CHANNELS, queue_mail_for
from .models import StoredMail
from .writing import acknowledgement

MAIL = Actor.system("mail")


@follower("mail.acknowledge", kinds=[CaseOpened], batch_size=50)
def acknowledge_new_cases(facts: Sequence[RecordedFact]) -> None:
    """Tell a customer whose mail became a case its number, its owner and the promised time."""
    cases = [fact.case_id for fact in facts if fact.payload["channel"] == Channel.MAIL]
    mails = StoredMail.objects.filter(case_id__in=cases, may_acknowledge=True, message__isnull=False)
    for mail in mails.select_related("case__customer", "case__owner", "message__conversation").order_by("id"):
        case = mail.case
        if case is None or mail.message is None or not case.is_open or case.answered_at:
            continue  # somebody was quicker than the machine: a receipt after the answer would only confuse
        at = now()
        said = Said(text=acknowledgement(case, name=mail.message.author_name or case.customer.name), at=at)
        notify_customer(case=case, said=said, conversation=mail.message.conversation, by=MAIL, at=at)


@follower("mail.send", kinds=[CustomerAnswered, CustomerNotified], batch_size=50)
def queue_outgoing_mail(facts: Sequence[RecordedFact]) -> None:
    """Put every public message of a conversation that leaves by mail in the queue of outgoing mail."""
    ids = [fact.payload["message_id"] for fact in facts if fact.payload["channel"] in MAILED_CHANNELS]
    messages = Message.objects.filter(pk__in=ids).select_related("conversation", "case__customer")
    for message in messages.order_by("id"):
        queue_mail_for(message, at=now())
