"""How teams stand at an instant: the figures of the board and of the wall, from the measures of `cases`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from yinuo.access.actors import Actor
from yinuo.cases.queries import board as measures
from yinuo.cases.queries import quotes_held
from yinuo.cases.queries.board import SLOT, SLOT_COUNT, AtRisk, Hour, KeptCount, LongWaiting, Person
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
    running_count: int = 0
    unanswered_count: int = 0
    broken_count: int = 0
    kept: KeptCount = field(default_factory=KeptCount)
    presences: dict[str, int] = field(default_factory=dict)

    @property
    def member_count(self) -> int:
        return sum(self.presences.values())

    @property
    def available_count(self) -> int:
        return self.presences.get(Presence.AVAILABLE, 0)


@dataclass
class Owning:
    """What somebody has of these teams' cases: promises due soon, and since when the first of their customers waits."""

    due_count: int = 0
    waiting_since: datetime | None = None


@dataclass
class Standing:
    """How some teams stand, one by one and together. slots: promises due in each quarter of an hour of the next two.
    quotes: quoted times that held and were missed in the last 30 days.
    """

    at: datetime
    teams: list[TeamStanding]
    slots: list[tuple[datetime, int]]
    owners: dict[int, "Owning"]
    at_risk: list[AtRisk]
    longest_waiting: list[LongWaiting]
    quotes: KeptCount

    @property
    def open_count(self) -> int:
        return sum(one.open_count for one in self.teams)

    @property
    def running_count(self) -> int:
        return sum(one.running_count for one in self.teams)

    @property
    def due_count(self) -> int:
        return sum(one.due_count for one in self.teams)

    @property
    def unanswered_count(self) -> int:
        return sum(one.unanswered_count for one in self.teams)

    @property
    def broken_count(self) -> int:
        return sum(one.broken_count for one in self.teams)

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
    owners: dict[int, Owning] = {}
    for one in measures.carried(ids, actor=actor, at=at):
        team = found[one.team_id]
        team.open_count += one.count
        team.running_count += one.running_count
        team.unanswered_count += one.unanswered_count
        team.broken_count += one.broken_count
        owning = owners.setdefault(one.owner_id, Owning())
        owning.waiting_since = min(filter(None, (owning.waiting_since, one.waiting_since)), default=None)
    slots = [0] * SLOT_COUNT
    for due in measures.due_by_slot(ids, actor=actor, at=at):
        found[due.team_id].due_count += due.count
        slots[due.slot] += due.count
        owners.setdefault(due.owner_id, Owning()).due_count += due.count
    for team_id, kept in measures.kept_today(ids, actor=actor, at=at).items():
        found[team_id].kept = kept
    for team_id, presences in measures.presences(ids).items():
        found[team_id].presences = presences
    return Standing(
        at=at,
        teams=list(found.values()),
        slots=[(at + (number + 1) * SLOT, count) for number, count in enumerate(slots)],
        owners=owners,
        at_risk=measures.at_risk(ids, actor=actor, at=at, limit=risk_limit),
        longest_waiting=measures.longest_waiting(ids, actor=actor, at=at, limit=waiting_limit),
        quotes=quotes_held(ids, actor=actor, at=at),
    )


def people_of(standing: Standing, *, actor: Actor) -> list[tuple[Person, Owning]]:
    """Return who is on a team's board: who has most at risk first, then who is here, then by name. One statement."""
    ids = [one.team.pk for one in standing.teams]
    found = measures.people(ids, standing.owners, actor=actor, at=standing.at)
    return sorted(((one, standing.owners.get(one.staff.pk, Owning())) for one in found), key=_place)


def _place(row: tuple[Person, Owning]) -> tuple[int, int, str]:
    person, owning = row
    return -owning.due_count, _PRESENCE_ORDER.get(person.staff.presence, 0), person.staff.name


def hours_of(standing: Standing, *, actor: Actor) -> list[Hour]:
    """Return what came to the teams and was closed by them today, hour by hour. One statement."""
    return measures.by_hour([one.team.pk for one in standing.teams], actor=actor, at=standing.at)
