"""What a new installation needs before the first request can have an owner and a promise."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yinuo.access.actors import Actor
    from yinuo.organisation.models import Team


def fallback_team(*, by: "Actor", at: datetime) -> "Team":
    """Return the team that gets what no other team has; makes it, with its department, when there is none."""
    from yinuo.organisation.actions import Names, save_department, save_team
    from yinuo.organisation.models import Department, Team

    team = Team.objects.filter(is_fallback=True).first()
    if team:
        return team
    department = Department.objects.order_by("pk").first() or save_department(
        names=Names("service", "客户服务部", "Customer service"), by=by, at=at
    )
    return save_team(
        names=Names("service", "客户服务组", "Customer service"), department=department, is_fallback=True, by=by, at=at
    )


def first_standard(*, by: "Actor", at: datetime) -> bool:
    """Make a standard that fits every request, on office hours, unless there is one; return whether it was made."""
    from yinuo.foundation.calendars import china_public_calendar
    from yinuo.foundation.models import Calendar
    from yinuo.standards.actions import Conditions, StandardTimes, add_standard, save_calendar
    from yinuo.standards.models import Standard

    if Standard.objects.exists():
        return False
    calendar = Calendar.objects.filter(is_default=True).first()
    if calendar is None:
        calendar = save_calendar(
            code="office",
            name_zh="办公时间",
            name_en="Office hours",
            definition=china_public_calendar().to_json(),
            is_default=True,
            by=by,
            at=at,
        ).calendar
    add_standard(
        code="basic",
        name_zh="基本标准",
        name_en="Basic",
        conditions=Conditions(),
        # First answer within half a working day, solved within three: a beginning, to be changed in the settings.
        times=StandardTimes(240, 480, 480, 1440, Decimal("0.80")),
        calendar=calendar,
        by=by,
        at=at,
    )
    return True
