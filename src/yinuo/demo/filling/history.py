"""The plans of one day. Each day has randomness of its own, so days can be filled in any order by any process."""

from collections import defaultdict
from datetime import date, datetime
from random import Random

from yinuo.demo.company.arrivals import arrival_times
from yinuo.demo.company.plans import until
from yinuo.demo.company.values import COMPANY_ZONE, Plan
from yinuo.demo.company.world import World, next_plan
from yinuo.demo.filling.wish import DAY_COUNT, Wish


def arrivals_by_day(wish: Wish) -> dict[date, list[datetime]]:
    """Return when customers write, by local day, newest day first; nothing after the history's end.

    The last day is only as full as it has got by then.
    """
    random = Random(f"{wish.seed}:arrivals")  # noqa: S311 - repeatable, no secret
    by_day: dict[date, list[datetime]] = defaultdict(list)
    for at in arrival_times(random, wish.first_day, wish.today, wish.case_count + _after_the_end(wish)):
        if at < wish.ends_at:
            by_day[at.astimezone(COMPANY_ZONE).date()].append(at)
    return {day: by_day[day] for day in sorted(by_day, reverse=True)}


def plans_of_day(wish: Wish, world: World, day: date, arrivals: list[datetime]) -> list[Plan]:
    """Return the plans that begin on a day, in order, as far as they have got by the history's end."""
    random = Random(f"{wish.seed}:{day.isoformat()}")  # noqa: S311 - repeatable, no secret
    return [until(next_plan(random, world, at), wish.ends_at) for at in arrivals]


def _after_the_end(wish: Wish) -> int:
    """Return how many arrivals to draw in addition, so that `case_count` or a few more lie before the end."""
    local = wish.ends_at.astimezone(COMPANY_ZONE)
    left_share = 1.0 - (local.hour * 60 + local.minute) / (24 * 60)
    # Days differ; one in a hundred more makes up for it.
    return round(wish.case_count * (left_share / DAY_COUNT + 0.01))
