"""Reads of the organisation: the tree of departments, who is in a team, works now, can take work; kept views."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet

from yinuo.access.actors import Actor
from yinuo.foundation.calendars import BusinessCalendar, always_open
from yinuo.foundation.models import CalendarVersion

from .models import Department, Organisation, Presence, SavedView, Shift, Staff, Team


@dataclass(frozen=True)
class DepartmentNode:
    """A department with those below it, in the order of their codes. `depth` 0 is the top."""

    department: Department
    depth: int
    children: tuple["DepartmentNode", ...]


def ourselves() -> Organisation | None:
    """Return who we are, or None while nobody has said it. No personal data: everybody may know."""
    return Organisation.objects.first()


def our_zone() -> ZoneInfo:
    """Return the zone our days begin in: the organisation's, or `YINUO_ZONE` while nobody has said it."""
    zone = Organisation.objects.values_list("zone", flat=True).first()
    return ZoneInfo(zone or settings.TIME_ZONE)


def our_language() -> str:
    """Return the language we write when somebody has chosen none."""
    return Organisation.objects.values_list("language", flat=True).first() or settings.LANGUAGE_CODE


def department_tree(actor: Actor) -> tuple[DepartmentNode, ...]:
    """Return the departments as a tree, in one query; empty for those who may not see the organisation."""
    if not actor.may("organisation.view"):
        return ()
    below: dict[int | None, list[Department]] = {}
    for department in Department.objects.order_by("code"):
        below.setdefault(department.parent_id, []).append(department)
    return _nodes(below, None, 0)


def team_members(actor: Actor, team: Team) -> QuerySet[Staff]:
    """Return the members of a team who work here, leaders first, then by id."""
    members = Staff.objects.visible_to(actor).filter(memberships__team=team, left_at=None)
    return members.order_by("-memberships__is_leader", "pk")


def staff_on_shift(actor: Actor, *, at: datetime) -> QuerySet[Staff]:
    """Return who is planned to work at an aware instant; a shift's end is no longer part of it."""
    on_shift = Shift.objects.filter(during__contains=at).values("staff_id")
    return Staff.objects.visible_to(actor).filter(pk__in=on_shift, left_at=None).order_by("pk")


def available_staff(team: Team) -> QuerySet[Staff]:
    """Return the members of a team who said that they take work now, longest waiting first.

    For the choice of an owner, which later folders make; what they already own is not known here.
    """
    members = Staff.objects.filter(memberships__team=team, left_at=None, presence=Presence.AVAILABLE)
    return members.order_by("presence_since", "pk")


def coordination_team() -> Team | None:
    """Return the team that decides who owns what nobody wants: the coordination centre, or the fallback team."""
    return Team.objects.filter(Q(is_coordination=True) | Q(is_fallback=True)).order_by("-is_coordination").first()


def hours_of_team(team: Team | None) -> BusinessCalendar:
    """Return the newest hours of a team's calendar; of the house's own when it has none. No calendar: always open."""
    rows = CalendarVersion.objects.order_by("-number").filter(
        Q(calendar_id=team.calendar_id) if team and team.calendar_id else Q(calendar__is_default=True)
    )
    newest = rows.first()
    return BusinessCalendar.from_json(newest.definition) if newest else always_open()


def saved_views(actor: Actor, place: str) -> list[SavedView]:
    """Return the views of a list that this person may open: their own in their order, then those of their teams.

    Each with its owner and team at hand; one statement.
    """
    views = SavedView.objects.visible_to(actor).filter(place=place).select_related("owner", "team")
    rows = list(views.order_by("position", "pk"))
    return sorted(rows, key=lambda view: (view.owner_id != actor.staff_id, view.team_id or 0, view.position, view.pk))


def led_teams(actor: Actor) -> list[Team]:
    """Return the teams this person leads, which are those they may share a view with."""
    return list(Team.objects.filter(memberships__staff_id=actor.staff_id, memberships__is_leader=True).order_by("pk"))


def _nodes(below: dict[int | None, list[Department]], parent: int | None, depth: int) -> tuple[DepartmentNode, ...]:
    return tuple(
        DepartmentNode(department, depth, _nodes(below, department.pk, depth + 1))
        for department in below.get(parent, ())
    )
