"""How teams stand at an instant: the figures of the board and of the wall, from the measures of `cases`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from yinuo.access.actors import Actor
from yinuo.cases.queries import board as measures
from yinuo.cases.queries.board import SLOT, SLOT_COUNT, AtRisk, Hour, KeptCount, LongWaiting, Person, Waiting
from yinuo.organisation.models import Presence, Team

RISK_LIMIT = 20
WAITING_LIMIT = 5
PEOPLE_LIMIT = 60
_PRESENCE_ORDER = {presence: place for place, presence in enumerate(Presence.values)}


@dataclass
class TeamStanding:
    """One team in numbers. presences: how many members are available, busy, away, offline."""

    team: Team
    open_count: int = 0
    due_count: int = 0
    waiting: Waiting = field(default_factory=Waiting)
    kept: KeptCount = field(default_factory=KeptCount)
    presences: dict[str, int] = field(default_factory=dict)

    @property
    def member_count(self) -> int:
        return sum(self.presences.values())

    @property
    def available_count(self) -> int:
        return self.presences.get(Presence.AVAILABLE, 0)


@dataclass
class Standing:
    """How some teams stand, one by one and together. slots: promises due in each quarter of an hour of the next two."""

    at: datetime
    teams: list[TeamStanding]
    slots: list[tuple[datetime, int]]
    owner_due: dict[int, int]
    owner_ids: set[int]
    at_risk: list[AtRisk]
    longest_waiting: list[LongWaiting]

    @property
    def open_count(self) -> int:
        return sum(one.open_count for one in self.teams)

    @property
    def due_count(self) -> int:
        return sum(one.due_count for one in self.teams)

    @property
    def unanswered_count(self) -> int:
        return sum(one.waiting.count for one in self.teams)

    @property
    def broken_count(self) -> int:
        return sum(one.waiting.broken_count for one in self.teams)

    @property
    def kept(self) -> KeptCount:
        return measures.kept_altogether(one.kept for one in self.teams)

    @property
    def available_count(self) -> int:
        return sum(one.available_count for one in self.teams)

    @property
    def member_count(self) -> int:
        return sum(one.member_count for one in self.teams)


def standing(
    teams: Sequence[Team],
    *,
    actor: Actor,
    at: datetime,
    risk_limit: int = RISK_LIMIT,
    waiting_limit: int = WAITING_LIMIT,
) -> Standing:
    """Return how these teams stand, as far as the actor may see their cases. Eight statements, whatever their size."""
    ids = [team.pk for team in teams]
    found = {team.pk: TeamStanding(team) for team in teams}
    owners = measures.carried(ids, actor=actor)
    for one in owners:
        found[one.team_id].open_count += one.count
    slots, owner_due = [0] * SLOT_COUNT, dict[int, int]()
    for due in measures.due_by_slot(ids, actor=actor, at=at):
        found[due.team_id].due_count += due.count
        slots[due.slot] += due.count
        owner_due[due.owner_id] = owner_due.get(due.owner_id, 0) + due.count
    for team_id, waiting in measures.waiting(ids, actor=actor, at=at).items():
        found[team_id].waiting = waiting
    for team_id, kept in measures.kept_today(ids, actor=actor, at=at).items():
        found[team_id].kept = kept
    for team_id, presences in measures.presences(ids).items():
        found[team_id].presences = presences
    return Standing(
        at=at,
        teams=list(found.values()),
        slots=[(at + (number + 1) * SLOT, count) for number, count in enumerate(slots)],
        owner_due=owner_due,
        owner_ids={one.owner_id for one in owners},
        at_risk=measures.at_risk(ids, actor=actor, at=at, limit=risk_limit),
        longest_waiting=measures.longest_waiting(ids, actor=actor, at=at, limit=waiting_limit),
    )


def people_of(standing: Standing, *, actor: Actor) -> list[Person]:
    """Return who is on a team's board: who has most at risk first, then who is here, then by name. One statement."""
    ids = [one.team.pk for one in standing.teams]
    found = measures.people(ids, standing.owner_ids, actor=actor, at=standing.at)
    for person in found:
        person.due_count = standing.owner_due.get(person.staff.pk, 0)
    return sorted(found, key=_place)


def _place(person: Person) -> tuple[int, int, str]:
    return -person.due_count, _PRESENCE_ORDER.get(person.staff.presence, 0), person.staff.name


def hours_of(standing: Standing, *, actor: Actor) -> list[Hour]:
    """Return what came to the teams and was closed by them today, hour by hour. One statement."""
    return measures.by_hour([one.team.pk for one in standing.teams], actor=actor, at=standing.at)
