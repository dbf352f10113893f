"""Repairs for other programs: which promises would move after a standard or calendar was mended, and moving them."""

from datetime import datetime
from typing import Any, Literal

from ninja import Path, Query, Router
from pydantic import BaseModel, Field

from yinuo.access.api import ApiRequest
from yinuo.cases.actions import Repaired, repair_cases
from yinuo.cases.models import PromiseKind
from yinuo.cases.queries.repairing import Move, Repair, preview_repair
from yinuo.foundation.api import Code, Given, Page, PageWish, bounded, cursor_of, position_in
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound
from yinuo.standards.models import Standard

from .shapes import Reference

repairs_router = Router(tags=["standards"])
_LIST = "repair"


class MoveOut(BaseModel):
    """A promise that falls due at another time."""

    promise_id: int
    kind: PromiseKind
    was_due_at: datetime
    due_at: datetime
    is_late: bool = Field(description="At that time it is broken already.")


class RepairOut(BaseModel):
    """What would move on one open case."""

    reference: str = Field(examples=["YN-261122-0386"])
    because: Literal["standard", "calendar"] = Field(
        description="`standard`: there is a newer version of it; `calendar`: only the hours of its calendar changed."
    )
    moves: list[MoveOut]


class RepairIn(Given):
    """Which cases are repaired, and why."""

    references: list[Reference] = Field(min_length=1, max_length=200)
    reason: bounded(300, shortest=1) = Field(description="It stays in the record; the customer does not read it.")


class RepairRefusalOut(BaseModel):
    """Why a case was not repaired."""

    code: str = Field(examples=["cases.case_is_closed"])
    message: str


class RepairedOut(BaseModel):
    """What became of one chosen case."""

    reference: str = Field(examples=["YN-261122-0386"])
    moves: list[MoveOut] = Field(description="What moved; `promise_id` is the promise that was replaced.")
    refusal: RepairRefusalOut | None = Field(description="Why nothing moved; null when something did.")


@repairs_router.get("/standards/{code}/repair", response=Page[RepairOut], operation_id="preview_repair")
def list_repairs(request: ApiRequest, code: Path[Code], wish: Query[PageWish]) -> dict[str, Any]:
    """List the open cases under a standard whose promises would move by its newest version. Nothing is changed.

    Scope `standards:read`, of a role that edits standards. Cases you may not see are left out. `limit` counts the cases
    that are looked at, so a page may hold fewer, or none: go on until `next` is null. Refuses `not_found`.
    """
    request.actor.require("standards.edit")
    after_id = position_in(_LIST, wish.after, kinds=(int,))[0] if wish.after else 0
    page = preview_repair(_standard(code), after_id=after_id, length=wish.limit, actor=request.actor, at=now())
    items = [_repair_out(repair) for repair in page.repairs]
    return {"items": items, "next": None if page.after_id is None else cursor_of(_LIST, page.after_id)}


@repairs_router.post("/standards/{code}/repair", response=list[RepairedOut], operation_id="repair_cases")
def repair_chosen(request: ApiRequest, code: Path[Code], body: RepairIn) -> list[RepairedOut]:
    """Count the promises of the chosen open cases anew by the newest version; return what became of each.

    Scope `standards:write`. A refused case keeps no other from being repaired; in the report stand `not_found`,
    `cases.not_under_standard`, `cases.case_is_closed`, `cases.nothing_would_move`. Refuses `not_found` for a standard
    that is not there, `cases.promise_reason_missing`.
    """
    request.actor.require("standards.edit")
    report = repair_cases(
        standard=_standard(code), references=body.references, reason=body.reason, by=request.actor, at=now()
    )
    return [_repaired_out(one) for one in report]


def _standard(code: str) -> Standard:
    found = Standard.objects.filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def _repair_out(repair: Repair) -> RepairOut:
    because: Literal["standard", "calendar"] = "standard" if repair.has_newer_standard else "calendar"
    return RepairOut(reference=repair.case.reference, because=because, moves=[_move_out(one) for one in repair.moves])


def _repaired_out(one: Repaired) -> RepairedOut:
    refusal = one.refusal and RepairRefusalOut(code=one.refusal.code, message=one.refusal.sentence())
    return RepairedOut(reference=one.reference, moves=[_move_out(move) for move in one.moves], refusal=refusal)


def _move_out(move: Move) -> MoveOut:
    return MoveOut(
        promise_id=move.promise_id,
        kind=PromiseKind(move.kind),
        was_due_at=move.was_due_at,
        due_at=move.due_at,
        is_late=move.is_late,
    )
