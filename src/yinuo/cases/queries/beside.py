"""What stands beside a conversation: who the customer is, what they own, what was before."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.utils import timezone

from yinuo.access.actors import Actor
from yinuo.cases.models import Case
from yinuo.customers.models import Customer, CustomerQuerySet, Identity
from yinuo.entitlements.models import Order, OwnedProduct

SHOWN_COUNT = 5


@dataclass(frozen=True)
class Owned:
    """An appliance of the customer. is_covered: under warranty today."""

    name: str
    serial_number: str
    warranty_until: date
    is_covered: bool


@dataclass(frozen=True)
class Customership:
    """What somebody may know of the customer; identities are masked, their values are not even read."""

    customer: Customer
    identities: list[Identity]
    has_address: bool
    order_count: int
    spent_amount: Decimal


def customership_of(case: Case, *, actor: Actor) -> Customership | None:
    """Return who the customer of a case is; None for those who may see the case but not its customer."""
    has_address = _customers(case, actor).values_list(Q(address__isnull=False), flat=True).first()
    if has_address is None:
        return None
    totals = Order.objects.filter(customer_id=case.customer_id).aggregate(count=Count("id"), spent=Sum("total_amount"))
    return Customership(
        customer=case.customer,
        identities=list(Identity.objects.filter(customer_id=case.customer_id).defer("value").order_by("kind", "id")),
        has_address=has_address,
        order_count=totals["count"],
        spent_amount=totals["spent"] or Decimal(0),
    )


def owned_by(case: Case, *, actor: Actor, at: datetime) -> list[Owned]:
    """Return the appliances of the customer of a case, those under warranty longest first."""
    today = at.astimezone(timezone.get_current_timezone()).date()
    products = OwnedProduct.objects.filter(customer__in=_customers(case, actor)).select_related("product")
    return [
        Owned(row.product.name, row.serial_number, row.warranty_until, row.is_under_warranty(on=today))
        for row in products.order_by("-warranty_until", "-id")[:SHOWN_COUNT]
    ]


def latest_orders(case: Case, *, actor: Actor) -> list[Order]:
    """Return the newest orders of the customer of a case."""
    return list(Order.objects.filter(customer__in=_customers(case, actor)).order_by("-ordered_at")[:SHOWN_COUNT])


def other_cases(case: Case, *, actor: Actor) -> list[Case]:
    """Return the other cases of the customer that the actor may see, the newest first."""
    columns = ("reference", "subject", "state", "opened_at", "closed_at", "channel")
    others = Case.objects.visible_to(actor).filter(customer_id=case.customer_id, merged_into=None).exclude(pk=case.pk)
    return list(others.only(*columns).order_by("-opened_at", "-id")[:SHOWN_COUNT])


def _customers(case: Case, actor: Actor) -> CustomerQuerySet:
    return Customer.objects.visible_to(actor).filter(pk=case.customer_id)
