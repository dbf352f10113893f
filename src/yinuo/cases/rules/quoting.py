"""When the first answer will probably come: a time that holds in four cases of five. Pure.

The method in one breath: of cases like this one (team, class, channel, whether it came in open hours) we keep how much
open time passed until the first answer, and how many customers waited for each colleague who was there. Those times,
brought to a common load, are sorted; the one at the level (0.80 at first) is taken and brought to the load of now.
Where too little is known, the next coarser group speaks, and when none knows enough, the promise itself is the quote.

The level moves: up a little more than a miss costs, down when quotes hold more often than they should. So the share
that holds stays at 0.80 while staffing, seasons and habits change. When the newest quotes of a group held far too
seldom, it is not believed until they do again.

Sources: order statistics as prediction bounds (Vovk, Gammerman, Shafer, "Algorithmic Learning in a Random World",
2005), scores divided by what explains their spread (Lei et al., "Distribution-Free Predictive Inference for
Regression", JASA 2018), the moving level (Gibbs and Candès, "Adaptive Conformal Inference Under Distribution Shift",
NeurIPS 2021). Known failure region: a sudden jump of the load, until the level has followed.
Figures: docs/rules/quoted-time.md.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import fmean
from zoneinfo import ZoneInfo

from yinuo.foundation.calendars import BusinessCalendar, due_at, is_open

METHOD = "like-cases-1"
# Of five quotes four hold.
GOAL = 0.80
# Fewer answers say too little about the slowest fifth.
FEWEST = 30
# The newest answers of a group; older ones speak of another staff.
KEPT = 250
_STEP = 0.01
_LEVELS = (0.50, 0.98)
# The newest outcomes that decide whether a group is believed, and the share that must have held.
OUTCOMES_KEPT = 50
_BELIEVED_FROM = 0.65
_LONGEST_EXPONENT = 1.5
# So many answers with a known load make half of their slope believed.
_SLOPE_PRIOR = 40
_SOONEST = timedelta(minutes=10)
_STEPS = ((timedelta(hours=2), 5), (timedelta(hours=8), 15))
_LARGEST_STEP = 30


@dataclass(frozen=True)
class Answered:
    """One first answer: open seconds since the opening, and waiting customers for each colleague there, if known."""

    seconds: int
    load: float | None = None


@dataclass(frozen=True)
class Pace:
    """What a group of like cases has taught. outcomes: the newest quotes, `1` held, `0` missed, the newest last."""

    answers: tuple[Answered, ...] = ()
    level: float = GOAL
    outcomes: str = ""

    @property
    def is_believed(self) -> bool:
        """Say whether quotes of this group hold about as often as they should; too few outcomes are believed."""
        count = len(self.outcomes)
        return count < FEWEST or self.outcomes.count("1") / count >= _BELIEVED_FROM


@dataclass(frozen=True)
class Known:
    """What a quote needs of a group: open seconds at load zero, how the load lengthens them, from how many answers."""

    seconds: float
    exponent: float
    count: int
    level: float = GOAL
    is_believed: bool = True


@dataclass(frozen=True)
class Load:
    """How much there is to do: customers of the team who wait for an answer, and colleagues who are there."""

    waiting: int
    present: int

    @property
    def each(self) -> float:
        return self.waiting / max(1, self.present)


@dataclass(frozen=True)
class QuoteDraft:
    """A quote about to be given.

    answer_by: what the customer is told; estimated_by: what the group said, even when it was not used; falls_back: the
    promise itself is told, because of `reason`: thin, not_believed or no_sooner.
    """

    answer_by: datetime
    estimated_by: datetime | None
    falls_back: bool
    reason: str
    group: str
    count: int
    level: float


def groups(*, team_id: int, case_class: str, channel: str, in_open_hours: bool) -> tuple[str, ...]:
    """Return the names of the groups a case belongs to, the finest first; the last is everybody."""
    when = "open" if in_open_hours else "closed"
    parts = (str(team_id), case_class, channel, when)
    return (*("/".join(parts[:count]) for count in range(len(parts), 0, -1)), "all")


def learned(pace: Pace, answers: Iterable[Answered]) -> Pace:
    """Return the pace with these answers behind those it has; the oldest go."""
    return replace(pace, answers=(*pace.answers, *answers)[-KEPT:])


def corrected(pace: Pace, *, held: bool) -> Pace:
    """Return the pace after a quote of this group held or was missed: the level moves by the error, times a step."""
    lowest, highest = _LEVELS
    level = min(highest, max(lowest, pace.level + _STEP * (GOAL - held)))
    return replace(pace, level=level, outcomes=(pace.outcomes + ("1" if held else "0"))[-OUTCOMES_KEPT:])


def known_of(pace: Pace) -> Known | None:
    """Return what a quote needs of a group; None while it knows too little for its level."""
    count = len(pace.answers)
    rank = math.ceil((count + 1) * pace.level)
    if count < FEWEST or rank > count:
        return None
    exponent = _exponent(pace.answers)
    usual = _usual_load(pace.answers)
    scores = sorted(one.seconds / _factor(usual if one.load is None else one.load, exponent) for one in pace.answers)
    return Known(scores[rank - 1], exponent, count, pace.level, pace.is_believed)


def draft_quote(
    *,
    known: Mapping[str, Known],
    among: Sequence[str],
    load: Load,
    at: datetime,
    promised_by: datetime,
    calendar: BusinessCalendar,
    zone: ZoneInfo,
) -> QuoteDraft:
    """Return when the first answer will probably come, never later than promised.

    known: by group; among: the case's groups, the finest first; calendar: the one the promise counts in.
    """
    group = next((name for name in among if name in known), "")
    if not group:
        return QuoteDraft(promised_by, None, True, "thin", "", 0, GOAL)
    found = known[group]
    within = timedelta(seconds=round(found.seconds * _factor(load.each, found.exponent)))
    estimated_by = rounded_up(max(due_at(start=at, within=within, calendar=calendar), at + _SOONEST), at=at, zone=zone)
    reason = "" if found.is_believed else "not_believed"
    if not reason and estimated_by >= promised_by:
        reason = "no_sooner"
    answer_by = promised_by if reason else estimated_by
    return QuoteDraft(answer_by, estimated_by, bool(reason), reason, group, found.count, found.level)


def rounded_up(instant: datetime, *, at: datetime, zone: ZoneInfo) -> datetime:
    """Return the next time that people would say: in steps of 5 minutes within 2 h, 15 within 8 h, 30 beyond."""
    minutes = next((step for within, step in _STEPS if instant - at < within), _LARGEST_STEP)
    local = instant.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    step = timedelta(minutes=minutes)
    steps = -((midnight - local) // step)
    return (local + (midnight + steps * step - local)).astimezone(instant.tzinfo)


def in_open_hours(at: datetime, calendar: BusinessCalendar) -> bool:
    """Say whether somebody is there to answer at once: whoever writes at night waits behind the night's others."""
    return is_open(at, calendar)


def _factor(load: float, exponent: float) -> float:
    return float((1.0 + load) ** exponent)


def _usual_load(answers: Sequence[Answered]) -> float:
    return fmean([one.load for one in answers if one.load is not None] or [0.0])


def _exponent(answers: Sequence[Answered]) -> float:
    """Return by which power of the load answers take longer: least squares of logarithms, drawn towards none."""
    pairs = [(math.log1p(one.load), math.log(max(one.seconds, 30))) for one in answers if one.load is not None]
    if len(pairs) < FEWEST:
        return 0.0
    mean_load, mean_time = fmean(x for x, _y in pairs), fmean(y for _x, y in pairs)
    spread = sum((x - mean_load) ** 2 for x, _y in pairs)
    if spread / len(pairs) < 0.01:  # noqa: PLR2004 - the load was always the same: it explains nothing
        return 0.0
    slope = sum((x - mean_load) * (y - mean_time) for x, y in pairs) / spread
    return min(_LONGEST_EXPONENT, max(0.0, slope)) * len(pairs) / (len(pairs) + _SLOPE_PRIOR)
