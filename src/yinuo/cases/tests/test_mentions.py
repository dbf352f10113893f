"""Calling colleagues in notes: which names count, and that nobody is called to a case they may not see."""

from datetime import UTC, datetime

import pytest

from yinuo.access.actions import grant_role
from yinuo.access.roles import Role
from yinuo.cases.actions import add_note
from yinuo.cases.actions.messages import Said
from yinuo.cases.mentions import CannotSeeCase, NameOfSeveral, Piece, called_names, pieces
from yinuo.cases.models import Case, Mention, Message
from yinuo.cases.queries import suggested_colleagues, who_may_see
from yinuo.foundation.models import FactRow
from yinuo.organisation.models import Staff

from .cast import BEGINNING, SYSTEM, actor_of

NINE = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@陈晨看一下", ["陈晨"]),
        ("请 @Emma Chen 和@陈晨 看", ["Emma Chen", "陈晨"]),
        ("@Emma 呢", ["Emma"]),
        ("@Emmanuel", []),  # another name
        ("写到 wang@陈晨.example", []),  # a mail address
        ("陈晨看一下", []),
        ("@陈晨 @陈晨", ["陈晨"]),
    ],
)
def test_an_at_sign_before_a_name_calls(text, called) -> None:
    assert called_names(text, ["陈晨", "Emma", "Emma Chen"]) == called


def test_a_text_is_cut_at_the_names_and_nothing_is_lost() -> None:
    assert pieces("请@陈晨看", ["陈晨"]) == [Piece("请"), Piece("@陈晨", is_name=True), Piece("看")]
    assert pieces("没有人", []) == [Piece("没有人")]


def limit(staff: Staff, role: Role, **limits) -> None:
    staff.account.grants.all().delete()
    grant_role(account=staff.account, role=role, by=SYSTEM, at=BEGINNING, **limits)


@pytest.mark.django_db
def test_a_note_tells_whom_it_calls(house) -> None:
    case = house.open(at=NINE)

    message = add_note(case=case, said=Said("@周敏 请看", NINE), by=actor_of(house.chen), at=NINE)

    assert list(Mention.objects.values_list("message", "staff", "name")) == [(message.pk, house.zhou.pk, "周敏")]
    fact = FactRow.objects.get(type="cases.staff_mentioned")
    assert (fact.case_id, fact.staff_id, fact.payload) == (case.pk, house.zhou.pk, {"message_id": message.pk})


@pytest.mark.django_db
def test_nobody_is_called_to_a_case_they_may_not_see(house) -> None:
    case = house.open(at=NINE)
    limit(house.zhou, Role.TEAM_LEADER, department_id=house.other_department.pk)

    with pytest.raises(CannotSeeCase) as refused:
        add_note(case=case, said=Said("@周敏 请看", NINE), by=actor_of(house.chen), at=NINE)

    assert refused.value.sentence() == "周敏 may not see this case. Take the mention out, or ask somebody who may."
    assert Message.objects.filter(kind="note").count() == 0


@pytest.mark.django_db
def test_of_two_with_one_name_the_chosen_one_is_called(house) -> None:
    case = house.open(at=NINE)
    Staff.objects.filter(pk=house.zhao.pk).update(name="周敏")
    note = {"case": case, "said": Said("@周敏 请看", NINE), "by": actor_of(house.chen), "at": NINE}

    with pytest.raises(NameOfSeveral):
        add_note(**note)
    add_note(**note, chosen=[house.zhao.pk])

    assert list(Mention.objects.values_list("staff", flat=True)) == [house.zhao.pk]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "limits",
    [
        lambda _house: {},
        lambda house: {"department_id": house.department.pk},
        lambda house: {"department_id": house.other_department.pk},
        lambda house: {"region_id": house.region.pk, "tier": "platinum"},
        lambda house: {"region_id": house.region.pk, "tier": "standard"},
    ],
)
@pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST, Role.PARTNER])
def test_who_may_see_a_case_agrees_with_what_each_of_them_sees(house, role, limits) -> None:
    case = house.open(at=NINE)
    limit(house.zhou, role, **limits(house))

    for person in (house.chen, house.zhou, house.zhao, house.admin):
        sees = Case.objects.visible_to(actor_of(person)).filter(pk=case.pk).exists()
        assert who_may_see(case).filter(pk=person.pk).exists() == sees


@pytest.mark.django_db
def test_colleagues_are_suggested_from_the_team_first_and_never_oneself(house) -> None:
    case = house.open(at=NINE)

    assert [one.name for one in suggested_colleagues(case, words="", actor=actor_of(house.chen))] == [
        "周敏",
        "管理员",
        "赵宁",
    ]
    assert [one.name for one in suggested_colleagues(case, words="赵", actor=actor_of(house.chen))] == ["赵宁"]
