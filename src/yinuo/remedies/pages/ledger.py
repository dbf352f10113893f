"""The ledger of remedies: one of the desk's list pages, with its filters, saved views and files."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page
from yinuo.desk.pages.lists import PAGES, ListPage, list_page
from yinuo.remedies.queries.listing import PLACE, listed_remedies, remedy_list

PAGES[PLACE] = ListPage(
    address_name="remedy_ledger",
    title=gettext_lazy("Ledger of remedies"),
    view_permission="remedies.view_ledger",
    export_permission="remedies.export",
    template="remedies/ledger.html",
    declared=remedy_list,
    rows=listed_remedies,
    links={
        "remedy": lambda row: reverse("remedy", args=[row.pk]),
        "case": lambda row: reverse("case", args=[row.case.reference]),
        "customer": lambda row: reverse("customer", args=[row.customer_id]),
    },
)


@desk_page("GET")
def ledger(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List every remedy on the cases this person may see."""
    return list_page(request, actor, PLACE)
