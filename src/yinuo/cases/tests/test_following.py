"""Follow-ups come at their time, each once; watchers hear what happens, while they may see the case."""

from datetime import timedelta

import pytest

from yinuo.cases.actions import (
    add_customer_message,
    close_case,
    end_follow_up,
    merge_cases,
    move_follow_up,
    plan_follow_up,
    tell_due_follow_ups,
    unwatch_case,
    watch_case,
)
from yinuo.cases.actions.messages import Said
from yinuo.cases.mentions import CannotSeeCase
from yinuo.cases.models import Case, FollowUp, Watch
from yinuo.cases.queries import QueueWish, queue_page
from yinuo.cases.rules.following import FollowUpEnded, NoTimeToFollowUp
from yinuo.cases.tests.cast import SYSTEM, House, actor_of
from yinuo.cases.tests.test_actions import MONDAY_NINE, utc
from yinuo.cases.tests.test_notices import Follower
from yinuo.foundation.models import FactRow
from yinuo.foundation.refusals import NotAllowed
from yinuo.notifications.models import Notification

DUE = utc(3, 1)  # Tuesday 09:00


def planned(house: House, case: Case, due_at=DUE, at=MONDAY_NINE, who=None, by=None) -> FollowUp:
    who = who or house.chen
    return plan_follow_up(case=case, staff=who, due_at=due_at, words="回访", by=by or actor_of(house.chen), at=at)


def told(kind: str) -> list[str]:
    Follower().follow()
    return sorted(Notification.objects.filter(kind=kind).values_list("staff__name", flat=True))


def found(house: House, view: str, at, who=None) -> list[str]:
    page = queue_page(QueueWish(view=view), actor=actor_of(who or house.chen), at=at)
    return [row.case.reference for row in page.rows]


def test_a_follow_up_is_told_once_at_its_time_also_on_a_solved_case(house: House):
    case = house.open(at=MONDAY_NINE)
    planned(house, case)
    close_case(case=case, outcome="solved", by=actor_of(house.chen), at=utc(2, 2))

    assert tell_due_follow_ups(at=DUE - timedelta(seconds=1)) == 0
    assert tell_due_follow_ups(at=DUE) == 1
    assert tell_due_follow_ups(at=DUE) == 0
    assert FactRow.objects.get(type="cases.follow_up_due").staff_id == house.chen.pk


def test_what_is_to_be_followed_up_today_stands_in_its_own_view_until_it_is_done(house: House):
    case = house.open(at=MONDAY_NINE)
    row = planned(house, case)

    assert found(house, "followups", utc(2, 9)) == []  # Monday 17:00
    assert found(house, "followups", utc(2, 16)) == [case.reference]  # Tuesday 00:00
    assert found(house, "followups", utc(2, 16), house.zhou) == []
    end_follow_up(follow_up_id=row.pk, case=case, by=actor_of(house.chen), at=DUE)
    assert found(house, "followups", DUE) == []
    with pytest.raises(FollowUpEnded):
        end_follow_up(follow_up_id=row.pk, case=case, by=actor_of(house.chen), at=DUE)


def test_a_follow_up_put_off_is_told_again(house: House):
    case = house.open(at=MONDAY_NINE)
    row = planned(house, case)
    tell_due_follow_ups(at=DUE)

    move_follow_up(follow_up_id=row.pk, case=case, due_at=utc(4, 1), by=actor_of(house.chen), at=DUE)

    assert tell_due_follow_ups(at=DUE) == 0
    assert tell_due_follow_ups(at=utc(4, 1)) == 1


@pytest.mark.parametrize("due_at", [MONDAY_NINE, MONDAY_NINE - timedelta(hours=1), MONDAY_NINE + timedelta(days=367)])
def test_nobody_is_reminded_of_the_past_or_in_years(house: House, due_at):
    with pytest.raises(NoTimeToFollowUp):
        planned(house, house.open(at=MONDAY_NINE), due_at=due_at)


def test_somebody_elses_follow_up_is_ended_by_its_maker_or_a_leader(house: House):
    case = house.open(at=MONDAY_NINE)
    row = planned(house, case, who=house.zhou, by=actor_of(house.zhou))

    with pytest.raises(NotAllowed):
        end_follow_up(follow_up_id=row.pk, case=case, by=actor_of(house.chen), at=DUE)


def test_watchers_hear_of_news_but_the_owner_is_not_told_twice(house: House):
    case = house.open(at=MONDAY_NINE)
    for person in (house.zhou, house.zhao, house.chen):
        watch_case(case=case, staff=person, by=actor_of(person), at=MONDAY_NINE)
    watch_case(case=case, staff=house.zhou, by=actor_of(house.chen), at=MONDAY_NINE)
    unwatch_case(case=case, staff=house.zhao, by=actor_of(house.zhao), at=MONDAY_NINE)

    said = Said("什么时候来？", utc(2, 2))
    add_customer_message(case=case, said=said, channel="mail", by=SYSTEM, at=utc(2, 2))

    assert told("cases.watched") == ["周敏"]
    assert found(house, "watched", utc(2, 2), house.zhou) == [case.reference]
    assert FactRow.objects.filter(type="cases.case_watched").count() == 3


def test_nobody_is_made_to_watch_what_they_may_not_see(house: House):
    case = house.open(at=MONDAY_NINE)
    house.zhao.account.grants.update(department_id=house.other_department.pk)

    with pytest.raises(CannotSeeCase):
        watch_case(case=case, staff=house.zhao, by=actor_of(house.chen), at=MONDAY_NINE)


def test_follow_ups_and_watchers_go_along_when_cases_are_merged(house: House):
    source, target = house.open(at=MONDAY_NINE), house.open(at=MONDAY_NINE)
    planned(house, source)
    watch_case(case=source, staff=house.zhou, by=actor_of(house.zhou), at=MONDAY_NINE)

    merge_cases(source=source, target=target, reason="同一件事", by=actor_of(house.chen), at=utc(2, 2))

    assert (FollowUp.objects.get().case, Watch.objects.get().case) == (target, target)
