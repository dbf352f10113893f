"""Pledges for other programs: what we commit to in public, its versions, its order, whether it is published."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from ninja import Path, Query
from pydantic import BaseModel, Field

from yinuo.access.api import ApiRequest
from yinuo.foundation.api import Code, Given, Order, Page, PageWish, bounded, page_of
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound
from yinuo.standards import actions
from yinuo.standards.actions import PledgeTerms, PledgeWords
from yinuo.standards.models import CaseClass, Pledge, PledgeVersion, RemedyKind

from .router import router

Title = bounded(120, shortest=1)
Text = bounded(2000, shortest=1)
Remedy = bounded(1000, shortest=1)


class PledgeTermsOut(BaseModel):
    """What the program acts by: on which promises a pledge stands, for whom, and what is given when one is broken."""

    promise_kinds: list[str] = Field(description="Empty: it stands on words alone, and nothing happens by itself.")
    tier: str
    channel: str
    case_class: str
    category: str
    region_code: str
    remedy_kind: str
    remedy_amount: Decimal | None
    remedy_currency: str
    opens_recovery_case: bool


class PledgeTermsIn(Given):
    """The terms; left out, a pledge stands on words alone. An empty condition fits everything."""

    promise_kinds: list[bounded(20, shortest=1)] = Field(
        default_factory=list, max_length=20, examples=[["first_response"]]
    )
    tier: bounded(20) = ""
    channel: bounded(20) = ""
    case_class: CaseClass | None = None
    category: bounded(60) = ""
    region_code: bounded(60) = ""
    remedy_kind: RemedyKind | None = None
    remedy_amount: Decimal | None = Field(
        None, gt=0, max_digits=12, decimal_places=2, description="Of a refund, a voucher or a deposit that is let off."
    )
    remedy_currency: str = Field("CNY", pattern="^[A-Z]{3}$")
    opens_recovery_case: bool = False


class PledgeVersionOut(BaseModel):
    """What a pledge says from a day on."""

    number: int
    effective_on: date
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    remedy_zh: str
    remedy_en: str
    terms: PledgeTermsOut
    created_at: datetime


class PledgeOut(BaseModel):
    """A pledge with all its versions, the newest first."""

    code: str
    position: int
    is_published: bool
    versions: list[PledgeVersionOut]


class PledgeVersionIn(Given):
    """What the pledge says from `effective_on` on."""

    effective_on: date = Field(examples=["2026-12-01"])
    title_zh: Title
    title_en: Title
    text_zh: Text
    text_en: Text
    remedy_zh: Remedy
    remedy_en: Remedy
    terms: PledgeTermsIn = Field(default_factory=PledgeTermsIn)


class PledgeIn(PledgeVersionIn):
    """A new pledge; nobody reads it before it is published."""

    code: Code


class PublicationIn(Given):
    """Whether everybody can read it."""

    is_published: bool


class PledgeOrderIn(Given):
    """The codes in the wanted order; pledges that are not named follow in their old order."""

    codes: list[Code] = Field(min_length=1, max_length=500)


@router.get("/pledges", response=Page[PledgeOut], operation_id="list_pledges")
def list_pledges(request: ApiRequest, wish: Query[PageWish]) -> dict[str, Any]:
    """List the pledges, published or not, in the order in which they were added. Scope `standards:read`."""
    request.actor.require("standards.view")
    return page_of(_pledges(), Order("pledges"), wish, _pledge_out)


@router.post("/pledges", response={201: PledgeOut}, operation_id="add_pledge")
def add_pledge(request: ApiRequest, body: PledgeIn) -> PledgeOut:
    """Add a pledge at the end of the list.

    Scope `standards:write`. Refuses `standards.code_taken`, `standards.remedy_amount_wrong`.
    """
    version = actions.add_pledge(
        code=body.code,
        words=_words(body),
        terms=_terms(body.terms),
        effective_on=body.effective_on,
        by=request.actor,
        at=now(),
    )
    return _pledge_out(_pledges().get(pk=version.pledge_id))


@router.post("/pledges/order", response=list[PledgeOut], operation_id="reorder_pledges")
def reorder_pledges(request: ApiRequest, body: PledgeOrderIn) -> list[PledgeOut]:
    """Put the pledges in this order and return them in it. Scope `standards:write`. Refuses `not_found`."""
    request.actor.require("standards.edit")
    ids = dict(Pledge.objects.filter(code__in=body.codes).values_list("code", "pk"))
    if missing := [code for code in body.codes if code not in ids]:
        raise NotFound(codes=", ".join(missing))
    wanted = list(dict.fromkeys(ids[code] for code in body.codes))
    actions.reorder_pledges(pledge_ids=wanted, by=request.actor, at=now())
    return [_pledge_out(row) for row in _pledges().order_by("position", "id")]


@router.post("/pledges/{code}/versions", response={201: PledgeOut}, operation_id="change_pledge")
def change_pledge(request: ApiRequest, code: Path[Code], body: PledgeVersionIn) -> PledgeOut:
    """Let a pledge say something else from a day on; what it said before stays.

    The terms are given whole: what is left out is empty from then on.
    Scope `standards:write`. Refuses `not_found`, `standards.pledge_date_too_early`, `standards.remedy_amount_wrong`.
    """
    request.actor.require("standards.edit")
    pledge = _pledge(code)
    actions.change_pledge(
        pledge=pledge,
        words=_words(body),
        terms=_terms(body.terms),
        effective_on=body.effective_on,
        by=request.actor,
        at=now(),
    )
    return _pledge_out(_pledges().get(pk=pledge.pk))


@router.put("/pledges/{code}/publication", response=PledgeOut, operation_id="set_pledge_publication")
def set_pledge_publication(request: ApiRequest, code: Path[Code], body: PublicationIn) -> PledgeOut:
    """Publish a pledge, or take it off the published list. Scope `standards:write`. Refuses `not_found`."""
    request.actor.require("standards.edit")
    pledge = _pledge(code)
    act = actions.publish_pledge if body.is_published else actions.withdraw_pledge
    act(pledge=pledge, by=request.actor, at=now())
    return _pledge_out(_pledges().get(pk=pledge.pk))


def _words(body: PledgeVersionIn) -> PledgeWords:
    return PledgeWords(**{name: getattr(body, name) for name in PledgeWords.__dataclass_fields__})


def _terms(terms: PledgeTermsIn) -> PledgeTerms:
    given = terms.model_dump()
    kinds, case_class, remedy = given.pop("promise_kinds"), given.pop("case_class"), given.pop("remedy_kind")
    return PledgeTerms(promise_kinds=tuple(kinds), case_class=case_class or "", remedy_kind=remedy or "", **given)


def _pledge(code: str) -> Pledge:
    pledge = Pledge.objects.filter(code=code).first()
    if pledge is None:
        raise NotFound
    return pledge


def _pledges() -> Any:
    versions = Prefetch("versions", queryset=PledgeVersion.objects.order_by("-number"), to_attr="newest_first")
    return Pledge.objects.prefetch_related(versions)


def _pledge_out(row: Any) -> PledgeOut:
    return PledgeOut(
        code=row.code,
        position=row.position,
        is_published=row.is_published,
        versions=[_version_out(version) for version in row.newest_first],
    )


def _version_out(version: PledgeVersion) -> PledgeVersionOut:
    terms = PledgeTermsOut(**{name: getattr(version, name) for name in PledgeTermsOut.model_fields})
    names = [name for name in PledgeVersionOut.model_fields if name != "terms"]
    return PledgeVersionOut(terms=terms, **{name: getattr(version, name) for name in names})
