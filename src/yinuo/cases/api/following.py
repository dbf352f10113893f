"""Follow-ups and watchers of a case, for other programs."""

from datetime import datetime

from ninja import Path
from pydantic import BaseModel, Field

from yinuo.access.api import ApiRequest
from yinuo.cases import actions
from yinuo.cases.models import Case, FollowUp, FollowUpEnd
from yinuo.cases.queries.following import running_follow_ups, watchers
from yinuo.foundation.api import Given, Id, Instant, Text, Unset
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound
from yinuo.organisation.models import Staff

from .reading import visible_case
from .router import router
from .shapes import PersonOut, Reference


class FollowUpIn(Given):
    """Of what somebody shall be reminded, when."""

    due_at: Instant
    words: Text = ""
    staff_id: Id | Unset = Field(None, description="For whom; left out: for the account of the token.")


class FollowUpEndIn(Given):
    """How it ends."""

    end: FollowUpEnd = FollowUpEnd.DONE


class FollowUpOut(BaseModel):
    """A reminder among ourselves; no promise to the customer."""

    id: int
    staff: PersonOut
    due_at: datetime
    words: str
    ended_at: datetime | None
    end: FollowUpEnd | None


class WatcherIn(Given):
    """Who shall follow the case."""

    staff_id: Id


@router.get("/{reference}/follow-ups", response=list[FollowUpOut], operation_id="list_follow_ups")
def list_follow_ups(request: ApiRequest, reference: Path[Reference]) -> list[FollowUpOut]:
    """Return the follow-ups of a case that are not done, the soonest first.

    Scope `cases:read`.
    """
    request.actor.require("cases.view")
    return [_out(row) for row in running_follow_ups(visible_case(request, reference))]


@router.post("/{reference}/follow-ups", response={201: FollowUpOut}, operation_id="plan_follow_up")
def plan_follow_up(request: ApiRequest, reference: Path[Reference], body: FollowUpIn) -> FollowUpOut:
    """Remind somebody of the case at a time.

    Scope `cases:write`. Refuses `cases.no_time_to_follow_up`, `cases.cannot_see_case`.
    """
    request.actor.require("cases.note")
    case = visible_case(request, reference)
    staff = _staff(request, body.staff_id or request.actor.staff_id)
    row = actions.plan_follow_up(
        case=case, staff=staff, due_at=body.due_at, words=body.words, by=request.actor, at=now()
    )
    return _out(row)


@router.post("/{reference}/follow-ups/{follow_up_id}/ending", response={201: FollowUpOut}, operation_id="end_follow_up")
def end_follow_up(
    request: ApiRequest, reference: Path[Reference], follow_up_id: Path[Id], body: FollowUpEndIn
) -> FollowUpOut:
    """Say that a follow-up is done, or dropped.

    Scope `cases:write`. Refuses `cases.follow_up_ended`; somebody else's needs a role that assigns cases.
    """
    request.actor.require("cases.note")
    case = visible_case(request, reference)
    row = actions.end_follow_up(follow_up_id=follow_up_id, case=case, end=body.end.value, by=request.actor, at=now())
    return _out(row)


@router.get("/{reference}/watchers", response=list[PersonOut], operation_id="list_watchers")
def list_watchers(request: ApiRequest, reference: Path[Reference]) -> list[PersonOut]:
    """Return who follows a case.

    Scope `cases:read`.
    """
    request.actor.require("cases.view")
    return _people(visible_case(request, reference))


@router.post("/{reference}/watchers", response={201: list[PersonOut]}, operation_id="watch_case")
def watch_case(request: ApiRequest, reference: Path[Reference], body: WatcherIn) -> list[PersonOut]:
    """Let somebody who may see the case follow it; return all who do. Twice is once.

    Scope `cases:write`. Refuses `cases.cannot_see_case`.
    """
    request.actor.require("cases.note")
    case = visible_case(request, reference)
    actions.watch_case(case=case, staff=_staff(request, body.staff_id), by=request.actor, at=now())
    return _people(case)


def _out(row: FollowUp) -> FollowUpOut:
    return FollowUpOut(
        id=row.pk,
        staff=PersonOut(id=row.staff_id, name=row.staff.name),
        due_at=row.due_at,
        words=row.words,
        ended_at=row.ended_at,
        end=FollowUpEnd(row.end) if row.end else None,
    )


def _people(case: Case) -> list[PersonOut]:
    return [PersonOut(id=one.pk, name=one.name) for one in watchers(case)]


def _staff(request: ApiRequest, staff_id: int | None) -> Staff:
    found = Staff.objects.visible_to(request.actor).working().filter(pk=staff_id).first()
    if found is None:
        raise NotFound
    return found
