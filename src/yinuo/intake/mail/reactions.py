"""What mail does when something is announced: answers, notices and digests go out, trouble with mailboxes is told."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import formats, translation
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.access.roles import PERMISSIONS, Role
from yinuo.cases.actions import notify_customer
from yinuo.cases.actions.messages import Said
from yinuo.cases.facts import CaseClosed, CaseOpened, CustomerAnswered, CustomerNotified
from yinuo.cases.models import Case, CaseState, Channel, Message, MessageKind
from yinuo.cases.rules import UNASKED_OUTCOMES
from yinuo.foundation.clock import now
from yinuo.foundation.facts import RecordedFact
from yinuo.foundation.followers import follower
from yinuo.notifications.actions import Notice, notify, write_digest
from yinuo.notifications.digests import digest_text
from yinuo.notifications.facts import DigestReady
from yinuo.notifications.models import Digest
from yinuo.organisation.models import Staff

from . import notices
from .actions.letters import LetterDraft, queue_letter
from .actions.sending import MAILED_CHANNELS, queue_mail_for
from .facts import MailboxCleared, MailboxObstructed
from .models import StoredMail
from .writing import acknowledgement, solved_notice

MAIL = Actor.system("mail")
# A digest that could not be sent by then speaks of a day that is nearly over.
_DIGEST_LIVES_FOR = timedelta(hours=8)
# What was solved longer ago than this is history, not news.
_NEWS_FOR = timedelta(days=1)


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
        said = Said(text=acknowledgement(case, name=mail.message.author_name or case.customer.name, at=at), at=at)
        notify_customer(case=case, said=said, conversation=mail.message.conversation, by=MAIL, at=at)


@follower("mail.ask_if_solved", kinds=[CaseClosed], batch_size=50)
def ask_if_solved(facts: Sequence[RecordedFact]) -> None:
    """Tell a customer by mail that their case is solved, and ask; unless the answer that solved it asks already."""
    at = now()
    asked = [
        fact.case_id
        for fact in facts
        if not fact.actor.startswith("customer:")
        and fact.payload["outcome"] not in UNASKED_OUTCOMES
        and at - fact.at < _NEWS_FOR
    ]
    solved = Case.objects.filter(pk__in=asked, state=CaseState.SOLVED).select_related("customer", "owner")
    for case in solved.order_by("id"):
        conversation = case.conversations.order_by("-id").first()
        if conversation is None or conversation.channel not in MAILED_CHANNELS:
            continue
        if case.messages.filter(kind=MessageKind.REPLY, at=case.closed_at).exists():
            continue
        name = case.messages.filter(kind=MessageKind.CUSTOMER).order_by("-id").values_list("author_name", flat=True)
        said = Said(text=solved_notice(case, name=name.first() or case.customer.name), at=at)
        notify_customer(case=case, said=said, conversation=conversation, by=MAIL, at=at)


@follower("mail.send", kinds=[CustomerAnswered, CustomerNotified], batch_size=50)
def queue_outgoing_mail(facts: Sequence[RecordedFact]) -> None:
    """Put every public message of a conversation that leaves by mail in the queue of outgoing mail."""
    ids = [fact.payload["message_id"] for fact in facts if fact.payload["channel"] in MAILED_CHANNELS]
    messages = Message.objects.filter(pk__in=ids).select_related("conversation", "case__customer")
    for message in messages.order_by("id"):
        queue_mail_for(message, at=now())


@follower("mail.digests", kinds=[DigestReady], batch_size=50)
def queue_digests(facts: Sequence[RecordedFact]) -> None:
    """Write the daily digests and put them in the queue, each in its reader's language."""
    ids = [fact.payload["digest_id"] for fact in facts]
    for digest in Digest.objects.filter(pk__in=ids).select_related("staff__account").order_by("id"):
        account = digest.staff.account
        if not account.email:
            continue
        with translation.override(account.language):
            parts = write_digest(digest=digest).parts
            day = formats.date_format(digest.day, "MONTH_DAY_FORMAT")
            draft = LetterDraft(
                to=account.email,
                subject=_("Your day in Yinuo, %(day)s") % {"day": day},
                text=digest_text(parts),
                purpose="notifications.digest",
                language=account.language,
            )
        if parts:
            key = f"notifications.digest:{digest.staff_id}:{digest.day.isoformat()}"
            queue_letter(draft=draft, key=key, at=now(), expires_at=digest.made_at + _DIGEST_LIVES_FOR)


@follower("mail.tell_staff", kinds=[MailboxObstructed, MailboxCleared], batch_size=50)
def tell_of_mailboxes(facts: Sequence[RecordedFact]) -> None:
    """Tell those who look after mailboxes that one cannot be read, and that it is read again."""
    roles = [role for role in Role if "mail.configure" in PERMISSIONS[role]]
    people = Staff.objects.working().filter(account__grants__role__in=roles).order_by("pk").distinct()
    staff_ids = list(people.values_list("pk", flat=True))
    told = [
        Notice.of_fact(
            fact,
            kind=notices.OBSTRUCTED if fact.type == MailboxObstructed.fact_type else notices.CLEARED,
            staff_id=staff_id,
            subject_id=fact.payload["mailbox_id"],
        )
        for fact in facts
        for staff_id in staff_ids
    ]
    notify(notices=told, by=MAIL, at=now())
