from datetime import UTC, datetime, timedelta

import pytest

from yinuo.access.actions import UsernameTaken
from yinuo.access.models import Account
from yinuo.access.roles import Role
from yinuo.cases.tests.cast import SYSTEM, actor_of
from yinuo.foundation.models import FactRow
from yinuo.foundation.refusals import NotAllowed
from yinuo.organisation.actions import (
    CodeTaken,
    DepartmentInCircle,
    FallbackTeamNeeded,
    Names,
    ShiftOverlaps,
    ShiftWithoutLength,
    StaffDetails,
    StaffGone,
    StillResponsible,
    add_staff,
    change_presence,
    change_staff,
    join_team,
    leave,
    leave_team,
    plan_shift,
    remove_shift,
    return_to_work,
    save_department,
    save_post,
    save_region,
    save_skill,
    save_team,
    set_skills,
)
from yinuo.organisation.actions.hours import UnknownPresenceReason
from yinuo.organisation.actions.people import SkillLevelWrong, StaffDetailsWrong
from yinuo.organisation.actions.structure import NamesIncomplete
from yinuo.organisation.models import Department, Region, Shift, Staff, Team, TeamMembership

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def facts(after: int = 0) -> list[tuple]:
    rows = FactRow.objects.filter(type__startswith="organisation.", id__gt=after).order_by("id")
    return [(row.type.removeprefix("organisation."), row.staff_id, row.team_id, row.payload) for row in rows]


def test_the_structure_is_added_and_changed_with_facts(house):
    by = actor_of(house.admin)
    west = save_region(names=Names("west", "西部", "West"), by=by, at=AT)
    repair = save_department(names=Names("repair", "维修部", "Repair"), parent=house.department, by=by, at=AT)
    post = save_post(names=Names("fitter", "维修工", "Fitter"), department=repair, duties=" 上门 ", by=by, at=AT)
    skill = save_skill(names=Names("gas", "燃气", "Gas"), by=by, at=AT)
    team = save_team(names=Names("visits", "上门组", "Visits"), department=repair, region=west, by=by, at=AT)
    save_region(region=west, names=Names("west", "西部大区", "West"), by=by, at=AT)

    assert Region.objects.get(code="west").name_zh == "西部大区"
    assert (post.duties, repair.parent_id, team.region_id) == ("上门", house.department.pk, west.pk)
    assert [(kind, payload["kind"], payload["row_id"], payload["is_new"]) for kind, _s, _t, payload in facts()] == [
        ("organisation_changed", "region", west.pk, True),
        ("organisation_changed", "department", repair.pk, True),
        ("organisation_changed", "post", post.pk, True),
        ("organisation_changed", "skill", skill.pk, True),
        ("organisation_changed", "team", team.pk, True),
        ("organisation_changed", "region", west.pk, False),
    ]


def test_a_code_is_used_once_and_names_are_complete(house):
    with pytest.raises(CodeTaken):
        save_region(names=Names("east", "东部", "East"), by=SYSTEM, at=AT)
    for names in (Names("", "西", "West"), Names("west", "", "West"), Names("west side", "西", "West")):
        with pytest.raises(NamesIncomplete):
            save_region(names=names, by=SYSTEM, at=AT)
    assert Region.objects.count() == 1


def test_departments_never_form_a_circle(house):
    child = save_department(names=Names("a", "甲", "A"), parent=house.department, by=SYSTEM, at=AT)
    grandchild = save_department(names=Names("b", "乙", "B"), parent=child, by=SYSTEM, at=AT)

    for parent in (house.department, child, grandchild):
        with pytest.raises(DepartmentInCircle):
            save_department(
                department=house.department, names=Names("service", "客", "S"), parent=parent, by=SYSTEM, at=AT
            )
    assert Department.objects.get(code="service").parent is None


def test_being_the_fallback_team_moves_and_is_never_nobodys(house):
    names = Names("delivery", "配送组", "Delivery")
    save_team(team=house.other_team, names=names, department=house.other_department, is_fallback=True, by=SYSTEM, at=AT)

    assert list(Team.objects.filter(is_fallback=True)) == [house.other_team]
    with pytest.raises(FallbackTeamNeeded):
        save_team(team=house.other_team, names=names, department=house.other_department, by=SYSTEM, at=AT)


def test_a_new_colleague_has_an_account_roles_and_a_place(house):
    staff = add_staff(
        username="Sun",
        email="sun@henuan.example",
        details=StaffDetails(name=" 孙  悦", department=house.department, level=3, languages=("zh-hans", "en")),
        roles=(Role.AGENT, Role.TEAM_LEADER),
        by=actor_of(house.admin),
        at=AT,
    )

    assert (staff.name, staff.level, staff.languages, staff.presence) == ("孙 悦", 3, ["zh-hans", "en"], "offline")
    assert (staff.account.username, staff.account.name) == ("sun", "孙 悦")
    assert staff.account.as_actor().roles == {Role.AGENT, Role.TEAM_LEADER}
    assert facts() == [("staff_added", staff.pk, None, {"department_id": house.department.pk})]


def test_a_colleague_who_cannot_be_added_leaves_no_account_behind(house):
    before = Account.objects.count()
    details = StaffDetails(name="孙悦", department=house.department)

    with pytest.raises(UsernameTaken):
        add_staff(username="chen", email="", details=details, by=SYSTEM, at=AT)
    for wrong in ({"name": " "}, {"level": 6}, {"capacity": -1}, {"languages": ()}):
        with pytest.raises(StaffDetailsWrong):
            add_staff(
                username="sun",
                email="",
                details=StaffDetails(**({"name": "孙悦", "department": house.department} | wrong)),
                by=SYSTEM,
                at=AT,
            )
    assert Account.objects.count() == before


def test_changes_of_a_colleague_name_the_fields(house):
    details = StaffDetails(name="陈晨", department=house.department, region=house.region, capacity=5, title="专员")

    change_staff(staff=house.chen, details=details, by=SYSTEM, at=AT)
    change_staff(staff=house.chen, details=details, by=SYSTEM, at=AT)

    assert Staff.objects.get(pk=house.chen.pk).capacity == 5
    assert facts() == [("staff_changed", house.chen.pk, None, {"fields": ["capacity", "title"]})]


def test_skills_are_said_as_a_whole_with_levels_from_one_to_five(house):
    gas = save_skill(names=Names("gas", "燃气", "Gas"), by=SYSTEM, at=AT)
    english = save_skill(names=Names("english", "英语", "English"), by=SYSTEM, at=AT)

    set_skills(staff=house.chen, levels={gas: 2, english: 5}, by=SYSTEM, at=AT)
    set_skills(staff=house.chen, levels={english: 4}, by=SYSTEM, at=AT)
    with pytest.raises(SkillLevelWrong):
        set_skills(staff=house.chen, levels={gas: 6}, by=SYSTEM, at=AT)

    assert list(house.chen.skills.values_list("skill__code", "level")) == [("english", 4)]


def test_joining_and_leaving_a_team_are_facts_once(house):
    join_team(staff=house.zhao, team=house.team, by=SYSTEM, at=AT)
    join_team(staff=house.zhao, team=house.team, by=SYSTEM, at=AT)
    join_team(staff=house.zhao, team=house.team, is_leader=True, by=SYSTEM, at=AT)
    leave_team(staff=house.zhao, team=house.team, by=SYSTEM, at=AT)
    leave_team(staff=house.zhao, team=house.team, by=SYSTEM, at=AT)

    assert facts() == [
        ("team_joined", house.zhao.pk, house.team.pk, {"is_leader": False}),
        ("team_joined", house.zhao.pk, house.team.pk, {"is_leader": True}),
        ("team_left", house.zhao.pk, house.team.pk, {}),
    ]


def test_who_still_owns_open_cases_does_not_leave(house, monday_nine):
    house.open(at=monday_nine)
    owned = {house.chen.pk: 1}

    with pytest.raises(StillResponsible) as refusal:
        leave(staff=house.chen, open_case_count=lambda pk: owned.get(pk, 0), by=SYSTEM, at=AT)

    assert refusal.value.count == 1
    assert Staff.objects.get(pk=house.chen.pk).left_at is None
    assert TeamMembership.objects.filter(staff=house.chen).exists()


def test_leaving_ends_sign_in_teams_and_coming_shifts_and_can_be_taken_back(house):
    running = plan_shift(staff=house.chen, starts_at=AT - HOUR, ends_at=AT + HOUR, by=SYSTEM, at=AT)
    plan_shift(staff=house.chen, starts_at=AT + 24 * HOUR, ends_at=AT + 32 * HOUR, by=SYSTEM, at=AT)
    before = FactRow.objects.latest("id").id

    leave(staff=house.chen, by=actor_of(house.admin), at=AT)
    leave(staff=house.chen, by=actor_of(house.admin), at=AT + HOUR)

    chen = Staff.objects.get(pk=house.chen.pk)
    assert (chen.left_at, chen.presence, chen.account.is_active) == (AT, "offline", False)
    assert list(Shift.objects.all()) == [running]
    assert facts(before) == [("team_left", chen.pk, house.team.pk, {}), ("staff_left", chen.pk, None, {})]
    with pytest.raises(StaffGone):
        join_team(staff=chen, team=house.team, by=SYSTEM, at=AT)
    with pytest.raises(StaffGone):
        plan_shift(staff=chen, starts_at=AT + 2 * HOUR, ends_at=AT + 3 * HOUR, by=SYSTEM, at=AT)
    assert return_to_work(staff=chen, by=SYSTEM, at=AT).left_at is None
    assert Account.objects.get(pk=chen.pk).is_active


def test_shifts_of_one_person_touch_but_do_not_overlap(house):
    by = actor_of(house.zhou)
    first = plan_shift(staff=house.chen, starts_at=AT, ends_at=AT + 4 * HOUR, by=by, at=AT)
    plan_shift(staff=house.chen, starts_at=AT + 4 * HOUR, ends_at=AT + 8 * HOUR, by=by, at=AT)
    plan_shift(staff=house.zhao, starts_at=AT, ends_at=AT + 4 * HOUR, by=by, at=AT)

    with pytest.raises(ShiftOverlaps):
        plan_shift(staff=house.chen, starts_at=AT + 3 * HOUR, ends_at=AT + 5 * HOUR, by=by, at=AT)
    with pytest.raises(ShiftWithoutLength):
        plan_shift(staff=house.chen, starts_at=AT, ends_at=AT, by=by, at=AT)
    remove_shift(shift=first, by=by, at=AT)

    assert Shift.objects.count() == 2
    assert [fact[0] for fact in facts()] == ["shift_planned", "shift_planned", "shift_planned", "shift_removed"]
    assert facts()[0][3] == {
        "shift_id": first.pk,
        "starts_at": "2026-11-02T01:00:00+00:00",
        "ends_at": "2026-11-02T05:00:00+00:00",
    }


def test_presence_is_said_by_oneself_or_by_who_plans_shifts(house):
    change_presence(staff=house.chen, presence="available", by=actor_of(house.chen), at=AT)
    change_presence(staff=house.chen, presence="available", by=actor_of(house.chen), at=AT + HOUR)
    with pytest.raises(NotAllowed):
        change_presence(staff=house.zhou, presence="away", by=actor_of(house.chen), at=AT)
    change_presence(
        staff=house.chen, presence="away", reason="not_reachable", by=actor_of(house.zhou), at=AT + 2 * HOUR
    )
    with pytest.raises(UnknownPresenceReason):
        change_presence(staff=house.chen, presence="busy", reason="ill", by=actor_of(house.zhou), at=AT + 3 * HOUR)

    chen = Staff.objects.get(pk=house.chen.pk)
    assert (chen.presence, chen.presence_since) == ("away", AT + 2 * HOUR)
    assert facts() == [
        ("presence_changed", house.chen.pk, None, {"before": "offline", "after": "available", "reason": ""}),
        ("presence_changed", house.chen.pk, None, {"before": "available", "after": "away", "reason": "not_reachable"}),
    ]


def test_only_an_administrator_changes_the_organisation(house):
    details = StaffDetails(name="孙悦", department=house.department)
    by = actor_of(house.zhou)
    for act in (
        lambda: save_region(names=Names("west", "西部", "West"), by=by, at=AT),
        lambda: save_skill(names=Names("gas", "燃气", "Gas"), by=by, at=AT),
        lambda: save_department(names=Names("a", "甲", "A"), by=by, at=AT),
        lambda: save_post(names=Names("a", "甲", "A"), department=house.department, by=by, at=AT),
        lambda: save_team(names=Names("a", "甲", "A"), department=house.department, by=by, at=AT),
        lambda: add_staff(username="sun", email="", details=details, by=by, at=AT),
        lambda: change_staff(staff=house.chen, details=details, by=by, at=AT),
        lambda: set_skills(staff=house.chen, levels={}, by=by, at=AT),
        lambda: join_team(staff=house.chen, team=house.other_team, by=by, at=AT),
        lambda: leave_team(staff=house.chen, team=house.team, by=by, at=AT),
        lambda: leave(staff=house.chen, by=by, at=AT),
        lambda: return_to_work(staff=house.chen, by=by, at=AT),
        lambda: plan_shift(staff=house.chen, starts_at=AT, ends_at=AT + HOUR, by=actor_of(house.chen), at=AT),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert facts() == []
