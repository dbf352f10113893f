"""A second need in a case becomes a case of its own. Its promises count from when the customer said it."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.facts import CaseSplit
from yinuo.cases.models import Attachment, Case, CaseLink, Conversation, LinkKind, Message, MessageKind
from yinuo.foundation.facts import announce
from yinuo.organisation.models import Staff, Team

from . import promising
from .attaching import AttachmentDraft, attachment_rows
from .locking import locked_case
from .opening import FirstMessage, open_case


@transaction.atomic
def split_case(
    *,
    case: Case,
    message_ids: Collection[int],
    subject: str,
    team: Team,
    owner: Staff,
    owner_reason: str,
    by: Actor,
    at: datetime,
) -> Case:
    """Open a case with copies of messages of the customer; the first case keeps them, and both are linked.

    The customer was promised nothing less by having asked in one breath: the new case is opened as of the instant when
    we had the first of the messages, and a time that ran out since is broken at once.
    Refuses with NotAllowed, NotFound, CaseIsMerged, NothingToSplit, and as `open_case` does. Announces what `open_case`
    does, and CaseSplit for both.
    """
    by.require("cases.open")
    case = locked_case(case, by)
    chosen = Message.objects.filter(case=case, kind=MessageKind.CUSTOMER, pk__in=message_ids)
    messages = list(chosen.order_by("stored_at", "id").select_related("conversation").prefetch_related("attachments"))
    if not messages:
        raise rules.NothingToSplit
    first = messages[0]
    opened = open_case(
        customer=case.customer,
        first=FirstMessage(
            text=first.text,
            subject=subject,
            said_at=first.at,
            author_name=first.author_name,
            html=first.html,
            quoted=first.quoted,
            address=first.conversation.address,
            attachments=_files(first),
        ),
        channel=first.conversation.channel,
        team=team,
        owner=owner,
        owner_reason=owner_reason,
        case_class=case.case_class,
        language=case.language,
        by=by,
        at=first.stored_at,
    )
    new = Case.objects.select_for_update(of=("self",)).get(pk=opened.case_id)
    for message in messages[1:]:
        _copy(message, Conversation.objects.get(pk=opened.conversation_id))
    new.message_count = len(messages)
    new.last_message_at, new.preview = messages[-1].stored_at, rules.preview_of(messages[-1].text)
    promising.settle(new, promising.break_overdue(new, at=at, renew=True), by=by, at=at)
    new.save(update_fields=[*promising.STATE_FIELDS, "message_count", "last_message_at", "preview"])
    CaseLink.objects.create(one=new, other=case, kind=LinkKind.SPLIT_FROM, at=at, by=by.key)
    announce(
        CaseSplit(case_id=new.pk, other_case_id=case.pk, message_count=len(messages), is_new=True),
        CaseSplit(case_id=case.pk, other_case_id=new.pk, message_count=len(messages), is_new=False),
        by=by,
        at=at,
    )
    return new


def _copy(message: Message, conversation: Conversation) -> None:
    files = _files(message)
    copy = Message.objects.create(
        case=conversation.case,
        conversation=conversation,
        kind=message.kind,
        author=message.author,
        author_name=message.author_name,
        text=message.text,
        quoted=message.quoted,
        html=message.html,
        at=message.at,
        stored_at=message.stored_at,
    )
    Attachment.objects.bulk_create(attachment_rows(copy.pk, files))


def _files(message: Message) -> list[AttachmentDraft]:
    """Return the files of a message for its copy; the bytes are stored once, under their hash."""
    return [
        AttachmentDraft(file.name, file.content_type, file.size, file.digest, file.content_id, file.is_inline)
        for file in message.attachments.all()
    ]
