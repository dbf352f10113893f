"""Joining cases and parting them again, for other programs."""

from datetime import datetime

from ninja import Path
from pydantic import BaseModel, Field

from yinuo.access.actors import Actor
from yinuo.access.api import ApiRequest
from yinuo.cases import actions
from yinuo.cases.models import Merge
from yinuo.cases.queries import merges_into
from yinuo.foundation.api import Given, Id, bounded
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound

from .reading import visible_case
from .router import router
from .shapes import CaseOut, Reference, case_out, case_rows


class MergeIn(Given):
    """Into which case this one goes, and why."""

    into: Reference
    reason: bounded(300, shortest=1)
    confirmed: bool = Field(
        False, description="The customers differ, and you know that both will read the answers from then on."
    )


class MergeOut(BaseModel):
    """A case that went into another and could still come back."""

    id: int
    source: str = Field(description="The number that leads here now.", examples=["YN-261122-0386"])
    subject: str
    reason: str
    message_count: int = Field(description="How many messages moved.")
    changes_audience: bool = Field(description="The two cases were of different customers.")
    at: datetime
    by: str = Field(examples=["staff:12"])


@router.post("/{reference}/merges", response={201: CaseOut}, operation_id="merge_case")
def merge_case(request: ApiRequest, reference: Path[Reference], body: MergeIn) -> CaseOut:
    """Merge this case into another and return that one; this number leads there from now on.

    Scope `cases:write`, of a role that merges cases. Refuses `cases.same_case`, `cases.case_is_closed`,
    `cases.other_customer` unless `confirmed`.
    """
    request.actor.require("cases.merge")
    source, target = visible_case(request, reference), visible_case(request, body.into)
    actions.merge_cases(
        source=source, target=target, reason=body.reason, confirmed=body.confirmed, by=request.actor, at=now()
    )
    return _as_it_is(request, target.pk)


@router.get("/{reference}/merges", response=list[MergeOut], operation_id="list_merges")
def list_merges(request: ApiRequest, reference: Path[Reference]) -> list[MergeOut]:
    """List what went into a case and could come back, the newest first.

    Scope `cases:read`.
    """
    return [_merge_out(merge) for merge in merges_into(visible_case(request, reference), actor=request.actor)]


@router.post("/{reference}/merges/{merge_id}/undoings", response={201: CaseOut}, operation_id="undo_merge")
def undo_merge(request: ApiRequest, reference: Path[Reference], merge_id: Path[Id]) -> CaseOut:
    """Make two cases of one again and return the one that came back, with the times it was promised.

    Scope `cases:write`, of a role that merges cases. Refuses `cases.not_merged`, `cases.merged_further`.
    """
    request.actor.require("cases.merge")
    case = visible_case(request, reference)
    merge = Merge.objects.filter(pk=merge_id, target=case).first()
    if merge is None:
        raise NotFound
    source = actions.undo_merge(merge=merge, by=request.actor, at=now())
    return _as_it_is(request, source.pk)


def _merge_out(merge: Merge) -> MergeOut:
    return MergeOut(
        id=merge.pk,
        source=merge.source.reference,
        subject=merge.source.subject,
        reason=merge.reason,
        message_count=merge.message_count,
        changes_audience=merge.changes_audience,
        at=merge.at,
        by=merge.by,
    )


def _as_it_is(request: ApiRequest, case_id: int) -> CaseOut:
    return case_out(case_rows(Actor.system("api")).get(pk=case_id), request.actor)
