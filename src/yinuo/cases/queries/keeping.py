"""How well each pledge was kept in the last twelve months, and which cases broke it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Sum

from yinuo.access.actors import Actor
from yinuo.cases.models import Case, PledgeBreach, PledgeTally

# Below this many promises a share says more about chance than about us.
FEWEST = 20
_MONTHS = 12


@dataclass(frozen=True)
class MonthKept:
    """One month. rate: kept of count, 0..1; None in a month in which nothing ended."""

    month: date
    kept_count: int
    count: int

    @property
    def rate(self) -> float | None:
        return self.kept_count / self.count if self.count else None


@dataclass(frozen=True)
class Keeping:
    """The twelve months up to now, the oldest first; kept and count are of the same promises."""

    months: list[MonthKept]
    kept_count: int
    count: int

    @property
    def percent(self) -> float | None:
        """Return the share kept in percent, to one place; None when too few promises ended to say."""
        return _percent(self.kept_count, self.count) if self.count >= FEWEST else None


def keeping(pledge_ids: Collection[int], *, on: date) -> dict[int, Keeping]:
    """Return how well each of these pledges was kept in the twelve months up to the one of `on`. One statement."""
    first = _months_before(on, _MONTHS - 1)
    rows = PledgeTally.objects.filter(version__pledge__in=pledge_ids, month__gte=first, month__lte=on)
    sums = rows.values_list("version__pledge_id", "month").annotate(kept=Sum("kept_count"), broken=Sum("broken_count"))
    found: dict[int, dict[date, tuple[int, int]]] = defaultdict(dict)
    for pledge_id, month, kept, broken in sums:
        found[pledge_id][month] = (kept, kept + broken)
    return {pledge_id: _keeping(found[pledge_id], on) for pledge_id in pledge_ids}


def breaches(pledge_id: int, *, actor: Actor, on: date) -> "QuerySet[PledgeBreach]":
    """Return the promises that broke a pledge in the same months, the newest first, on cases the actor may see."""
    first = _months_before(on, _MONTHS - 1)
    rows = PledgeBreach.objects.filter(version__pledge=pledge_id, broken_at__date__gte=first)
    rows = rows.filter(promise__case__in=Case.objects.visible_to(actor))
    return rows.select_related("promise__case__owner", "version").order_by("-broken_at", "-pk")


def _keeping(found: dict[date, tuple[int, int]], on: date) -> Keeping:
    months = [_months_before(on, back) for back in reversed(range(_MONTHS))]
    shown = [MonthKept(month, *found.get(month, (0, 0))) for month in months]
    return Keeping(shown, sum(one.kept_count for one in shown), sum(one.count for one in shown))


def _percent(kept: int, count: int) -> float:
    """Round down: not everything was kept as long as one was not."""
    return int(kept * 1000 / count) / 10


def _months_before(on: date, count: int) -> date:
    place = on.year * 12 + on.month - 1 - count
    return date(place // 12, place % 12 + 1, 1)
