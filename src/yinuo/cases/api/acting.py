"""What other programs may do to a case: each act is a resource somebody posts to."""

from datetime import datetime
from enum import StrEnum

from ninja import Path
from pydantic import BaseModel, Field

from yinuo.access.actors import Actor
from yinuo.access.api import ApiRequest
from yinuo.cases import actions, rules
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Case, Channel
from yinuo.foundation.api import Given, Id, Instant, LongText, ShortText, Text, Unset, bounded
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound
from yinuo.organisation.models import Staff

from .files import UploadToken, uploaded
from .reading import visible_case
from .router import router
from .shapes import CaseOut, MessageOut, PersonOut, Reference, case_out, case_rows, message_out, message_rows

Outcome = StrEnum("Outcome", {code.upper(): code for code in rules.OUTCOMES})


class NoteIn(Given):
    """What is said; at least a text or one file."""

    text: LongText = Field("", examples=["零件已寄出，预计周三到货。"])
    uploads: list[UploadToken] = Field([], max_length=20, description="Tokens from `POST /uploads`.")


class InternalNoteIn(NoteIn):
    """A note. `@` and a colleague's name in the text call their attention."""

    mentions: list[Id] = Field([], max_length=50, description="Ids of staff, where several have the name in the text.")


class CustomerMessageIn(NoteIn):
    """What the customer said on a channel that you serve."""

    channel: Channel = Channel.API
    author_name: ShortText = Field("", description="Who said it, when it was not the customer in person.")
    said_at: Instant | Unset = Field(None, description="When it was said; left out: now.")


class ReplyIn(NoteIn):
    """A public answer."""

    last_seen_message_id: Id | Unset = Field(
        None, description="The newest message you knew; refused when the customer wrote since."
    )
    wait: bool = Field(False, description="It is the customer's turn now: the case waits for them until they write.")


class ClosureIn(Given):
    """How the case ends."""

    outcome: Outcome
    summary: LongText = ""


class ReopeningIn(Given):
    """Why the case starts again."""

    reason: bounded(300, shortest=1)


class ConfirmationIn(Given):
    """What the customer says of it, if anything."""

    word: Text = ""


class OwnershipIn(Given):
    """Who becomes accountable, and why."""

    staff_id: Id
    reason: Text = ""


class OwnershipOut(BaseModel):
    """Who is accountable since when."""

    owner: PersonOut
    since: datetime
    reason: str


@router.post("/{reference}/messages", response={201: MessageOut}, operation_id="add_customer_message")
def add_customer_message(request: ApiRequest, reference: Path[Reference], body: CustomerMessageIn) -> MessageOut:
    """Add what the customer said; a solved case starts again, and a time for the answer is promised.

    To a case that closed for good it opens a new one that follows it; `case` of the answer names where it stands.
    What only thanks opens nothing and promises nothing (`is_thanks`).

    Scope `cases:write`, of a role that opens cases. Refuses `cases.empty_message`, `cases.unknown_upload`.
    """
    request.actor.require("cases.open")
    case, at = visible_case(request, reference), now()
    said = Said(
        body.text,
        min(body.said_at or at, at),
        author_name=body.author_name or case.customer.name,
        attachments=uploaded(request, body.uploads),
    )
    message = actions.take_customer_message(case=case, said=said, channel=body.channel.value, by=request.actor, at=at)
    return _stored(message.case, message.pk)


@router.post("/{reference}/replies", response={201: MessageOut}, operation_id="reply")
def reply(request: ApiRequest, reference: Path[Reference], body: ReplyIn) -> MessageOut:
    """Answer the customer publicly, on the road by which the case came; keeps the promises to answer.

    Scope `cases:write`. Refuses `cases.case_is_closed`, `cases.new_messages_arrived`, `cases.empty_message`.
    """
    request.actor.require("cases.reply")
    case = visible_case(request, reference)
    message = actions.reply(
        case=case,
        said=_said(request, body),
        last_seen_id=body.last_seen_message_id,
        wait=body.wait,
        by=request.actor,
        at=now(),
    )
    return _stored(case, message.pk)


@router.post("/{reference}/notes", response={201: MessageOut}, operation_id="add_note")
def add_note(request: ApiRequest, reference: Path[Reference], body: InternalNoteIn) -> MessageOut:
    """Add an internal note; it answers nobody and never leaves the house. Colleagues named by an @ are mentioned.

    Scope `cases:write`. Refuses `cases.empty_message`, `cases.cannot_see_case`, `cases.name_of_several`.
    """
    request.actor.require("cases.note")
    case = visible_case(request, reference)
    message = actions.add_note(case=case, said=_said(request, body), chosen=body.mentions, by=request.actor, at=now())
    return _stored(case, message.pk)


@router.post("/{reference}/closures", response={201: CaseOut}, operation_id="close_case")
def close_case(request: ApiRequest, reference: Path[Reference], body: ClosureIn) -> CaseOut:
    """End a case and return it as it is then: solved, until the time for the customer's word is over.

    Scope `cases:write`. Refuses `cases.case_is_closed`.
    """
    request.actor.require("cases.close")
    case = visible_case(request, reference)
    actions.close_case(case=case, outcome=body.outcome.value, summary=body.summary, by=request.actor, at=now())
    return _as_it_is(request, case)


@router.post("/{reference}/reopenings", response={201: CaseOut}, operation_id="reopen_case")
def reopen_case(request: ApiRequest, reference: Path[Reference], body: ReopeningIn) -> CaseOut:
    """Start an ended case again, with a new promise of an answer, and return it as it is then.

    Scope `cases:write`; a case that closed for good, of a role that leads. Refuses `cases.case_is_open`,
    `cases.case_is_settled`.
    """
    request.actor.require("cases.reopen")
    case = visible_case(request, reference)
    actions.reopen_case(case=case, reason=body.reason, by=request.actor, at=now())
    return _as_it_is(request, case)


@router.post("/{reference}/confirmations", response={201: CaseOut}, operation_id="confirm_solved")
def confirm_solved(request: ApiRequest, reference: Path[Reference], body: ConfirmationIn) -> CaseOut:
    """Write down that the customer says a solved case is solved; it closes for good at once.

    Scope `cases:write`. Refuses `cases.nothing_to_confirm`.
    """
    request.actor.require("cases.close")
    case = visible_case(request, reference)
    actions.confirm_solved(case=case, word=body.word, by=request.actor, at=now())
    return _as_it_is(request, case)


@router.post(
    "/{reference}/messages/{message_id}/overruling", response={201: MessageOut}, operation_id="overrule_thanks"
)
def overrule_thanks(request: ApiRequest, reference: Path[Reference], message_id: Path[Id]) -> MessageOut:
    """Say that a message taken as thanks needs an answer: its clock counts from the instant it came.

    Scope `cases:write`. Refuses `cases.case_is_settled`, and `not_found` for a message that was never taken as thanks.
    """
    request.actor.require("cases.reply")
    case = visible_case(request, reference)
    actions.overrule_thanks(case=case, message_id=message_id, by=request.actor, at=now())
    return _stored(case, message_id)


@router.post("/{reference}/owners", response={201: OwnershipOut}, operation_id="change_owner")
def change_owner(request: ApiRequest, reference: Path[Reference], body: OwnershipIn) -> OwnershipOut:
    """Make somebody else accountable; every promise to the customer stays as it is.

    Scope `cases:write`, of a role that assigns cases. Refuses `cases.case_is_closed`, `cases.owner_not_in_team`.
    """
    request.actor.require("cases.assign")
    case = visible_case(request, reference)
    to = Staff.objects.filter(pk=body.staff_id).first()
    if to is None:
        raise NotFound
    ownership = actions.change_owner(case=case, to=to, reason=body.reason, by=request.actor, at=now())
    return OwnershipOut(owner=PersonOut(id=to.pk, name=to.name), since=ownership.since, reason=ownership.reason)


def _said(request: ApiRequest, body: NoteIn) -> Said:
    return Said(body.text, now(), author_name=request.actor.name, attachments=uploaded(request, body.uploads))


def _stored(case: Case, message_id: int) -> MessageOut:
    return message_out(message_rows(case).get(pk=message_id))


def _as_it_is(request: ApiRequest, case: Case) -> CaseOut:
    # Whoever acted on it may see what came of it, even when it has just left their hands.
    return case_out(case_rows(Actor.system("api")).get(pk=case.pk), request.actor)
