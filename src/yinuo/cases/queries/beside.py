"""What stands beside a conversation: who the customer is, what they own, what was before."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.utils import timezone

from yinuo.access.actors import Actor
from yinuo.cases.models import Case
from yinuo.customers.models import Customer, Identity
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
    owned: list[Owned] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)


@dataclass(frozen=True)
class Beside:
    """The side of a case. customership: None for those who may see the case but no customers."""

    customership: Customership | None
    other_cases: list[Case]


def beside(case: Case, *, actor: Actor, at: datetime) -> Beside:
    """Return what the actor may see beside the case: the customer, and their other cases, the newest first."""
    columns = ("reference", "subject", "state", "opened_at", "closed_at", "channel")
    others = Case.objects.visible_to(actor).filter(customer_id=case.customer_id).exclude(pk=case.pk)
    other_cases = list(others.only(*columns).order_by("-opened_at", "-id")[:SHOWN_COUNT])
    return Beside(_customership(case, actor, at), other_cases)


def _customership(case: Case, actor: Actor, at: datetime) -> Customership | None:
    customers = Customer.objects.visible_to(actor).filter(pk=case.customer_id)
    has_address = customers.values_list(Q(address__isnull=False), flat=True).first()
    if has_address is None:
        return None
    today = at.astimezone(timezone.get_current_timezone()).date()
    orders = Order.objects.filter(customer_id=case.customer_id)
    totals = orders.aggregate(count=Count("id"), spent=Sum("total_amount"))
    products = OwnedProduct.objects.filter(customer_id=case.customer_id).select_related("product")
    return Customership(
        customer=case.customer,
        identities=list(Identity.objects.filter(customer_id=case.customer_id).defer("value").order_by("kind", "id")),
        has_address=has_address,
        order_count=totals["count"],
        spent_amount=totals["spent"] or Decimal(0),
        owned=[
            Owned(row.product.name, row.serial_number, row.warranty_until, row.is_under_warranty(on=today))
            for row in products.order_by("-warranty_until", "-id")[:SHOWN_COUNT]
        ],
        orders=list(orders.order_by("-ordered_at")[:SHOWN_COUNT]),
    )
