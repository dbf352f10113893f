"""Joining cases and parting them again, for other programs."""

from datetime import datetime
from typing import Literal

from ninja import Path
from pydantic import BaseModel, Field

from yinuo.access.actors import Actor
from yinuo.access.api import ApiRequest
from yinuo.cases import actions
from yinuo.cases.models import Case, CaseLink, LinkKind, Merge
from yinuo.cases.queries import links_of, merges_into
from yinuo.cases.rules import CaseIsClosed
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


class LinkIn(Given):
    """What this case is to the other."""

    to: Reference
    kind: Literal["related", "duplicate", "caused_by", "follows"] = "related"


class LinkOut(BaseModel):
    """A link as read from this case."""

    id: int
    label: str = Field(description="In the caller's language.", examples=["Caused by"])
    reference: str
    subject: str


class SplitIn(Given):
    """Which messages of the customer begin a case of their own."""

    message_ids: list[Id] = Field(min_length=1, max_length=50)
    subject: bounded(200, shortest=1)


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


@router.get("/{reference}/links", response=list[LinkOut], operation_id="list_links")
def list_links(request: ApiRequest, reference: Path[Reference]) -> list[LinkOut]:
    """List what a case is linked with, the newest link first.

    Scope `cases:read`.
    """
    return _links(request, visible_case(request, reference))


@router.post("/{reference}/links", response={201: list[LinkOut]}, operation_id="link_case")
def link_case(request: ApiRequest, reference: Path[Reference], body: LinkIn) -> list[LinkOut]:
    """Link two cases and return all links of this one.

    Scope `cases:write`. Refuses `cases.same_case`, `cases.already_linked`.
    """
    request.actor.require("cases.note")
    one, other = visible_case(request, reference), visible_case(request, body.to)
    actions.link_cases(one=one, other=other, kind=LinkKind(body.kind), by=request.actor, at=now())
    return _links(request, one)


@router.delete("/{reference}/links/{link_id}", response={204: None}, operation_id="unlink_case")
def unlink_case(request: ApiRequest, reference: Path[Reference], link_id: Path[Id]) -> None:
    """Take a link of the case away.

    Scope `cases:write`.
    """
    request.actor.require("cases.note")
    case = visible_case(request, reference)
    if link_id not in {link.id for link in links_of(case, actor=request.actor)}:
        raise NotFound
    actions.unlink_cases(link=CaseLink.objects.get(pk=link_id), by=request.actor, at=now())


@router.post("/{reference}/splits", response={201: CaseOut}, operation_id="split_case")
def split_case(request: ApiRequest, reference: Path[Reference], body: SplitIn) -> CaseOut:
    """Let messages of the customer begin a case of their own, with the owner of this one, and return it.

    The messages are copied; what is promised counts from when they came. Scope `cases:write`. Refuses
    `cases.nothing_to_split`, `cases.case_is_closed` when the case has no owner to keep it.
    """
    request.actor.require("cases.open")
    case = visible_case(request, reference)
    if case.owner is None:
        raise CaseIsClosed(reference=case.reference)
    new = actions.split_case(
        case=case,
        message_ids=body.message_ids,
        subject=body.subject,
        team=case.team,
        owner=case.owner,
        owner_reason="split: the same owner",
        by=request.actor,
        at=now(),
    )
    return _as_it_is(request, new.pk)


def _links(request: ApiRequest, case: Case) -> list[LinkOut]:
    return [
        LinkOut(id=link.id, label=link.label, reference=link.case.reference, subject=link.case.subject)
        for link in links_of(case, actor=request.actor)
    ]


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
