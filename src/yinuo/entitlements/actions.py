"""The only writers of products, orders and what customers own."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.customers.models import Company, Customer
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import NotFound, Refusal

from . import rules
from .facts import OrderAdded, ProductAdded, ProductChanged, WarrantyExtended
from .models import Order, OwnedProduct, Product


@dataclass(frozen=True)
class ProductDetails:
    """A model we sell. `price_amount` in `price_currency`, not below zero."""

    code: str
    name_zh: str
    name_en: str
    line: str
    warranty_months: int
    price_amount: Decimal
    price_currency: str = "CNY"


@dataclass(frozen=True)
class Bought:
    """One appliance of an order. `warranty_from`: the day the warranty begins; None means the day of the order."""

    product: Product
    serial_number: str
    warranty_from: date | None = None


class ProductCodeTaken(Refusal):
    code = "entitlements.product_code_taken"

    def sentence(self) -> str:
        return _("There is already a product with the code %(code)s. Change that one, or choose another code.") % {
            "code": self.product_code
        }


class ProductDetailsWrong(Refusal):
    code = "entitlements.product_details_wrong"
    status = 422

    def sentence(self) -> str:
        return _("Fill in a code, both names and the product line; the price may not be below zero.")


class OrderNumberTaken(Refusal):
    code = "entitlements.order_number_taken"

    def sentence(self) -> str:
        return _("There is already an order with the number %(number)s. Check the number.") % {"number": self.number}


class SerialNumberTaken(Refusal):
    code = "entitlements.serial_number_taken"

    def sentence(self) -> str:
        return _("The serial number %(number)s already belongs to an appliance that was sold. Check the number.") % {
            "number": self.number
        }


class NumberMissing(Refusal):
    code = "entitlements.number_missing"
    status = 422

    def sentence(self) -> str:
        return _("The order and every appliance in it need a number. Fill in those that are missing.")


class WarrantyNotLonger(Refusal):
    code = "entitlements.warranty_not_longer"
    status = 422

    def sentence(self) -> str:
        return _("The warranty already lasts until %(until)s and is never shortened. Choose a later day.") % {
            "until": self.until
        }


@transaction.atomic
def add_product(*, details: ProductDetails, by: Actor, at: datetime) -> Product:
    """Store a model we sell.

    Refuses with NotAllowed, ProductCodeTaken, ProductDetailsWrong. Announces ProductAdded.
    """
    by.require("entitlements.edit")
    _check(details)
    if Product.objects.filter(code=details.code).exists():
        raise ProductCodeTaken(product_code=details.code)
    product = Product.objects.create(**asdict(details))
    announce(ProductAdded(product_id=product.pk), by=by, at=at)
    return product


@transaction.atomic
def change_product(*, product: Product, details: ProductDetails, by: Actor, at: datetime) -> Product:
    """Change a model; appliances already sold keep their warranty.

    Refuses with NotAllowed, ProductCodeTaken, ProductDetailsWrong. Announces ProductChanged.
    """
    by.require("entitlements.edit")
    _check(details)
    row = Product.objects.select_for_update().get(pk=product.pk)
    if Product.objects.filter(code=details.code).exclude(pk=row.pk).exists():
        raise ProductCodeTaken(product_code=details.code)
    changed = sorted(name for name, value in asdict(details).items() if getattr(row, name) != value)
    if not changed:
        return row
    for name in changed:
        setattr(row, name, getattr(details, name))
    row.save(update_fields=changed)
    announce(ProductChanged(product_id=row.pk, fields=changed), by=by, at=at)
    return row


@transaction.atomic
def add_order(
    *,
    customer: Customer,
    number: str,
    bought: Sequence[Bought],
    sales_channel: str,
    total: tuple[Decimal, str],
    ordered_at: datetime,
    company: Company | None = None,
    by: Actor,
    at: datetime,
) -> Order:
    """Store a purchase with its appliances; each is under warranty for its product's months, by the local date.

    total: amount and currency. ordered_at: aware.
    Refuses with NotAllowed, NotFound, NumberMissing, OrderNumberTaken, SerialNumberTaken. Announces OrderAdded.
    """
    by.require("entitlements.edit")
    if not Customer.objects.visible_to(by).filter(pk=customer.pk).exists():
        raise NotFound
    number = rules.normal_number(number)
    serials = [rules.normal_number(one.serial_number) for one in bought]
    _check_numbers(number, serials)
    order = Order.objects.create(
        number=number,
        customer=customer,
        company=company,
        sales_channel=sales_channel,
        ordered_at=ordered_at,
        total_amount=total[0],
        total_currency=total[1],
    )
    ordered_on = ordered_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    owned = OwnedProduct.objects.bulk_create(
        OwnedProduct(
            order=order,
            customer=customer,
            product=one.product,
            serial_number=serial,
            warranty_until=rules.months_after(one.warranty_from or ordered_on, one.product.warranty_months),
        )
        for one, serial in zip(bought, serials, strict=True)
    )
    ids = [row.pk for row in owned]
    announce(
        OrderAdded(customer_id=customer.pk, order_id=order.pk, sales_channel=sales_channel, owned_product_ids=ids),
        by=by,
        at=at,
    )
    return order


@transaction.atomic
def extend_warranty(*, owned: OwnedProduct, until: date, by: Actor, at: datetime) -> OwnedProduct:
    """Stand for an appliance until a later day, that day included.

    Refuses with NotAllowed, NotFound, WarrantyNotLonger. Announces WarrantyExtended.
    """
    by.require("entitlements.edit")
    row = OwnedProduct.objects.select_for_update().get(pk=owned.pk)
    if not Customer.objects.visible_to(by).filter(pk=row.customer_id).exists():
        raise NotFound
    if until <= row.warranty_until:
        raise WarrantyNotLonger(until=row.warranty_until)
    before, row.warranty_until = row.warranty_until, until
    row.save(update_fields=["warranty_until"])
    announce(
        WarrantyExtended(customer_id=row.customer_id, owned_product_id=row.pk, before=before, after=until), by=by, at=at
    )
    return row


def _check(details: ProductDetails) -> None:
    if not (details.code and details.name_zh and details.name_en and details.line) or details.price_amount < 0:
        raise ProductDetailsWrong


def _check_numbers(number: str, serials: Sequence[str]) -> None:
    if not number or not all(serials):
        raise NumberMissing
    if Order.objects.filter(number=number).exists():
        raise OrderNumberTaken(number=number)
    known = OwnedProduct.objects.filter(serial_number__in=serials).values_list("serial_number", flat=True).first()
    twice = next((serial for place, serial in enumerate(serials) if serial in serials[:place]), None)
    if taken := known or twice:
        raise SerialNumberTaken(number=taken)
