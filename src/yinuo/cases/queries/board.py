"""What a team board counts: who carries what, what falls due, who waits, what came and went today.

The exact meaning of every figure stands in docs/rules/board-figures.md. All of them count among the cases the actor may
see (`visible_to`), so the list behind a figure has as many rows as the figure says. None costs more for a large team:
each function is one statement.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import (
    CharField,
    Count,
    DateTimeField,
    Exists,
    Func,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, TruncHour
from django.utils import timezone

from yinuo.access.actors import Actor
from yinuo.access.scopes import within_scopes
from yinuo.cases.models import ENDED, Case, Promise, PromiseTally
from yinuo.cases.rules import INTERNAL_KINDS
from yinuo.foundation.calendars import open_time_between
from yinuo.organisation.models import Shift, Staff, TeamMembership
from yinuo.standards.queries import offers_of_versions

from .ledger import PromiseShown, shown_promise

SOON = timedelta(hours=2)
SLOT = timedelta(minutes=15)
SLOT_COUNT = SOON // SLOT


@dataclass(frozen=True)
class Day:
    """A day of the house: `[starts_at, ends_at)` in its zone."""

    on: date
    starts_at: datetime
    ends_at: datetime


def house_day(at: datetime) -> Day:
    """Return the day on which an instant falls where the house is (`YINUO_ZONE`), whoever looks from wherever."""
    zone = timezone.get_default_timezone()
    on = at.astimezone(zone).date()
    starts_at, ends_at = (datetime.combine(on + timedelta(days=days), time(), zone) for days in (0, 1))
    return Day(on, starts_at, ends_at)


@dataclass(frozen=True)
class KeptCount:
    """Promises that ended kept or broken in a span of time."""

    kept: int = 0
    broken: int = 0

    @property
    def count(self) -> int:
        return self.kept + self.broken

    @property
    def per_mille(self) -> int | None:
        """Return the share kept in thousandths, rounded down: 1000 means all. None when none ended."""
        return self.kept * 1000 // self.count if self.count else None


def kept_today(team_ids: Collection[int] | None, *, actor: Actor, at: datetime) -> dict[int, KeptCount]:
    """Return, by team, the promises that ended kept and broken on the house's day of `at`, within the actor's scopes.

    Numerator and denominator are the same set: what ended in one of these two ways, by its own instant. Withdrawn and
    replaced promises are in neither. team_ids: None for all. Read from the tally that a follower keeps, so it may be
    behind the ledger for the moment a fact needs to be followed.
    """
    tallies = PromiseTally.objects.filter(ended_on=house_day(at).on)
    if not actor.is_system:
        tallies = tallies.filter(
            within_scopes(actor, "cases.view", department="department_id", region="region_id", tier="tier")
        )
    if team_ids is not None:
        tallies = tallies.filter(team_id__in=team_ids)
    rows = tallies.values("team_id").annotate(kept=Sum("kept_count"), broken=Sum("broken_count"))
    return {row["team_id"]: KeptCount(row["kept"], row["broken"]) for row in rows}


def kept_altogether(counts: Iterable[KeptCount]) -> KeptCount:
    """Return the sum of several counts."""
    counts = list(counts)
    return KeptCount(sum(one.kept for one in counts), sum(one.broken for one in counts))


def open_cases(team_ids: Collection[int], *, actor: Actor) -> QuerySet[Case]:
    """Return the open cases of these teams."""
    return Case.objects.visible_to(actor).open().filter(team_id__in=team_ids)


def unanswered_cases(team_ids: Collection[int], *, actor: Actor) -> QuerySet[Case]:
    """Return the open cases in which a message of the customer waits for an answer by a person."""
    return open_cases(team_ids, actor=actor).filter(unanswered_since__isnull=False)


def broken_cases(team_ids: Collection[int], *, actor: Actor, at: datetime) -> QuerySet[Case]:
    """Return the open cases on which a promise was broken and no answer by a person has been given since.

    A promise whose time has passed counts even before the clock has noticed.
    """
    return open_cases(team_ids, actor=actor).filter(_is_broken(at))


def due_soon(team_ids: Collection[int], *, actor: Actor, at: datetime) -> QuerySet[Promise]:
    """Return the running promises to customers of these teams that fall due in `[at, at + 2 h)`, of every kind."""
    return Promise.objects.filter(
        is_live=True,
        paused_since=None,
        runs_for_customer=True,
        due_at__gte=at,
        due_at__lt=at + SOON,
        case__in=open_cases(team_ids, actor=actor),
    )


def ended_today(team_ids: Collection[int], end: str, *, actor: Actor, at: datetime) -> QuerySet[Promise]:
    """Return the promises to customers of these teams that ended that way on the house's day of `at`."""
    day = house_day(at)
    cases = Case.objects.visible_to(actor).filter(team_id__in=team_ids)
    return Promise.objects.filter(
        is_live=False, end=end, ended_at__gte=day.starts_at, ended_at__lt=day.ends_at, case__in=cases
    ).exclude(kind__in=INTERNAL_KINDS)


def opened_today(team_ids: Collection[int], *, actor: Actor, at: datetime) -> QuerySet[Case]:
    """Return the cases of these teams that were opened on the house's day of `at`; reopenings are not among them."""
    day = house_day(at)
    cases = Case.objects.visible_to(actor).filter(team_id__in=team_ids)
    return cases.filter(opened_at__gte=day.starts_at, opened_at__lt=day.ends_at)


def closed_today(team_ids: Collection[int], *, actor: Actor, at: datetime) -> QuerySet[Case]:
    """Return the cases of these teams that were closed on the house's day of `at` and are closed still."""
    day = house_day(at)
    cases = Case.objects.visible_to(actor).filter(team_id__in=team_ids, state__in=ENDED)
    return cases.filter(closed_at__gte=day.starts_at, closed_at__lt=day.ends_at)


@dataclass(frozen=True)
class Carried:
    """The open cases of a team that somebody owns.

    count: all of them; running_count: those that do not wait for the customer; unanswered_count: whose customer waits
    for an answer, the first since `waiting_since`; broken_count: on which a promise was broken and not answered since.
    """

    team_id: int
    owner_id: int
    count: int
    running_count: int = 0
    unanswered_count: int = 0
    broken_count: int = 0
    waiting_since: datetime | None = None


def carried(team_ids: Collection[int], *, actor: Actor, at: datetime) -> list[Carried]:
    """Return the open cases of these teams counted by team and owner. Read from one index, the table is not touched."""
    rows = open_cases(team_ids, actor=actor).order_by().values_list("team_id", "owner_id")
    counted = rows.annotate(
        count=Count("id"),
        running=Count("id", filter=Q(waiting_since=None)),
        unanswered=Count("id", filter=Q(unanswered_since__isnull=False)),
        broken=Count("id", filter=_is_broken(at)),
        since=Min("unanswered_since"),
    )
    return [Carried(*row) for row in counted]


@dataclass(frozen=True)
class Due:
    """Promises of a team and owner that fall due in the slot of this number: 0 is the next quarter of an hour."""

    team_id: int
    owner_id: int
    slot: int
    count: int


def due_by_slot(team_ids: Collection[int], *, actor: Actor, at: datetime) -> list[Due]:
    """Return the promises due within two hours, counted by team, owner and quarter of an hour from `at` on."""
    begins: Func = Func(Value(SLOT), "due_at", Value(at), function="date_bin", output_field=DateTimeField())
    rows = due_soon(team_ids, actor=actor, at=at).order_by().annotate(begins=begins)
    counted = rows.values_list("case__team_id", "case__owner_id", "begins").annotate(count=Count("pk"))
    return [Due(team_id, owner_id, (begins - at) // SLOT, count) for team_id, owner_id, begins, count in counted]


@dataclass(frozen=True)
class AtRisk:
    """A promise that falls due soon, with its case and how it stands."""

    case: Case
    promise: PromiseShown


def at_risk(team_ids: Collection[int], *, actor: Actor, at: datetime, limit: int) -> list[AtRisk]:
    """Return the promises due within two hours, the soonest first, at most `limit`."""
    rows = due_soon(team_ids, actor=actor, at=at).select_related("case__customer", "case__owner", "case__team")
    found = rows.defer("case__customer__address").order_by("due_at", "id")[:limit]
    return [AtRisk(row.case, shown_promise(row, at=at)) for row in found]


@dataclass(frozen=True)
class LongWaiting:
    """A case whose customer waits: since when, how long on the clock and in the open time of its standard."""

    case: Case
    since: datetime
    on_the_clock: timedelta
    in_open_time: timedelta


def longest_waiting(team_ids: Collection[int], *, actor: Actor, at: datetime, limit: int) -> list[LongWaiting]:
    """Return the cases whose customers have waited longest for an answer, the longest first. Two statements.

    Open time is that of the calendar of the case's own standard, with its newest hours: the one its promises count in.
    """
    rows = list(
        unanswered_cases(team_ids, actor=actor)
        .select_related("customer", "owner", "team")
        .defer("customer__address")
        .order_by("unanswered_since", "id")[:limit]
    )
    offers = offers_of_versions({case.standard_version_id for case in rows})
    return [_long_waiting(case, offers[case.standard_version_id].calendar, at) for case in rows]


@dataclass(frozen=True)
class Hour:
    """What came and what was closed in an hour of the house's day: 0 to 23."""

    hour: int
    opened: int = 0
    closed: int = 0


def by_hour(team_ids: Collection[int], *, actor: Actor, at: datetime) -> list[Hour]:
    """Return arrivals and closings of the house's day of `at`, for each hour from midnight to now."""
    zone = timezone.get_default_timezone()

    def counted(cases: QuerySet[Case], column: str, what: str) -> QuerySet[Case, dict[str, Any]]:
        rows = cases.order_by().annotate(what=Value(what, CharField()), hour=TruncHour(column, tzinfo=zone))
        return rows.values("what", "hour").annotate(count=Count("pk"))

    opened = counted(opened_today(team_ids, actor=actor, at=at), "opened_at", "opened")
    closed = counted(closed_today(team_ids, actor=actor, at=at), "closed_at", "closed")
    counts: dict[tuple[str, int], int] = {}
    for row in opened.union(closed, all=True):
        # An hour that comes twice when clocks are put back is told once.
        key = (row["what"], row["hour"].astimezone(zone).hour)
        counts[key] = counts.get(key, 0) + row["count"]
    return [
        Hour(hour, counts.get(("opened", hour), 0), counts.get(("closed", hour), 0))
        for hour in range(at.astimezone(zone).hour + 1)
    ]


@dataclass(frozen=True)
class Person:
    """Somebody on the board. running_count of open_count are against their capacity: open cases of every team."""

    staff: Staff
    is_member: bool
    is_leader: bool
    open_count: int
    running_count: int
    shift_ends_at: datetime | None


def people(team_ids: Collection[int], owner_ids: Collection[int], *, actor: Actor, at: datetime) -> list[Person]:
    """Return the members of the teams who work here, and who else owns open cases of theirs, with what they carry."""
    memberships = TeamMembership.objects.filter(staff_id=OuterRef("pk"), team_id__in=team_ids)
    visible = Case.objects.visible_to(actor).open().filter(owner_id=OuterRef("pk")).order_by()
    counted = visible.values("owner_id").annotate(count=Count("pk")).values("count")
    running = visible.filter(waiting_since=None).values("owner_id").annotate(count=Count("pk")).values("count")
    shift = Shift.objects.filter(staff_id=OuterRef("pk"), during__contains=at)
    rows = (
        Staff.objects.visible_to(actor)
        .annotate(
            is_member=Exists(memberships),
            is_leader=Exists(memberships.filter(is_leader=True)),
            open_count=Coalesce(Subquery(counted), 0),
            running_count=Coalesce(Subquery(running), 0),
            shift_ends_at=Subquery(shift.values("during__endswith")[:1], output_field=DateTimeField()),
        )
        .filter(Q(is_member=True, left_at=None) | Q(pk__in=list(owner_ids)))
    )
    return [
        Person(row, row.is_member, row.is_leader, row.open_count, row.running_count, row.shift_ends_at) for row in rows
    ]


def presences(team_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Return, by team, how many of its members say of themselves that they are available, busy, away, offline."""
    members = TeamMembership.objects.filter(team_id__in=team_ids, staff__left_at=None).order_by()
    counts: dict[int, dict[str, int]] = {}
    for team_id, presence, count in members.values_list("team_id", "staff__presence").annotate(count=Count("pk")):
        counts.setdefault(team_id, {})[presence] = count
    return counts


def _is_broken(at: datetime) -> Q:
    return Q(broken_since__isnull=False) | Q(next_due_at__lt=at)


def _long_waiting(case: Case, calendar: Any, at: datetime) -> LongWaiting:
    since = case.unanswered_since
    assert since is not None  # only unanswered cases come here
    end = max(since, at)
    return LongWaiting(case, since, end - since, open_time_between(since, end, calendar))
