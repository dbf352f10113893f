"""The log of facts for other programs: they keep their own position and read on from it, as our followers do."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Query, Router
from pydantic import BaseModel, Field, StringConstraints

from yinuo.access.api import ApiRequest
from yinuo.access.scopes import within_scopes
from yinuo.foundation.api import Page, PageWish, cursor_of, position_in
from yinuo.foundation.facts import RecordedFact
from yinuo.foundation.followers import facts_between
from yinuo.foundation.refusals import NotAllowed

router = Router(tags=["facts"])
_LIST = "facts"

FactType = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[a-z_]+\.[a-z_]+$")]


class FactOut(BaseModel):
    """Something that happened. It holds ids and codes, no text of people."""

    id: int
    type: str = Field(examples=["cases.case_opened"])
    version: int
    at: datetime = Field(description="When it happened.")
    recorded_at: datetime
    actor: str = Field(description="Who did it.", examples=["staff:12", "customer:7", "system:mail"])
    case_id: int | None
    customer_id: int | None
    staff_id: int | None
    team_id: int | None
    payload: dict[str, Any]


class FactFilters(BaseModel):
    """Which facts are wanted; none named: all."""

    type: list[FactType] = Field([], max_length=50, examples=[["cases.case_opened", "cases.promise_broken"]])


@router.get("/facts", response=Page[FactOut], operation_id="list_facts")
def list_facts(request: ApiRequest, filters: Query[FactFilters], wish: Query[PageWish]) -> dict[str, Any]:
    """List the facts behind a position, in the order of the log, each exactly once.

    Scope `facts:read`, of a role that sees facts without a limit to department, region or tier. Only final facts are
    given: nothing will ever appear before one that you have. `next` is therefore never null: keep it, together with
    what you did because of the facts, and ask again with it later; an empty list means nothing new yet.
    """
    request.actor.require("facts.view")
    if within_scopes(request.actor, "facts.view", department="department", region="region", tier="tier"):
        raise NotAllowed(permission="facts.view")
    after = tuple(position_in(_LIST, wish.after, kinds=(int, int))) if wish.after else (0, 0)
    facts = facts_between((after[0], after[1]), limit=wish.limit, types=filters.type)
    position = facts[-1].position if facts else after
    return {"items": [_shown(fact) for fact in facts], "next": cursor_of(_LIST, *position)}


def _shown(fact: RecordedFact) -> FactOut:
    return FactOut(
        id=fact.id,
        type=fact.type,
        version=fact.version,
        at=fact.at,
        recorded_at=fact.recorded_at,
        actor=fact.actor,
        payload=fact.payload,
        **fact.subjects,
    )
