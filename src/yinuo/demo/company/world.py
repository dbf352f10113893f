# ruff: noqa: S311, PLR2004 - a repeatable world, no secrets; shares stand where they are used.
"""The whole invented world of one seed, and the history it wrote."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from random import Random

from yinuo.demo.company.arrivals import arrival_times, season
from yinuo.demo.company.customers import customers, outsiders
from yinuo.demo.company.orders import orders
from yinuo.demo.company.plans import conversation_plan
from yinuo.demo.company.products import PRODUCT_BY_CODE
from yinuo.demo.company.scenario_book import scenarios
from yinuo.demo.company.slots import concerns
from yinuo.demo.company.values import COMPANY_ZONE, Company, Customer, Order, Plan, Scenario


@dataclass(frozen=True)
class World:
    """Customers, companies and orders of one seed as of one day. `outsiders` send what is not a request (spam)."""

    seed: int
    today: date
    customers: tuple[Customer, ...]
    companies: tuple[Company, ...]
    outsiders: tuple[Customer, ...]
    orders: tuple[Order, ...]

    @cached_property
    def customer_by_number(self) -> dict[str, Customer]:
        return {customer.number: customer for customer in (*self.customers, *self.outsiders)}

    @cached_property
    def company_by_number(self) -> dict[str, Company]:
        return {company.number: company for company in self.companies}

    @cached_property
    def orders_by_line(self) -> dict[tuple[str, str, bool], list[Order]]:
        """(product line or "", language, bought by a company) -> orders in the order of their dates."""
        found: dict[tuple[str, str, bool], list[Order]] = defaultdict(list)
        for order in self.orders:
            customer = self.customer_by_number[order.customer_number]
            lines = {PRODUCT_BY_CODE[line.product_code].line for line in order.lines}
            for line in ("", *sorted(lines)):
                found[line, customer.language, bool(customer.company_number)].append(order)
        return found


def build_world(seed: int, today: date, *, customer_count: int = 5000) -> World:
    """Return the world of a seed: the same seed and day give the same world, on every machine."""
    people, companies = customers(Random(f"{seed}:customers"), customer_count, today=today)
    return World(
        seed=seed,
        today=today,
        customers=people,
        companies=companies,
        outsiders=outsiders(Random(f"{seed}:outsiders"), today=today),
        orders=orders(Random(f"{seed}:orders"), people, today=today),
    )


def history(world: World, *, start: date, end: date, total: int) -> Iterator[Plan]:
    """Yield `total` plans in the order of their opening, spread from `start` to `end` as customers write.

    Plans run to their natural end, some after `end`: `plans.until` cuts them.
    """
    random = Random(f"{world.seed}:history")
    for opened_at in arrival_times(random, start, end, total):
        yield next_plan(random, world, opened_at)


def next_plan(random: Random, world: World, opened_at: datetime) -> Plan:
    """Return one plan for somebody who writes at this instant: scenario by share and season, then a fitting person."""
    day = opened_at.astimezone(COMPANY_ZONE).date()
    asker = None
    while asker is None:  # in a small company, nobody may have bought just that
        language = "en" if random.random() < 0.115 else "zh"
        scenario = choose_scenario(random, day, language)
        asker = _asker(random, world, scenario, language, day)
    order, customer = asker
    company = world.company_by_number.get(customer.company_number)
    return conversation_plan(random, scenario, customer, order, opened_at, company=company)


def choose_scenario(random: Random, day: date, language: str) -> Scenario:
    """Return a scenario spoken in this language, by its weight and season."""
    spoken = [scenario for scenario in scenarios() if language in scenario.languages]
    return random.choices(spoken, [scenario.weight * season(scenario.season, day) for scenario in spoken])[0]


def _asker(
    random: Random, world: World, scenario: Scenario, language: str, day: date
) -> tuple[Order | None, Customer] | None:
    if scenario.flow == "none":
        return None, random.choice(world.outsiders)
    business = scenario.business_only and language == "zh"
    line = random.choice(scenario.lines) if scenario.lines else ""
    pool = world.orders_by_line[line, language, business]
    if not pool:
        return None
    order = _order(random, pool, scenario, day)
    customer = world.customer_by_number[order.customer_number]
    return (order if scenario.needs_order else None), customer


def _order(random: Random, pool: list[Order], scenario: Scenario, day: date) -> Order:
    """Return an order of the right age; when none is, the nearest in age, for there is always somebody."""
    youngest, oldest = (day - timedelta(days=days) for days in scenario.order_age_days)
    first = bisect_left(pool, oldest, key=_ordered_on)
    last = bisect_right(pool, youngest, key=_ordered_on)
    for _ in range(40 if first < last else 0):
        order = pool[random.randrange(first, last)]
        if any(concerns(scenario, line.product_code) for line in order.lines):
            return order
    return pool[max(last - 1, 0)]


def _ordered_on(order: Order) -> date:
    return order.ordered_on
