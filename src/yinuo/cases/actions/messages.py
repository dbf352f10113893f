"""Messages of a case: what the customer says, what we answer, what stays among ourselves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.facts import (
    AutomaticMessageArrived,
    CustomerAnswered,
    CustomerNotified,
    CustomerWrote,
    NoteAdded,
)
from yinuo.cases.models import Attachment, Case, Channel, Conversation, Message, MessageKind
from yinuo.foundation.facts import announce

from . import promising
from .attaching import AttachmentDraft, attachment_rows
from .closing import reopen_locked
from .locking import locked_case, locked_living_case
from .mentioning import mentioned_in, store_mentions
from .thanking import taken_as_thanks, write_down_thanks
from .waiting import announce_waiting, begin_waiting, end_waiting


@dataclass(frozen=True)
class Said:
    """One message about to be stored. `at` is when it was said, aware."""

    text: str
    at: datetime
    author_name: str = ""
    html: str = ""
    quoted: str = ""
    source_key: str | None = None
    attachments: Sequence[AttachmentDraft] = ()


@transaction.atomic
def add_customer_message(
    *, case: Case, said: Said, channel: str, address: str = "", by: Actor, at: datetime
) -> Message:
    """Add what the customer said; a solved case starts again. Thanks are kept, but open nothing and start no clock.

    Said in a case that was merged, it stands in the one its number leads to.
    `by` is the customer, or who typed it in for them. Announces CustomerWrote, perhaps PromiseMade, CaseReopened,
    ThanksTaken. Refuses with EmptyMessage, NotAllowed, and with CaseIsSettled when the case closed for good: see
    `following.take_customer_message`.
    """
    if not by.customer_id:
        by.require("cases.open")
    _refuse_empty(said)
    named, case = case, locked_living_case(case, by)
    thanks = taken_as_thanks(case, said)
    if not thanks:
        _start_what_it_calls_for(case, by=by, at=at)
    author = by.key if by.customer_id else f"customer:{case.customer_id}"
    # Two customers whose cases were merged each go on in a conversation of their own.
    came_from = named if named.pk != case.pk and named.customer_id != case.customer_id else None
    conversation = _conversation(case, channel, address, at, came_from=came_from)
    message = _store(case, conversation, MessageKind.CUSTOMER, said, author=author, at=at)
    announce(
        CustomerWrote(
            case_id=case.pk,
            customer_id=case.customer_id,
            staff_id=case.owner_id,
            message_id=message.pk,
            channel=channel,
        ),
        by=by,
        at=at,
    )
    if thanks:
        write_down_thanks(case, message, thanks, by=by, at=at)
    return message


def _start_what_it_calls_for(case: Case, *, by: Actor, at: datetime) -> None:
    """Let a locked case start again, or start the clock of the answer, for a message that wants one. Does not save."""
    if not case.is_open:
        if not rules.may_start_again(state=case.state, settles_at=case.settles_at, at=at):
            raise rules.CaseIsSettled(reference=case.reference)
        reopen_locked(case, reason="the customer wrote again", by=by, at=at)
    end_waiting(case, by=by, at=at)
    live = promising.break_overdue(case, at=at, renew=True)
    kind = rules.promise_for_customer_message(
        [promise.kind for promise in live], unanswered_since=case.unanswered_since, answered_at=case.answered_at
    )
    if kind:
        live.append(promising.make_promise(case, kind, start=at, by=by, at=at))
    promising.settle(case, live, by=by, at=at)
    case.unanswered_since = case.unanswered_since or at


@transaction.atomic
def reply(
    *,
    case: Case,
    said: Said,
    conversation: Conversation | None = None,
    last_seen_id: int | None = None,
    wait: bool = False,
    by: Actor,
    at: datetime,
) -> Message:
    """Answer the customer publicly; keeps the promises to answer that are not yet due.

    `last_seen_id`: the newest message the author had before them. `wait`: it is the customer's turn now, and what the
    standard pauses does not run; without it the case waits no longer. Refuses as `check_reply` does. Announces
    CustomerAnswered, PromiseKept, WaitingForCustomerBegan, WaitingForCustomerEnded, PromisePaused, PromiseResumed.
    """
    by.require("cases.reply")
    case = locked_case(case, by)
    check_reply(case=case, said=said, last_seen_id=last_seen_id, by=by)
    conversation = conversation or answering_conversation(case)
    was_waiting = case.waiting_since is not None
    if not wait:
        end_waiting(case, by=by, at=at)
    live = promising.break_overdue(case, at=at, renew=False)
    kept = rules.kept_by_answer(live, at=at)
    promising.end_kept(case, kept, by=by, at=at)
    live = [promise for promise in live if promise not in kept]
    if wait and not was_waiting:
        live = begin_waiting(case, live, by=by, at=at)
    promising.settle(case, live, by=by, at=at)
    is_first = case.answered_at is None
    case.answered_at = case.answered_at or at
    case.unanswered_since = case.broken_since = None
    message = _store(case, conversation, MessageKind.REPLY, said, author=by.key, at=at)
    staff_id = by.staff_id or case.owner_id
    announce(
        CustomerAnswered(
            case_id=case.pk,
            customer_id=case.customer_id,
            staff_id=staff_id,
            message_id=message.pk,
            channel=conversation.channel,
            is_first=is_first,
        ),
        by=by,
        at=at,
    )
    if wait and not was_waiting:
        announce_waiting(case, message_id=message.pk, staff_id=staff_id, by=by, at=at)
    return message


def check_reply(*, case: Case, said: Said, last_seen_id: int | None = None, by: Actor) -> None:
    """Pass when this answer could be given now, for those who send it a little later.

    Refuses with NotAllowed, EmptyMessage, CaseIsClosed, and with NewMessagesArrived when the customer wrote after
    the message `last_seen_id`.
    """
    by.require("cases.reply")
    _refuse_empty(said)
    if not case.is_open:
        raise rules.CaseIsClosed(reference=case.reference)
    if last_seen_id is not None:
        _refuse_unseen(case, last_seen_id)


@transaction.atomic
def add_note(*, case: Case, said: Said, chosen: Collection[int] = (), by: Actor, at: datetime) -> Message:
    """Add an internal note; it answers nobody and never leaves the house. Whoever is named by an @ is mentioned.

    chosen: ids of staff, which decide where several have one name. Refuses with NotAllowed, EmptyMessage,
    CannotSeeCase, NameOfSeveral. Announces NoteAdded, StaffMentioned.
    """
    by.require("cases.note")
    _refuse_empty(said)
    # What the system files is lost to no merge; a colleague hears where the case went, and looks there first.
    case = locked_living_case(case, by) if by.is_system else locked_case(case, by, for_task=True)
    mentioned = mentioned_in(case, said.text, chosen=chosen, by=by)
    message = _store(case, _own_conversations(case)[0], MessageKind.NOTE, said, author=by.key, at=at)
    announce(NoteAdded(case_id=case.pk, message_id=message.pk), by=by, at=at)
    store_mentions(case, message, mentioned, by=by, at=at)
    return message


@transaction.atomic
def notify_customer(*, case: Case, said: Said, conversation: Conversation, by: Actor, at: datetime) -> Message:
    """Tell the customer something by the system itself; it keeps no promise to answer. Announces CustomerNotified."""
    case = locked_living_case(case, by)
    message = _store(case, conversation, MessageKind.NOTICE, said, author=by.key, at=at)
    announce(
        CustomerNotified(
            case_id=case.pk, customer_id=case.customer_id, message_id=message.pk, channel=conversation.channel
        ),
        by=by,
        at=at,
    )
    return message


@transaction.atomic
def add_automatic_message(*, case: Case, said: Said, by: Actor, at: datetime) -> Message:
    """File a machine's mail (bounce, out of office) with the case: no state, no clock and no owner changes.

    Announces AutomaticMessageArrived.
    """
    case = locked_living_case(case, by)
    message = _store(case, _own_conversations(case)[0], MessageKind.AUTOMATIC, said, author=by.key, at=at)
    announce(AutomaticMessageArrived(case_id=case.pk, message_id=message.pk), by=by, at=at)
    return message


def _refuse_empty(said: Said) -> None:
    if not said.text.strip() and not said.attachments:
        raise rules.EmptyMessage


def _refuse_unseen(case: Case, last_seen_id: int) -> None:
    count = Message.objects.filter(case=case, id__gt=last_seen_id, kind=MessageKind.CUSTOMER).count()
    if count:
        raise rules.NewMessagesArrived(count=count)


def answering_conversation(case: Case) -> Conversation:
    """Return where an answer goes: the newest conversation, but a running exchange of mails before the portal.

    Those that came with a merge do not count: answers go by the road of the case itself.
    """
    newest = list(_own_conversations(case))
    if newest[0].channel == Channel.PORTAL:
        return next((one for one in newest if one.channel == Channel.MAIL), newest[0])
    return newest[0]


def _own_conversations(case: Case) -> QuerySet[Conversation]:
    return case.conversations.filter(came_from=None).order_by("-id")


def _conversation(case: Case, channel: str, address: str, at: datetime, *, came_from: Case | None) -> Conversation:
    found = Conversation.objects.filter(case=case, channel=channel, came_from=came_from).order_by("-id").first()
    return found or Conversation.objects.create(
        case=case, channel=channel, address=address, started_at=at, came_from=came_from
    )


def _store(
    case: Case, conversation: Conversation, kind: MessageKind, said: Said, *, author: str, at: datetime
) -> Message:
    message = Message.objects.create(
        case=case,
        conversation=conversation,
        kind=kind,
        author=author,
        author_name=said.author_name[:120],
        text=said.text,
        quoted=said.quoted,
        html=said.html,
        at=said.at,
        stored_at=at,
        source_key=said.source_key,
    )
    if said.attachments:
        Attachment.objects.bulk_create(attachment_rows(message.pk, said.attachments))
    case.message_count += 1
    changed = ["message_count", "unanswered_since", "answered_at", "waiting_since", *promising.STATE_FIELDS]
    if kind != MessageKind.NOTE:
        case.last_message_at, case.preview = at, rules.preview_of(said.text)
        changed += ["last_message_at", "preview"]
    case.save(update_fields=changed)
    return message
