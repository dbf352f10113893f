"""The course of invented cases: words, times, promises, ends."""

import json
import re
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random

import pytest

from yinuo.demo.company.hours import after_open_time
from yinuo.demo.company.organisation import STAFF_BY_LOGIN
from yinuo.demo.company.plans import conversation_plan, until
from yinuo.demo.company.scenario_book import scenarios
from yinuo.demo.company.standards import standard_for
from yinuo.demo.company.wording import choose, spoken_deadline, spoken_window
from yinuo.demo.company.world import build_world, choose_scenario, history
from yinuo.demo.tests.conftest import START, TODAY

END = datetime(2026, 11, 22, 12, tzinfo=UTC)
TEXTLESS = {"reopen"}


def first_response_is_late(plan, tier):
    first = next((turn for turn in plan.turns if turn.kind == "reply"), None)
    standard = standard_for(case_class=plan.case_class, tier=tier)
    due = after_open_time(plan.opened_at, standard.first_response, standard.calendar)
    return first is not None and first.at > due


def broken_promises(plan):
    """How often the next public word came after the instant the last one promised."""
    broken, promised = 0, None
    for turn in plan.turns:
        if turn.kind in {"reply", "close"}:
            broken += promised is not None and turn.at > promised and turn.kind == "reply"
            promised = turn.promised_until
    return broken


def test_the_same_seed_writes_the_same_history(world):
    def written():
        plans = history(world, start=START, end=TODAY, total=80)
        text = json.dumps([asdict(plan) for plan in plans], default=str, ensure_ascii=False)
        return sha256(text.encode()).hexdigest()

    assert written() == written()


def test_hardly_two_openings_are_the_same(plans):
    openings = [plan.turns[0].text for plan in plans]

    assert len(set(openings)) / len(openings) > 0.95


def test_no_text_is_empty_and_no_slot_is_left_open(plans):
    turns = [turn for plan in plans for turn in plan.turns if turn.kind not in TEXTLESS and turn.outcome != "spam"]

    assert [turn for turn in turns if not turn.text.strip()] == []
    assert [turn.text for turn in turns if re.search(r"[{}<>]|@.*@|，，|。。|！，", turn.text)] == []
    assert [plan.subject for plan in plans if not plan.subject or re.search(r"[{}<>|]", plan.subject)] == []


def test_turns_follow_each_other_in_time(plans):
    for plan in plans:
        instants = [turn.at for turn in plan.turns]
        assert instants == sorted(set(instants)), plan
        assert instants[0] == plan.opened_at
        assert plan.turns[0].kind == "message"
        assert plan.turns[0].subject == plan.subject


def test_a_closed_case_is_silent_until_it_is_reopened(plans):
    for plan in plans:
        closed = False
        for before, turn in zip((None, *plan.turns), plan.turns, strict=False):
            if turn.kind == "reopen":
                assert closed, plan
                assert before.kind == "message", plan
                closed = False
            elif turn.kind == "close":
                assert not closed, plan
                closed = True
            else:
                assert not closed or turn.kind == "message", plan


def test_one_case_in_twenty_breaks_a_promise_and_the_others_none(plans, world):
    tiers = {number: customer.tier for number, customer in world.customer_by_number.items()}
    late = [
        plan for plan in plans if first_response_is_late(plan, tiers[plan.customer_number]) or broken_promises(plan)
    ]

    assert 0.035 < len(late) / len(plans) < 0.07
    assert [plan for plan in late if not plan.slow] == []


def test_what_an_answer_promises_lies_after_it(plans):
    promises = [turn for plan in plans for turn in plan.turns if turn.promised_until]

    assert promises
    assert [turn for turn in promises if turn.promised_until <= turn.at] == []


def test_most_old_cases_are_closed_and_some_young_ones_open(plans):
    seen = [until(plan, END) for plan in plans if plan.opened_at <= END]
    old = [plan for plan in seen if plan.opened_at < END - timedelta(days=21)]
    young = [plan for plan in seen if plan.opened_at > END - timedelta(days=1)]

    assert 0.95 < sum(plan.turns[-1].kind == "close" for plan in old) / len(old) < 0.9999
    assert sum(plan.turns[-1].kind != "close" for plan in young) / len(young) > 0.5


def test_channels_and_languages_keep_their_shares(plans):
    channels = Counter(plan.channel for plan in plans)
    languages = Counter(plan.language for plan in plans)

    assert 0.50 < channels["mail"] / len(plans) < 0.60
    assert 0.16 < channels["form"] / len(plans) < 0.24
    assert 0.11 < channels["phone"] / len(plans) < 0.20
    assert 0.07 < channels["counter"] / len(plans) < 0.13
    assert 0.09 < languages["en"] / len(plans) < 0.145


def test_every_scenario_comes_up_about_as_often_as_it_weighs():
    random, day = Random(5), START
    drawn = Counter(choose_scenario(random, day, "zh").code for _ in range(30_000))
    flat = [scenario for scenario in scenarios() if scenario.season == "flat"]
    heaviest, lightest = max(flat, key=lambda each: each.weight), min(flat, key=lambda each: each.weight)

    assert set(drawn) == {scenario.code for scenario in scenarios()}
    assert drawn[heaviest.code] / drawn[lightest.code] == pytest.approx(heaviest.weight / lightest.weight, rel=0.35)


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.code)
def test_every_scenario_can_be_told_in_each_of_its_languages(scenario, world):
    for language in scenario.languages:
        random = Random(11)
        for number in range(12):
            order = next(
                order
                for order in world.orders[number:]
                if world.customer_by_number[order.customer_number].language == language
            )
            customer = world.customer_by_number[order.customer_number]
            plan = conversation_plan(random, scenario, customer, order, datetime(2026, 11, 18, 2, number, tzinfo=UTC))
            text = " ".join(turn.text for turn in plan.turns) + plan.subject
            assert not re.search(r"[{}<>]", text)
            assert plan.turns[-1].kind == "close"
            assert plan.turns[-1].outcome in {*scenario.outcomes, "solved"}


def test_owners_speak_the_customers_language_and_answer_under_their_own_name(plans):
    for plan in plans:
        owner = STAFF_BY_LOGIN[plan.owner]
        assert plan.language in owner.languages
        assert owner.role in {"agent", "team_leader"}
        first = next((turn for turn in plan.turns if turn.kind == "reply"), None)
        if first and plan.channel == "mail":
            assert (owner.name_zh if plan.language == "zh" else owner.name_en) in first.text


def test_an_emergency_is_answered_within_thirty_minutes_unless_it_is_the_slow_one(plans):
    emergencies = [plan for plan in plans if plan.case_class == "emergency" and plan.slow != "first_response"]

    assert len(emergencies) > 10
    for plan in emergencies:
        first = next(turn for turn in plan.turns if turn.kind == "reply")
        assert first.at - plan.opened_at <= timedelta(minutes=30)


def test_a_mobile_case_reads_as_a_note_and_its_answer_as_a_call_record(plans):
    answers = [
        plan.turns[1].text
        for plan in plans
        if plan.channel == "phone" and plan.language == "zh" and plan.turns[1].kind == "reply"
    ]

    assert answers
    assert all(answer.startswith("回电告知：") and "您" not in answer for answer in answers)


@pytest.mark.parametrize(
    ("at", "language", "said"),
    [
        ("2026-11-22 17:30", "zh", "今天 17:30 前"),
        ("2026-11-23 09:00", "zh", "明天（11月23日）9:00 前"),
        ("2026-11-25 12:00", "zh", "11月25日（周三）12:00 前"),
        ("2026-11-22 17:30", "en", "by 17:30 today"),
        ("2026-11-23 09:00", "en", "by 9:00 tomorrow (23 Nov)"),
        ("2026-11-25 12:00", "en", "by 12:00 on Wednesday, 25 Nov"),
    ],
)
def test_a_deadline_is_named_the_way_people_name_it(at, language, said):
    now = datetime.fromisoformat("2026-11-22 10:00+08:00")

    assert spoken_deadline(datetime.fromisoformat(at + "+08:00"), now, language) == said


def test_a_visit_is_named_as_a_window_of_hours():
    now = datetime.fromisoformat("2026-11-22 10:00+08:00")

    assert spoken_window(datetime.fromisoformat("2026-11-23 14:00+08:00"), 2, now, "en") == (
        "tomorrow (23 Nov) between 14:00 and 16:00"
    )


def test_an_answer_that_suits_what_was_said_goes_first():
    templates = ("@照片/视频@看到照片了。", "收到。")

    assert choose(Random(1), templates, "照片发你了") == "看到照片了。"
    assert choose(Random(1), templates, "你好") == "收到。"
    assert choose(Random(1), templates[:1], "你好") == "看到照片了。"


@pytest.mark.parametrize("seed", range(5))
def test_a_company_with_hardly_any_customers_has_a_history_too(seed):
    small = build_world(seed, TODAY, customer_count=12)

    told = list(history(small, start=START, end=TODAY, total=200))

    assert len(told) == 200
