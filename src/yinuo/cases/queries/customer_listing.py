"""The list of customers with what their cases say of them: open cases, the last contact."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy

from yinuo.access.actors import Actor
from yinuo.cases.models import Case, CaseState
from yinuo.customers.models import Company, Customer, Tier
from yinuo.customers.queries import Person, found_customers, shown_identities
from yinuo.foundation.lists import Choices, Column, Days, DeclaredList, Moment, Sort, Words, YesNo
from yinuo.foundation.references import id_of
from yinuo.organisation.models import Region

PLACE = "customers"
_LANGUAGES = (("zh-hans", gettext_lazy("Simplified Chinese")), ("en", gettext_lazy("English")))


def customer_list(actor: Actor, *, moment: Moment) -> DeclaredList:
    """Return the list of customers as this person may filter and see it."""
    visible = Case.objects.visible_to(actor)
    return DeclaredList(
        place=PLACE,
        columns=_columns(),
        filters=[
            Words(
                key="q",
                label=gettext_lazy("Words"),
                hint=gettext_lazy("Name, or a whole phone number or mail address"),
                narrow=found_customers,
            ),
            Choices(key="tier", label=gettext_lazy("Tier"), field="tier", offer=lambda: Tier.choices),
            Choices(key="region", label=gettext_lazy("Region"), field="region_id", offer=_regions),
            YesNo(key="open_cases", label=gettext_lazy("Open cases"), narrow=_with_open_cases(visible)),
            Choices(key="language", label=gettext_lazy("Language"), field="language", offer=lambda: _LANGUAGES),
            Days(key="since", label=gettext_lazy("Known since"), field="created_at"),
            Choices(
                key="company",
                label=gettext_lazy("Company"),
                field="company_id",
                offer=tuple,
                find=_companies_of(actor),
                is_offered=False,
            ),
        ],
        default_sort="name",
        moment=moment,
        dress=_dresser(visible),
    )


def listed_customers(actor: Actor) -> QuerySet[Customer]:
    """Return the customers this actor may know of, with what a row shows; personal values are not even read."""
    rows = Customer.objects.visible_to(actor).select_related("company", "region").defer("address")
    return rows.prefetch_related(shown_identities())


def _columns() -> list[Column]:
    return [
        Column(
            key="name",
            label=gettext_lazy("Name"),
            kind="person",
            value=lambda customer: Person(customer.name, is_vip=customer.is_vip),
            sort=Sort("sort_key", is_private=True),
            is_main=True,
        ),
        Column(key="tier", label=gettext_lazy("Tier"), value=lambda customer: customer.get_tier_display()),
        Column(
            key="company",
            label=gettext_lazy("Company"),
            value=lambda customer: customer.company.name if customer.company else None,
        ),
        Column(
            key="region",
            label=gettext_lazy("Region"),
            value=lambda customer: customer.region.name if customer.region else None,
        ),
        Column(key="city", label=gettext_lazy("City"), value=lambda customer: customer.city or None),
        Column(
            key="identities",
            label=gettext_lazy("Reached by"),
            kind="many",
            value=lambda customer: tuple(one.masked for one in customer.shown_identities),
            is_personal=True,
        ),
        Column(
            key="open_cases",
            label=gettext_lazy("Open cases"),
            kind="number",
            value=lambda customer: customer.open_case_count,
        ),
        Column(
            key="all_cases",
            label=gettext_lazy("All cases"),
            kind="number",
            value=lambda customer: customer.case_count,
            is_default=False,
        ),
        Column(
            key="last",
            label=gettext_lazy("Last contact"),
            kind="instant",
            value=lambda customer: customer.last_contact_at,
        ),
        Column(
            key="since",
            label=gettext_lazy("Known since"),
            kind="instant",
            value=lambda customer: customer.created_at,
            sort=Sort("created_at", is_falling=True),
            is_default=False,
        ),
        Column(
            key="language",
            label=gettext_lazy("Language"),
            value=lambda customer: dict(_LANGUAGES).get(customer.language, customer.language),
            is_default=False,
        ),
    ]


def _regions() -> Iterable[tuple[str, str]]:
    return [(str(region.pk), region.name) for region in Region.objects.order_by("code")]


def _companies_of(actor: Actor) -> Callable[[list[str]], dict[str, str]]:
    """Return what finds companies of which this person may know somebody."""

    def find(values: list[str]) -> dict[str, str]:
        ids = [pk for value in values if (pk := id_of(value)) is not None]
        people = Customer.objects.visible_to(actor).filter(company=OuterRef("pk"))
        rows = Company.objects.filter(Exists(people), pk__in=ids).values_list("pk", "name")
        return {str(pk): name for pk, name in rows}

    return find


def _with_open_cases(visible: QuerySet[Case]) -> Callable[[Any, bool, Moment], Any]:
    def narrow(customers: QuerySet[Customer], has_some: bool, _moment: Moment) -> QuerySet[Customer]:
        some = Exists(visible.filter(customer=OuterRef("pk"), state=CaseState.OPEN))
        return customers.filter(some if has_some else ~some)

    return narrow


def _dresser(visible: QuerySet[Case]) -> Callable[[list[Any]], list[Any]]:
    """Return what counts the cases of a page of customers: only those that whoever counts may open."""

    def dress(customers: list[Any]) -> list[Any]:
        rows = visible.filter(customer__in=[customer.pk for customer in customers]).order_by()
        figures = {
            pk: (open_count, count, last_at)
            for pk, open_count, count, last_at in rows.values_list("customer").annotate(
                open_count=Count("pk", filter=Q(state=CaseState.OPEN)),
                all_count=Count("pk"),
                last=Max("last_message_at"),
            )
        }
        for customer in customers:
            customer.open_case_count, customer.case_count, customer.last_contact_at = figures.get(
                customer.pk, (0, 0, None)
            )
        return customers

    return dress
