from datetime import UTC, datetime, timedelta

import pytest

from yinuo.access.actions import add_account, grant_role
from yinuo.access.actors import Actor
from yinuo.access.roles import Role
from yinuo.cases.tests.cast import SYSTEM, actor_of
from yinuo.organisation import queries
from yinuo.organisation.actions import Names, change_presence, leave, plan_shift, save_department
from yinuo.organisation.models import Staff

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_staff_see_each_other_partners_themselves_and_customers_nobody(house):
    account = add_account(username="partner", name="伙伴", by=SYSTEM, at=AT)
    grant_role(account=account, role=Role.PARTNER, by=SYSTEM, at=AT)
    partner = Staff.objects.create(account=account, name="伙伴", department=house.department)

    assert Staff.objects.visible_to(actor_of(house.chen)).count() == 5
    assert list(Staff.objects.visible_to(actor_of(partner))) == [partner]
    assert list(Staff.objects.visible_to(Actor.customer(house.wang.pk))) == []
    assert queries.department_tree(Actor.customer(house.wang.pk)) == ()
    assert list(queries.team_members(Actor.customer(house.wang.pk), house.team)) == []


def test_departments_come_as_a_tree_in_one_query(house, django_assert_num_queries):
    repair = save_department(names=Names("repair", "维修部", "Repair"), parent=house.department, by=SYSTEM, at=AT)
    save_department(names=Names("gas", "燃气科", "Gas"), parent=repair, by=SYSTEM, at=AT)

    with django_assert_num_queries(1):
        tree = queries.department_tree(SYSTEM)

    assert [node.department.code for node in tree] == ["logistics", "service"]
    (below,) = tree[1].children
    assert (below.department.code, below.depth, [node.department.code for node in below.children]) == (
        "repair",
        1,
        ["gas"],
    )


def test_the_leader_comes_first_in_a_team_and_who_left_is_out(house):
    chen = actor_of(house.chen)
    assert list(queries.team_members(chen, house.team)) == [house.zhou, house.chen]

    leave(staff=house.zhou, by=SYSTEM, at=AT)

    assert list(queries.team_members(chen, house.team)) == [house.chen]


@pytest.mark.parametrize(("minutes", "is_on_shift"), [(-1, False), (0, True), (59, True), (60, False)])
def test_a_shift_includes_its_beginning_and_not_its_end(house, minutes, is_on_shift):
    plan_shift(staff=house.chen, starts_at=AT, ends_at=AT + HOUR, by=SYSTEM, at=AT)

    found = queries.staff_on_shift(SYSTEM, at=AT + timedelta(minutes=minutes))

    assert list(found) == ([house.chen] if is_on_shift else [])


def test_available_are_members_who_said_so_longest_waiting_first(house):
    change_presence(staff=house.zhou, presence="available", by=SYSTEM, at=AT + HOUR)
    change_presence(staff=house.chen, presence="available", by=SYSTEM, at=AT + 2 * HOUR)
    change_presence(staff=house.zhao, presence="available", by=SYSTEM, at=AT)

    assert list(queries.available_staff(house.team)) == [house.zhou, house.chen]
    change_presence(staff=house.zhou, presence="busy", by=SYSTEM, at=AT + 3 * HOUR)
    assert list(queries.available_staff(house.team)) == [house.chen]
