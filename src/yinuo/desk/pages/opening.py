"""Typing in a case for somebody at the phone or the counter. Whoever takes it owns it: first contact, one owner."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page
from yinuo.cases import actions
from yinuo.cases.actions.opening import FirstMessage
from yinuo.cases.forms import NewCaseForm
from yinuo.cases.pages.shown import Choice
from yinuo.customers.actions import find_or_add_by_identity
from yinuo.customers.models import Customer
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound
from yinuo.organisation.models import Staff


@desk_page("GET")
def new_case(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the empty form."""
    actor.require("cases.open")
    customer = _known(request.GET.get("customer", ""), actor)
    form = NewCaseForm(actor=actor, is_known=customer is not None)
    return render(request, "desk/new.html", _context(form, customer))


@desk_page("POST")
def create_case(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Open the case and go to it; a form that does not fit comes back with what is wrong."""
    actor.require("cases.open")
    customer = _known(request.POST.get("customer", ""), actor)
    form = NewCaseForm(request.POST, actor=actor, is_known=customer is not None)
    if not form.is_valid():
        return render(request, "desk/new.html", _context(form, customer), status=422)
    opened = _open(form.cleaned_data, actor, customer)
    return redirect("case", reference=opened.reference)


def _context(form: NewCaseForm, customer: Customer | None) -> dict[str, Any]:
    trail = [Choice(_("Workbench"), reverse("workbench"))]
    if customer is not None:
        trail = [
            Choice(_("Customers"), reverse("customers")),
            Choice(customer.name, reverse("customer", args=[customer.pk])),
        ]
    return {"form": form, "customer": customer, "trail": trail}


@transaction.atomic
def _open(values: dict[str, Any], actor: Actor, customer: Customer | None) -> actions.Opened:
    at = now()
    owner = Staff.objects.filter(pk=actor.staff_id).first()
    if owner is None:
        raise NotFound
    if customer is None:
        kind, value = ("phone", values["phone"]) if values["phone"] else ("mail", values["mail"])
        customer, _is_new = find_or_add_by_identity(
            kind=kind, value=value, name=values["name"], source=values["channel"], by=actor, at=at
        )
    return actions.open_case(
        customer=customer,
        first=FirstMessage(text=values["text"], subject=values["subject"], said_at=at, author_name=customer.name),
        channel=values["channel"],
        team=values["team"],
        owner=owner,
        owner_reason="first contact",
        case_class=values["case_class"],
        by=actor,
        at=at,
    )


def _known(given: str, actor: Actor) -> Customer | None:
    """Return the customer whose page led here; refuses with NotFound for one this person may not know of."""
    if not given:
        return None
    rows = Customer.objects.visible_to(actor).filter(pk=int(given)) if given.isdecimal() else Customer.objects.none()
    customer = rows.defer("address").first()
    if customer is None:
        raise NotFound
    return customer
