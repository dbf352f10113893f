"""What our mails say: a message with its thread, number, tracking link and mark; and the first notice to a customer."""

import json
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.html import escape, urlize
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from yinuo.cases.models import Attachment, Case, CaseState, Message, MessageKind
from yinuo.cases.queries import given_name, shown_quote
from yinuo.cases.store import path_of
from yinuo.organisation.queries import our_zone

from .keys import message_id_keys
from .models import Letter, Mailbox, StoredMail
from .models import OutgoingMail as QueuedMail
from .reading import make_body_mark
from .transport.compose import Automatic, OutgoingAttachment, OutgoingMail, Person

_REFERENCES = 30


def outgoing_mail(row: QueuedMail) -> OutgoingMail:
    """Return the mail of a queued row, ready to compose."""
    message, case, mailbox = row.message, row.case, row.mailbox
    assert mailbox is not None
    people = [Person(one["address"], one["name"]) for one in json.loads(row.recipients)]
    thread = _thread_before(message)
    mark = make_body_mark(message_id_keys()[0], message.conversation_id, message.pk)
    with translation.override(case.language):
        asked = f"\n\n{is_it_solved(case)}" if _ends_with(message, case) else ""
        text = f"{message.text.rstrip()}{asked}\n\n{_footer(case)}\n{mark}\n"
    return OutgoingMail(
        sender=Person(mailbox.address, mailbox.sender_name),
        to=people[:1],
        cc=people[1:],
        subject=f"Re: {case.subject} [{case.reference}]",
        text=text,
        html=_as_html(text),
        message_id=f"<{row.message_id_header}>",
        sent_at=row.queued_at,
        in_reply_to=thread[-1] if thread else "",
        references=thread,
        attachments=[_file(attachment) for attachment in message.attachments.all()],
        automatic=Automatic.REPLIED if row.is_automatic else Automatic.NO,
        thread_started_at=message.conversation.started_at,
    )


def outgoing_letter(row: Letter, mailbox: Mailbox) -> OutgoingMail:
    """Return the mail of a letter, from `mailbox`, ready to compose."""
    return OutgoingMail(
        sender=Person(mailbox.address, mailbox.sender_name),
        to=[Person(row.address)],
        subject=row.subject,
        text=row.text,
        html=row.html or _as_html(row.text),
        message_id=f"<{row.message_id_header}>",
        sent_at=row.queued_at,
        automatic=Automatic.GENERATED,
    )


def acknowledgement(case: Case, *, name: str, at: datetime) -> str:
    """Return the first notice to a customer, in their language: the number, who cares for it, when we answer.

    When the first answer will probably come sooner than promised, both times are said.

    name: what they call themselves in this request; what we know of the address stays with us.
    """
    with translation.override(case.language):
        due = local_time(case.next_due_at) if case.next_due_at else ""
        quote = shown_quote(case, at=at)
        sentence = quote.sentence if quote else _("We promise you an answer by %(due)s.") % {"due": due}
        return _(
            "Hello %(name)s,\n\n"
            "we have your message. Its number is %(reference)s, and %(owner)s is responsible for it.\n"
            "%(sentence)s\n\n"
            "You can see at any time how it goes: %(link)s"
        ) % {
            "name": name,
            "reference": case.reference,
            "owner": given_name(case.owner.name) if case.owner else "",
            "sentence": sentence,
            "link": tracking_link(case),
        }


def solved_notice(case: Case, *, name: str) -> str:
    """Return the notice that a case is solved, in the customer's language, with the question whether it is."""
    with translation.override(case.language):
        hello = _("Hello %(name)s,\n\nwe think that what you wrote to us about is solved.") % {"name": name}
        return f"{hello}\n\n{is_it_solved(case)}"


def is_it_solved(case: Case) -> str:
    """Return the question whether a solved case is solved, in the language now in force; the click is on that page."""
    link = f"{tracking_link(case)}#solved"
    if case.settles_at is None:
        return _("Is it solved? Say yes or no with one click, or just answer this mail if it is not: %(link)s") % {
            "link": link
        }
    return _(
        "Is it solved? Say yes or no with one click: %(link)s\n"
        "If not, you can also just answer this mail until %(day)s, and we take it up again."
    ) % {"link": link, "day": local_time(case.settles_at)}


def _ends_with(message: Message, case: Case) -> bool:
    """Return whether the case was solved by this very answer, and its customer can still say no."""
    return message.kind == MessageKind.REPLY and case.state == CaseState.SOLVED and message.at == case.closed_at


def tracking_link(case: Case) -> str:
    """Return the address where the customer follows the case without signing in."""
    return f"{settings.SITE_URL}/track/{case.track_token}"


def local_time(at: datetime) -> str:
    """Return an instant the way customers read it, in the house's zone."""
    local = at.astimezone(our_zone())
    if translation.get_language().startswith("zh"):
        return f"{local.month}月{local.day}日 {local:%H:%M}"
    return f"{local:%H:%M} on {local.day} {local:%B}"


def _footer(case: Case) -> str:
    return "-- \n" + _("Your case %(reference)s · %(link)s") % {
        "reference": case.reference,
        "link": tracking_link(case),
    }


def _thread_before(message: Message) -> list[str]:
    """Return the ids of the conversation's earlier mails, oldest first, in angle brackets."""
    came = StoredMail.objects.filter(message__conversation_id=message.conversation_id, message_id__lt=message.pk)
    went = QueuedMail.objects.filter(message__conversation_id=message.conversation_id, message_id__lt=message.pk)
    ids = [*came.exclude(message_id_header="").values_list("message_id", "message_id_header")]
    ids += went.values_list("message_id", "message_id_header")
    named = [value.strip("<>") for _place, value in sorted(ids)]
    clean = [value for value in named if value.isascii() and not any(sign.isspace() or sign in "<>" for sign in value)]
    return [f"<{value}>" for value in [*clean[:1], *clean[1:][-_REFERENCES:]]]


def _as_html(text: str) -> str:
    paragraphs = urlize(escape(text)).replace("\n", "<br>\n")
    return mark_safe(f'<div style="font-family:sans-serif;font-size:15px;line-height:1.6">{paragraphs}</div>')  # noqa: S308 - escaped above


def _file(attachment: Attachment) -> OutgoingAttachment:
    return OutgoingAttachment(attachment.name, attachment.content_type, path_of(attachment.digest).read_bytes())
