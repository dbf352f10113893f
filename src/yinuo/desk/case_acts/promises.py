"""Promises by hand: giving one, agreeing another time, saying it is done, and taking the case for another class."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from yinuo.access.actors import Actor
from yinuo.cases import actions
from yinuo.cases.forms import AnotherTimeForm, ChosenPromiseForm, ClassForm, GivenPromiseForm, WithdrawnPromiseForm
from yinuo.cases.models import Case, Promise, PromiseKind
from yinuo.cases.queries.ledger import promises_to_keep, promises_to_move
from yinuo.cases.rules import GIVEN_KINDS
from yinuo.foundation.acts import case_act
from yinuo.foundation.refusals import NotFound
from yinuo.standards.models import CaseClass


def _is_open(case: Case, _actor: Actor) -> bool:
    return case.is_open


def _local(instant: datetime) -> str:
    return timezone.localtime(instant).strftime("%Y-%m-%dT%H:%M")


def _give_shown(_case: Case, _actor: Actor, at: datetime) -> Mapping[str, Any]:
    return {
        "kinds": [(kind, PromiseKind(kind).label) for kind in GIVEN_KINDS],
        "earliest": _local(at),
    }


@case_act(
    "promise",
    label=gettext_lazy("Promise a call back or another time …"),
    submit=gettext_lazy("Promise it"),
    icon="heart-handshake",
    order=30,
    permission="cases.reply",
    template="desk/acts/promise.html",
    offered=_is_open,
    shown=_give_shown,
)
def promise(case: Case, actor: Actor, at: datetime, request: HttpRequest) -> None:
    """Promise the customer a call back, a visit, parts, or something in one's own words."""
    values = GivenPromiseForm(request.POST).checked()
    actions.give_promise(
        case=case, kind=values["kind"], due_at=values["due_at"], subject=values["subject"], by=actor, at=at
    )


def _move_shown(case: Case, _actor: Actor, at: datetime) -> Mapping[str, Any]:
    return {"promises": promises_to_move(case), "earliest": _local(at)}


@case_act(
    "another-time",
    label=gettext_lazy("Agree another time …"),
    submit=gettext_lazy("Set the new time"),
    icon="calendar-time",
    order=32,
    permission="cases.reply",
    template="desk/acts/another_time.html",
    offered=_is_open,
    shown=_move_shown,
)
def another_time(case: Case, actor: Actor, at: datetime, request: HttpRequest) -> None:
    """Put another time in the place of a promised one, agreed with the customer or told to them."""
    values = AnotherTimeForm(request.POST).checked()
    actions.replace_promise(
        promise=_chosen(case, values["promise"]),
        due_at=values["due_at"],
        reason=values["reason"],
        consent=values["consent"],
        by=actor,
        at=at,
    )


def _may_keep(case: Case, _actor: Actor) -> bool:
    return case.is_open and promises_to_keep(case).exists()


def _keep_shown(case: Case, _actor: Actor, _at: datetime) -> Mapping[str, Any]:
    return {"promises": promises_to_keep(case)}


@case_act(
    "keep-promise",
    label=gettext_lazy("Promise kept …"),
    submit=gettext_lazy("It is done"),
    icon="circle-check",
    order=34,
    permission="cases.reply",
    template="desk/acts/keep_promise.html",
    offered=_may_keep,
    shown=_keep_shown,
)
def keep(case: Case, actor: Actor, at: datetime, request: HttpRequest) -> None:
    """Say that what was promised by hand was done."""
    values = ChosenPromiseForm(request.POST).checked()
    actions.keep_promise(promise=_chosen(case, values["promise"]), by=actor, at=at)


@case_act(
    "withdraw-promise",
    label=gettext_lazy("Withdraw a promise …"),
    submit=gettext_lazy("Withdraw the promise"),
    icon="circle-x",
    order=36,
    permission="cases.reply",
    template="desk/acts/withdraw_promise.html",
    offered=_may_keep,
    shown=_keep_shown,
)
def withdraw(case: Case, actor: Actor, at: datetime, request: HttpRequest) -> None:
    """End what was promised by hand because nobody needs it any more."""
    values = WithdrawnPromiseForm(request.POST).checked()
    actions.withdraw_promise(promise=_chosen(case, values["promise"]), reason=values["reason"], by=actor, at=at)


def _class_shown(case: Case, _actor: Actor, _at: datetime) -> Mapping[str, Any]:
    return {"classes": [(value, label) for value, label in CaseClass.choices if value != case.case_class]}


@case_act(
    "change-class",
    label=gettext_lazy("Change the class …"),
    submit=gettext_lazy("Change the class"),
    icon="flag",
    order=40,
    permission="cases.reply",
    template="desk/acts/change_class.html",
    offered=_is_open,
    shown=_class_shown,
)
def change_class(case: Case, actor: Actor, at: datetime, request: HttpRequest) -> None:
    """Take the case for one of another class; its times count from the same beginning."""
    values = ClassForm(request.POST).checked()
    actions.change_class(case=case, case_class=values["case_class"], reason=values["reason"], by=actor, at=at)


def _chosen(case: Case, promise_id: int) -> Promise:
    found = Promise.objects.filter(case=case, pk=promise_id).select_related("case").first()
    if found is None:
        raise NotFound
    return found
