"""Opening a case through the API: routing finds the owner when the caller names none."""

from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from yinuo.access.actors import Actor
from yinuo.access.api import ApiRequest
from yinuo.cases.actions import open_case as open_case_action
from yinuo.cases.actions.opening import FirstMessage
from yinuo.cases.api import router
from yinuo.cases.api.files import UploadToken, uploaded
from yinuo.cases.api.shapes import CaseOut, case_out, case_rows
from yinuo.cases.models import Channel
from yinuo.customers.actions import find_or_add_by_identity
from yinuo.customers.models import Customer, IdentityKind
from yinuo.foundation.api import Code, Given, Id, Instant, LongText, ShortText, Unset, bounded
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound
from yinuo.organisation.models import Staff, Team, TeamMembership
from yinuo.standards.models import CaseClass

from .queries import Choice, owner_for


class WhoIn(Given):
    """A customer by a way to reach them; one that is not known yet is added."""

    kind: IdentityKind
    value: bounded(320, shortest=1) = Field(examples=["wang.li@example.com"])
    name: ShortText = Field("", description="What they call themselves; used only when they are new.")


class CaseIn(Given):
    """A request. Either `customer_id` or `customer`."""

    customer_id: Id | Unset = None
    customer: WhoIn | Unset = None
    subject: bounded(998) = Field("", examples=["洗衣机漏水"])
    text: LongText = Field("", examples=["昨天刚装好，今天底部开始漏水。"])
    uploads: list[UploadToken] = Field([], max_length=20, description="Tokens from `POST /uploads`.")
    said_at: Instant | Unset = Field(None, description="When it was said; left out: now.")
    channel: Channel = Channel.API
    team: Code | Unset = Field(None, description="Code of the team; left out: yours, else the fallback team.")
    owner_id: Id | Unset = Field(None, description="Who becomes accountable; left out: you in your team, else routing.")
    case_class: CaseClass = CaseClass.ROUTINE
    category: bounded(60) = ""

    @model_validator(mode="after")
    def _one_customer(self) -> Self:
        if (self.customer_id is None) == (self.customer is None):
            raise PydanticCustomError("one_customer", "either customer_id or customer")
        return self


@router.post("", response={201: CaseOut}, operation_id="open_case")
def open_case(request: ApiRequest, body: CaseIn) -> CaseOut:
    """Open a case: it has an owner and promised times from its first moment.

    Scope `cases:write`; with `customer` also `customers:write`, because somebody new is added. Naming another
    owner than yourself needs a role that assigns cases. Refuses `cases.empty_message`, `standards.no_standard_fits`,
    `routing.nobody_to_own`, the refusals of identities, and `not_found` for a customer that is not yours to see.
    """
    request.actor.require("cases.open")
    at = now()
    customer = _customer(request, body)
    choice = _choice(request, body)
    opened = open_case_action(
        customer=customer,
        first=FirstMessage(
            text=body.text,
            subject=body.subject,
            said_at=min(body.said_at or at, at),
            author_name=customer.name,
            attachments=uploaded(request, body.uploads),
        ),
        channel=body.channel.value,
        team=choice.team,
        owner=choice.owner,
        owner_reason=choice.reason,
        case_class=body.case_class.value,
        category=body.category,
        by=request.actor,
        at=at,
    )
    # Whoever opened it may see what came of it, even when it went to a team they do not see.
    return case_out(case_rows(Actor.system("api")).get(pk=opened.case_id), request.actor)


def _customer(request: ApiRequest, body: CaseIn) -> Customer:
    known_id = body.customer_id
    if body.customer is not None:
        found, is_new = find_or_add_by_identity(
            kind=body.customer.kind.value,
            value=body.customer.value,
            name=body.customer.name,
            source=body.channel.value,
            by=request.actor,
            at=now(),
        )
        if is_new:
            return found
        known_id = found.pk
    customers = Customer.objects.visible_to(request.actor).select_related("region").defer("address")
    customer = customers.filter(pk=known_id).first()
    if customer is None:
        raise NotFound
    return customer


def _choice(request: ApiRequest, body: CaseIn) -> Choice:
    """Return who owns the case: the one named, else the caller within their team, else whom routing finds."""
    caller_id = request.actor.staff_id
    own = _own_membership(caller_id, body.team)
    if own and body.owner_id in {None, caller_id}:
        return Choice(own.staff, own.team, "first contact")
    team = own.team if own else _team(body.team)
    if body.owner_id is None:
        return owner_for(team)
    if body.owner_id != caller_id:
        request.actor.require("cases.assign")
    owner = Staff.objects.filter(pk=body.owner_id).first()
    if owner is None:
        raise NotFound
    return Choice(owner, team, "named by the caller")


def _own_membership(staff_id: int | None, team: str | None) -> TeamMembership | None:
    """Return the caller's place in the team, or in the first of their teams; None when they have none."""
    memberships = TeamMembership.objects.filter(staff=staff_id, staff__left_at=None)
    if team is not None:
        memberships = memberships.filter(team__code=team)
    return memberships.select_related("team", "staff").order_by("team_id").first()


def _team(code: str | None) -> Team:
    team = Team.objects.filter(**({"is_fallback": True} if code is None else {"code": code})).first()
    if team is None:
        raise NotFound
    return team
