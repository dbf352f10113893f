"""A customer's own page: who they are, what they own, their cases, and everything that ever was between us."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page, wants_piece
from yinuo.cases.pages.shown import Choice
from yinuo.cases.queries import StoryEntry, case_list, listed_cases, story
from yinuo.customers.actions import reveal_address, reveal_identity
from yinuo.customers.models import Identity
from yinuo.customers.queries import CustomerProfile, customer_profile
from yinuo.desk.panels import IDENTITY_ICONS
from yinuo.entitlements.queries import orders_of, owned_products_of
from yinuo.foundation.clock import now
from yinuo.foundation.lists import ListWish, Moment, counted, narrowed, query_of, shown_list
from yinuo.foundation.refusals import NotFound

from .lists import PAGES

_CASES_SHOWN = 8
_ORDERS_SHOWN = 8
_CASE_COLUMNS = ("reference", "subject", "state", "owner", "opened", "promise", "kept")
# What a case's list is asked for by each figure; the figure counts exactly that list.
_FIGURES = ("open", "all", "broken")
STORY_LOOKS = {
    "customer": ("message-circle", "plain"),
    "reply": ("arrow-back-up", "plain"),
    "note": ("note", "plain"),
    "notice": ("send", "plain"),
    "automatic": ("robot", "plain"),
    "opened": ("circle-plus", "plain"),
    "closed": ("checks", "plain"),
    "reopened": ("rotate", "soon"),
    "broken": ("alert-circle", "broken"),
    "ordered": ("package", "plain"),
}


@desk_page("GET")
def customer(request: HttpRequest, actor: Actor, customer_id: int) -> HttpResponse:
    """Show one customer; htmx gets the next part of the time line alone."""
    profile = _profile(actor, customer_id)
    if wants_piece(request) and request.GET.get("before"):
        return render(request, "desk/_story.html", _story_context(request, actor, profile))
    return _page(request, actor, profile)


@desk_page("POST")
def reveal(request: HttpRequest, actor: Actor, customer_id: int, what: str) -> HttpResponse:
    """Show one personal value in clear, after it was written down who looked."""
    actor.require("customers.reveal")
    profile = _profile(actor, customer_id)
    value = _revealed(actor, profile, what)
    if wants_piece(request):
        return render(request, "desk/_revealed.html", {"value": value})
    return _page(request, actor, profile, revealed={what: value})


def _profile(actor: Actor, customer_id: int) -> CustomerProfile:
    actor.require("customers.view")
    return customer_profile(actor, customer_id)


def _page(
    request: HttpRequest, actor: Actor, profile: CustomerProfile, revealed: dict[str, str] | None = None
) -> HttpResponse:
    at = now()
    moment = Moment(at, timezone.get_current_timezone())
    person = profile.customer
    context = {
        "customer": person,
        "trail": [Choice(_("Customers"), reverse("customers"))],
        "profile": profile,
        "personal": _personal(profile, revealed or {}),
        "owned": owned_products_of(actor, person, on=moment.today),
        "orders": orders_of(actor, person, limit=_ORDERS_SHOWN),
        "may_reveal": actor.may("customers.reveal"),
        "may_open": actor.may("cases.open"),
        **_cases_context(actor, person.pk, moment),
        **_story_context(request, actor, profile),
    }
    return render(request, "desk/customer.html", context)


def _cases_context(actor: Actor, customer_id: int, moment: Moment) -> dict[str, Any]:
    """Return the customer's newest cases and the figures above them, each with the list it counts."""
    declared, rows = case_list(actor, moment=moment), listed_cases(actor)
    address = reverse("case_list")
    wish = ListWish(values={"customer": (str(customer_id),)}, sort="opened", is_falling=True)
    wishes = {
        "open": replace(wish, values={**wish.values, "state": ("open",)}),
        "all": wish,
        "broken": replace(wish, values={**wish.values, "broken": True}),
    }
    labels = {"open": _("Open cases"), "all": _("All cases"), "broken": _("With a broken promise")}
    shown = shown_list(
        declared,
        wish,
        rows,
        address=address,
        links={key: link for key, link in PAGES["cases"].links.items() if key != "customer"},
        usual_columns=_CASE_COLUMNS,
        length=_CASES_SHOWN,
    )
    return {
        "cases": shown,
        "all_cases_url": f"{address}?{query_of(declared, wish)}",
        "figures": [
            {
                "label": labels[name],
                "count": shown.count if name == "all" else counted(narrowed(declared, wishes[name], rows)),
                "url": f"{address}?{query_of(declared, wishes[name])}",
                "is_bad": name == "broken",
            }
            for name in _FIGURES
        ],
    }


def _story_context(request: HttpRequest, actor: Actor, profile: CustomerProfile) -> dict[str, Any]:
    page = story(profile.customer, actor=actor, before=request.GET.get("before", ""))
    address = reverse("customer", args=[profile.customer.pk])
    return {
        "customer": profile.customer,
        "entries": [_told(entry) for entry in page.entries],
        "is_later_part": bool(request.GET.get("before")),
        "older_url": f"{address}?before={page.older_key}" if page.older_key else "",
        "newest_url": f"{address}#story",
    }


def _told(entry: StoryEntry) -> dict[str, Any]:
    icon, tone = STORY_LOOKS[entry.side or entry.what]
    return {
        "entry": entry,
        "icon": icon,
        "tone": tone,
        "url": reverse("case", args=[entry.case.reference]) if entry.case else "",
    }


def _personal(profile: CustomerProfile, revealed: dict[str, str]) -> list[dict[str, Any]]:
    """Return the personal values: masked, or in clear when this very answer reveals them."""
    rows = [
        (str(one.id), one.kind_label, IDENTITY_ICONS.get(one.kind, "fingerprint"), one.masked, one.is_verified)
        for one in profile.identities
    ]
    if profile.has_address:
        rows.append(("address", _("Address"), "map-pin", "****", False))
    return [
        {
            "what": what,
            "label": label,
            "icon": icon,
            "masked": masked,
            "is_verified": is_verified,
            "clear": revealed.get(what, ""),
        }
        for what, label, icon, masked, is_verified in rows
    ]


def _revealed(actor: Actor, profile: CustomerProfile, what: str) -> str:
    if what == "address" and profile.has_address:
        return reveal_address(customer=profile.customer, by=actor, at=now())
    ids = {str(one.id) for one in profile.identities}
    identity = Identity.objects.filter(pk=int(what)).first() if what in ids else None
    if identity is None:
        raise NotFound
    return reveal_identity(identity=identity, by=actor, at=now())
