"""The only writers of the organisation: its structure, its people, their hours."""

from .hours import ShiftOverlaps, ShiftWithoutLength, change_presence, plan_shift, remove_shift
from .people import (
    StaffDetails,
    StaffGone,
    StillResponsible,
    add_staff,
    change_staff,
    join_team,
    leave,
    leave_team,
    return_to_work,
    set_skills,
)
from .structure import (
    CodeTaken,
    DepartmentInCircle,
    FallbackTeamNeeded,
    Names,
    save_department,
    save_post,
    save_region,
    save_skill,
    save_team,
)

__all__ = [
    "CodeTaken",
    "DepartmentInCircle",
    "FallbackTeamNeeded",
    "Names",
    "ShiftOverlaps",
    "ShiftWithoutLength",
    "StaffDetails",
    "StaffGone",
    "StillResponsible",
    "add_staff",
    "change_presence",
    "change_staff",
    "join_team",
    "leave",
    "leave_team",
    "plan_shift",
    "remove_shift",
    "return_to_work",
    "save_department",
    "save_post",
    "save_region",
    "save_skill",
    "save_team",
    "set_skills",
]
