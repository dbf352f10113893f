"""The people: joining, places in teams, skills, leaving."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from yinuo.access.actions import add_account, grant_role
from yinuo.access.actors import Actor
from yinuo.access.models import Account
from yinuo.access.roles import Role
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.organisation.facts import StaffAdded, StaffChanged, StaffLeft, StaffReturned, TeamJoined, TeamLeft
from yinuo.organisation.models import (
    Department,
    Post,
    Presence,
    Region,
    Shift,
    Skill,
    Staff,
    StaffSkill,
    Team,
    TeamMembership,
)
from yinuo.organisation.queries import our_language

_HIGHEST_LEVEL = 5
_MOST_CAPACITY = 1_000


@dataclass(frozen=True)
class StaffDetails:
    """What we know of a member of staff besides account, teams and skills. `capacity`: running cases at a time."""

    name: str
    department: Department
    region: Region | None = None
    post: Post | None = None
    title: str = ""
    employee_number: str = ""
    level: int = 1
    languages: tuple[str, ...] = ("zh-hans",)
    capacity: int = 20


class StaffDetailsWrong(Refusal):
    code = "organisation.staff_details_wrong"
    status = 422

    def sentence(self) -> str:
        return _("Fill in a name, a level from 1 to 5, at least one language, and a capacity from 0 to %(most)s.") % {
            "most": _MOST_CAPACITY
        }


class SkillLevelWrong(Refusal):
    code = "organisation.skill_level_wrong"
    status = 422

    def sentence(self) -> str:
        return _("A skill has a level from 1 to 5. Choose one of these.")


class StaffGone(Refusal):
    code = "organisation.staff_gone"

    def sentence(self) -> str:
        return _(
            "%(name)s no longer works here. Take somebody else, or let an administrator bring them back first."
        ) % {"name": self.name}


class StillResponsible(Refusal):
    code = "organisation.still_responsible"

    def sentence(self) -> str:
        return _(
            "%(name)s still owns %(count)s open cases. Give these a new owner first, so that no customer waits."
        ) % {
            "name": self.name,
            "count": self.count,
        }


@transaction.atomic
def add_staff(
    *,
    username: str,
    email: str,
    details: StaffDetails,
    roles: tuple[Role, ...] = (Role.AGENT,),
    password: str | None = None,
    by: Actor,
    at: datetime,
) -> Staff:
    """Make somebody a member of staff, with an account and roles without limits; narrower ones by `grant_role`.

    Refuses with NotAllowed, UsernameTaken, MailAddressTaken, StaffDetailsWrong. Announces AccountAdded, RoleGranted,
    StaffAdded.
    """
    by.require("organisation.edit")
    columns = _columns(details)
    account = add_account(
        username=username,
        name=columns["name"],
        email=email,
        password=password,
        language=our_language(),
        by=by,
        at=at,
    )
    for role in roles:
        grant_role(account=account, role=role, by=by, at=at)
    staff = Staff.objects.create(account=account, presence_since=at, **columns)
    announce(StaffAdded(staff_id=staff.pk, department_id=staff.department_id), by=by, at=at)
    return staff


@transaction.atomic
def change_staff(*, staff: Staff, details: StaffDetails, by: Actor, at: datetime) -> Staff:
    """Change what we know of somebody. Refuses with NotAllowed, StaffDetailsWrong. Announces StaffChanged."""
    by.require("organisation.edit")
    row = locked_staff(staff.pk)
    columns = _columns(details)
    changed = sorted(name for name, value in columns.items() if getattr(row, name) != value)
    if not changed:
        return row
    for name in changed:
        setattr(row, name, columns[name])
    row.save(update_fields=changed)
    if "name" in changed:
        Account.objects.filter(pk=row.pk).update(name=row.name)
    announce(StaffChanged(staff_id=row.pk, fields=changed), by=by, at=at)
    return row


@transaction.atomic
def set_skills(*, staff: Staff, levels: Mapping[Skill, int], by: Actor, at: datetime) -> None:
    """Say what somebody can do, each skill with its level from 1 to 5; skills not named are taken away.

    Refuses with NotAllowed, SkillLevelWrong. Announces StaffChanged.
    """
    by.require("organisation.edit")
    if not all(1 <= level <= _HIGHEST_LEVEL for level in levels.values()):
        raise SkillLevelWrong
    row = locked_staff(staff.pk)
    before = dict(row.skills.values_list("skill_id", "level"))
    after = {skill.pk: level for skill, level in levels.items()}
    if before == after:
        return
    row.skills.all().delete()
    StaffSkill.objects.bulk_create(StaffSkill(staff=row, skill_id=pk, level=level) for pk, level in after.items())
    announce(StaffChanged(staff_id=row.pk, fields=["skills"]), by=by, at=at)


@transaction.atomic
def join_team(*, staff: Staff, team: Team, is_leader: bool = False, by: Actor, at: datetime) -> TeamMembership:
    """Make somebody a member of a team, or its leader; saying it twice changes nothing.

    Refuses with NotAllowed, StaffGone. Announces TeamJoined.
    """
    by.require("organisation.edit")
    row = locked_staff(staff.pk)
    if row.left_at is not None:
        raise StaffGone(name=row.name)
    membership = TeamMembership.objects.filter(staff=row, team=team).first()
    if membership and membership.is_leader == is_leader:
        return membership
    membership, _is_new = TeamMembership.objects.update_or_create(
        staff=row, team=team, defaults={"is_leader": is_leader}
    )
    announce(TeamJoined(staff_id=row.pk, team_id=team.pk, is_leader=is_leader), by=by, at=at)
    return membership


@transaction.atomic
def leave_team(*, staff: Staff, team: Team, by: Actor, at: datetime) -> None:
    """Take somebody out of a team; who was not in it stays so. Refuses with NotAllowed. Announces TeamLeft."""
    by.require("organisation.edit")
    deleted, _details = TeamMembership.objects.filter(staff=staff, team=team).delete()
    if deleted:
        announce(TeamLeft(staff_id=staff.pk, team_id=team.pk), by=by, at=at)


@transaction.atomic
def leave(
    *,
    staff: Staff,
    open_case_count: Callable[[int], int] | None = None,
    by: Actor,
    at: datetime,
) -> Staff:
    """Let somebody leave: no more signing in, out of all teams, and out of every shift that has not begun.

    open_case_count: given by the caller, since cases live in a later folder: the number of open cases a staff id owns;
    with any left the leaving is refused. Without it the caller reassigns on StaffLeft.
    Refuses with NotAllowed, StillResponsible. Announces TeamLeft for each team, StaffLeft; a second time nothing.
    """
    by.require("organisation.edit")
    row = locked_staff(staff.pk)
    if row.left_at is not None:
        return row
    count = open_case_count(row.pk) if open_case_count else 0
    if count:
        raise StillResponsible(name=row.name, count=count)
    teams = list(row.memberships.values_list("team_id", flat=True))
    row.memberships.all().delete()
    Shift.objects.filter(staff=row, during__startswith__gte=at).delete()
    row.left_at, row.presence, row.presence_since = at, Presence.OFFLINE, at
    row.save(update_fields=["left_at", "presence", "presence_since"])
    Account.objects.filter(pk=row.pk).update(is_active=False)
    left = [TeamLeft(staff_id=row.pk, team_id=team_id) for team_id in teams]
    announce(*left, StaffLeft(staff_id=row.pk), by=by, at=at)
    return row


@transaction.atomic
def return_to_work(*, staff: Staff, by: Actor, at: datetime) -> Staff:
    """Bring back somebody who had left, without teams; roles are as they were. Announces StaffReturned."""
    by.require("organisation.edit")
    row = locked_staff(staff.pk)
    if row.left_at is None:
        return row
    row.left_at = None
    row.save(update_fields=["left_at"])
    Account.objects.filter(pk=row.pk).update(is_active=True)
    announce(StaffReturned(staff_id=row.pk), by=by, at=at)
    return row


def locked_staff(staff_id: int) -> Staff:
    """Return the row of a member of staff, locked. Refuses with NotFound."""
    row = Staff.objects.select_for_update().filter(pk=staff_id).first()
    if row is None:
        raise NotFound
    return row


def _columns(details: StaffDetails) -> dict[str, Any]:
    name = " ".join(details.name.split())
    is_right = 1 <= details.level <= _HIGHEST_LEVEL and 0 <= details.capacity <= _MOST_CAPACITY
    if not (name and is_right and details.languages):
        raise StaffDetailsWrong
    return {
        "name": name,
        "title": details.title.strip(),
        "employee_number": details.employee_number.strip(),
        "department_id": details.department.pk,
        "region_id": details.region.pk if details.region else None,
        "post_id": details.post.pk if details.post else None,
        "level": details.level,
        "languages": list(details.languages),
        "capacity": details.capacity,
    }
