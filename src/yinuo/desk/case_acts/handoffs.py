"""Handing a case over: offering it, answering an offer, and deciding who owns it. See docs/rules/handoff.md."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yinuo.access.actors import Actor
from yinuo.cases import actions
from yinuo.cases.actions.handing import receiver_of
from yinuo.cases.forms import DecisionForm, NotFilledIn, ReasonForm, ReceiverForm
from yinuo.cases.models import Case
from yinuo.cases.queries.handoffs import (
    OFFER_PERMISSION,
    counts_of,
    limits_now,
    may_decide,
    may_offer,
    open_decision,
    receivers,
)
from yinuo.desk.pages.handing import shown_receivers
from yinuo.foundation.acts import case_act
from yinuo.foundation.refusals import NotFound
from yinuo.organisation.models import Staff, Team
from yinuo.organisation.queries import our_zone

_REVIEW_AFTER = timedelta(days=3)


def _may_hand_over(case: Case, actor: Actor) -> bool:
    return case.is_open and case.offered_until is None and case.held_since is None and may_offer(case, actor)


def _hand_over_shown(case: Case, actor: Actor, _at: datetime) -> Mapping[str, Any]:
    limits = limits_now()
    accepted, offered = counts_of(case)
    is_agent = not actor.may("cases.assign")
    return {
        "receivers": shown_receivers(case, actor, words="", with_teams=True),
        "with_teams": True,
        "limits": limits,
        "accepted_count": accepted,
        "is_last": is_agent and (accepted >= limits.most_accepted or offered >= limits.most_offered),
    }


@case_act(
    "hand-over",
    label=gettext_lazy("Hand over …"),
    submit=gettext_lazy("Offer the case"),
    icon="arrow-forward-up",
    order=10,
    permission=OFFER_PERMISSION,
    template="desk/acts/hand_over.html",
    offered=_may_hand_over,
    shown=_hand_over_shown,
    shortcut="h",
)
def hand_over(case: Case, actor: Actor, at: datetime, request: HttpRequest) -> None:
    """Offer the case to a colleague or a team."""
    values = ReceiverForm(request.POST).checked()
    to = receiver_chosen(case, values, actor, with_teams=True)
    actions.offer_handoff(case=case, to=to, reason=values["reason"], by=actor, at=at)


@case_act(
    "accept-handoff",
    label=gettext_lazy("Accept the case"),
    icon="check",
    order=11,
    permission=OFFER_PERMISSION,
    template="desk/acts/accept_handoff.html",
    offered=lambda _case, _actor: False,  # It stands above the conversation, one click away.
)
def accept(case: Case, actor: Actor, at: datetime, _request: HttpRequest) -> None:
    """Say yes to an offer."""
    actions.accept_handoff(case=case, by=actor, at=at)


@case_act(
    "refuse-handoff",
    label=gettext_lazy("Refuse the case …"),
    submit=gettext_lazy("Refuse"),
    icon="x",
    order=12,
    permission=OFFER_PERMISSION,
    template="desk/acts/refuse_handoff.html",
    offered=lambda _case, _actor: False,
)
def refuse(case: Case, actor: Actor, at: datetime, request: HttpRequest) -> None:
    """Say no to an offer, and why."""
    actions.refuse_handoff(case=case, reason=ReasonForm(request.POST).checked()["reason"], by=actor, at=at)


@case_act(
    "take-back",
    label=gettext_lazy("Take the offer back"),
    icon="arrow-back-up",
    order=13,
    permission=OFFER_PERMISSION,
    template="desk/acts/take_back.html",
    offered=lambda _case, _actor: False,
)
def take_back(case: Case, actor: Actor, at: datetime, _request: HttpRequest) -> None:
    """Take an offer back that nobody has answered."""
    actions.withdraw_handoff(case=case, by=actor, at=at)


@case_act(
    "change-owner",
    label=gettext_lazy("Name the owner …"),
    submit=gettext_lazy("Change owner"),
    icon="user-check",
    order=14,
    permission="cases.assign",
    template="desk/acts/change_owner.html",
    offered=lambda case, _actor: case.is_open and case.held_since is None,
    shown=lambda case, actor, _at: {"receivers": shown_receivers(case, actor, words="", with_teams=False)},
)
def change_owner(case: Case, actor: Actor, at: datetime, request: HttpRequest) -> None:
    """Make a colleague accountable without asking; for those who lead."""
    values = ReceiverForm(request.POST).checked()
    to = _person(case, values, actor)
    actions.change_owner(case=case, to=to, reason=values["reason"], by=actor, at=at)


def _decide_shown(case: Case, actor: Actor, at: datetime) -> Mapping[str, Any]:
    return {
        "receivers": shown_receivers(case, actor, words="", with_teams=False, with_owner=True),
        "decision": open_decision(case),
        "review_on": at.astimezone(our_zone()).date() + _REVIEW_AFTER,
    }


@case_act(
    "decide-owner",
    label=gettext_lazy("Decide the owner …"),
    submit=gettext_lazy("Decide"),
    icon="scale",
    order=15,
    permission="cases.decide_owner",
    template="desk/acts/decide_owner.html",
    offered=lambda case, actor: case.is_open and may_decide(actor),
    shown=_decide_shown,
)
def decide_owner(case: Case, actor: Actor, at: datetime, request: HttpRequest) -> None:
    """Name the owner as the coordination centre, with a day to look at it again."""
    values = DecisionForm(request.POST).checked()
    to = _person(case, values, actor)
    actions.decide_owner(case=case, to=to, reason=values["reason"], review_on=values["review_on"], by=actor, at=at)


def _person(case: Case, values: dict[str, Any], actor: Actor) -> Staff:
    to = receiver_chosen(case, values, actor, with_teams=False)
    if not isinstance(to, Staff):
        raise NotFound
    return to


def receiver_chosen(case: Case, values: dict[str, Any], actor: Actor, *, with_teams: bool) -> Staff | Team:
    """Return who was chosen, or the only one whose name was typed. Refuses with NotFilledIn, NotFound."""
    if values["to"]:
        return receiver_of(values["to"])
    found = receivers(case, words=values["find"], actor=actor, with_teams=with_teams) if values["find"] else []
    if len(found) != 1:
        raise NotFilledIn(problems=_("Choose who shall have the case."))
    return receiver_of(found[0].key)
