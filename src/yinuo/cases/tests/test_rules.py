"""Which promises an opening gives and what an answer keeps; no database."""

from datetime import UTC, datetime, timedelta

import pytest

from yinuo.cases import rules
from yinuo.cases.rules import LivePromise

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def promise(kind: str, minutes: int) -> LivePromise:
    return LivePromise(1, kind, AT + timedelta(minutes=minutes))


def test_an_answer_keeps_the_promises_to_answer_but_not_the_resolution():
    live = [promise("first_response", 10), promise("resolution", 100)]

    assert rules.kept_by_answer(live, at=AT) == [live[0]]


def test_an_answer_at_the_due_instant_is_in_time_and_a_microsecond_later_is_not():
    due = promise("first_response", 0)

    assert rules.kept_by_answer([due], at=AT) == [due]
    assert rules.overdue([due], at=AT) == []
    assert rules.overdue([due], at=AT + timedelta(microseconds=1)) == [due]


@pytest.mark.parametrize(
    ("live", "unanswered", "answered", "kind"),
    [
        (["first_response", "resolution"], AT, None, None),  # the first answer is still owed: no second clock beside it
        (["resolution"], None, AT, "next_answer"),  # everything was answered: a new clock starts
        (["resolution", "next_answer"], AT, AT, None),  # the clock of the older message runs on
        (["next_update"], AT, AT, None),  # the older message's promise was broken; its next update is the promise now
        (["resolution", "next_update"], AT, None, "next_answer"),  # the first response was broken and they write again
    ],
)
def test_the_next_answer_counts_from_the_oldest_unanswered_message(live, unanswered, answered, kind):
    assert rules.promise_for_customer_message(live, unanswered_since=unanswered, answered_at=answered) == kind


@pytest.mark.parametrize(
    ("reopening", "until"),
    [("within", AT + timedelta(days=14)), ("always", None), ("never", AT)],
)
def test_how_long_a_solved_case_waits_for_a_word_is_the_rule_of_its_team(reopening, until):
    closing = rules.Closing(reopening, timedelta(days=14), "keep")

    assert rules.settles_at(closing, solved_at=AT) == until


def test_a_message_belongs_to_the_solved_case_to_the_last_instant_and_never_to_a_closed_one():
    until = AT + timedelta(days=14)
    late = until + timedelta(microseconds=1)

    assert rules.may_start_again(state="solved", settles_at=until, at=until)
    assert not rules.may_start_again(state="solved", settles_at=until, at=late)
    assert rules.may_start_again(state="solved", settles_at=None, at=late)
    assert not rules.may_start_again(state="closed", settles_at=None, at=AT)


def test_a_preview_is_one_line_of_at_most_200_signs():
    assert rules.preview_of("  水 \n\n 漏了 " + "a" * 300) == "水 漏了 " + "a" * 195
