"""What somebody may give by themselves: the numbers of docs/rules/authority.md."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinuo.remedies.rules import (
    Approver,
    BudgetStand,
    Figures,
    Holder,
    Limit,
    OverBudget,
    Request,
    Verdict,
    Why,
    decide_grant,
    limit_for,
    room,
)


def figures(case: int | str, day: int | str, month: int | str) -> Figures:
    return Figures(Decimal(case), Decimal(day), Decimal(month))


def line(number: int = 1, most: Figures | None = None, **more) -> Limit:
    values = {"role": "agent", "level": 1, "post_id": None, "tier": "", "kind": "refund", "currency": "CNY"} | more
    return Limit(version_id=number, figures=most or figures(200, 600, 3000), **values)


def refund(amount: str, tier: str = "standard") -> Request:
    return Request("refund", Decimal(amount), "CNY", tier)


AGENT = line()
LEADER = Approver(20, line(2, figures(1000, 5000, 20000), role="team_leader"), figures(0, 0, 0))
CHIEF = Approver(30, line(3, figures(10000, 20000, 50000), role="administrator"), figures(0, 0, 0), True)
UNUSED = figures(0, 0, 0)


@pytest.mark.parametrize(
    ("amount", "used", "verdict", "why", "rung"),
    [
        ("200", UNUSED, "granted", Why.WITHIN, ""),  # exactly the limit is within it
        ("200.01", UNUSED, "needs_approval", Why.ABOVE_CASE, "team_leader"),
        ("150", figures(80, 80, 80), "needs_approval", Why.ABOVE_CASE, "team_leader"),  # 80 + 150 = 230 on the case
        ("120", figures(80, 80, 80), "granted", Why.WITHIN, ""),  # 80 + 120 = 200
        ("150", figures(0, 500, 500), "needs_approval", Why.ABOVE_DAY, "team_leader"),  # 500 + 150 = 650 today
        ("100", figures(0, 0, 2950), "needs_approval", Why.ABOVE_MONTH, "team_leader"),  # 2,950 + 100 = 3,050
        ("1000", UNUSED, "needs_approval", Why.ABOVE_CASE, "team_leader"),
        ("1200", UNUSED, "needs_approval", Why.ABOVE_CASE, "administrator"),
        ("10001", UNUSED, "refused", Why.NOBODY, ""),
    ],
)
def test_a_refund_goes_through_or_to_the_lowest_rung_that_carries_it(amount, used, verdict, why, rung) -> None:
    decided = decide_grant(refund(amount), AGENT, used, approvers=[CHIEF, LEADER])

    assert (decided.verdict, decided.why, decided.rung) == (Verdict(verdict), why, rung)


def test_somebody_without_a_line_of_their_own_asks() -> None:
    decided = decide_grant(refund("10"), None, UNUSED, approvers=[LEADER])

    assert (decided.verdict, decided.why, decided.rung) == (Verdict.NEEDS_APPROVAL, Why.NO_LIMIT, "team_leader")


def test_a_leader_who_used_up_the_day_is_passed_over() -> None:
    tired = Approver(20, LEADER.limit, figures(0, 4900, 4900))  # 4,900 + 300 = 5,200 of 5,000

    assert decide_grant(refund("300"), AGENT, UNUSED, approvers=[tired, CHIEF]).rung == "administrator"


def test_a_high_amount_needs_two_who_carry_it_even_within_the_own_limit() -> None:
    own = line(most=figures(9000, 9000, 9000))
    second = Approver(31, CHIEF.limit, UNUSED)

    decided = decide_grant(refund("3000"), own, UNUSED, approvers=[CHIEF, second], two_from=Decimal(3000))
    alone = decide_grant(refund("3000"), own, UNUSED, approvers=[CHIEF], two_from=Decimal(3000))
    below = decide_grant(refund("2999.99"), own, UNUSED, approvers=[], two_from=Decimal(3000))

    assert (decided.verdict, decided.why, decided.approver_count) == (Verdict.NEEDS_APPROVAL, Why.TWO_NEEDED, 2)
    assert (alone.verdict, alone.why) == (Verdict.REFUSED, Why.NOBODY)
    assert below.verdict == Verdict.GRANTED


@pytest.mark.parametrize(
    ("over", "verdict", "why"),
    [
        (OverBudget.WARN, "granted", Why.WITHIN),
        (OverBudget.APPROVE, "needs_approval", Why.BUDGET_SPENT),
        (OverBudget.REFUSE, "refused", Why.BUDGET_ENDS_IT),
    ],
)
def test_a_budget_that_is_exceeded_warns_asks_or_refuses(over, verdict, why) -> None:
    stand = BudgetStand(Decimal(1000), Decimal(950), over)  # 50 left

    within = decide_grant(refund("50"), AGENT, UNUSED, approvers=[LEADER, CHIEF], budgets=[stand])
    beyond = decide_grant(refund("51"), AGENT, UNUSED, approvers=[LEADER, CHIEF], budgets=[stand])

    assert within.verdict == Verdict.GRANTED
    assert (beyond.verdict, beyond.why) == (Verdict(verdict), why)


def test_only_somebody_who_may_exceed_a_budget_decides_beyond_it() -> None:
    stand = BudgetStand(Decimal(1000), Decimal(1000), OverBudget.APPROVE)

    decided = decide_grant(refund("50"), AGENT, UNUSED, approvers=[LEADER, CHIEF], budgets=[stand])

    assert (decided.rung, decided.over_budget) == ("administrator", True)


def test_a_free_visit_is_counted_and_costs_no_budget() -> None:
    visit = Request("free_visit", Decimal(1), "", "standard")
    own = line(kind="free_visit", currency="", most=figures(1, 2, 10))
    stand = BudgetStand(Decimal(1), Decimal(1), OverBudget.REFUSE)

    assert decide_grant(visit, own, UNUSED, approvers=[], budgets=[stand]).verdict == Verdict.GRANTED
    assert decide_grant(visit, own, figures(0, 2, 2), approvers=[]).why == Why.NOBODY


def test_the_line_for_the_post_the_tier_and_the_highest_level_counts() -> None:
    senior, gold, post = line(2, level=3), line(3, tier="gold"), line(4, post_id=7)
    holder = Holder(frozenset({"agent"}), 3, None)

    assert limit_for(holder, refund("1"), [AGENT, senior]) == senior
    assert limit_for(holder, refund("1", "gold"), [AGENT, senior, gold]) == gold
    assert limit_for(Holder(frozenset({"agent"}), 1, 7), refund("1", "gold"), [gold, post]) == post
    assert limit_for(Holder(frozenset({"agent"}), 1, None), refund("1"), [senior, gold, post]) is None


def test_whoever_has_two_roles_has_the_authority_of_the_higher_one() -> None:
    leader = line(2, role="team_leader")

    assert limit_for(Holder(frozenset({"agent", "team_leader"}), 1, None), refund("1"), [AGENT, leader]) == leader


def test_what_is_left_is_the_least_of_case_day_and_month() -> None:
    assert room(AGENT, figures(0, 450, 450)) == Decimal(150)
    assert room(AGENT, figures(50, 100, 2900)) == Decimal(100)
    assert room(AGENT, figures(0, 700, 700)) == Decimal(0)
    assert room(None, UNUSED) == Decimal(0)


amounts = st.decimals(min_value="0.01", max_value=20000, places=2)
uses = st.builds(figures, *[st.integers(0, 4000)] * 3)


@given(amounts, amounts, uses)
def test_who_may_not_give_less_may_not_give_more(one, other, used) -> None:
    less, more = sorted([one, other])
    order = [Verdict.GRANTED, Verdict.NEEDS_APPROVAL, Verdict.REFUSED]

    decided = [decide_grant(refund(str(x)), AGENT, used, approvers=[LEADER, CHIEF]).verdict for x in (less, more)]

    assert order.index(decided[0]) <= order.index(decided[1])


@given(amounts, uses)
def test_what_is_granted_at_once_is_what_is_left(amount, used) -> None:
    decided = decide_grant(refund(str(amount)), AGENT, used, approvers=[LEADER])

    assert (decided.verdict == Verdict.GRANTED) == (amount <= room(AGENT, used))
