"""Which team boards somebody may open, and which they see first.

An agent sees the boards of the teams they are in, to read: who works a queue should know how it stands and who is
there to help. Those who lead, check or analyse see the boards of all teams inside their scopes.
"""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q

from yinuo.access.actors import Actor
from yinuo.access.roles import PERMISSIONS
from yinuo.access.scopes import within_scopes
from yinuo.desk.models import WallLink
from yinuo.foundation.refusals import NotAllowed, NotFound
from yinuo.organisation.models import Team, TeamMembership

ALL = "all"
_WALL_LIMIT = 50


@dataclass(frozen=True)
class Boards:
    """The teams whose boards an actor may open. first: the codes of those shown when no team is asked for."""

    teams: list[Team]
    first: frozenset[str]

    def chosen(self, code: str) -> list[Team]:
        """Return the teams of a board by its address: a team's code, `all`, or nothing for what this person sees first.

        Refuses with NotFound for a team that is not there or not theirs to see.
        """
        if code == ALL:
            return self.teams
        teams = [team for team in self.teams if (team.code == code if code else team.code in self.first)]
        if not teams and code:
            raise NotFound
        return teams


def may_open_boards(actor: Actor) -> bool:
    """Return whether there may be any board for this actor."""
    return actor.may("desk.view_own_board") or actor.may("desk.view_boards")


def boards_of(actor: Actor) -> Boards:
    """Return the boards this actor may open, in the order of the teams' codes. Refuses with NotAllowed. One statement.

    First comes the team they lead; else, for those who see many, all of them; else the teams they are in.
    A grant limited to a region or tier opens the boards of all its department's teams, with figures of that part only.
    """
    if not may_open_boards(actor):
        raise NotAllowed(permission="desk.view_own_board")
    own = TeamMembership.objects.filter(team=OuterRef("pk"), staff_id=actor.staff_id)
    teams = Team.objects.annotate(is_own=Exists(own), is_led=Exists(own.filter(is_leader=True))).order_by("code")
    if not actor.may("desk.view_boards"):
        found = list(teams.filter(is_own=True))
    else:
        inside = within_scopes(actor, "desk.view_boards", department="department_id", region=None, tier=None)
        # No limit is an empty filter, and anything "or" an empty filter is the anything.
        found = list(teams.filter(inside | Q(is_own=True)) if inside else teams)
    led = [team for team in found if team.is_led]
    return Boards(found, frozenset(team.code for team in led or found))


def teams_to_share(actor: Actor) -> list[Team]:
    """Return the teams whose figures this actor may show to everybody on a wall: those they see all cases of.

    A grant limited to a region or a tier shows part of a team; a wall would show all of it.
    """
    departments = {
        grant.department_id
        for grant in actor.grants
        if "desk.share_wall" in PERMISSIONS[grant.role] and grant.region_id is None and grant.tier is None
    }
    if not actor.may("desk.share_wall") or not departments:
        return []
    teams = Team.objects.order_by("code")
    return list(teams if None in departments else teams.filter(department_id__in=departments))


def walls_of(actor: Actor) -> list[WallLink]:
    """Return the walls that show any team this actor may share, those that hang first, then the newest first."""
    teams = [team.pk for team in teams_to_share(actor)]
    walls = WallLink.objects.filter(teams__in=teams).distinct().select_related("created_by").prefetch_related("teams")
    return list(walls.order_by(F("taken_down_at").desc(nulls_first=True), "-id")[:_WALL_LIMIT])


def wall_of_token(token: str) -> WallLink:
    """Return the wall of an address; whoever has it stands before the screen. Refuses with NotFound.

    Found by the hash of the token: how long the look-up takes tells nothing of any token.
    """
    wall = WallLink.objects.filter(digest=WallLink.digest_of(token), taken_down_at=None).first()
    if wall is None:
        raise NotFound
    return wall
