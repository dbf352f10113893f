"""What is done to a case on the workbench. Each act is a resource somebody posts to; a refusal keeps what was typed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yinuo.access.actions import record_reveal
from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page, wants_piece
from yinuo.cases import actions
from yinuo.cases.forms import ActForm, ClosureForm, ReasonForm
from yinuo.cases.models import Case
from yinuo.cases.queries import case_by_reference
from yinuo.customers.models import Customer, Identity
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound

from .doing import done
from .workbench import Writing, bench


@desk_page("POST")
def create_closure(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """End the case."""

    def act(case: Case) -> None:
        values = ClosureForm(request.POST).checked()
        actions.close_case(case=case, **values, by=actor, at=now())

    return done(request, actor, reference, act)


@desk_page("POST")
def create_reopening(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Start an ended case again."""

    def act(case: Case) -> None:
        actions.reopen_case(case=case, reason=_values(ReasonForm, request)["reason"], by=actor, at=now())

    return done(request, actor, reference, act)


@desk_page("POST")
def overrule_thanks(request: HttpRequest, actor: Actor, reference: str, message_id: int) -> HttpResponse:
    """Say that a message taken as thanks needs an answer after all."""

    def act(case: Case) -> None:
        actions.overrule_thanks(case=case, message_id=message_id, by=actor, at=now())

    return done(request, actor, reference, act)


@desk_page("POST")
def create_reveal(request: HttpRequest, actor: Actor, reference: str, what: str) -> HttpResponse:
    """Show one personal value in clear, in this answer only; it is written down who looked.

    what: the id of an identity, or `address`.
    """
    case = case_by_reference(reference, actor=actor)
    customer = Customer.objects.visible_to(actor).filter(pk=case.customer_id).first()
    if customer is None:
        raise NotFound
    field, value = _personal_value(customer, what)
    record_reveal(customer_id=customer.pk, field=field, reason=case.reference, by=actor, at=now())
    if wants_piece(request):
        return render(request, "desk/_revealed.html", {"value": value})
    return bench(request, actor, case, writing=Writing(revealed={what: value}))


def _values(form: type[ActForm], request: HttpRequest) -> dict[str, Any]:
    return form(request.POST).checked()


def _personal_value(customer: Customer, what: str) -> tuple[str, str]:
    if what == "address":
        if not customer.address:
            raise NotFound
        return "address", customer.address
    identity = Identity.objects.filter(customer=customer, pk=int(what)).first() if what.isdecimal() else None
    if identity is None:
        raise NotFound
    return identity.kind, identity.value
