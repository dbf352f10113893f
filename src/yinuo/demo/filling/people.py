"""Customers, companies and what they bought."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time
from decimal import Decimal

from yinuo.access.actors import Actor
from yinuo.customers.actions import CustomerDetails, IdentityDraft, add_company, add_customer
from yinuo.customers.models import Company, Customer
from yinuo.demo.company.organisation import REGIONS
from yinuo.demo.company.values import COMPANY_ZONE
from yinuo.demo.company.values import Customer as InventedCustomer
from yinuo.demo.company.values import Order as InventedOrder
from yinuo.demo.company.world import World
from yinuo.entitlements.actions import Bought, add_order
from yinuo.entitlements.models import Product
from yinuo.organisation.models import Region

IMPORT = Actor.system("import")
_LANGUAGES = {"zh": "zh-hans", "en": "en"}


def add_companies(world: World, *, at: datetime) -> None:
    """Store the organisations that buy from us."""
    regions = {place.city: Region.objects.get(code=region.code) for region in REGIONS for place in region.places}
    for company in world.companies:
        add_company(
            name=company.name,
            registration_number=company.tax_number,
            region=regions.get(company.city),
            by=IMPORT,
            at=at,
        )


def add_customers(world: World, people: Sequence[InventedCustomer], *, at: datetime) -> None:
    """Store people with their number, mail address and phone number."""
    regions = {region.code: region for region in Region.objects.all()}
    companies = {row.registration_number: row for row in Company.objects.all()}
    for person in people:
        company = world.company_by_number.get(person.company_number)
        add_customer(
            details=CustomerDetails(
                name=person.name,
                tier=person.tier,
                language=_LANGUAGES[person.language],
                company=companies[company.tax_number] if company else None,
                region=regions[person.region],
                city=person.city,
                address=person.address,
                registered_on=person.registered_on,
            ),
            identities=[
                IdentityDraft("account_number", person.number, is_verified=True),
                IdentityDraft("mail", person.mail, is_verified=True),
                IdentityDraft("phone", person.phone, is_verified=True),
            ],
            source="import",
            by=IMPORT,
            at=at,
        )


def add_orders(orders: Sequence[InventedOrder], customers: dict[str, Customer], *, at: datetime) -> None:
    """Store orders with the appliances they brought into homes and offices, as they came over from the shop's books."""
    products = {product.code: product for product in Product.objects.all()}
    for order in orders:
        customer = customers[order.customer_number]
        ordered_at = datetime.combine(order.ordered_on, time(10 + int(order.number[-2:]) % 12), COMPANY_ZONE)
        add_order(
            customer=customer,
            company=customer.company,
            number=order.number,
            bought=[
                Bought(products[line.product_code], serial, warranty_from=order.delivered_on)
                for line in order.lines
                for serial in line.serials
            ],
            sales_channel=order.channel,
            total=(Decimal(order.total_amount), order.currency),
            ordered_at=ordered_at,
            by=IMPORT,
            at=at,
        )


def with_own_serials(orders: Iterable[InventedOrder]) -> tuple[InventedOrder, ...]:
    """Return the orders without the few appliances whose invented serial number was drawn before."""
    seen: set[str] = set()
    kept = []
    for order in orders:
        lines = []
        for line in order.lines:
            own = tuple(serial for serial in line.serials if serial not in seen)
            seen.update(own)
            lines.append(replace(line, serials=own))
        kept.append(replace(order, lines=tuple(lines)))
    return tuple(kept)
