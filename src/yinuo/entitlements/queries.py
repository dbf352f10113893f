"""Reads of what customers bought. Every read starts at the customers the actor may know of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from yinuo.access.actors import Actor
from yinuo.customers.models import Customer

from . import rules
from .models import Order, OwnedProduct


@dataclass(frozen=True)
class OwnedWithWarranty:
    """An appliance with what its warranty says on the day that was asked for."""

    owned: OwnedProduct
    warranty: rules.Warranty


def orders_of(actor: Actor, customer: Customer, *, limit: int = 20) -> list[Order]:
    """Return a customer's newest orders with `owned_products` and their products loaded; empty when out of sight."""
    return list(_visible_orders(actor).filter(customer=customer).order_by("-ordered_at", "-id")[:limit])


def order_by_number(actor: Actor, number: str) -> Order | None:
    """Return the order with exactly this number, however it was typed, or None when there is none to see."""
    return _visible_orders(actor).filter(number=rules.normal_number(number)).first()


def owned_products_of(actor: Actor, customer: Customer, *, on: date) -> list[OwnedWithWarranty]:
    """Return what a customer owns with its warranty on a day, longest cover first; one query."""
    rows = _visible_owned(actor).filter(customer=customer).order_by("-warranty_until", "id")
    return _with_warranty(rows, on)


def owned_product_by_serial(actor: Actor, serial_number: str, *, on: date) -> OwnedWithWarranty | None:
    """Return the appliance with exactly this serial number, however it was typed, or None."""
    rows = _visible_owned(actor).filter(serial_number=rules.normal_number(serial_number))
    return next(iter(_with_warranty(rows, on)), None)


def customers_by_number(actor: Actor, text: str) -> list[Customer]:
    """Return the visible customers whose order or appliance has exactly this number; for the search box."""
    number = rules.normal_number(text)
    if not number:
        return []
    ids = Order.objects.filter(number=number).values("customer_id")
    owners = OwnedProduct.objects.filter(serial_number=number).values("customer_id")
    rows = Customer.objects.visible_to(actor).filter(Q(pk__in=ids) | Q(pk__in=owners))
    return list(rows.select_related("company", "region").defer("address").order_by("sort_key", "id"))


def _visible_orders(actor: Actor) -> QuerySet[Order]:
    owned = Prefetch("owned_products", queryset=OwnedProduct.objects.select_related("product").order_by("id"))
    rows = Order.objects.filter(customer__in=Customer.objects.visible_to(actor))
    return rows.select_related("company").prefetch_related(owned)


def _visible_owned(actor: Actor) -> QuerySet[OwnedProduct]:
    rows = OwnedProduct.objects.filter(customer__in=Customer.objects.visible_to(actor))
    return rows.select_related("product", "order")


def _with_warranty(rows: Iterable[OwnedProduct], on: date) -> list[OwnedWithWarranty]:
    return [OwnedWithWarranty(row, rules.warranty_on(on, until=row.warranty_until)) for row in rows]
