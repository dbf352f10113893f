"""Solved and closed: a case ends in two steps, starts again by the rule of its team, and is followed by a new one."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from yinuo.cases import rules
from yinuo.cases.actions import (
    add_customer_message,
    close_case,
    confirm_solved,
    reopen_case,
    save_closing_rule,
    settle_due_cases,
    take_customer_message,
)
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Case, Promise
from yinuo.cases.queries import QueueWish, queue_page
from yinuo.cases.tests.cast import SYSTEM, House, actor_of
from yinuo.cases.tests.test_actions import MONDAY_NINE, utc
from yinuo.foundation.models import FactRow
from yinuo.foundation.refusals import NotAllowed
from yinuo.organisation.models import Presence

SOLVED_AT = utc(2, 2)
UNTIL = SOLVED_AT + timedelta(days=14)


def solved(house: House, **more) -> Case:
    case = house.open(at=MONDAY_NINE)
    close_case(case=case, outcome="solved", by=actor_of(house.chen), at=SOLVED_AT, **more)
    return fresh(case)


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def rule(house: House, reopening: str = "within", days: int = 14, owner: str = "keep") -> None:
    save_closing_rule(
        team=house.team, reopening=reopening, days=days, owner=owner, by=actor_of(house.admin), at=MONDAY_NINE
    )


def written(case: Case, at, text: str = "又漏水了"):
    return take_customer_message(case=case, said=Said(text, at), channel="portal", by=SYSTEM, at=at)


def test_a_solved_case_waits_fourteen_days_for_a_word_and_then_closes_at_that_instant(house: House):
    case = solved(house)
    assert (case.state, case.closed_at, case.settles_at, case.settled_at) == ("solved", SOLVED_AT, UNTIL, None)

    assert settle_due_cases(at=UNTIL) == 0
    assert settle_due_cases(at=UNTIL + timedelta(hours=5)) == 1
    assert settle_due_cases(at=UNTIL + timedelta(hours=5)) == 0

    case = fresh(case)
    assert (case.state, case.closed_at, case.settles_at, case.settled_at) == ("closed", SOLVED_AT, None, UNTIL)
    settled = FactRow.objects.get(type="cases.case_settled")
    assert (settled.at, settled.actor, settled.payload) == (UNTIL, "system:clock", {"how": "time"})


def test_the_first_time_it_was_solved_stays_when_it_is_solved_again(house: House):
    case = solved(house)
    reopen_case(case=case, reason="又漏水了", by=actor_of(house.chen), at=utc(3, 2))
    assert (fresh(case).closed_at, fresh(case).first_solved_at) == (None, SOLVED_AT)

    close_case(case=case, outcome="repaired", by=actor_of(house.chen), at=utc(4, 2))

    case = fresh(case)
    assert (case.first_solved_at, case.closed_at) == (SOLVED_AT, utc(4, 2))
    assert case.settles_at == utc(4, 2) + timedelta(days=14)
    # The resolution was kept at the first time, which stays; what was left of it then was kept at the second.
    assert list(Promise.objects.filter(case=case, kind="resolution").values_list("end", "ended_at")) == [
        ("kept", SOLVED_AT),
        ("kept", utc(4, 2)),
    ]


def test_the_customers_yes_closes_at_once_and_saying_it_twice_is_one(house: House):
    case = solved(house)

    confirm_solved(case=case, word="谢谢", by=SYSTEM, at=utc(3, 2))
    confirm_solved(case=case, by=SYSTEM, at=utc(3, 3))

    case = fresh(case)
    assert (case.state, case.settled_at) == ("closed", utc(3, 2))
    assert (case.closures.get().confirmed_at, case.closures.get().summary) == (utc(3, 2), "谢谢")
    assert FactRow.objects.filter(type="cases.solution_confirmed").count() == 1


def test_nobody_confirms_what_is_open(house: House):
    with pytest.raises(rules.NothingToConfirm):
        confirm_solved(case=house.open(at=MONDAY_NINE), by=SYSTEM, at=SOLVED_AT)


def test_a_message_after_the_time_begins_a_new_case_that_follows_even_before_the_clock_noticed(house: House):
    case = solved(house)

    message = written(case, UNTIL + timedelta(seconds=1))

    assert fresh(case).state == "solved"
    assert (message.case.follows, message.case.owner, message.case.subject) == (case, house.chen, case.subject)
    with pytest.raises(rules.CaseIsSettled):
        add_customer_message(
            case=case, said=Said("又漏水了", UNTIL), channel="mail", by=SYSTEM, at=UNTIL + timedelta(seconds=1)
        )


def test_a_message_within_the_time_stays_in_its_case(house: House):
    case = solved(house)

    assert written(case, UNTIL).case == case
    assert fresh(case).state == "open"


def test_a_team_that_never_reopens_closes_at_once_and_one_that_always_does_waits_for_the_word(house: House):
    rule(house, "never")
    case = solved(house)
    assert (case.state, case.settled_at) == ("closed", SOLVED_AT)
    assert written(case, utc(2, 3)).case.follows == case

    rule(house, "always")
    waiting = solved(house)
    assert (waiting.state, waiting.settles_at) == ("solved", None)
    assert settle_due_cases(at=UNTIL + timedelta(days=900)) == 0
    assert written(waiting, UNTIL + timedelta(days=900)).case == waiting


def test_a_team_may_wait_for_another_number_of_days(house: House):
    rule(house, days=3)

    assert solved(house).settles_at == SOLVED_AT + timedelta(days=3)


@pytest.mark.parametrize(
    ("owner", "presence", "whose"),
    [
        ("keep", Presence.AWAY, "chen"),
        ("present", Presence.OFFLINE, "chen"),  # at home for the night is not away
        ("present", Presence.AWAY, "zhou"),
        ("leader", Presence.AVAILABLE, "zhou"),
    ],
)
def test_whose_a_reopened_case_is_says_the_rule_of_the_team(house: House, owner, presence, whose):
    rule(house, owner=owner)
    case = solved(house)
    house.chen.presence = presence
    house.chen.save(update_fields=["presence"])

    reopen_case(case=case, reason="又漏水了", by=SYSTEM, at=utc(3, 2))

    case = fresh(case)
    assert case.owner == getattr(house, whose)
    assert case.ownerships.get(until=None).owner == case.owner
    assert FactRow.objects.filter(type="cases.owner_changed", case_id=case.pk).exists() == (whose == "zhou")


def test_only_a_leader_starts_a_case_again_that_closed_for_good(house: House):
    case = solved(house, for_good=True)

    with pytest.raises(rules.CaseIsSettled) as refused:
        reopen_case(case=case, reason="又漏水了", by=actor_of(house.chen), at=utc(3, 2))
    assert case.reference in refused.value.sentence()
    reopen_case(case=case, reason="误结案", by=actor_of(house.zhou), at=utc(3, 2))

    case = fresh(case)
    assert (case.state, case.settled_at, case.reopenings.get().reason) == ("open", None, "误结案")


def test_the_rule_of_a_team_is_changed_by_administrators_only(house: House):
    with pytest.raises(NotAllowed):
        save_closing_rule(
            team=house.team, reopening="never", days=1, owner="keep", by=actor_of(house.zhou), at=MONDAY_NINE
        )


@pytest.mark.parametrize(
    "change", ["state = 'closed'", "settles_at = NULL, settled_at = now()", "state = 'closed', settled_at = now()"]
)
def test_the_database_itself_refuses_a_state_without_its_times(house: House, change):
    case = solved(house)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE cases_case SET {change} WHERE id = %s", [case.pk])


def test_the_queue_shows_what_is_solved_apart_and_both_together(house: House):
    waiting, closed = solved(house), solved(house, for_good=True)
    chen = actor_of(house.chen)

    def found(view: str) -> list[str]:
        return [row.case.reference for row in queue_page(QueueWish(view=view), actor=chen, at=utc(3, 2)).rows]

    assert found("solved") == [waiting.reference]
    assert found("closed") == [closed.reference, waiting.reference]


@pytest.mark.django_db(transaction=True)
def test_what_is_due_to_close_and_what_ended_is_found_by_an_index(house: House):
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off")
        plans = [
            cases.explain()
            for cases in (
                Case.objects.filter(state="solved", settles_at__lt=UNTIL).order_by("settles_at", "id"),
                Case.objects.ended().order_by("-closed_at", "-id")[:25],
                Case.objects.filter(state="solved").order_by("-closed_at", "-id")[:25],
                Case.objects.ended().filter(team_id=house.team.pk, closed_at__gte=SOLVED_AT).order_by("closed_at"),
            )
        ]
        cursor.execute("RESET enable_seqscan; RESET enable_bitmapscan; RESET enable_sort")

    assert "cases_to_settle" in plans[0]
    assert "cases_newest_ended" in plans[1]
    assert "cases_newest_ended" in plans[2]
    assert "cases_ended_of_team" in plans[3]
