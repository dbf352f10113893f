"""How long an answer waits, with the numbers of docs/rules/undo-send.md. Due instants are still in time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinuo.desk.rules import send_at

PRESSED = datetime(2026, 11, 2, 2, 0, 0, tzinfo=UTC)


def seconds(number: float) -> datetime:
    return PRESSED + timedelta(seconds=number)


@pytest.mark.parametrize(
    ("due", "leaves"),
    [
        ([], 10),  # nothing is owed: ten seconds
        ([3600], 10),  # an hour left
        ([11], 10),  # one second remains after the ten
        ([8], 7),  # the window ends a second before the promise
        ([1800, 5], 4),  # the first of several decides
        ([1], 0),  # no room: at once
        ([0.4], 0),
    ],
)
def test_an_answer_waits_ten_seconds_but_never_into_a_promise_it_keeps(due, leaves) -> None:
    assert send_at(pressed_at=PRESSED, due_at=map(seconds, due)) == seconds(leaves)


@given(st.lists(st.floats(0, 100)))
def test_an_answer_never_leaves_before_it_is_sent_nor_later_than_ten_seconds(due) -> None:
    assert PRESSED <= send_at(pressed_at=PRESSED, due_at=map(seconds, due)) <= seconds(10)
