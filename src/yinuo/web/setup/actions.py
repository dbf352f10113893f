"""What the screens of the first run save. Each is saved at once; the row of the run is locked while it is done."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.access.models import Account
from yinuo.access.roles import Role
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.organisation.actions import (
    Names,
    StaffDetails,
    add_staff,
    change_staff,
    join_team,
    save_department,
    save_region,
    save_team,
)
from yinuo.organisation.models import Department, Region, Staff, Team
from yinuo.standards.actions import add_standard, change_standard, reorder_standards, save_calendar
from yinuo.standards.models import Standard
from yinuo.web.models import FirstRun

from . import first_run, presets

SETUP = Actor.system("setup")
_SERVICE = Names("service", "客户服务部", "Customer service")
_TEAM = Names("service", "客户服务组", "Customer service")
_CALENDAR_NAMES = {
    "china": ("办公时间（中国法定节假日）", "Office hours, public holidays of China"),
    "weekdays": ("办公时间", "Office hours"),
    "always": ("全天候", "Around the clock"),
}


class AdministratorThere(Refusal):
    """Another browser was quicker."""

    code = "setup.administrator_there"

    def sentence(self) -> str:
        return _("Somebody has become the first administrator meanwhile. Sign in, or ask them for an account.")


@dataclass(frozen=True)
class TeamNames:
    """What the team's screen asks: pairs of a Chinese and an English name; a region without a name is none."""

    department: tuple[str, str]
    team: tuple[str, str]
    region: tuple[str, str]


@transaction.atomic
def begin(*, at: datetime) -> FirstRun:
    """Begin the first run, or go on with it. Refuses with NotFound when it is over or was never needed."""
    if not first_run.is_open():
        raise NotFound
    return FirstRun.objects.get_or_create(pk=1, defaults={"began_at": at})[0]


@transaction.atomic
def mark_done(step: str) -> FirstRun:
    """Remember that a screen was saved or skipped. Refuses with NotFound when the run is over."""
    run = _locked()
    if step not in run.done:
        run.done.append(step)
        run.save(update_fields=["done"])
    return run


@transaction.atomic
def make_first_administrator(*, username: str, name: str, email: str, password: str, at: datetime) -> Account:
    """Make the first account, an administrator in the fallback team, with whom everything else begins.

    Two browsers may ask at once: the second waits for the row and is refused with AdministratorThere.
    """
    _locked()
    if not first_run.is_empty():
        raise AdministratorThere
    team = Team.objects.filter(is_fallback=True).first()
    department = team.department if team else save_department(names=_SERVICE, by=SETUP, at=at)
    team = team or save_team(names=_TEAM, department=department, is_fallback=True, by=SETUP, at=at)
    staff = add_staff(
        username=username,
        email=email,
        details=StaffDetails(name=name, department=department),
        roles=(Role.ADMINISTRATOR,),
        password=password,
        by=SETUP,
        at=at,
    )
    join_team(staff=staff, team=team, is_leader=True, by=SETUP, at=at)
    mark_done("administrator")
    return staff.account


@transaction.atomic
def name_team(*, names: TeamNames, by: Actor, at: datetime) -> Team:
    """Name the fallback team, its department and region; the administrator leads it.

    Refuses with NotAllowed, NotFound, NamesIncomplete.
    """
    _locked()
    team = Team.objects.select_related("department", "region").get(is_fallback=True)
    department = _named_department(team.department, names.department, by, at)
    region = _named_region(team.region, names.region, by, at)
    team = save_team(
        team=team,
        names=Names(team.code, *names.team),
        department=department,
        region=region,
        calendar=team.calendar,
        is_fallback=True,
        by=by,
        at=at,
    )
    _settle(by, team, region, at)
    mark_done("team")
    return team


@transaction.atomic
def apply_preset(*, preset: str, calendar: str, zone: str, by: Actor, at: datetime) -> None:
    """Make the standards of a preset on a kind of calendar; chosen again, those of the other one are switched off.

    Refuses with NotAllowed, NotFound.
    """
    _locked()
    name_zh, name_en = _CALENDAR_NAMES[calendar]
    hours = save_calendar(
        code="house",
        name_zh=name_zh,
        name_en=name_en,
        definition=presets.calendar_of(calendar, zone).to_json(),
        is_default=True,
        by=by,
        at=at,
    ).calendar
    lines = presets.lines_of(preset)
    there = {standard.code: standard for standard in Standard.objects.all()}
    for line in lines:
        times = line.times(calendar)
        if line.code in there:
            change_standard(standard=there[line.code], times=times, calendar=hours, is_active=True, by=by, at=at)
            Standard.objects.filter(code=line.code).update(name_zh=line.name_zh, name_en=line.name_en)
            continue
        add_standard(
            code=line.code,
            name_zh=line.name_zh,
            name_en=line.name_en,
            conditions=line.conditions,
            times=times,
            calendar=hours,
            by=by,
            at=at,
        )
    _switch_off_others(lines, there, calendar, by, at)
    ids = dict(Standard.objects.values_list("code", "pk"))
    reorder_standards(standard_ids=[ids[line.code] for line in lines], by=by, at=at)
    mark_done("standards")


@transaction.atomic
def finish(*, at: datetime) -> None:
    """End the first run: its pages are gone from now on. Refuses with NotFound when a screen is missing."""
    run = _locked()
    if first_run.next_step(run.done) != "ready":
        raise NotFound
    run.finished_at = at
    run.save(update_fields=["finished_at"])


def _locked() -> FirstRun:
    run = FirstRun.objects.select_for_update().filter(finished_at=None).first()
    if run is None:
        raise NotFound
    return run


def _named_department(row: Department, names: tuple[str, str], by: Actor, at: datetime) -> Department:
    if (row.name_zh, row.name_en) == names:
        return row
    return save_department(department=row, names=Names(row.code, *names), parent=row.parent, by=by, at=at)


def _named_region(row: Region | None, names: tuple[str, str], by: Actor, at: datetime) -> Region | None:
    if not any(names):
        return None
    row = row or Region.objects.filter(code="home").first()
    if row and (row.name_zh, row.name_en) == names:
        return row
    return save_region(region=row, names=Names(row.code if row else "home", *names), by=by, at=at)


def _settle(by: Actor, team: Team, region: Region | None, at: datetime) -> None:
    """Put whoever does this into the team, and into its department and region."""
    staff = Staff.objects.filter(pk=by.staff_id).first()
    if staff is None:
        return
    values = {name: getattr(staff, name) for name in StaffDetails.__dataclass_fields__}
    details = StaffDetails(**values | {"languages": tuple(staff.languages), "region": region})
    change_staff(staff=staff, details=details, by=by, at=at)
    join_team(staff=staff, team=team, is_leader=True, by=by, at=at)


def _switch_off_others(
    lines: tuple[presets.Line, ...], there: dict[str, Standard], calendar: str, by: Actor, at: datetime
) -> None:
    """Switch off what only the other preset has; a standard that somebody made by hand stays as it is."""
    chosen = {line.code for line in lines}
    for preset in presets.PRESETS:
        for line in presets.lines_of(preset):
            row = there.get(line.code)
            if row is None or line.code in chosen or not row.is_active:
                continue
            hours = row.versions.select_related("calendar").latest("number").calendar
            change_standard(standard=row, times=line.times(calendar), calendar=hours, is_active=False, by=by, at=at)
