"""One small invented world for all tests of the demo company: 1 500 customers, sixty days, 3 000 cases."""

from datetime import date

import pytest

from yinuo.demo.company.values import Plan
from yinuo.demo.company.world import World, build_world, history

TODAY = date(2026, 11, 22)
START = date(2026, 9, 24)


@pytest.fixture(scope="session")
def world() -> World:
    return build_world(7, TODAY, customer_count=1500)


@pytest.fixture(scope="session")
def plans(world: World) -> list[Plan]:
    return list(history(world, start=START, end=TODAY, total=3000))
