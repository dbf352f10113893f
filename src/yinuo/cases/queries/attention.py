"""Whose attention a rung raises, when they may be told, and how far the cases of a page have climbed."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from yinuo.cases import rules
from yinuo.cases.models import Case, Escalation, EscalationTelling
from yinuo.foundation.calendars import BusinessCalendar, CalendarExhausted
from yinuo.foundation.models import CalendarVersion
from yinuo.organisation.models import Department, Shift, Staff, Team, TeamMembership
from yinuo.standards.models import Rung, RungTarget

# A shift that begins later than this says nothing about when somebody works next.
_SHIFTS_AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class EscalationShown:
    """How far a case has climbed. names: who is told; empty when the ladder found nobody."""

    rung_number: int
    target: str
    reached_at: datetime
    names: Sequence[str]


def people_of_rung(case: Case, rung: Rung) -> list[int]:
    """Return the ids of those whose attention a rung raises on a case, who still work here.

    The manager: who leads a team of a department above the case's, the nearest first. Where nobody is found, the
    leaders of the fallback team; an attention that nobody pays would be worse.
    """
    if rung.target == RungTarget.OWNER:
        found = [case.owner_id]
    elif rung.target == RungTarget.TEAM_LEADER:
        found = _leaders(Team.objects.filter(pk=case.team_id).values("pk"))
    elif rung.target == RungTarget.MANAGER:
        found = _managers(case)
    elif rung.target == RungTarget.POST:
        found = list(Staff.objects.filter(post_id=rung.post_id).values_list("pk", flat=True))
    else:
        found = [rung.staff_id] if rung.target == RungTarget.STAFF else []
    working = Staff.objects.working().filter(pk__in=[one for one in found if one]).order_by("pk")
    return list(working.values_list("pk", flat=True)) or _leaders(Team.objects.filter(is_fallback=True).values("pk"))


def telling_times(staff_ids: Collection[int], *, case: Case, at: datetime) -> dict[int, datetime]:
    """Return when each of these may be told of what happens on a case at `at`: by their shifts, else by the calendar.

    The calendar is that of the case's team, else the default one.
    """
    shifts: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    planned = Shift.objects.filter(staff__in=staff_ids, during__overlap=(at, at + _SHIFTS_AHEAD))
    for staff_id, during in planned.values_list("staff_id", "during"):
        shifts[staff_id].append((during.lower, during.upper))
    calendar = None if all(shifts.get(one) for one in staff_ids) else _calendar(case)
    times = {}
    for staff_id in staff_ids:
        try:
            times[staff_id] = rules.told_at(at, shifts=shifts.get(staff_id, ()), calendar=calendar)
        except CalendarExhausted:
            times[staff_id] = at
    return times


def attention(case_ids: Collection[int]) -> dict[int, EscalationShown]:
    """Return the highest rung each of these cases has climbed to and not come down from. Two statements."""
    rows = Escalation.objects.filter(case_id__in=case_ids, reached_at__isnull=False, ended_at=None)
    highest = {row.case_id: row for row in rows.select_related("rung").order_by("rung__number", "reached_at", "pk")}
    names: dict[int, list[str]] = defaultdict(list)
    told = EscalationTelling.objects.filter(escalation__in=[row.pk for row in highest.values()]).order_by("pk")
    if highest:
        for escalation_id, name in told.values_list("escalation_id", "staff__name"):
            names[escalation_id].append(name)
    return {
        case_id: EscalationShown(
            rung_number=row.rung.number,
            target=str(row.rung.get_target_display()),
            reached_at=row.reached_at,
            names=names[row.pk],
        )
        for case_id, row in highest.items()
        if row.reached_at is not None
    }


def _managers(case: Case) -> list[int]:
    parents = dict(Department.objects.values_list("pk", "parent_id"))
    above = parents.get(case.department_id)
    while above is not None:
        if leaders := _leaders(Team.objects.filter(department_id=above).values("pk")):
            return leaders
        above = parents.get(above)
    return []


def _leaders(teams: object) -> list[int]:
    led = TeamMembership.objects.filter(team__in=teams, is_leader=True, staff__left_at=None).order_by("staff_id")
    return list(dict.fromkeys(led.values_list("staff_id", flat=True)))


def _calendar(case: Case) -> BusinessCalendar | None:
    newest = CalendarVersion.objects.order_by("-number")
    own = newest.filter(calendar__team=case.team_id).first()
    hours = own or newest.filter(calendar__is_default=True).first()
    return BusinessCalendar.from_json(hours.definition) if hours else None
