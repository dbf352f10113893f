"""Who a case may be offered to, with what they carry, and the bar that says a case is offered or held."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page
from yinuo.cases.models import Case
from yinuo.cases.queries import case_by_reference
from yinuo.cases.queries.handoffs import (
    OFFER_PERMISSION,
    Receiver,
    is_for,
    may_decide,
    may_offer,
    open_decision,
    open_handoff,
    receivers,
)
from yinuo.organisation.models import Presence


@dataclass(frozen=True)
class ShownReceiver:
    """A line of the choice. beside: what they carry and whether they are there, in words. presence: a code or empty."""

    key: str
    name: str
    title: str
    beside: str
    presence: str
    is_team: bool


@desk_page("GET")
def receivers_piece(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Return the choice of people and teams for what is typed."""
    case = case_by_reference(reference, actor=actor)
    actor.require(OFFER_PERMISSION)
    with_teams = request.GET.get("teams") == "1"
    shown = shown_receivers(
        case,
        actor,
        words=request.GET.get("find", "")[:60],
        with_teams=with_teams,
        with_owner=request.GET.get("owner") == "1",
    )
    return render(request, "desk/_receivers.html", {"receivers": shown, "chosen": request.GET.get("to", "")})


def shown_receivers(
    case: Case, actor: Actor, *, words: str, with_teams: bool, with_owner: bool = False
) -> list[ShownReceiver]:
    """Return whom the case could go to, dressed for the choice. with_owner: the present owner may be chosen, too."""
    found = receivers(case, words=words, actor=actor, with_teams=with_teams, with_owner=with_owner)
    return [_shown(one) for one in found]


def offer_context(case: Case, actor: Actor) -> dict[str, Any]:
    """Return what the bar above a conversation shows: the open offer, or that the case is held; often no statement."""
    handoff, decision = open_handoff(case), open_decision(case)
    return {
        "handoff": handoff,
        "handoff_to": str(handoff.to_staff or handoff.to_team) if handoff else "",
        "may_answer": handoff is not None and case.owner_id != actor.staff_id and is_for(handoff, actor),
        "may_take_back": handoff is not None and may_offer(case, actor),
        "decision": decision,
        "may_decide": decision is not None and may_decide(actor),
    }


def _shown(one: Receiver) -> ShownReceiver:
    if one.is_team:
        there = ngettext("%(count)s person available", "%(count)s people available", one.present)
        load = ngettext("%(count)s open case", "%(count)s open cases", one.load)
        beside = f"{there % {'count': one.present}} · {load % {'count': one.load}}"
        return ShownReceiver(one.key, one.name, _("Team"), beside, "", is_team=True)
    load = _("%(load)s of %(capacity)s cases") % {"load": one.load, "capacity": one.capacity}
    beside = f"{Presence(one.presence).label} · {load}"
    return ShownReceiver(one.key, one.name, one.title, beside, one.presence, is_team=False)
