"""The desk's own panels beside a conversation: promises, the customer, what they own and ordered, their other cases."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yinuo.access.actors import Actor
from yinuo.cases.models import Case
from yinuo.cases.pages.shown import open_time
from yinuo.cases.queries import (
    Customership,
    customership_of,
    incident_behind,
    latest_orders,
    ledger,
    links_of,
    merges_into,
    next_promise,
    other_cases,
    owned_by,
    shown_quote,
)
from yinuo.cases.queries.following import running_follow_ups, watchers
from yinuo.cases.queries.tasks import tasks_of_case
from yinuo.foundation.panels import panel

IDENTITY_ICONS = {"phone": "phone", "mail": "mail", "open_id": "brand-wechat"}
Context = Mapping[str, Any] | None


@panel("promises", title=gettext_lazy("Promises"), template="desk/panels/promises.html", order=10, live=True)
def promises(case: Case, _actor: Actor, at: datetime) -> Context:
    """Return the next promise, what the customer was told of it, and all that were ever given on the case."""
    given = ledger(case, at=at)
    return {
        "next_promise": next_promise(given),
        "quote": shown_quote(case, at=at),
        "promises": [
            (
                promise,
                open_time(promise.within) if promise.within else "",
                open_time(promise.moved) if promise.moved else "",
            )
            for promise in given
        ],
    }


@panel("tasks", title=gettext_lazy("Tasks"), template="desk/panels/tasks.html", order=15, live=True)
def tasks(case: Case, _actor: Actor, at: datetime) -> Context:
    """Return what others were asked for on the case; nothing when nobody was."""
    asked = [(task, task.is_open and task.due_at < at) for task in tasks_of_case(case)]
    return {"tasks": asked, "panel_aside": sum(task.is_open for task, _late in asked) or ""} if asked else None


@panel("customer", title=gettext_lazy("Customer"), template="desk/panels/customer.html", order=20)
def customer(case: Case, actor: Actor, _at: datetime) -> Context:
    """Return who the customer is, with their identities masked."""
    customership = customership_of(case, actor=actor)
    return {
        "customership": customership,
        "customer_name": case.customer.name,
        "is_vip": case.customer.is_vip,
        "personal": _personal(customership),
        "may_reveal": actor.may("customers.reveal"),
    }


@panel(
    "owned",
    title=gettext_lazy("Owns"),
    template="desk/panels/owned.html",
    order=30,
    permission="customers.view",
    lazy=True,
)
def owned(case: Case, actor: Actor, at: datetime) -> Context:
    """Return the appliances of the customer."""
    products = owned_by(case, actor=actor, at=at)
    return {"owned": products} if products else None


@panel(
    "orders",
    title=gettext_lazy("Orders"),
    template="desk/panels/orders.html",
    order=40,
    permission="customers.view",
    lazy=True,
)
def orders(case: Case, actor: Actor, _at: datetime) -> Context:
    """Return the newest orders of the customer."""
    found = latest_orders(case, actor=actor)
    return {"orders": found} if found else None


@panel("other_cases", title=gettext_lazy("Other cases"), template="desk/panels/other_cases.html", order=50, lazy=True)
def earlier(case: Case, actor: Actor, _at: datetime) -> Context:
    """Return the customer's other cases, the newest first."""
    return {"other_cases": other_cases(case, actor=actor)}


@panel("belonging", title=gettext_lazy("Belongs together"), template="desk/panels/belonging.html", order=45, lazy=True)
def belonging(case: Case, actor: Actor, _at: datetime) -> Context:
    """Return what was merged into the case, what it is linked with, and which running incident could be behind it."""
    merges, links = merges_into(case, actor=actor), links_of(case, actor=actor)
    incident = incident_behind(case, actor=actor)
    context = {"merges": merges, "links": links, "may_unlink": actor.may("cases.note"), "incident": incident}
    return context if merges or links or incident else None


@panel("following", title=gettext_lazy("Follow-ups"), template="desk/panels/following.html", order=15, live=True)
def following(case: Case, actor: Actor, at: datetime) -> Context:
    """Return what somebody wants to be reminded of here, and who follows the case besides its owner."""
    rows, people = running_follow_ups(case), watchers(case)
    if not rows and not people:
        return None
    key, leads = f"staff:{actor.staff_id}", actor.may("cases.assign")
    may_end = actor.may("cases.note")
    shown = [
        (row, row.due_at <= at, may_end and (leads or row.staff_id == actor.staff_id or row.made_by == key))
        for row in rows
    ]
    return {"follow_ups": shown, "watchers": people}


def _personal(customership: Customership | None) -> list[dict[str, str]]:
    if customership is None:
        return []
    rows = [
        (str(one.pk), str(one.get_kind_display()), IDENTITY_ICONS.get(one.kind, "fingerprint"), one.masked)
        for one in customership.identities
    ]
    if customership.has_address:
        rows.append(("address", _("Address"), "map-pin", "****"))
    return [{"what": what, "label": label, "icon": icon, "masked": masked} for what, label, icon, masked in rows]
