# ruff: noqa: PLR2004 - shares of an invented world stand where they are used.
"""Orders of the demo company's customers over three years, with Double-11 and June peaks."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from yinuo.demo.company.products import PRODUCTS, serial_number
from yinuo.demo.company.values import Customer, Order, OrderLine, Product

CHANNELS: dict[str, tuple[str, str, int]] = {
    "mall": ("官方商城", "official online shop", 30),
    "flagship": ("电商旗舰店", "flagship store online", 30),
    "live": ("直播间", "livestream", 14),
    "store": ("体验店", "showroom", 16),
    "dealer": ("经销商门店", "dealer", 10),
}
BUSINESS_CHANNEL = ("direct", "企业直采", "direct sales")


def orders(random: Random, customers: Sequence[Customer], *, today: date) -> tuple[Order, ...]:
    """Return the orders of all customers in the order of their dates; every customer has at least one."""
    made = [
        _order(random, customer, ordered_on)
        for customer in customers
        for ordered_on in _order_days(random, customer, today)
    ]
    made.sort(key=lambda order: (order.ordered_on, order.customer_number))
    return tuple(_numbered(order, running) for running, order in enumerate(made, start=1))


def bonus_weight(day: date) -> float:
    """Return how many times an ordinary day's orders come on this day."""
    if (day.month, day.day) in {(11, 11), (6, 18)}:
        return 9.0
    near_eleven = (day.month == 11 and day.day <= 12) or (day.month == 10 and day.day >= 25)
    near_june = day.month == 6 and day.day <= 20
    return 2.4 if near_eleven or near_june else 1.0


def _order_count(random: Random, customer: Customer) -> int:
    more = {"standard": (70, 24, 6), "silver": (35, 45, 20), "gold": (15, 40, 45), "platinum": (5, 35, 60)}[
        customer.tier
    ]
    return random.choices((1, 2, 3), more)[0] + (random.randint(0, 2) if customer.company_number else 0)


def _order_days(random: Random, customer: Customer, today: date) -> list[date]:
    days = [_order_day(random, customer, today) for _ in range(_order_count(random, customer))]
    # The festival season brings every second customer back once more.
    if random.random() < 0.5:
        season = [today - timedelta(days=random.randint(0, 80)) for _ in range(4)]
        days.append(random.choices(season, [bonus_weight(day) for day in season])[0])
    return sorted(days)


def _order_day(random: Random, customer: Customer, today: date) -> date:
    span = max((today - customer.registered_on).days, 1)
    # The best of several drawn days: busy days win as often as they are busier, recent ones slightly more often.
    days = [today - timedelta(days=int(span * random.random() ** 1.25)) for _ in range(4)]
    return random.choices(days, [bonus_weight(day) for day in days])[0]


def _order(random: Random, customer: Customer, ordered_on: date) -> Order:
    if customer.company_number:
        code, zh, en = BUSINESS_CHANNEL
    else:
        code = random.choices(list(CHANNELS), [weight for _zh, _en, weight in CHANNELS.values()])[0]
        zh, en, _weight = CHANNELS[code]
    products = _products(random, 1 if random.random() < 0.78 else 2)
    lines = tuple(_line(random, product, customer, ordered_on) for product in products)
    return Order(
        number="",
        customer_number=customer.number,
        ordered_on=ordered_on,
        delivered_on=ordered_on + timedelta(days=random.choice((1, 2, 2, 3, 3, 4, 6))),
        channel=code,
        channel_zh=zh,
        channel_en=en,
        lines=lines,
        total_amount=sum(line.quantity * line.unit_price for line in lines),
    )


def _products(random: Random, count: int) -> list[Product]:
    chosen = random.choices(PRODUCTS, [product.weight for product in PRODUCTS], k=count)
    return list({product.code: product for product in chosen}.values())


def _line(random: Random, product: Product, customer: Customer, ordered_on: date) -> OrderLine:
    quantity = random.choice((2, 4, 6, 8, 12, 20)) if customer.company_number else 1
    discount = (
        random.choice((1.0, 1.0, 0.95, 0.9)) if bonus_weight(ordered_on) == 1.0 else random.choice((0.88, 0.85, 0.8))
    )
    made_on = ordered_on - timedelta(days=random.randint(20, 160))
    return OrderLine(
        product_code=product.code,
        quantity=quantity,
        unit_price=int(product.price * discount),
        serials=tuple(serial_number(random=random, product=product, made_on=made_on) for _ in range(quantity)),
    )


def _numbered(order: Order, running: int) -> Order:
    return Order(**{**vars(order), "number": f"HN{order.ordered_on:%y%m%d}{running:06d}"})
