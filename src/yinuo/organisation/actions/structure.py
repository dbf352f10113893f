"""Regions, departments, teams, posts and skills. Each verb adds a row, or changes the one it is given."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection, transaction
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.foundation.bilingual import Named
from yinuo.foundation.facts import announce
from yinuo.foundation.models import Calendar
from yinuo.foundation.refusals import Refusal
from yinuo.organisation.facts import OrganisationChanged
from yinuo.organisation.models import Department, Post, Region, Skill, Team

Row = TypeVar("Row", bound=Named)
_TREE_LOCK = 7_203_541_002


@dataclass(frozen=True)
class Names:
    """A code for machines (letters, digits, hyphens) and a name in each language."""

    code: str
    zh: str
    en: str


class CodeTaken(Refusal):
    code = "organisation.code_taken"

    def sentence(self) -> str:
        return _("The code %(code)s is already in use. Choose another one.") % {"code": self.details["used_code"]}


class NamesIncomplete(Refusal):
    code = "organisation.names_incomplete"
    status = 422

    def sentence(self) -> str:
        return _("Fill in a code of letters, digits and hyphens, and the name in both languages.")


class DepartmentInCircle(Refusal):
    code = "organisation.department_in_circle"
    status = 422

    def sentence(self) -> str:
        return _("A department cannot stand below itself. Choose another department above it.")


class FallbackTeamNeeded(Refusal):
    code = "organisation.fallback_team_needed"

    def sentence(self) -> str:
        return _(
            "Requests that fit no team go to this one, so one team must have this duty. "
            "Give the duty to another team; it then leaves this one by itself."
        )


@transaction.atomic
def save_region(*, region: Region | None = None, names: Names, by: Actor, at: datetime) -> Region:
    """Add a region, or rename the one given. Refuses with CodeTaken, NamesIncomplete. Announces OrganisationChanged."""
    by.require("organisation.edit")
    return _saved(region or Region(), names, {}, by=by, at=at)


@transaction.atomic
def save_skill(*, skill: Skill | None = None, names: Names, by: Actor, at: datetime) -> Skill:
    """Add a skill, or rename the one given. Refuses with CodeTaken, NamesIncomplete. Announces OrganisationChanged."""
    by.require("organisation.edit")
    return _saved(skill or Skill(), names, {}, by=by, at=at)


@transaction.atomic
def save_department(
    *, department: Department | None = None, names: Names, parent: Department | None = None, by: Actor, at: datetime
) -> Department:
    """Add a department, or rename and move the one given.

    Refuses with CodeTaken, NamesIncomplete, DepartmentInCircle. Announces OrganisationChanged.
    """
    by.require("organisation.edit")
    row = department or Department()
    if row.pk and parent:
        _check_no_circle(row, parent)
    return _saved(row, names, {"parent": parent}, by=by, at=at)


@transaction.atomic
def save_post(
    *, post: Post | None = None, names: Names, department: Department, duties: str = "", by: Actor, at: datetime
) -> Post:
    """Add a post with its duties, or change the one given.

    Refuses with CodeTaken, NamesIncomplete. Announces OrganisationChanged.
    """
    by.require("organisation.edit")
    return _saved(post or Post(), names, {"department": department, "duties": duties.strip()}, by=by, at=at)


@transaction.atomic
def save_team(
    *,
    team: Team | None = None,
    names: Names,
    department: Department,
    region: Region | None = None,
    calendar: Calendar | None = None,
    is_fallback: bool = False,
    is_coordination: bool = False,
    by: Actor,
    at: datetime,
) -> Team:
    """Add a team, or change the one given. Being the fallback, or the centre, moves here from the team that was it.

    Refuses with CodeTaken, NamesIncomplete, FallbackTeamNeeded. Announces OrganisationChanged.
    """
    by.require("organisation.edit")
    row = team or Team()
    if row.pk and not is_fallback and Team.objects.filter(pk=row.pk, is_fallback=True).exists():
        raise FallbackTeamNeeded
    if is_fallback:
        Team.objects.filter(is_fallback=True).exclude(pk=row.pk).update(is_fallback=False)
    if is_coordination:
        Team.objects.filter(is_coordination=True).exclude(pk=row.pk).update(is_coordination=False)
    values = {
        "department": department,
        "region": region,
        "calendar": calendar,
        "is_fallback": is_fallback,
        "is_coordination": is_coordination,
    }
    return _saved(row, names, values, by=by, at=at)


def _saved(row: Row, names: Names, values: dict[str, Any], *, by: Actor, at: datetime) -> Row:
    kind = type(row)
    code, name_zh, name_en = names.code.strip(), names.zh.strip(), names.en.strip()
    if not (code and name_zh and name_en) or not code.replace("-", "").replace("_", "").isalnum():
        raise NamesIncomplete
    if kind._default_manager.filter(code=code).exclude(pk=row.pk).exists():  # noqa: SLF001 - Django's own name for it
        raise CodeTaken(used_code=code)
    is_new = row.pk is None
    row.code, row.name_zh, row.name_en = code, name_zh, name_en
    for field, value in values.items():
        setattr(row, field, value)
    row.save()
    announce(OrganisationChanged(kind=kind.__name__.lower(), row_id=row.pk, is_new=is_new), by=by, at=at)
    return row


def _check_no_circle(department: Department, parent: Department) -> None:
    with connection.cursor() as cursor:
        # Two moves at once could each be right and make a circle together.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TREE_LOCK])
    parents = dict(Department.objects.values_list("pk", "parent_id"))
    above: int | None = parent.pk
    while above is not None:
        if above == department.pk:
            raise DepartmentInCircle
        above = parents[above]
