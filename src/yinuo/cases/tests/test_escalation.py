"""Ladders: when a rung is reached, whose attention it raises, once, and when it is over.

The office is open Monday to Friday 09:00-12:00 and 13:00-18:00 in Shanghai. Wang writes on Monday 2 November 2026 at
09:00; the first response is due at 11:00.
"""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yinuo.cases.actions import (
    break_due_promises,
    change_owner,
    close_case,
    reach_due_rungs,
    reply,
    tell_of_escalations,
)
from yinuo.cases.actions.messages import Said
from yinuo.cases.climbing import climb_ladders
from yinuo.cases.models import Case, Escalation, EscalationTelling
from yinuo.cases.queries import QueueWish, attention, conversation, queue_page, tracked
from yinuo.cases.rules import still_stands, told_at
from yinuo.cases.tests.cast import OFFICE_HOURS, SYSTEM, House, actor_of
from yinuo.cases.tests.reading import text_of
from yinuo.foundation.calendars import BusinessCalendar
from yinuo.foundation.facts import COLUMNS, recorded
from yinuo.foundation.followers import known_followers
from yinuo.foundation.models import FactRow
from yinuo.notifications.models import Notification
from yinuo.organisation.models import Department, Post, Shift, Team, TeamMembership
from yinuo.standards.actions import USUAL_RUNGS, RungDraft, RungsWrong, choose_ladder, save_ladder
from yinuo.standards.models import Ladder, Standard

OFFICE = BusinessCalendar.from_json(OFFICE_HOURS)


def monday(hour: int, minute: int = 0, *, day: int = 2) -> datetime:
    """Return an instant of November 2026 by the wall clock of Shanghai."""
    return datetime(2026, 11, day, hour - 8, minute, tzinfo=UTC)


def ladder(*rungs: RungDraft, code: str = "usual", is_default: bool = True) -> Ladder:
    version = save_ladder(
        code=code,
        name_zh="常用",
        name_en="Usual",
        rungs=rungs or USUAL_RUNGS,
        is_default=is_default,
        by=SYSTEM,
        at=monday(8),
    )
    return version.ladder


def follow() -> None:
    """Hand on everything that was announced, also what was handed on before: it may come too often."""
    types = next(one.types for one in known_followers() if one.name == "cases.climb_ladders")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM foundation_fact ORDER BY tx, id")
        facts = [recorded(row) for row in cursor.fetchall()]
    climb_ladders([fact for fact in facts if fact.type in types])


def work(at: datetime) -> None:
    """Let the worker do at an instant what it would have done by then."""
    break_due_promises(at=at)
    follow()
    reach_due_rungs(at=at)
    tell_of_escalations(at=at)


def reached() -> list[tuple[int, datetime]]:
    rows = Escalation.objects.filter(reached_at__isnull=False, ended_at=None).order_by("rung__number")
    return list(rows.values_list("rung__number", "reached_at"))


def told() -> list[tuple[str, datetime]]:
    rows = EscalationTelling.objects.filter(told_at__isnull=False).order_by("told_at", "staff_id")
    return list(rows.values_list("staff__name", "told_at"))


def test_attention_rises_from_the_owner_to_the_leader_to_the_manager_in_open_time(house: House) -> None:
    ladder()
    head = Department.objects.create(code="head", name_zh="总部", name_en="Head office")
    Department.objects.filter(pk=house.department.pk).update(parent=head)
    board = Team.objects.create(code="board", name_zh="管理组", name_en="Board", department=head)
    TeamMembership.objects.create(staff=house.zhao, team=board, is_leader=True)
    case = house.open(at=monday(9))

    for at in (monday(10, 47), monday(10, 48), monday(11, 29), monday(11, 30), monday(13, 59), monday(14)):
        work(at)

    # 108 of 120 minutes; 30 open minutes after 11:00; 60 until the break and 60 after it.
    assert reached() == [(1, monday(10, 48)), (2, monday(11, 30)), (3, monday(14))]
    assert told() == [("陈晨", monday(10, 48)), ("周敏", monday(11, 30)), ("赵宁", monday(14))]
    shown = attention([case.pk])[case.pk]
    assert (shown.rung_number, list(shown.names), shown.reached_at) == (3, ["赵宁"], monday(14))
    assert Case.objects.get(pk=case.pk).owner == house.chen


def test_nothing_is_reached_or_told_twice(house: House) -> None:
    ladder()
    house.open(at=monday(9))

    for _again in range(3):
        work(monday(11, 30))

    assert FactRow.objects.filter(type="cases.case_escalated").count() == 1  # the time before was over unseen
    notices = Notification.objects.filter(kind="cases.escalated").values_list("staff__name", "count")
    assert list(notices) == [("周敏", 1)]


def test_a_worker_that_was_away_reaches_the_rung_at_its_own_instant(house: House) -> None:
    ladder(RungDraft("after", "team_leader", after_minutes=30))
    house.open(at=monday(9))

    work(monday(15))

    assert reached() == [(1, monday(11, 30))]
    assert told() == [("周敏", monday(15))]


@pytest.mark.parametrize("how", ["answered", "closed"])
def test_an_answer_and_a_closure_end_the_climb(house: House, how: str) -> None:
    ladder()
    case = house.open(at=monday(9))
    work(monday(11, 30))

    if how == "answered":
        reply(case=case, said=Said("马上处理", monday(11, 40)), by=actor_of(house.chen), at=monday(11, 40))
    else:
        close_case(case=case, outcome="solved", by=actor_of(house.chen), at=monday(11, 40))
    for at in (monday(11, 41), monday(14), monday(17)):
        work(at)

    assert reached() == []
    ended = Escalation.objects.exclude(reached_at=None).values_list("rung__number", "ended_at")
    assert list(ended) == [(2, monday(11, 40))]
    assert told() == [("周敏", monday(11, 30))]
    assert FactRow.objects.filter(type="cases.escalation_ended").count() == 1


def test_a_case_answered_before_the_follower_saw_it_is_not_escalated(house: House) -> None:
    ladder()
    case = house.open(at=monday(9))
    break_due_promises(at=monday(11, 30))
    follow()
    reply(case=case, said=Said("马上处理", monday(11, 30)), by=actor_of(house.chen), at=monday(11, 30))

    assert reach_due_rungs(at=monday(11, 30)) > 0

    assert reached() == []


def test_a_promise_kept_in_time_leaves_no_trace(house: House) -> None:
    ladder()
    case = house.open(at=monday(9))
    work(monday(9, 1))
    waiting = Escalation.objects.filter(promise__kind="first_response").count()
    reply(case=case, said=Said("已收到", monday(9, 30)), by=actor_of(house.chen), at=monday(9, 30))

    work(monday(12))

    assert waiting == 1
    assert not Escalation.objects.filter(promise__kind="first_response").exists()
    assert not EscalationTelling.objects.exists()


def test_the_breach_does_not_wait_for_anybody_but_people_are_told_in_their_hours(house: House) -> None:
    # Zhou's next shift begins on Tuesday at 13:00; the promise of Monday 17:00 + 2 h is broken on Tuesday at 10:00.
    ladder(RungDraft("broken", "team_leader"))
    Shift.objects.create(staff=house.zhou, during=(monday(13, day=3), monday(18, day=3)))
    house.open(at=monday(17))

    work(monday(10, 1, day=3))
    assert reached() == [(1, monday(10, day=3))]
    assert told() == []
    work(monday(13, day=3))

    assert told() == [("周敏", monday(13, day=3))]


def test_a_rung_that_does_not_respect_hours_is_told_at_once(house: House) -> None:
    ladder(RungDraft("broken", "team_leader", respects_hours=False))
    Shift.objects.create(staff=house.zhou, during=(monday(13, day=3), monday(18, day=3)))
    house.open(at=monday(17))

    work(monday(10, 1, day=3))

    assert told() == [("周敏", monday(10, 1, day=3))]


@pytest.mark.parametrize(
    ("at", "when"),
    [
        (monday(10), monday(10)),  # open
        (monday(12), monday(13)),  # the break
        (monday(18), monday(9, day=3)),  # closing time is closed
        (monday(9, day=7), monday(9, day=9)),  # Saturday
    ],
)
def test_without_shifts_people_work_by_the_calendar(at: datetime, when: datetime) -> None:
    assert told_at(at, shifts=(), calendar=OFFICE) == when


def test_shifts_count_before_the_calendar_and_their_end_is_no_part_of_them() -> None:
    shifts = [(monday(13), monday(18)), (monday(13, day=4), monday(18, day=4))]

    assert told_at(monday(10), shifts=shifts, calendar=OFFICE) == monday(13)
    assert told_at(monday(13), shifts=shifts, calendar=OFFICE) == monday(13)
    assert told_at(monday(18), shifts=shifts[1:], calendar=OFFICE) == monday(13, day=4)
    assert told_at(monday(20), shifts=(), calendar=None) == monday(20)


def test_a_broken_promise_stands_until_it_is_made_good_and_not_for_a_later_one() -> None:
    broken = {"is_live": False, "is_broken": True, "promise_due_at": monday(11), "is_open": True}

    assert still_stands(**broken, broken_since=monday(11))
    assert not still_stands(**broken, broken_since=None)
    assert not still_stands(**broken, broken_since=monday(15))  # made good, then another broke
    assert not still_stands(**broken | {"is_open": False}, broken_since=None)


def test_each_target_finds_its_people_and_nobody_is_everybodys_fallback(house: House) -> None:
    post = Post.objects.create(code="duty", name_zh="值班经理", name_en="Duty", department=house.department)
    house.zhao.post = post
    house.zhao.save()
    ladder(
        RungDraft("after", "post", after_minutes=10, post_id=post.pk),
        RungDraft("after", "staff", after_minutes=20, staff_id=house.admin.pk),
        RungDraft("after", "coordination", after_minutes=30),
        RungDraft("after", "team_leader", after_minutes=40),
        RungDraft("after", "manager", after_minutes=50),
    )
    house.open(at=monday(9), team=house.other_team)  # nobody leads it, nobody is above it

    work(monday(11, 50))

    who = EscalationTelling.objects.order_by("escalation__rung__number").values_list("staff__name", flat=True)
    assert list(who) == ["赵宁", "管理员", "周敏", "周敏", "周敏"]


def test_a_standard_may_climb_a_ladder_of_its_own(house: House) -> None:
    ladder(RungDraft("broken", "owner"))
    own = ladder(RungDraft("broken", "team_leader"), code="own", is_default=False)
    choose_ladder(standard=Standard.objects.get(), ladder=own, by=SYSTEM, at=monday(8))
    house.open(at=monday(9))

    work(monday(11, 1))

    assert told() == [("周敏", monday(11, 1))]
    assert FactRow.objects.filter(type="standards.ladder_chosen").count() == 1


def test_without_a_ladder_nothing_is_escalated(house: House) -> None:
    house.open(at=monday(9))

    work(monday(17))

    assert not Escalation.objects.exists()


@pytest.mark.parametrize(
    "rungs",
    [
        [],
        [RungDraft("before", "owner")],
        [RungDraft("before", "owner", share=Decimal(1))],
        [RungDraft("after", "owner")],
        [RungDraft("broken", "owner", after_minutes=5)],
        [RungDraft("broken", "post")],
        [RungDraft("broken", "owner", staff_id=1)],
        [RungDraft("sometimes", "owner")],
        [RungDraft("broken", "everybody")],
        [RungDraft("broken", "owner")] * 9,
    ],
)
def test_a_step_says_when_and_whom(db, rungs: list[RungDraft]) -> None:
    with pytest.raises(RungsWrong):
        save_ladder(code="x", name_zh="x", name_en="x", rungs=rungs, by=SYSTEM, at=monday(8))


def test_steps_are_numbered_as_they_are_reached_and_a_change_is_a_new_version(house: House) -> None:
    first = ladder(*reversed(USUAL_RUNGS))
    ladder(RungDraft("broken", "owner"))

    kept = first.versions.order_by("number").values_list("number", "rungs__number", "rungs__target")
    assert list(kept.order_by("number", "rungs__number")) == [
        (1, 1, "owner"),
        (1, 2, "team_leader"),
        (1, 3, "manager"),
        (2, 1, "owner"),
    ]


def test_whoever_is_told_finds_the_case_in_a_view_until_it_is_answered(house: House) -> None:
    ladder()
    case = house.open(at=monday(9))
    work(monday(11, 30))
    wish, zhou, chen = QueueWish(view="escalated"), actor_of(house.zhou), actor_of(house.chen)

    assert [row.case.pk for row in queue_page(wish, actor=zhou, at=monday(12)).rows] == [case.pk]
    assert queue_page(wish, actor=chen, at=monday(12)).rows == []
    change_owner(case=case, to=house.zhou, reason="我来", by=zhou, at=monday(11, 40))
    reply(case=case, said=Said("马上处理", monday(11, 45)), by=zhou, at=monday(11, 45))
    work(monday(11, 46))

    assert queue_page(wish, actor=zhou, at=monday(12)).rows == []


def test_the_conversation_says_who_was_called_and_the_customer_does_not_read_it(house: House) -> None:
    ladder()
    case = house.open(at=monday(9))
    work(monday(11, 30))

    ours = [
        (one.what, one.detail) for one in conversation(case).entries if getattr(one, "what", "") == "case_escalated"
    ]
    theirs = [one.what for one in tracked(case, at=monday(12)).entries if hasattr(one, "what")]
    assert ours == [("case_escalated", "周敏")]
    assert "case_escalated" not in theirs


def test_the_marks_of_thirty_cases_cost_as_many_statements_as_those_of_one(house: House) -> None:
    ladder()
    cases = [house.open(at=monday(9)) for _number in range(30)]
    work(monday(11, 30))

    def cost(ids: list[int]) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(attention(ids)) == len(ids)
        return len(queries)

    assert cost([cases[0].pk]) == cost([case.pk for case in cases]) == 2


def test_what_is_due_is_found_by_its_index(house: House) -> None:
    due = Escalation.objects.filter(reached_at=None, due_at__lte=monday(12)).order_by("due_at", "id")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    assert "escalations_due" in due.explain()


def test_the_head_of_the_case_says_how_far_it_has_climbed(house: House, client: Client) -> None:
    ladder()
    case = house.open(at=monday(9))
    work(monday(11, 30))
    client.force_login(house.zhou.account)

    page = text_of(client.get(f"/cases/{case.reference}"))
    queue = client.get("/?view=escalated").content.decode()

    assert "已升级，第 2 阶：团队长" in page
    assert "已升级，告知 周敏" in page
    assert "已升级，第 2 阶：团队长" in queue
