from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from yinuo.access.actions import grant_role
from yinuo.access.actors import Actor
from yinuo.access.roles import Role
from yinuo.cases.tests.cast import SYSTEM, actor_of
from yinuo.entitlements import queries
from yinuo.entitlements.actions import (
    Bought,
    NumberMissing,
    OrderNumberTaken,
    ProductCodeTaken,
    ProductDetails,
    ProductDetailsWrong,
    SerialNumberTaken,
    WarrantyNotLonger,
    add_order,
    add_product,
    change_product,
    extend_warranty,
)
from yinuo.entitlements.models import Order, OwnedProduct, Product
from yinuo.foundation.models import FactRow
from yinuo.foundation.refusals import NotAllowed
from yinuo.organisation.models import Region

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
WASHER = ProductDetails("hw-100", "滚筒洗衣机", "Washer", "laundry", 1, Decimal("2999.00"))


def facts() -> list[tuple]:
    rows = FactRow.objects.filter(type__startswith="entitlements.").order_by("id")
    return [(row.type.removeprefix("entitlements."), row.customer_id, row.payload) for row in rows]


def an_order(customer, number, *serials, product, **more) -> Order:
    more = {"ordered_at": AT, "sales_channel": "web", "total": (Decimal("2999.00"), "CNY"), "by": SYSTEM} | more
    return add_order(
        customer=customer, number=number, bought=[Bought(product, serial) for serial in serials], at=AT, **more
    )


@pytest.fixture
def washer(db) -> Product:
    return add_product(details=WASHER, by=SYSTEM, at=AT)


def test_an_order_gives_each_appliance_its_warranty_by_the_local_date(house, washer):
    # 31 January 00:30 in Shanghai is still 30 January in UTC: the warranty ends on 28 February all the same.
    ordered_at = datetime(2026, 1, 30, 16, 30, tzinfo=UTC)

    order = an_order(house.wang, " hn 1 ", "sn-1", "sn-2", product=washer, ordered_at=ordered_at)

    owned = list(OwnedProduct.objects.order_by("id"))
    assert order.number == "HN1"
    assert [(one.serial_number, one.warranty_until, one.customer) for one in owned] == [
        ("SN-1", date(2026, 2, 28), house.wang),
        ("SN-2", date(2026, 2, 28), house.wang),
    ]
    assert facts() == [
        ("product_added", None, {"product_id": washer.pk}),
        (
            "order_added",
            house.wang.pk,
            {"order_id": order.pk, "sales_channel": "web", "owned_product_ids": [owned[0].pk, owned[1].pk]},
        ),
    ]


def test_a_warranty_may_begin_on_the_day_of_delivery(house, washer):
    add_order(
        customer=house.wang,
        number="HN1",
        bought=[Bought(washer, "SN1", warranty_from=date(2026, 12, 31))],
        sales_channel="web",
        total=(Decimal("1.00"), "CNY"),
        ordered_at=AT,
        by=SYSTEM,
        at=AT,
    )

    assert OwnedProduct.objects.get().warranty_until == date(2027, 1, 31)


def test_numbers_are_unique_and_a_refused_order_leaves_nothing(house, washer):
    an_order(house.wang, "HN1", "SN1", product=washer)

    with pytest.raises(OrderNumberTaken):
        an_order(house.li, "hn1", "SN2", product=washer)
    with pytest.raises(SerialNumberTaken):
        an_order(house.li, "HN2", "SN2", "sn1", product=washer)
    with pytest.raises(SerialNumberTaken):
        an_order(house.li, "HN2", "SN2", "sn2", product=washer)
    for number, serial in (("", "SN2"), ("HN2", " ")):
        with pytest.raises(NumberMissing):
            an_order(house.li, number, serial, product=washer)
    assert (Order.objects.count(), OwnedProduct.objects.count()) == (1, 1)


def test_a_changed_product_leaves_sold_warranties_alone(house, washer):
    an_order(house.wang, "HN1", "SN1", product=washer)
    longer = ProductDetails("hw-100", "滚筒洗衣机", "Washer", "laundry", 24, Decimal("2999.00"))

    change_product(product=washer, details=longer, by=SYSTEM, at=AT)

    assert OwnedProduct.objects.get().warranty_until == date(2026, 12, 2)
    assert facts()[-1] == ("product_changed", None, {"product_id": washer.pk, "fields": ["warranty_months"]})


def test_a_product_has_a_code_of_its_own_and_all_its_names(washer):
    with pytest.raises(ProductCodeTaken):
        add_product(details=WASHER, by=SYSTEM, at=AT)
    for wrong in (
        ProductDetails("x", "", "X", "laundry", 1, Decimal(1)),
        ProductDetails("x", "X", "X", "laundry", 1, Decimal(-1)),
    ):
        with pytest.raises(ProductDetailsWrong):
            add_product(details=wrong, by=SYSTEM, at=AT)


def test_a_warranty_is_made_longer_never_shorter(house, washer):
    an_order(house.wang, "HN1", "SN1", product=washer)
    owned = OwnedProduct.objects.get()

    extend_warranty(owned=owned, until=date(2027, 12, 2), by=SYSTEM, at=AT)
    with pytest.raises(WarrantyNotLonger):
        extend_warranty(owned=owned, until=date(2027, 12, 2), by=SYSTEM, at=AT)

    assert facts()[-1] == (
        "warranty_extended",
        house.wang.pk,
        {"owned_product_id": owned.pk, "before": "2026-12-02", "after": "2027-12-02"},
    )


def test_an_administrator_writes_orders_and_agents_and_customers_do_not(house, washer):
    an_order(house.li, "HN0", "SN0", product=washer, by=actor_of(house.admin))

    for by in (actor_of(house.chen), Actor.customer(house.wang.pk)):
        with pytest.raises(NotAllowed):
            an_order(house.wang, "HN1", "SN1", product=washer, by=by)
        with pytest.raises(NotAllowed):
            add_product(details=WASHER, by=by, at=AT)


def test_orders_are_found_by_number_and_serial_however_they_are_typed(house, washer):
    order = an_order(house.wang, "HN1", "SN1", product=washer)
    by = actor_of(house.chen)

    assert queries.order_by_number(by, " hn1") == order
    assert queries.customers_by_number(by, "sn 1") == [house.wang]
    assert queries.customers_by_number(by, "HN1") == [house.wang]
    assert queries.customers_by_number(by, " ") == []
    found = queries.owned_product_by_serial(by, "sn1", on=date(2026, 12, 2))
    assert (found.owned.order, found.warranty.state, found.warranty.days_left) == (order, "ending", 1)
    assert queries.owned_product_by_serial(by, "SN9", on=date(2026, 12, 2)) is None


def test_orders_of_customers_out_of_sight_are_out_of_sight(house, washer):
    west = Region.objects.create(code="west", name_zh="西部", name_en="West")
    house.li.region = west
    house.li.save()
    an_order(house.li, "HN1", "SN1", product=washer)
    house.chen.account.grants.all().delete()
    grant_role(account=house.chen.account, role=Role.AGENT, region_id=house.region.pk, by=SYSTEM, at=AT)

    for by in (actor_of(house.chen), Actor.customer(house.wang.pk)):
        assert queries.orders_of(by, house.li) == []
        assert queries.order_by_number(by, "HN1") is None
        assert queries.owned_products_of(by, house.li, on=date(2026, 11, 2)) == []
        assert queries.owned_product_by_serial(by, "SN1", on=date(2026, 11, 2)) is None
        assert queries.customers_by_number(by, "HN1") == []


@pytest.mark.parametrize("count", [1, 3])
def test_a_customers_orders_cost_the_same_queries_for_one_and_for_three(
    house, washer, count, django_assert_num_queries
):
    for number in range(count):
        an_order(house.wang, f"HN{number}", f"SN{number}", product=washer)

    with django_assert_num_queries(2):
        orders = queries.orders_of(SYSTEM, house.wang)
        assert [one.product.line for order in orders for one in order.owned_products.all()] == ["laundry"] * count
    with django_assert_num_queries(1):
        owned = queries.owned_products_of(SYSTEM, house.wang, on=date(2026, 11, 2))
    assert [one.warranty.days_left for one in owned] == [31] * count
