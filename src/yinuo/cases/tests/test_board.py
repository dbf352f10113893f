"""What a team board counts, with the examples of docs/rules/board-figures.md."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from yinuo.access.actors import Actor, Grant
from yinuo.access.roles import Role
from yinuo.cases import tally  # noqa: F401 - registers the follower
from yinuo.cases.actions import add_customer_message, break_due_promises, change_owner, close_case, reopen_case, reply
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Promise, PromiseTally
from yinuo.cases.queries.board import (
    Carried,
    Due,
    Hour,
    KeptCount,
    at_risk,
    broken_cases,
    by_hour,
    carried,
    closed_today,
    due_by_slot,
    due_soon,
    ended_today,
    house_day,
    kept_altogether,
    kept_today,
    longest_waiting,
    opened_today,
    people,
    presences,
    unanswered_cases,
)
from yinuo.cases.tests.cast import SYSTEM, House, actor_of
from yinuo.foundation.followers import catch_up, known_followers
from yinuo.foundation.tests.following import follow_everything
from yinuo.organisation.actions import change_presence
from yinuo.organisation.models import Shift

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
# Monday 09:00 in Shanghai; the office is open 09:00-12:00 and 13:00-18:00, a first response is due within two hours.
NINE = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def of_department(house: House, department) -> Actor:
    return Actor.staff(house.zhao.pk, name="赵宁", grants=(Grant(Role.AGENT, department_id=department.pk),))


def answer(house: House, case, at: datetime) -> None:
    reply(case=case, said=Said("好的", at), by=actor_of(house.chen), at=at)


# The day of the house ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "on"),
    [
        (datetime(2026, 11, 1, 15, 59, 59, tzinfo=UTC), "2026-11-01"),
        (datetime(2026, 11, 1, 16, 0, tzinfo=UTC), "2026-11-02"),  # midnight in Shanghai
    ],
)
def test_a_day_begins_at_midnight_where_the_house_is(at: datetime, on: str) -> None:
    assert house_day(at).on.isoformat() == on


# Today's kept rate ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kept", "broken", "per_mille"),
    [(0, 0, None), (1, 0, 1000), (0, 1, 0), (2, 1, 666), (1999, 1, 999), (3, 1, 750)],
)
def test_the_kept_rate_is_rounded_down_so_that_all_means_all(kept: int, broken: int, per_mille: int | None) -> None:
    assert KeptCount(kept, broken).per_mille == per_mille


@pytest.mark.django_db(transaction=True)
def test_a_promise_counts_on_the_day_on_which_it_ended(house: House) -> None:
    house.open(at=NINE, subject="nobody answers")
    answered = house.open(at=NINE, subject="answered")
    answer(house, answered, NINE + HOUR)
    break_due_promises(at=NINE + 24 * HOUR)  # on Tuesday; the promise was broken on Monday at 11:00
    follow_everything("cases.tally")

    monday = kept_today([house.team.pk], actor=SYSTEM, at=NINE + 10 * HOUR)
    tuesday = kept_today([house.team.pk], actor=SYSTEM, at=NINE + 24 * HOUR)

    assert monday == {house.team.pk: KeptCount(kept=1, broken=1)}
    assert tuesday == {}
    assert kept_altogether(tuesday.values()).per_mille is None


@pytest.mark.django_db(transaction=True)
def test_the_tally_equals_a_recount_of_the_ledger(house: House) -> None:
    for number in range(6):
        more = {"team": house.other_team, "owner": house.zhao} if number % 2 else {}
        case = house.open(at=NINE + number * HOUR, customer=house.li if number > 3 else None, **more)
        if number % 3:
            reply(case=case, said=Said("好的", NINE), by=SYSTEM, at=NINE + number * HOUR + 10 * MINUTE)
        if number == 4:
            close_case(case=case, outcome="solved", by=SYSTEM, at=NINE + 5 * HOUR)
    break_due_promises(at=NINE + 48 * HOUR)
    follow_everything("cases.tally")

    for days in range(4):
        at = NINE + days * 24 * HOUR
        for team in (house.team, house.other_team):
            kept, broken = (ended_today([team.pk], end, actor=SYSTEM, at=at).count() for end in ("kept", "broken"))
            tallied = kept_today([team.pk], actor=SYSTEM, at=at).get(team.pk, KeptCount())
            assert (tallied.kept, tallied.broken) == (kept, broken)
    ended = Promise.objects.filter(end__in=("kept", "broken")).count()
    assert sum(row.kept_count + row.broken_count for row in PromiseTally.objects.all()) == ended == 7


@pytest.mark.django_db(transaction=True)
def test_following_once_more_counts_nothing_twice(house: House) -> None:
    case = house.open(at=NINE)
    answer(house, case, NINE + HOUR)
    follow_everything("cases.tally")

    for one in known_followers():
        if one.name == "cases.tally_promises":
            catch_up(one)

    assert kept_today(None, actor=SYSTEM, at=NINE + HOUR) == {house.team.pk: KeptCount(1, 0)}


@pytest.mark.django_db(transaction=True)
def test_who_is_limited_to_another_department_learns_no_rate(house: House) -> None:
    answer(house, house.open(at=NINE), NINE + HOUR)
    follow_everything("cases.tally")

    ours, theirs = (of_department(house, one) for one in (house.department, house.other_department))
    assert kept_today(None, actor=ours, at=NINE + HOUR) == {house.team.pk: KeptCount(1, 0)}
    assert kept_today(None, actor=theirs, at=NINE + HOUR) == {}


# Who carries what ----------------------------------------------------------------------------------------------------


def test_open_cases_are_counted_by_team_and_owner(house: House) -> None:
    house.open(at=NINE)
    house.open(at=NINE, owner=house.zhou)
    house.open(at=NINE, owner=house.zhao, team=house.other_team)
    close_case(case=house.open(at=NINE), outcome="solved", by=SYSTEM, at=NINE + HOUR)

    counted = carried([house.team.pk], actor=SYSTEM, at=NINE)

    assert sorted(counted, key=lambda one: one.owner_id) == [
        Carried(house.team.pk, house.chen.pk, 1, 1, 1, 0, NINE),
        Carried(house.team.pk, house.zhou.pk, 1, 1, 1, 0, NINE),
    ]


def test_a_case_that_waits_for_the_customer_is_open_but_not_running(house: House) -> None:
    case = house.open(at=NINE)
    reply(case=case, said=Said("请回复", NINE), wait=True, by=actor_of(house.chen), at=NINE + HOUR)

    team = [house.team.pk]
    assert carried(team, actor=SYSTEM, at=NINE + HOUR) == [Carried(house.team.pk, house.chen.pk, 1, 0, 0, 0, None)]
    found = people(team, [], actor=SYSTEM, at=NINE + HOUR)
    assert [(one.open_count, one.running_count) for one in found if one.staff == house.chen] == [(1, 0)]


def test_a_person_s_load_is_all_they_own_in_every_team(house: House) -> None:
    answered = house.open(at=NINE)
    answer(house, answered, NINE + HOUR)
    house.open(at=NINE + HOUR)
    house.open(at=NINE, team=house.other_team)
    lent = house.open(at=NINE)
    change_owner(case=lent, to=house.zhao, reason="x", by=SYSTEM, at=NINE)

    found = {one.staff.name: one for one in people([house.team.pk], [house.zhao.pk], actor=SYSTEM, at=NINE)}

    assert {name: one.open_count for name, one in found.items()} == {
        "陈晨": 3,
        "周敏": 0,
        "赵宁": 1,
    }
    assert {name: (one.is_member, one.is_leader) for name, one in found.items()} == {
        "陈晨": (True, False),
        "周敏": (True, True),
        "赵宁": (False, False),
    }


def test_a_shift_s_end_is_told_while_it_runs(house: House) -> None:
    Shift.objects.create(staff=house.chen, during=DateTimeTZRange(NINE, NINE + 9 * HOUR, "[)"))

    def ends_at(at: datetime) -> datetime | None:
        found = people([house.team.pk], [], actor=SYSTEM, at=at)
        return next(one.shift_ends_at for one in found if one.staff == house.chen)

    assert ends_at(NINE) == NINE + 9 * HOUR
    assert ends_at(NINE + 9 * HOUR) is None


def test_who_is_here_is_counted_by_presence(house: House) -> None:
    change_presence(staff=house.chen, presence="busy", by=SYSTEM, at=NINE)

    assert presences([house.team.pk, house.other_team.pk]) == {house.team.pk: {"busy": 1, "offline": 1}}


# What falls due ------------------------------------------------------------------------------------------------------


def test_promises_due_within_two_hours_are_counted_by_quarter_of_an_hour(house: House) -> None:
    house.open(at=NINE)  # due at 11:00
    house.open(at=NINE + 20 * MINUTE, owner=house.zhou)  # due at 11:20
    house.open(at=NINE + 30 * MINUTE)  # due at 11:30, which is two hours from 9:30 and no longer within them

    counted = due_by_slot([house.team.pk], actor=SYSTEM, at=NINE + 30 * MINUTE)

    assert sorted(counted, key=lambda one: one.slot) == [
        Due(house.team.pk, house.chen.pk, 6, 1),  # 11:00 lies in [11:00, 11:15)
        Due(house.team.pk, house.zhou.pk, 7, 1),  # 11:20 lies in [11:15, 11:30)
    ]


def test_the_due_instant_itself_is_still_at_risk_and_the_next_one_is_not(house: House) -> None:
    house.open(at=NINE)

    at_due, after = (
        due_soon([house.team.pk], actor=SYSTEM, at=NINE + 2 * HOUR + more).count()
        for more in (timedelta(), timedelta(microseconds=1))
    )

    assert (at_due, after) == (1, 0)


def test_the_promises_at_risk_stand_in_the_order_of_their_time(house: House) -> None:
    house.open(at=NINE + 10 * MINUTE, subject="later")
    house.open(at=NINE, subject="sooner")

    found = at_risk([house.team.pk], actor=SYSTEM, at=NINE + 30 * MINUTE, limit=5)

    assert [(one.case.subject, one.promise.code) for one in found] == [
        ("sooner", "first_response"),
        ("later", "first_response"),
    ]


# Who waits -----------------------------------------------------------------------------------------------------------


def test_a_customer_waits_from_the_oldest_unanswered_message_on(house: House) -> None:
    case = house.open(at=NINE)
    answer(house, case, NINE + HOUR)
    for minutes in (90, 120):
        said = Said("?", NINE + minutes * MINUTE)
        add_customer_message(case=case, said=said, channel="mail", by=SYSTEM, at=NINE + minutes * MINUTE)

    found = longest_waiting([house.team.pk], actor=SYSTEM, at=NINE + 5 * HOUR, limit=5)

    # From 10:30 to 14:00 it is three and a half hours, of which the office slept one.
    assert [(one.case.pk, one.since, one.on_the_clock, one.in_open_time) for one in found] == [
        (case.pk, NINE + 90 * MINUTE, 210 * MINUTE, 150 * MINUTE)
    ]


def waits(house: House, at: datetime) -> tuple[int, int]:
    """Return how many customers wait for an answer, and on how many cases a promise was broken and not answered."""
    counted = carried([house.team.pk], actor=SYSTEM, at=at)
    broken = sum(one.broken_count for one in counted)
    assert broken == broken_cases([house.team.pk], actor=SYSTEM, at=at).count()
    return sum(one.unanswered_count for one in counted), broken


def test_broken_ends_with_the_answer_even_a_late_one(house: House) -> None:
    case = house.open(at=NINE)
    at = NINE + 2 * HOUR + MINUTE

    assert waits(house, at - MINUTE) == (1, 0)
    assert waits(house, at) == (1, 1)  # the time has passed and the clock has not noticed
    break_due_promises(at=at)
    assert waits(house, at) == (1, 1)

    answer(house, case, at + MINUTE)

    assert waits(house, at + 2 * MINUTE) == (0, 0)


def test_what_was_broken_before_the_last_answer_is_history(house: House) -> None:
    case = house.open(at=NINE)
    break_due_promises(at=NINE + 3 * HOUR)
    answer(house, case, NINE + 4 * HOUR)
    said = Said("?", NINE + 5 * HOUR)
    add_customer_message(case=case, said=said, channel="mail", by=SYSTEM, at=NINE + 5 * HOUR)

    assert waits(house, NINE + 6 * HOUR) == (1, 0)


# What came and went --------------------------------------------------------------------------------------------------


def test_arrivals_and_closings_are_told_by_the_hour_up_to_now(house: House) -> None:
    house.open(at=NINE - 9 * HOUR - MINUTE)  # 23:59 on Sunday
    first = house.open(at=NINE)
    second = house.open(at=NINE + 59 * MINUTE)
    close_case(case=first, outcome="solved", by=SYSTEM, at=NINE + HOUR)
    close_case(case=second, outcome="solved", by=SYSTEM, at=NINE + HOUR)
    reopen_case(case=second, reason="x", by=SYSTEM, at=NINE + 2 * HOUR)

    hours = by_hour([house.team.pk], actor=SYSTEM, at=NINE + 2 * HOUR)

    assert [one.hour for one in hours] == list(range(12))
    assert hours[9:] == [Hour(9, opened=2), Hour(10, closed=1), Hour(11)]
    assert sum(one.opened for one in hours) == opened_today([house.team.pk], actor=SYSTEM, at=NINE).count() == 2
    assert closed_today([house.team.pk], actor=SYSTEM, at=NINE).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_worked_example_of_the_page(house: House) -> None:
    first, _second = house.open(at=NINE), house.open(at=NINE, customer=house.li)
    team = [house.team.pk]

    def stands(at: datetime) -> tuple[int, tuple[int, int], tuple[int, int]]:
        break_due_promises(at=at)
        follow_everything("cases.tally")
        kept = kept_today(team, actor=SYSTEM, at=at).get(house.team.pk, KeptCount())
        return due_soon(team, actor=SYSTEM, at=at).count(), waits(house, at), (kept.kept, kept.count)

    assert stands(NINE + 30 * MINUTE) == (2, (2, 0), (0, 0))
    answer(house, first, NINE + HOUR)
    assert stands(NINE + HOUR) == (1, (1, 0), (1, 1))
    assert stands(NINE + 2 * HOUR) == (1, (1, 0), (1, 1))
    assert stands(NINE + 2 * HOUR + MINUTE) == (0, (1, 1), (1, 2))
    assert stands(NINE + 24 * HOUR) == (0, (1, 1), (0, 0))
    longest = longest_waiting(team, actor=SYSTEM, at=NINE + 24 * HOUR, limit=1)
    assert [(one.on_the_clock, one.in_open_time) for one in longest] == [(24 * HOUR, 8 * HOUR)]


# Access --------------------------------------------------------------------------------------------------------------


def test_an_agent_of_another_department_counts_nothing_of_ours(house: House) -> None:
    house.open(at=NINE)
    stranger, team, at = of_department(house, house.other_department), [house.team.pk], NINE + HOUR

    assert carried(team, actor=stranger, at=at) == []
    assert due_by_slot(team, actor=stranger, at=at) == []
    assert at_risk(team, actor=stranger, at=at, limit=5) == []
    assert longest_waiting(team, actor=stranger, at=at, limit=5) == []
    assert unanswered_cases(team, actor=stranger).count() == 0
    assert sum(one.opened for one in by_hour(team, actor=stranger, at=at)) == 0
    assert [one.open_count for one in people(team, [], actor=stranger, at=at)] == [0, 0]
