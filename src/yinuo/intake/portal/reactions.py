"""What the portal does when something was announced: codes go out, and a question is acknowledged by mail."""

from collections.abc import Sequence

from yinuo.cases.actions import notify_customer
from yinuo.cases.actions.messages import Said
from yinuo.cases.facts import CaseOpened
from yinuo.cases.models import Channel, Message
from yinuo.customers.queries import mail_address_of
from yinuo.foundation.clock import now
from yinuo.foundation.facts import RecordedFact
from yinuo.foundation.followers import follower
from yinuo.intake.mail.writing import acknowledgement

from .actions import send_code
from .actions.asking import KEY_PREFIX, PORTAL
from .facts import SignInAsked
from .models import SignIn


@follower("portal.send_codes", kinds=[SignInAsked], batch_size=20)
def send_codes(facts: Sequence[RecordedFact]) -> None:
    """Send a code to every asker whose address is a customer's."""
    for row in SignIn.objects.filter(pk__in=[fact.payload["sign_in_id"] for fact in facts]).order_by("id"):
        send_code(sign_in=row, at=now())


@follower("portal.acknowledge", kinds=[CaseOpened], batch_size=50)
def acknowledge_questions(facts: Sequence[RecordedFact]) -> None:
    """Tell a customer who asked in the form the number, the owner and the promised time, when they have mail."""
    channels = {Channel.FORM, Channel.PORTAL}
    cases = [fact.case_id for fact in facts if fact.payload["channel"] in channels]
    first = Message.objects.filter(case_id__in=cases, source_key__startswith=KEY_PREFIX)
    for message in first.select_related("case__customer", "case__owner", "conversation").order_by("id"):
        case = message.case
        if not case.is_open or case.answered_at or not mail_address_of(case.customer_id):
            continue
        at = now()
        said = Said(text=acknowledgement(case, name=message.author_name, at=at), at=at)
        notify_customer(case=case, said=said, conversation=message.conversation, by=PORTAL, at=at)
