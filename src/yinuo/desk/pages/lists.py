"""The list pages of the desk: all cases, customers. Each is declared by its folder and shown by the same page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise as Lazy
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yinuo.access.actions import choose_columns, record_export
from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page
from yinuo.cases.pages.shown import Choice
from yinuo.cases.queries import case_list, customer_list, listed_cases, listed_customers
from yinuo.foundation.clock import now
from yinuo.foundation.lists import (
    DeclaredList,
    Export,
    ExportFormat,
    ListWish,
    Moment,
    exported_name,
    narrowed,
    query_of,
    shown_list,
    wish_of,
)
from yinuo.foundation.refusals import NotFound
from yinuo.organisation.actions import kept_query
from yinuo.organisation.models import SavedView
from yinuo.organisation.queries import led_teams, saved_views

_CONTENT_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class ListPage:
    """One list: where it is, who may see it and take it as a file, what it holds and where its cells lead."""

    address_name: str
    title: str | Lazy
    view_permission: str
    export_permission: str
    template: str
    declared: Callable[..., DeclaredList]
    rows: Callable[[Actor], QuerySet[Any]]
    links: Mapping[str, Callable[[Any], str]]
    links_for: str = "customers.view"


def _case_url(case: Any) -> str:
    return reverse("case", args=[case.reference])


def _cases_url(customer: Any, **more: str) -> str:
    query = QueryDict(mutable=True)
    query.update({"customer": str(customer.pk), **more})
    return f"{reverse('case_list')}?{query.urlencode()}"


PAGES = {
    "cases": ListPage(
        address_name="case_list",
        title=gettext_lazy("All cases"),
        view_permission="cases.view",
        export_permission="cases.export",
        template="desk/case_list.html",
        declared=case_list,
        rows=listed_cases,
        links={
            "reference": _case_url,
            "subject": _case_url,
            "customer": lambda case: reverse("customer", args=[case.customer_id]),
        },
    ),
    "customers": ListPage(
        address_name="customers",
        title=gettext_lazy("Customers"),
        view_permission="customers.view",
        export_permission="customers.export",
        template="desk/customer_list.html",
        declared=customer_list,
        rows=listed_customers,
        links={
            "name": lambda customer: reverse("customer", args=[customer.pk]),
            "company": lambda customer: f"{reverse('customers')}?company={customer.company_id}",
            "open_cases": lambda customer: _cases_url(customer, state="open") if customer.open_case_count else "",
            "all_cases": lambda customer: _cases_url(customer) if customer.case_count else "",
        },
    ),
}


@desk_page("GET")
def cases(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List every case this person may see."""
    return list_page(request, actor, "cases")


@desk_page("GET")
def customers(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the customers this person may see."""
    return list_page(request, actor, "customers")


@desk_page("POST")
def columns(request: HttpRequest, actor: Actor, place: str) -> HttpResponseRedirect:
    """Remember which columns this person wants in a list, and show them."""
    page = _listed(place)
    declared, wish = _asked(page, actor, QueryDict(kept_query(request.POST.get("query", ""))))
    known = [column.key for column in declared.columns]
    chosen = [] if request.POST.get("usual") else [key for key in request.POST.getlist("column") if key in known]
    choose_columns(account=request.user, place=place, columns=chosen, by=actor, at=now())  # type: ignore[arg-type]
    query = query_of(declared, _with_columns(wish, tuple(key for key in known if key in chosen)))
    return HttpResponseRedirect(_address(page, query))


@desk_page("POST")
def exports(request: HttpRequest, actor: Actor, place: str) -> HttpResponseBase:
    """Send the whole list as a file, with the filters and columns of the page it is asked from."""
    page = _listed(place)
    actor.require(page.view_permission)
    actor.require(page.export_permission)
    form = ExportFormat(request.POST.get("form", "")) if request.POST.get("form") in list(ExportFormat) else None
    if form is None:
        raise NotFound
    declared, wish = _asked(page, actor, QueryDict(request.POST.get("query", "")))
    shown = declared.chosen(wish.columns or declared.default_keys())
    order = declared.sorts[wish.sort]
    sign = "-" if wish.is_falling else ""
    rows = narrowed(declared, wish, page.rows(actor)).order_by(f"{sign}{order.field}", f"{sign}pk")
    export = Export(declared, shown, rows, form=form, title=str(page.title))
    try:
        record_export(
            place=place,
            form=form.value,
            columns=[column.key for column in shown],
            filters={one.key: one.noted(wish.values[one.key]) for one in declared.filters if one.key in wish.values},
            row_count=export.row_count(),
            permission=page.export_permission,
            by=actor,
            at=declared.moment.at,
        )
    except BaseException:
        export.drop()
        raise
    response = StreamingHttpResponse(export.pieces(), content_type=_CONTENT_TYPES[form])
    stamp = timezone.localtime(declared.moment.at).strftime("%Y-%m-%d %H%M")
    name = exported_name(str(page.title), stamp, form)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def list_address(place: str, query: str, view_id: int | None = None) -> str:
    """Return the address of a list that holds saved views; refuses with NotFound for any other place."""
    if place == "queue":
        return f"{reverse('workbench')}?{query}" if query else reverse("workbench")
    pairs = QueryDict(query, mutable=True)
    pairs.pop("view", None)
    if view_id:
        pairs["view"] = str(view_id)
    return _address(_listed(place), pairs.urlencode(safe=","))


def list_page(request: HttpRequest, actor: Actor, place: str) -> HttpResponse:
    """Show a list of `PAGES`; later folders put theirs there and call this."""
    page = PAGES[place]
    actor.require(page.view_permission)
    declared, wish = _asked(page, actor, request.GET)
    views = saved_views(actor, place)
    view = next((one for one in views if one.pk == wish.view_id), None)
    leads = led_teams(actor) if view else []
    shown = shown_list(
        declared,
        wish,
        page.rows(actor),
        address=reverse(page.address_name),
        links={key: link for key, link in page.links.items() if key not in _HIDDEN_LINKS or actor.may(page.links_for)},
        usual_columns=request.user.list_columns.get(place, ()),  # type: ignore[union-attr]
    )
    context = {
        "list": shown,
        "title": page.title,
        "views": _views(page, views, view, wish, actor),
        "view": view,
        "may_change_view": view is not None and (view.owner_id == actor.staff_id or view.team in leads),
        "teams": leads,
        "acts": {name: reverse(f"list_{name}", args=[place]) for name in ("columns", "exports", "views")},
        "may_export": actor.may(page.export_permission),
        "may_open": actor.may("cases.open"),
    }
    return render(request, page.template, context)


# These lead to customers, whom not everybody who sees a case may see.
_HIDDEN_LINKS = frozenset({"customer"})


def _asked(page: ListPage, actor: Actor, query: QueryDict) -> tuple[DeclaredList, ListWish]:
    declared = page.declared(actor, moment=Moment(now(), timezone.get_current_timezone()))
    return declared, wish_of(declared, dict(query.lists()))


def _with_columns(wish: ListWish, columns: tuple[str, ...]) -> ListWish:
    return ListWish(
        values=wish.values, sort=wish.sort, is_falling=wish.is_falling, columns=columns, view_id=wish.view_id
    )


def _views(
    page: ListPage, views: list[SavedView], current: SavedView | None, wish: ListWish, actor: Actor
) -> list[Choice]:
    """Return the chips above a list: everything, then the person's own views, then those of their teams."""
    is_plain = current is None and not wish.values
    shown = [Choice(_("All"), reverse(page.address_name), is_plain)]
    for view in views:
        label = view.name if view.owner_id == actor.staff_id else f"{view.name} · {view.owner.name}"
        shown.append(Choice(label, list_address(view.place, view.query, view.pk), view == current))
    return shown


def _address(page: ListPage, query: str) -> str:
    address = reverse(page.address_name)
    return f"{address}?{query}" if query else address


def _listed(place: str) -> ListPage:
    if place not in PAGES:
        raise NotFound
    return PAGES[place]
