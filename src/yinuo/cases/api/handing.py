"""Offers of a case for other programs: made, answered and taken back; and what the coordination centre decides."""

from datetime import date, datetime
from typing import Any

from ninja import Path, Query
from pydantic import BaseModel, Field, model_validator

from yinuo.access.api import ApiRequest
from yinuo.cases import actions
from yinuo.cases.models import DecisionCause, Handoff, HandoffEnd, OwnerDecision
from yinuo.cases.queries.handoffs import OFFER_PERMISSION
from yinuo.foundation.api import Code, Given, Id, Order, Page, PageWish, Unset, bounded, page_of
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound
from yinuo.organisation.models import Staff, Team

from .reading import visible_case
from .router import router
from .shapes import PersonOut, Reference

_BY_HANDOFF = Order("handoffs")


class HandoffIn(Given):
    """To whom a case is offered, and why: a person or a team."""

    staff_id: Id | Unset = None
    team: Code | Unset = Field(None, description="Code of a team.")
    reason: bounded(300, shortest=1)

    @model_validator(mode="after")
    def _one_receiver(self) -> "HandoffIn":
        if (self.staff_id is None) == (self.team is None):
            raise ValueError("give either staff_id or team")
        return self


class RefusalIn(Given):
    """Why an offer is refused."""

    reason: bounded(300, shortest=1)


class DecisionIn(Given):
    """Who owns the case from now on, why, and the day to look at it again."""

    staff_id: Id
    reason: bounded(300, shortest=1)
    review_on: date


class HandoffOut(BaseModel):
    """An offer of a case. `end` is null while it waits for its answer; the giver owns the case until it is accepted."""

    id: int
    giver: PersonOut
    to_staff: PersonOut | None
    to_team: str | None = Field(description="Code of the team.")
    reason: str
    offered_at: datetime
    answer_by: datetime
    ended_at: datetime | None
    end: HandoffEnd | None
    answer: str = Field(description="Why it was refused.")


class DecisionOut(BaseModel):
    """A word of the coordination centre. `owner` is null while it has not decided: then the centre owns the case."""

    id: int
    cause: DecisionCause
    asked_at: datetime
    question: str
    ended_at: datetime | None
    owner: PersonOut | None
    reason: str
    review_on: date | None


class OfferedOut(BaseModel):
    """What came of offering a case: an offer, or, where it went to and fro, a question to the coordination centre."""

    handoff: HandoffOut | None
    decision: DecisionOut | None


@router.get("/{reference}/handoffs", response=Page[HandoffOut], operation_id="list_handoffs")
def list_handoffs(request: ApiRequest, reference: Path[Reference], wish: Query[PageWish]) -> dict[str, Any]:
    """List the offers of a case, in the order in which they were made.

    Scope `cases:read`.
    """
    rows = visible_case(request, reference).handoffs.select_related("giver", "to_staff", "to_team")
    return page_of(rows, _BY_HANDOFF, wish, _handoff_out)


@router.post("/{reference}/handoffs", response={201: OfferedOut}, operation_id="offer_handoff")
def offer_handoff(request: ApiRequest, reference: Path[Reference], body: HandoffIn) -> OfferedOut:
    """Offer a case to a person or a team; its owner stays accountable until somebody accepts.

    An agent's offer that would let the case go to and fro takes it to the coordination centre instead: then `decision`
    is filled. Scope `cases:write`, of the owner or of a role that assigns cases. Refuses `cases.already_offered`,
    `cases.not_yours_to_offer`, `cases.case_is_held`, `cases.cannot_take_over`, `cases.case_is_closed`.
    """
    request.actor.require(OFFER_PERMISSION)
    case = visible_case(request, reference)
    to = (
        Staff.objects.filter(pk=body.staff_id).first() if body.staff_id else Team.objects.filter(code=body.team).first()
    )
    if to is None:
        raise NotFound
    made = actions.offer_handoff(case=case, to=to, reason=body.reason, by=request.actor, at=now())
    if isinstance(made, Handoff):
        return OfferedOut(handoff=_handoff_out(made), decision=None)
    return OfferedOut(handoff=None, decision=_decision_out(made))


@router.post("/{reference}/handoffs/open/acceptance", response={201: HandoffOut}, operation_id="accept_handoff")
def accept_handoff(request: ApiRequest, reference: Path[Reference]) -> HandoffOut:
    """Say yes to the open offer of a case: from now on you are accountable.

    Scope `cases:write`. Refuses `cases.nothing_offered`, `cases.not_offered_to_you`, `cases.offer_too_late`.
    """
    request.actor.require(OFFER_PERMISSION)
    case = visible_case(request, reference)
    return _handoff_out(actions.accept_handoff(case=case, by=request.actor, at=now()))


@router.post("/{reference}/handoffs/open/refusal", response={201: HandoffOut}, operation_id="refuse_handoff")
def refuse_handoff(request: ApiRequest, reference: Path[Reference], body: RefusalIn) -> HandoffOut:
    """Say no to the open offer of a case, and why: it stays with who offered it.

    Scope `cases:write`. Refuses `cases.nothing_offered`, `cases.not_offered_to_you`, `cases.offer_too_late`.
    """
    request.actor.require(OFFER_PERMISSION)
    case = visible_case(request, reference)
    return _handoff_out(actions.refuse_handoff(case=case, reason=body.reason, by=request.actor, at=now()))


@router.post("/{reference}/handoffs/open/withdrawal", response={201: HandoffOut}, operation_id="withdraw_handoff")
def withdraw_handoff(request: ApiRequest, reference: Path[Reference]) -> HandoffOut:
    """Take the open offer of a case back.

    Scope `cases:write`. Refuses `cases.nothing_offered`, `cases.not_yours_to_offer`.
    """
    request.actor.require(OFFER_PERMISSION)
    case = visible_case(request, reference)
    return _handoff_out(actions.withdraw_handoff(case=case, by=request.actor, at=now()))


@router.post("/{reference}/owner-decisions", response={201: DecisionOut}, operation_id="decide_owner")
def decide_owner(request: ApiRequest, reference: Path[Reference], body: DecisionIn) -> DecisionOut:
    """Name the owner of a case as the coordination centre, with a day to look at that again.

    Scope `cases:write`, of who leads the centre. Refuses `cases.not_the_centre`, `cases.cannot_take_over`,
    `cases.review_in_the_past`, `cases.case_is_closed`.
    """
    request.actor.require("cases.decide_owner")
    case = visible_case(request, reference)
    to = Staff.objects.filter(pk=body.staff_id).first()
    if to is None:
        raise NotFound
    decision = actions.decide_owner(
        case=case, to=to, reason=body.reason, review_on=body.review_on, by=request.actor, at=now()
    )
    return _decision_out(decision)


def _handoff_out(row: Handoff) -> HandoffOut:
    return HandoffOut(
        id=row.pk,
        giver=PersonOut(id=row.giver_id, name=row.giver.name),
        to_staff=PersonOut(id=row.to_staff.pk, name=row.to_staff.name) if row.to_staff else None,
        to_team=row.to_team.code if row.to_team else None,
        reason=row.reason,
        offered_at=row.offered_at,
        answer_by=row.answer_by,
        ended_at=row.ended_at,
        end=HandoffEnd(row.end) if row.end else None,
        answer=row.answer,
    )


def _decision_out(row: OwnerDecision) -> DecisionOut:
    return DecisionOut(
        id=row.pk,
        cause=DecisionCause(row.cause),
        asked_at=row.asked_at,
        question=row.question,
        ended_at=row.ended_at,
        owner=PersonOut(id=row.owner.pk, name=row.owner.name) if row.owner else None,
        reason=row.reason,
        review_on=row.review_on,
    )
