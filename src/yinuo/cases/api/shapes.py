"""Cases, messages, promises and files as other programs see them."""

from datetime import datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from pydantic import BaseModel, Field, StringConstraints

from yinuo.access.actors import Actor
from yinuo.cases.models import (
    Attachment,
    Case,
    CaseState,
    Channel,
    Consent,
    Escalation,
    Message,
    MessageKind,
    Promise,
    PromiseEnd,
    PromiseKind,
)
from yinuo.customers.models import Tier
from yinuo.foundation.models import FactRow
from yinuo.standards.models import CaseClass

Reference = Annotated[
    str,
    StringConstraints(pattern=r"^[Yy][Nn]-[0-9]{6}-[0-9]{4,12}$", max_length=24),
    Field(description="The number people see.", examples=["YN-261122-0386"]),
]


class PersonOut(BaseModel):
    """A member of staff."""

    id: int
    name: str


class CaseCustomerOut(BaseModel):
    """Whose case it is. `name` is null for callers who may not see customers."""

    id: int
    name: str | None
    tier: Tier


class CaseOut(BaseModel):
    """One customer need, with its owner and the next time we promised."""

    id: int
    reference: str = Field(examples=["YN-261122-0386"])
    subject: str
    state: CaseState
    customer: CaseCustomerOut
    owner: PersonOut | None = Field(description="Who is accountable; never null while the case is open.")
    team: str = Field(description="Code of the team.")
    department: str = Field(description="Code of the department.")
    region: str | None = Field(description="Code of the region.")
    channel: Channel
    case_class: CaseClass
    category: str
    language: str
    preview: str = Field(description="How the last message begins.")
    message_count: int
    next_due_at: datetime | None = Field(description="The promise that falls due first; null when closed.")
    answer_by: datetime | None = Field(
        description="When the first answer will probably come, in four cases of five; the promise itself when nothing "
        "sooner is known. Null once answered or closed."
    )
    opened_at: datetime
    closed_at: datetime | None = Field(description="When it was last solved; null while open.")
    first_solved_at: datetime | None = Field(description="When it was first solved; a reopening changes nothing.")
    settles_at: datetime | None = Field(description="When a solved case closes for good; null: only by a word.")
    settled_at: datetime | None = Field(description="When it closed for good.")
    answered_at: datetime | None = Field(description="The first public answer by a person.")
    unanswered_since: datetime | None = Field(description="Since when the customer waits for an answer.")
    waiting_since: datetime | None = Field(description="Since when we wait for the customer, after an answer said so.")
    last_message_at: datetime
    handoff_count: int = Field(description="How often the case has got another owner.")
    offered_until: datetime | None = Field(description="Until when an open offer of the case can be accepted.")
    held_since: datetime | None = Field(description="Since when the coordination centre decides who owns it.")


class FileOut(BaseModel):
    """A file of a message; its bytes are at `/attachments/{id}`."""

    id: int
    name: str
    content_type: str
    size: int = Field(description="Bytes.")
    is_inline: bool


class MessageOut(BaseModel):
    """One interaction. `kind`: only a `reply` is a public answer by a person."""

    id: int
    kind: MessageKind
    channel: Channel
    author: str = Field(description="Stable key of who wrote it.", examples=["staff:12", "customer:7", "system:mail"])
    author_name: str
    text: str
    quoted: str = Field(description="What the sender repeated of earlier messages.")
    at: datetime = Field(description="When it was said.")
    files: list[FileOut]
    case: str = Field(description="Number of the case it stands in.", examples=["YN2611030007X"])
    is_thanks: bool = Field(description="Taken as thanks: it opened nothing and started no clock.")


class PromiseOut(BaseModel):
    """A time we gave this customer. `end` is null while it is live."""

    id: int
    kind: PromiseKind = Field(description="`task` is another team's word to the owner: never show it to customers.")
    subject: str = Field(description="What was promised, in the words of who promised it; often empty.")
    made_at: datetime
    made_by: str
    starts_at: datetime = Field(description="From when its time counts.")
    within_minutes: int | None = Field(description="Open time of the standard; null when the instant was given.")
    warn_at: datetime
    due_at: datetime
    paused_since: datetime | None = Field(description="While it is paused it can neither break nor warn.")
    ended_at: datetime | None
    ended_by: str
    end: PromiseEnd | None
    ended_reason: str
    replaces: int | None = Field(description="The promise whose place it took.")
    consent: Consent
    business_seconds: int | None = Field(description="Open time it ran, pauses left out; null while it is live.")
    calendar_seconds: int | None = Field(
        description="Time by the clock it ran, pauses left out; null while it is live."
    )
    reason: str = Field(description="Which standard in which version gave how much time.")


class EscalationTellingOut(BaseModel):
    """Who is told of an escalation; `told_at` is null until their working hours begin."""

    staff_id: int
    tell_at: datetime
    told_at: datetime | None


class EscalationOut(BaseModel):
    """A rung that a promise of the case has reached. `ended_at` is null until the customer is answered."""

    id: int
    promise_id: int
    rung: int = Field(description="The place of the rung on its ladder, from 1.")
    target: str = Field(examples=["team_leader"])
    reached_at: datetime
    ended_at: datetime | None
    tellings: list[EscalationTellingOut]


class CaseFactOut(BaseModel):
    """Something that happened to the case."""

    id: int
    type: str = Field(examples=["cases.promise_kept"])
    version: int
    at: datetime
    actor: str = Field(examples=["staff:12"])
    staff_id: int | None
    payload: dict[str, Any]


def case_rows(actor: Actor) -> QuerySet[Case]:
    """Return the cases this actor may know of, with all that `case_out` shows: one statement."""
    related = ("customer", "owner", "team", "department", "region", "quote")
    return Case.objects.visible_to(actor).select_related(*related).defer("customer__address")


def case_out(case: Case, actor: Actor) -> CaseOut:
    """Return a case as this actor may see it."""
    customer = case.customer
    name = customer.name if actor.may("customers.view") else None
    return CaseOut(
        id=case.pk,
        reference=case.reference,
        subject=case.subject,
        state=case.state,
        customer=CaseCustomerOut(id=customer.pk, name=name, tier=customer.tier),
        owner=PersonOut(id=case.owner.pk, name=case.owner.name) if case.owner else None,
        team=case.team.code,
        department=case.department.code,
        region=case.region.code if case.region else None,
        channel=case.channel,
        case_class=case.case_class,
        category=case.category,
        language=case.language,
        preview=case.preview,
        message_count=case.message_count,
        next_due_at=case.next_due_at,
        answer_by=_answer_by(case),
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        first_solved_at=case.first_solved_at,
        settles_at=case.settles_at,
        settled_at=case.settled_at,
        answered_at=case.answered_at,
        unanswered_since=case.unanswered_since,
        waiting_since=case.waiting_since,
        handoff_count=case.handoff_count,
        offered_until=case.offered_until,
        held_since=case.held_since,
        last_message_at=case.last_message_at,
    )


def _answer_by(case: Case) -> datetime | None:
    is_awaited = case.is_open and case.answered_at is None and hasattr(case, "quote")
    return case.quote.answer_by if is_awaited else None


def message_rows(case: Case) -> QuerySet[Message]:
    """Return the messages of a case with all that `message_out` shows: two statements."""
    return case.messages.select_related("conversation", "case", "thanks").defer("html").prefetch_related("attachments")


def message_out(message: Message) -> MessageOut:
    """Return a message with its files."""
    return MessageOut(
        id=message.pk,
        kind=message.kind,
        channel=message.conversation.channel,
        author=message.author,
        author_name=message.author_name,
        text=message.text,
        quoted=message.quoted,
        at=message.at,
        files=[file_out(file) for file in message.attachments.all()],
        case=message.case.reference,
        is_thanks=_is_thanks(message),
    )


def _is_thanks(message: Message) -> bool:
    thanks = getattr(message, "thanks", None)
    return thanks is not None and thanks.overruled_at is None


def file_out(file: Attachment) -> FileOut:
    """Return what is said of a file."""
    return FileOut(id=file.pk, name=file.name, content_type=file.content_type, size=file.size, is_inline=file.is_inline)


def promise_out(promise: Promise) -> PromiseOut:
    """Return a promise of the ledger."""
    return PromiseOut(
        id=promise.pk,
        kind=promise.kind,
        subject=promise.subject,
        made_at=promise.made_at,
        made_by=promise.made_by,
        starts_at=promise.starts_at,
        within_minutes=promise.within_minutes,
        warn_at=promise.warn_at,
        due_at=promise.due_at,
        paused_since=promise.paused_since,
        ended_at=promise.ended_at,
        ended_by=promise.ended_by,
        end=promise.end or None,
        ended_reason=promise.ended_reason,
        replaces=promise.replaces_id,
        consent=promise.consent,
        business_seconds=promise.business_seconds,
        calendar_seconds=promise.calendar_seconds,
        reason=promise.reason,
    )


def case_fact_out(fact: FactRow) -> CaseFactOut:
    """Return a fact of a case's time line."""
    return CaseFactOut(
        id=fact.pk,
        type=fact.type,
        version=fact.version,
        at=fact.at,
        actor=fact.actor,
        staff_id=fact.staff_id,
        payload=fact.payload,
    )


def escalation_out(row: Escalation) -> EscalationOut:
    """Return a reached rung as the API shows it."""
    return EscalationOut(
        id=row.pk,
        promise_id=row.promise_id,
        rung=row.rung.number,
        target=row.rung.target,
        reached_at=row.reached_at,
        ended_at=row.ended_at,
        tellings=[
            EscalationTellingOut(staff_id=one.staff_id, tell_at=one.tell_at, told_at=one.told_at)
            for one in row.tellings.all()
        ],
    )
