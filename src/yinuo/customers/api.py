"""Customers for other programs. Ways to reach them come masked; in clear only one by one, written down and limited."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Path, Query, Router
from pydantic import BaseModel, Field

from yinuo.access.api import ApiRequest, never_keep
from yinuo.foundation.api import Code, Given, Id, Page, PageWish, Text, Unset, bounded, cursor_of, position_in
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound
from yinuo.organisation.models import Region

from . import actions, queries
from .actions import CustomerDetails, IdentityDraft
from .models import Company, Customer, Identity, IdentityKind, Tier

router = Router(tags=["customers"])
_LIST = "customers"
_SOURCE = "api"
Language = Literal["zh-hans", "en"]
Name = bounded(120, shortest=1)


class IdentityOut(BaseModel):
    """A way to reach or recognise a customer, masked."""

    id: int
    kind: IdentityKind
    masked: str = Field(examples=["138 **** 6721"])
    is_verified: bool


class CustomerOut(BaseModel):
    """A person we serve."""

    id: int
    name: str
    tier: Tier
    language: str
    company: str | None
    region: str | None = Field(description="Code of the region.")
    city: str
    registered_on: date | None
    created_at: datetime
    identities: list[IdentityOut]


class IdentityIn(Given):
    """A way to reach somebody, as people write it; phone numbers of China need no country code."""

    kind: IdentityKind
    value: bounded(320, shortest=1) = Field(examples=["13800006721"])
    is_verified: bool = Field(False, description="You have proof that it is theirs.")


class CustomerIn(Given):
    """Somebody new."""

    name: Name = Field(examples=["王丽"])
    tier: Tier = Tier.STANDARD
    language: Language = "zh-hans"
    company_id: Id | None = None
    region: Code | None = Field(None, description="Code of the region.")
    city: bounded(80) = ""
    address: Text = ""
    registered_on: date | None = None
    identities: list[IdentityIn] = Field([], max_length=20)


class CustomerChangesIn(Given):
    """What changes; what is left out stays. null takes company, region or day away."""

    name: Name | Unset = None
    tier: Tier | Unset = None
    language: Language | Unset = None
    company_id: Id | None = None
    region: Code | None = None
    city: bounded(80) | Unset = None
    address: Text | Unset = None
    registered_on: date | None = None


class LookupIn(Given):
    """A way to reach the customer who is looked for."""

    kind: IdentityKind
    value: bounded(320, shortest=1)


class RevealIn(Given):
    """Why somebody needs to see it."""

    reason: bounded(200) = ""


class RevealedOut(BaseModel):
    """A personal value in clear."""

    value: str


class CustomerFilters(BaseModel):
    """Which customers are wanted; what is left out lets everything pass."""

    search: bounded(120) = Field("", description="A part of the name, in characters or pinyin.")
    tier: Tier | Unset = None
    region: Code | Unset = None


@router.get("", response=Page[CustomerOut], operation_id="list_customers")
def list_customers(request: ApiRequest, filters: Query[CustomerFilters], wish: Query[PageWish]) -> dict[str, Any]:
    """List the customers the token may see, in the order of their names in pinyin.

    Scope `customers:read`.
    """
    request.actor.require("customers.view")
    after = position_in(_LIST, wish.after, kinds=(int,))[0] if wish.after else None
    page = queries.visible_customers(
        request.actor,
        search=filters.search,
        tier=filters.tier.value if filters.tier else None,
        region=_region(filters.region),
        after=after,
        limit=wish.limit,
    )
    return {
        "items": [_shown(customer, customer.shown_identities) for customer in page.customers],  # type: ignore[attr-defined]
        "next": cursor_of(_LIST, page.next_after) if page.next_after else None,
    }


@router.post("", response={201: CustomerOut}, operation_id="add_customer")
def add_customer(request: ApiRequest, body: CustomerIn) -> CustomerOut:
    """Add somebody with the ways to reach them.

    Scope `customers:write`. Refuses `customers.identity_taken` without saying whose it is, and values that are no
    phone number or mail address.
    """
    request.actor.require("customers.edit")
    customer = actions.add_customer(
        details=CustomerDetails(
            name=body.name,
            tier=body.tier.value,
            language=body.language,
            company=_company(body.company_id),
            region=_region(body.region),
            city=body.city,
            address=body.address,
            registered_on=body.registered_on,
        ),
        identities=[IdentityDraft(one.kind.value, one.value, one.is_verified) for one in body.identities],
        source=_SOURCE,
        by=request.actor,
        at=now(),
    )
    # Whoever added somebody may see them once, even when they belong to no region that the caller sees.
    return _shown(customer, customer.identities.defer("value").order_by("kind", "id"))


@router.post("/lookups", response=CustomerOut, operation_id="look_up_customer")
def look_up_customer(request: ApiRequest, body: LookupIn, response: HttpResponse) -> CustomerOut:
    """Return the customer to whom a phone number, mail address or id belongs; in the body, so that no log has it.

    Scope `customers:read`. Changes nothing. Refuses `not_found`, and values that are no identity.
    """
    request.actor.require("customers.view")
    never_keep(response)
    customer = queries.customer_of_identity(request.actor, kind=body.kind.value, value=body.value)
    if customer is None:
        raise NotFound
    return _as_it_is(request, customer.pk)


@router.get("/{customer_id}", response=CustomerOut, operation_id="get_customer")
def get_customer(request: ApiRequest, customer_id: Path[Id]) -> CustomerOut:
    """Return one customer.

    Scope `customers:read`. Refuses `not_found` also for somebody who is not the caller's to see.
    """
    request.actor.require("customers.view")
    return _as_it_is(request, customer_id)


@router.patch("/{customer_id}", response=CustomerOut, operation_id="change_customer")
def change_customer(request: ApiRequest, customer_id: Path[Id], body: CustomerChangesIn) -> CustomerOut:
    """Change what is known of somebody, field by field; running cases keep the promises they have.

    Scope `customers:write`. Refuses `not_found`, `not_allowed`.
    """
    request.actor.require("customers.edit")
    customer = _visible(request, customer_id)
    changes: dict[str, Any] = body.model_dump(exclude_unset=True, exclude={"tier", "company_id", "region"})
    sent = body.model_fields_set
    if "company_id" in sent:
        changes["company"] = _company(body.company_id)
    if "region" in sent:
        changes["region"] = _region(body.region)
    if changes:
        details = replace(_known(customer), **changes)
        actions.change_customer(customer=customer, details=details, by=request.actor, at=now())
    if body.tier is not None:
        actions.set_tier(customer=customer, tier=body.tier.value, by=request.actor, at=now())
    return _as_it_is(request, customer_id)


@router.post("/{customer_id}/identities", response={201: IdentityOut}, operation_id="add_identity")
def add_identity(request: ApiRequest, customer_id: Path[Id], body: IdentityIn) -> IdentityOut:
    """Give somebody one more way to be reached; one that is already theirs is returned as it is.

    Scope `customers:write`. Refuses `customers.identity_taken` without saying whose it is.
    """
    request.actor.require("customers.edit")
    identity = actions.add_identity(
        customer=_visible(request, customer_id),
        kind=body.kind.value,
        value=body.value,
        source=_SOURCE,
        is_verified=body.is_verified,
        by=request.actor,
        at=now(),
    )
    return _identity_shown(identity)


@router.delete("/{customer_id}/identities/{identity_id}", response={204: None}, operation_id="remove_identity")
def remove_identity(request: ApiRequest, customer_id: Path[Id], identity_id: Path[Id]) -> None:
    """Take a way to reach somebody away; who writes from it next counts as somebody new.

    Scope `customers:write`. Refuses `not_found`.
    """
    request.actor.require("customers.edit")
    identity = _identity(request, customer_id, identity_id)
    actions.remove_identity(identity=identity, by=request.actor, at=now())


@router.post(
    "/{customer_id}/identities/{identity_id}/reveals", response={201: RevealedOut}, operation_id="reveal_identity"
)
def reveal_identity(
    request: ApiRequest, customer_id: Path[Id], identity_id: Path[Id], body: RevealIn, response: HttpResponse
) -> RevealedOut:
    """Return a way to reach somebody in clear. Each look is written down with its reason and counts to a limit.

    Scope `customers:write`. Refuses `not_found`, `not_allowed`, `access.too_many_reveals`.
    """
    request.actor.require("customers.reveal")
    never_keep(response)
    identity = _identity(request, customer_id, identity_id)
    value = actions.reveal_identity(identity=identity, reason=body.reason, by=request.actor, at=now())
    return RevealedOut(value=value)


@router.post("/{customer_id}/address/reveals", response={201: RevealedOut}, operation_id="reveal_address")
def reveal_address(request: ApiRequest, customer_id: Path[Id], body: RevealIn, response: HttpResponse) -> RevealedOut:
    """Return the postal address in clear, empty when there is none. Each look is written down and counts to a limit.

    Scope `customers:write`. Refuses `not_found`, `not_allowed`, `access.too_many_reveals`.
    """
    request.actor.require("customers.reveal")
    never_keep(response)
    customer = _visible(request, customer_id)
    return RevealedOut(value=actions.reveal_address(customer=customer, reason=body.reason, by=request.actor, at=now()))


def _visible(request: ApiRequest, customer_id: int) -> Customer:
    customer = Customer.objects.visible_to(request.actor).filter(pk=customer_id).first()
    if customer is None:
        raise NotFound
    return customer


def _identity(request: ApiRequest, customer_id: int, identity_id: int) -> Identity:
    identity = _visible(request, customer_id).identities.defer("value").filter(pk=identity_id).first()
    if identity is None:
        raise NotFound
    return identity


def _known(customer: Customer) -> CustomerDetails:
    return CustomerDetails(
        name=customer.name,
        tier=customer.tier,
        language=customer.language,
        company=customer.company,
        region=customer.region,
        city=customer.city,
        address=customer.address or "",
        registered_on=customer.registered_on,
    )


def _as_it_is(request: ApiRequest, customer_id: int) -> CustomerOut:
    profile = queries.customer_profile(request.actor, customer_id)
    return _shown(profile.customer, profile.identities)


def _shown(customer: Customer, identities: Any) -> CustomerOut:
    return CustomerOut(
        id=customer.pk,
        name=customer.name,
        tier=customer.tier,
        language=customer.language,
        company=customer.company.name if customer.company else None,
        region=customer.region.code if customer.region else None,
        city=customer.city,
        registered_on=customer.registered_on,
        created_at=customer.created_at,
        identities=[_identity_shown(one) for one in identities],
    )


def _identity_shown(identity: Any) -> IdentityOut:
    return IdentityOut(id=identity.id, kind=identity.kind, masked=identity.masked, is_verified=identity.is_verified)


def _company(company_id: int | None) -> Company | None:
    if company_id is None:
        return None
    company = Company.objects.filter(pk=company_id).first()
    if company is None:
        raise NotFound
    return company


def _region(code: str | None) -> Region | None:
    if code is None:
        return None
    region = Region.objects.filter(code=code).first()
    if region is None:
        raise NotFound
    return region
