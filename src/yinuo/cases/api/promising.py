"""Promises by hand for other programs: giving, moving, keeping and withdrawing them, and classes of cases."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from ninja import Path
from pydantic import BaseModel, Field

from yinuo.access.api import ApiRequest
from yinuo.cases import actions, rules
from yinuo.cases.models import Case, Promise
from yinuo.cases.queries import explanation
from yinuo.foundation.api import Given, Id, Instant, Unset, bounded
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound
from yinuo.standards.models import CaseClass

from .reading import visible_case
from .router import router
from .shapes import CaseOut, PromiseOut, Reference, case_out, case_rows, promise_out

GivenKind = StrEnum("GivenKind", {kind.upper(): kind for kind in rules.GIVEN_KINDS})


class GivenPromiseIn(Given):
    """What is promised, and by when."""

    kind: GivenKind
    due_at: Instant | Unset = Field(None, description="Left out: the case's standard gives the time; not for `own`.")
    subject: bounded(200) = Field("", description="In words the customer reads; needed for `own`.")


class AnotherTimeIn(Given):
    """Another time for a promise."""

    due_at: Instant
    reason: bounded(300, shortest=1) = Field(description="The customer reads it.")
    consent: Literal["agreed", "told"] = Field(description="`told` sends the customer a notice now.")


class WithdrawalIn(Given):
    """Why a promise is no longer needed."""

    reason: bounded(300, shortest=1)


class ClassIn(Given):
    """The class a case turned out to be of."""

    case_class: CaseClass
    reason: bounded(300, shortest=1)


class StepOut(BaseModel):
    """A local day on which time counted (`open`), or a pause, with the seconds of open time in it and until then."""

    what: Literal["open", "pause"]
    since: datetime
    until: datetime | None
    open_seconds: int
    sum_seconds: int


class ExplanationOut(BaseModel):
    """Why a promise is due then. `turns`: seconds of open time by whose turn it was."""

    promise: PromiseOut
    standard: str
    standard_version: int
    calendar: str
    calendar_version: int
    steps: list[StepOut]
    turns: dict[Literal["ours", "customer", "other_team", "closed"], int]


@router.post("/{reference}/promises", response={201: PromiseOut}, operation_id="give_promise")
def give_promise(request: ApiRequest, reference: Path[Reference], body: GivenPromiseIn) -> PromiseOut:
    """Promise the customer a call back, a visit, parts, or something in one's own words.

    Scope `cases:write`. Refuses `cases.time_in_the_past`, `cases.promise_subject_missing`, `cases.case_is_closed`.
    """
    request.actor.require("cases.reply")
    given = actions.give_promise(
        case=visible_case(request, reference),
        kind=body.kind.value,
        due_at=body.due_at,
        subject=body.subject,
        by=request.actor,
        at=now(),
    )
    return promise_out(given)


@router.post(
    "/{reference}/promises/{promise_id}/replacement", response={201: PromiseOut}, operation_id="replace_promise"
)
def replace_promise(
    request: ApiRequest, reference: Path[Reference], promise_id: Path[Id], body: AnotherTimeIn
) -> PromiseOut:
    """Put another time in the place of a promised one; the answer is the new promise.

    Scope `cases:write`. Refuses `cases.promise_already_broken`, `cases.promise_ended`, `cases.time_in_the_past`,
    `cases.replaced_too_often`.
    """
    request.actor.require("cases.reply")
    new = actions.replace_promise(
        promise=_promise(visible_case(request, reference), promise_id),
        due_at=body.due_at,
        reason=body.reason,
        consent=body.consent,
        by=request.actor,
        at=now(),
    )
    return promise_out(new)


@router.post("/{reference}/promises/{promise_id}/keeping", response=PromiseOut, operation_id="keep_promise")
def keep_promise(request: ApiRequest, reference: Path[Reference], promise_id: Path[Id]) -> PromiseOut:
    """Say that what was promised by hand was done in time.

    Scope `cases:write`. Refuses `cases.kind_not_given`, `cases.promise_already_broken`, `cases.promise_ended`.
    """
    request.actor.require("cases.reply")
    case = visible_case(request, reference)
    actions.keep_promise(promise=_promise(case, promise_id), by=request.actor, at=now())
    return promise_out(_promise(case, promise_id))


@router.post("/{reference}/promises/{promise_id}/withdrawal", response=PromiseOut, operation_id="withdraw_promise")
def withdraw_promise(
    request: ApiRequest, reference: Path[Reference], promise_id: Path[Id], body: WithdrawalIn
) -> PromiseOut:
    """End what was promised by hand because nobody needs it any more.

    Scope `cases:write`. Refuses `cases.kind_not_given`, `cases.promise_already_broken`, `cases.promise_ended`.
    """
    request.actor.require("cases.reply")
    case = visible_case(request, reference)
    actions.withdraw_promise(promise=_promise(case, promise_id), reason=body.reason, by=request.actor, at=now())
    return promise_out(_promise(case, promise_id))


@router.get("/{reference}/promises/{promise_id}/explanation", response=ExplanationOut, operation_id="explain_promise")
def explain_promise(request: ApiRequest, reference: Path[Reference], promise_id: Path[Id]) -> ExplanationOut:
    """Say why a promise is due then: what was counted day by day, what was paused, and whose turn it was.

    Scope `cases:read`.
    """
    case = visible_case(request, reference)
    found = explanation(case, promise_id, actor=request.actor, at=now())
    return ExplanationOut(
        promise=promise_out(found.promise),
        standard=found.shown.standard,
        standard_version=found.shown.version,
        calendar=found.calendar,
        calendar_version=found.calendar_number,
        steps=[
            StepOut(
                what=step.what,
                since=step.spans[0][0],
                until=step.spans[-1][1],
                open_seconds=int(step.open_time.total_seconds()),
                sum_seconds=int(step.sum.total_seconds()),
            )
            for step in found.steps
        ],
        turns={whose: int(length.total_seconds()) for whose, length in found.totals},
    )


@router.post("/{reference}/class", response=CaseOut, operation_id="change_class")
def change_class(request: ApiRequest, reference: Path[Reference], body: ClassIn) -> CaseOut:
    """Take a case for one of another class: its standard is picked anew and counts from the same beginning.

    Scope `cases:write`. Refuses `cases.nothing_reclassified`, `cases.case_is_closed`.
    """
    request.actor.require("cases.reply")
    case = visible_case(request, reference)
    actions.change_class(case=case, case_class=body.case_class.value, reason=body.reason, by=request.actor, at=now())
    return case_out(case_rows(request.actor).get(pk=case.pk), request.actor)


def _promise(case: Case, promise_id: int) -> Promise:
    found = Promise.objects.filter(case=case, pk=promise_id).select_related("case").first()
    if found is None:
        raise NotFound
    return found
