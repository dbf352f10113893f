"""Ladders for other programs: who is told, and when, while a promise runs out or stays broken."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from ninja import Path, Query
from pydantic import BaseModel, Field

from yinuo.access.api import ApiRequest
from yinuo.foundation.api import Code, Given, Id, Order, Page, PageWish, bounded, page_of
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound
from yinuo.organisation.models import Post, Staff
from yinuo.standards import actions
from yinuo.standards.actions import MOST_RUNGS, RungDraft
from yinuo.standards.models import Ladder, RungMoment, RungTarget, Standard

from .router import router

Name = bounded(120, shortest=1)
_A_YEAR_OF_MINUTES = 366 * 24 * 60


class RungOut(BaseModel):
    """One step of a ladder. The owner stays the owner, whoever is told."""

    number: int
    moment: RungMoment
    share: Decimal | None = Field(description="Of the promise's open time, for `before`.")
    after_minutes: int | None = Field(description="Of open time since the promise fell due, for `after`.")
    target: RungTarget
    post: str | None = Field(description="Code of the post, for `post`.")
    staff_id: int | None
    respects_hours: bool = Field(description="Whether people are told in their working hours only.")


class LadderOut(BaseModel):
    """A ladder in its newest version."""

    code: str
    name_zh: str
    name_en: str
    is_default: bool
    version: int
    rungs: list[RungOut]
    changed_at: datetime


class RungIn(Given):
    """One step: when it is reached, and whose attention it raises."""

    moment: RungMoment
    target: RungTarget
    share: Decimal | None = Field(None, gt=0, lt=1, max_digits=3, decimal_places=2)
    after_minutes: int | None = Field(None, ge=1, le=_A_YEAR_OF_MINUTES)
    post: Code | None = None
    staff_id: Id | None = None
    respects_hours: bool = True


class LadderIn(Given):
    """A ladder as it shall be; its steps are numbered in the order in which they are reached."""

    name_zh: Name
    name_en: Name
    rungs: list[RungIn] = Field(
        min_length=1,
        max_length=MOST_RUNGS,
        examples=[[{"moment": "after", "after_minutes": 30, "target": "team_leader"}]],
    )
    is_default: bool = False


class LadderChoiceIn(Given):
    """The ladder of a standard."""

    ladder: Code | None = Field(description="Null: the default ladder.")


class LadderChoiceOut(BaseModel):
    """Which ladder a standard uses."""

    standard: str
    ladder: str | None


@router.get("/ladders", response=Page[LadderOut], operation_id="list_ladders")
def list_ladders(request: ApiRequest, wish: Query[PageWish]) -> dict[str, Any]:
    """List the ladders with their steps. Scope `standards:read`."""
    request.actor.require("standards.view")
    return page_of(Ladder.objects.all(), Order("ladders"), wish, _ladder_out)


@router.put("/ladders/{code}", response=LadderOut, operation_id="save_ladder")
def save_ladder(request: ApiRequest, code: Path[Code], body: LadderIn) -> LadderOut:
    """Add a ladder, or give it new steps as its next version; steps that already wait for a promise stay.

    Scope `standards:write`. Refuses `standards.rungs_wrong`, and `not_found` for a post or colleague who is not there.
    """
    request.actor.require("standards.edit")
    version = actions.save_ladder(
        code=code,
        name_zh=body.name_zh,
        name_en=body.name_en,
        rungs=[_draft(rung) for rung in body.rungs],
        is_default=body.is_default,
        by=request.actor,
        at=now(),
    )
    return _ladder_out(version.ladder)


@router.put("/standards/{code}/ladder", response=LadderChoiceOut, operation_id="choose_ladder")
def choose_ladder(request: ApiRequest, code: Path[Code], body: LadderChoiceIn) -> LadderChoiceOut:
    """Let a standard use this ladder from now on. Scope `standards:write`. Refuses `not_found`."""
    request.actor.require("standards.edit")
    standard = Standard.objects.filter(code=code).first()
    ladder = Ladder.objects.filter(code=body.ladder).first() if body.ladder else None
    if standard is None or (body.ladder and ladder is None):
        raise NotFound
    actions.choose_ladder(standard=standard, ladder=ladder, by=request.actor, at=now())
    return LadderChoiceOut(standard=standard.code, ladder=body.ladder)


def _draft(rung: RungIn) -> RungDraft:
    post = Post.objects.filter(code=rung.post).first() if rung.post else None
    is_unknown = rung.staff_id and not Staff.objects.working().filter(pk=rung.staff_id).exists()
    if is_unknown or (rung.post and post is None):
        raise NotFound
    given = rung.model_dump(exclude={"post"})
    return RungDraft(**given | {"post_id": post.pk if post else None})


def _ladder_out(row: Ladder) -> LadderOut:
    version = row.versions.latest("number")
    return LadderOut(
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        is_default=row.is_default,
        version=version.number,
        rungs=[
            RungOut(
                number=rung.number,
                moment=rung.moment,
                share=rung.share,
                after_minutes=rung.after_minutes,
                target=rung.target,
                post=rung.post.code if rung.post else None,
                staff_id=rung.staff_id,
                respects_hours=rung.respects_hours,
            )
            for rung in version.rungs.select_related("post").order_by("number")
        ],
        changed_at=version.created_at,
    )
