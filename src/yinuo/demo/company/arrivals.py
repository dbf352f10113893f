# ruff: noqa: PLR2004 - shares of an invented world stand where they are used.
"""When customers write: shape of the day, the week and the year."""

from bisect import bisect
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random

from yinuo.demo.company.values import COMPANY_ZONE

# Share of each hour of the day: a morning peak, a lunch dip, an evening peak at home.
_HOURS = (6, 3, 2, 1, 1, 2, 6, 18, 52, 84, 92, 78, 54, 58, 70, 66, 62, 58, 60, 76, 82, 66, 38, 16)
# Monday to Sunday.
_WEEKDAYS = (1.18, 1.06, 1.0, 0.98, 0.97, 0.94, 0.87)


def season(name: str, day: date) -> float:
    """Return how many times its usual share a scenario with this season has on this day; 1.0 is usual.

    warm: high summer. cold: a cold wave from mid November on and deep winter. double11: the rush after the
    festival's orders. after_double11: returns, invoices and refunds that follow it.
    """
    if name == "warm":
        return (0.5, 0.5, 0.6, 0.8, 1.2, 1.8, 2.4, 2.3, 1.3, 0.8, 0.6, 0.5)[day.month - 1]
    if name == "cold":
        base = (2.2, 1.8, 1.1, 0.7, 0.5, 0.4, 0.3, 0.3, 0.5, 0.8, 1.3, 2.0)[day.month - 1]
        return base * (1.9 if (day.month == 11 and 15 <= day.day <= 21) else 1.0)
    if name == "double11":
        return 1.0 + 2.2 * _wave(day, start=(11, 11), days=9) + 0.9 * _wave(day, start=(6, 18), days=8)
    if name == "after_double11":
        return 1.0 + 1.9 * _wave(day, start=(11, 14), days=14) + 0.8 * _wave(day, start=(6, 21), days=10)
    return 1.0


def day_weight(day: date) -> float:
    """Return how many times an ordinary day's customers write on this day."""
    festival = 0.75 * _wave(day, start=(11, 11), days=10) + 0.35 * _wave(day, start=(6, 18), days=8)
    national_day = -0.35 if (day.month == 10 and day.day <= 5) else 0.0
    new_year = -0.2 if (day.month == 1 and day.day == 1) else 0.0
    return _WEEKDAYS[day.weekday()] * (1.0 + festival + national_day + new_year)


def arrival_times(random: Random, start: date, end: date, total: int) -> list[datetime]:
    """Return `total` instants (UTC, ascending) from the start of `start` to the end of `end`, company time."""
    days = [start + timedelta(days=offset) for offset in range((end - start).days + 1)]
    borders = list(accumulate(day_weight(day) for day in days))
    hour_borders = list(accumulate(_HOURS))
    made = []
    for _ in range(total):
        day = days[min(bisect(borders, random.random() * borders[-1]), len(days) - 1)]
        hour = min(bisect(hour_borders, random.random() * hour_borders[-1]), 23)
        local = datetime.combine(day, time(hour), COMPANY_ZONE) + timedelta(seconds=random.randrange(3600))
        made.append(local.astimezone(UTC))
    return sorted(made)


def _wave(day: date, *, start: tuple[int, int], days: int) -> float:
    since = (day - date(day.year, *start)).days
    return 1.0 - since / days if 0 <= since < days else 0.0
