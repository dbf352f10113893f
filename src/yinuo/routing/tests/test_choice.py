"""Who becomes the owner of a new case."""

from datetime import UTC, datetime, timedelta

import pytest

from yinuo.organisation.models import Presence, Staff
from yinuo.routing.queries import NobodyToOwn, owner_for
from yinuo.routing.rules import Candidate, choose, reason_for

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def one(staff_id: int, presence: str = "available", open_count: int = 0, capacity: int = 10, last=None) -> Candidate:
    return Candidate(staff_id, presence, open_count, capacity, last)


@pytest.mark.parametrize(
    ("candidates", "chosen"),
    [
        ([one(1, "offline"), one(2, open_count=9)], 2),  # somebody who is there, however busy
        ([one(1, open_count=4, capacity=20), one(2, open_count=3, capacity=10)], 1),  # 20 % before 30 %
        ([one(1, last=AT), one(2, last=AT - timedelta(hours=1))], 2),  # who has waited longer
        ([one(2, "away"), one(1, "offline")], 2),  # nobody there: still somebody
        ([one(2), one(1)], 1),
    ],
)
def test_presence_goes_before_load_and_load_before_waiting(candidates, chosen):
    assert choose(candidates).staff_id == chosen


def test_nobody_is_chosen_from_nobody():
    assert choose([]) is None


def test_the_reason_names_the_team_and_the_load():
    people = [one(1, open_count=2), one(2, open_count=5)]

    assert reason_for(people[0], people, "aftersales") == "aftersales: lightest load of 2 available, 2 of 10 running"


@pytest.mark.django_db
def test_open_cases_count_and_closed_ones_and_leavers_do_not(house):
    Staff.objects.update(presence=Presence.AVAILABLE)
    house.open(at=AT)  # Chen's

    assert owner_for(house.team).owner == house.zhou
    house.zhou.left_at = AT
    house.zhou.save()
    assert owner_for(house.team).owner == house.chen


@pytest.mark.django_db
def test_a_team_without_people_hands_over_to_the_fallback_team(house):
    choice = owner_for(house.other_team)

    assert (choice.team, choice.owner in {house.chen, house.zhou}) == (house.team, True)


@pytest.mark.django_db
def test_when_nobody_at_all_is_there_the_refusal_says_whom_to_add(house):
    Staff.objects.update(left_at=AT)

    with pytest.raises(NobodyToOwn, match=r"配送组|Delivery"):
        owner_for(house.other_team)
