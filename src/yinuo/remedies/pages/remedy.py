"""Approvals, one remedy with all its rows, and what is done to it: each act is a resource somebody posts to."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page, live_after
from yinuo.cases.queries import case_by_reference
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.remedies import actions
from yinuo.remedies.forms import RoomForm, SaidForm, WishForm, choices_shown, wish_of
from yinuo.remedies.models import Remedy
from yinuo.remedies.queries.reading import (
    currencies,
    given_before,
    is_money,
    may,
    remedy_by_id,
    room_of,
    shown_approvals,
    waiting_for,
    waiting_for_others,
)

from .shown import state_pill


@desk_page("GET")
def approvals(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show what waits for this person's decision, and what waits for others."""
    actor.require("remedies.approve")
    after = live_after()
    mine, others = shown_approvals(waiting_for(actor)), shown_approvals(waiting_for_others(actor))
    before = given_before([one.remedy.customer_id for one in [*mine, *others]])
    context = {
        "mine": [(one, before.get(one.remedy.customer_id, [])) for one in mine],
        "others": [(one, before.get(one.remedy.customer_id, [])) for one in others],
        "at": now(),
        "live_topics": f"staff-{actor.staff_id}",
        "live_after": after,
    }
    return render(request, "remedies/approvals.html", context)


@desk_page("GET")
def remedy(request: HttpRequest, actor: Actor, remedy_id: int) -> HttpResponse:
    """Show one remedy: what, why, by whose authority, what it cost, and what may be done to it."""
    return _page(request, actor, remedy_by_id(remedy_id, actor=actor))


@desk_page("POST")
def remedy_act(request: HttpRequest, actor: Actor, remedy_id: int, act: str) -> HttpResponse:
    """Do one thing to a remedy: approval, refusal, return, withdrawal, reversal, delivery, request, confirmation."""
    row = remedy_by_id(remedy_id, actor=actor)
    if act not in _ACTS:
        raise NotFound
    do, sentence = _ACTS[act]
    try:
        do(row, actor, request)
    except Refusal as refusal:
        return _page(request, actor, row, refusal=refusal)
    messages.success(request, sentence())
    return redirect(_back(request, row))


@desk_page("GET")
def case_room(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Return what this person may give on a case of what they are typing, and what becomes of the sum."""
    actor.require("remedies.grant")
    case = case_by_reference(reference, actor=actor)
    values = RoomForm(request.GET).checked()
    amount = (values["amount"] or Decimal(0)) if is_money(values["kind"]) else Decimal(0)
    room = room_of(
        case,
        kind=values["kind"],
        amount=amount,
        currency=values["currency"] or currencies()[0],
        actor=actor,
        at=now(),
    )
    return render(request, "remedies/_room.html", {"room": room, "amount": amount})


def _page(request: HttpRequest, actor: Actor, row: Remedy, *, refusal: Refusal | None = None) -> HttpResponse:
    context = {
        "remedy": row,
        "case": row.case,
        "state": state_pill(row.state),
        "may": may(row, actor),
        "refusal": refusal,
        "posted": request.POST,
        "at": now(),
        **choices_shown(),
    }
    return render(request, "remedies/remedy.html", context, status=refusal.status if refusal else 200)


def _back(request: HttpRequest, row: Remedy) -> str:
    """Return where the form was: the approvals, or the remedy itself."""
    wanted = request.POST.get("back", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse("remedy", args=[row.pk])


def _said(request: HttpRequest) -> str:
    return str(SaidForm(request.POST).checked()["said"])


Do = Callable[[Remedy, Actor, HttpRequest], Any]
_ACTS: dict[str, tuple[Do, Callable[[], str]]] = {
    "approval": (
        lambda row, actor, _request: actions.approve_remedy(remedy=row, by=actor, at=now()),
        lambda: _("Approved."),
    ),
    "refusal": (
        lambda row, actor, request: actions.refuse_remedy(remedy=row, reason=_said(request), by=actor, at=now()),
        lambda: _("Refused. Whoever asked reads why."),
    ),
    "return": (
        lambda row, actor, request: actions.send_back_remedy(remedy=row, reason=_said(request), by=actor, at=now()),
        lambda: _("Sent back. Whoever asked reads why."),
    ),
    "withdrawal": (
        lambda row, actor, request: actions.withdraw_remedy(remedy=row, reason=_said(request), by=actor, at=now()),
        lambda: _("It is no longer asked for."),
    ),
    "reversal": (
        lambda row, actor, request: actions.reverse_remedy(remedy=row, reason=_said(request), by=actor, at=now()),
        lambda: _("Reversed. The customer has been told."),
    ),
    "delivery": (
        lambda row, actor, request: actions.deliver_remedy(remedy=row, evidence=_said(request), by=actor, at=now()),
        lambda: _("Written down as delivered."),
    ),
    "confirmation": (
        lambda row, actor, _request: actions.ask_again(remedy=row, wish=wish_of(row), by=actor, at=now()),
        lambda: _("Done. Look below at what became of it."),
    ),
    "request": (
        lambda row, actor, request: actions.ask_again(
            remedy=row, wish=WishForm(request.POST).wish(), by=actor, at=now()
        ),
        lambda: _("Done. Look below at what became of it."),
    ),
}
