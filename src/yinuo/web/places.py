"""The entries of the navigation: which pages there are, for whom."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from yinuo.access.models import Account


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


def places_for(request: HttpRequest) -> list[Place]:
    """Return the main places this person may go to."""
    here = request.resolver_match.url_name if request.resolver_match else ""
    workbench = reverse("workbench")
    return [Place(_("Workbench"), workbench, "headset", is_current=here in {"workbench", "case", "new_case"})]


def account_places(request: HttpRequest) -> list[Place]:
    """Return the entries of the account menu."""
    return []
