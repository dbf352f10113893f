"""The entries of the navigation: which pages there are, for whom."""

from dataclasses import dataclass, replace
from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.access.doors import actor_of
from yinuo.desk.queries.boards import may_open_boards
from yinuo.remedies.queries.reading import waiting_for

# Whoever has one of these has something to do in the settings besides the own account.
SETTINGS_PERMISSIONS = ("settings.view", "standards.edit", "mail.replay")
# Pages of the settings that everybody has, reached by the account menu.
_OWN = ("settings_account", "settings_notifications")


@dataclass(frozen=True)
class Place:
    """One entry of a menu."""

    label: str
    url: str
    icon: str
    is_current: bool = False
    on_phone: bool = True
    is_last: bool = False
    is_marked: bool = False
    starts_group: bool = False


# What fits beside each other at the bottom of a phone; the last of them opens the rest.
PHONE_PLACES = 5


def places_for(request: HttpRequest, actor: Actor) -> list[Place]:
    """Return the main places this person may go to."""
    here = request.resolver_match.url_name if request.resolver_match else ""
    workbench = reverse("workbench")
    places = [Place(_("Workbench"), workbench, "headset", is_current=here in {"workbench", "case", "new_case"})]
    if may_open_boards(actor):
        is_here = here.startswith(("board", "wall"))
        places.append(Place(_("Board"), reverse("board"), "layout-dashboard", is_current=is_here))
    if actor.may("cases.view"):
        places.append(
            Place(
                _("All cases"), reverse("case_list"), "list-details", is_current=here == "case_list", starts_group=True
            )
        )
        is_here = here.startswith("task")
        places.append(Place(_("Tasks"), reverse("tasks"), "clipboard-list", is_current=is_here))
    if actor.may("customers.view"):
        is_here = here in {"customers", "customer"}
        places.append(Place(_("Customers"), reverse("customers"), "users", is_current=is_here))
    if actor.may("remedies.approve"):
        waits = SimpleLazyObject(lambda: waiting_for(actor).exists())
        is_here = here in {"approvals", "remedy"}
        url = reverse("approvals")
        places.append(Place(_("Approvals"), url, "gift", is_current=is_here, is_marked=cast("bool", waits)))
    if actor.may("remedies.view_ledger"):
        is_here = here == "remedy_ledger"
        places.append(Place(_("Ledger of remedies"), reverse("remedy_ledger"), "receipt", is_current=is_here))
    places.append(Place(_("Help"), reverse("help"), "help-circle", is_current=here == "help", is_last=True))
    if any(actor.may(permission) for permission in SETTINGS_PERMISSIONS):
        is_here = here.startswith("settings") and here not in _OWN
        places.append(Place(_("Settings"), reverse("settings"), "settings", is_current=is_here))
    return _for_phone(places)


def more_places(places: list[Place]) -> list[Place]:
    """Return those that a phone shows behind "More"."""
    return [place for place in places if not place.on_phone]


def _for_phone(places: list[Place]) -> list[Place]:
    """Return the places, all on the phone's bar when they fit, else one fewer, for "More" takes a place itself."""
    if len(places) <= PHONE_PLACES:
        return places
    return [replace(place, on_phone=number < PHONE_PLACES - 1) for number, place in enumerate(places)]


def account_places(request: HttpRequest) -> list[Place]:
    """Return the entries of the account menu."""
    here = request.resolver_match.url_name if request.resolver_match else ""
    places = [Place(_("My account"), reverse("settings_account"), "user-circle", is_current=here == "settings_account")]
    if actor_of(request).may("notifications.view"):
        is_here = here == "settings_notifications"
        places.append(Place(_("My notifications"), reverse("settings_notifications"), "bell", is_current=is_here))
    return places
