"""Clocks as pure functions over what happened, worked out by hand. docs/rules/promises.md uses the same examples.

The calendar is China's of 2026: 09:00–18:00 with lunch 12:00–13:00 in Shanghai; 1 to 7 October are holidays, Sunday
20 September and Saturday 10 October are worked instead.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yinuo.cases.rules.clocks import (
    CaseBeganAgain,
    CaseEnded,
    Clock,
    Pause,
    PromiseGiven,
    PromiseOver,
    TaskBegan,
    TaskOver,
    WaitingBegan,
    WaitingEnded,
    clocks,
    elapsed,
    moved,
    turns,
)
from yinuo.foundation.calendars import BusinessCalendar, always_open, china_public_calendar, open_time_between

OFFICE = china_public_calendar()
NIGHT = BusinessCalendar.from_json(
    {"zone": "Asia/Shanghai", "weeks": [{"hours": {"mon-fri": {"open": ["22:00-06:00"]}}}]}
)
BERLIN = BusinessCalendar.from_json(
    {"zone": "Europe/Berlin", "weeks": [{"hours": {"mon-sun": {"open": ["01:00-05:00"]}}}]}
)
HOUR = timedelta(hours=1)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def promise(
    start: datetime, hours: float, *, number: int = 1, calendar: BusinessCalendar = OFFICE, **more
) -> PromiseGiven:
    return PromiseGiven(
        **{
            "at": start,
            "by": "staff:1",
            "promise_id": number,
            "kind": "resolution",
            "starts_at": start,
            "within": timedelta(hours=hours),
            "due_at": start,
            "calendar": calendar,
            "warning_share": 0.75,
            "pausing_kinds": frozenset({"resolution"}),
        }
        | more
    )


def only(*happenings) -> Clock:
    (clock,) = clocks(happenings)
    return clock


@pytest.mark.parametrize(
    ("calendar", "given_at", "hours", "since", "until", "due"),
    [
        # A pause over lunch counts nothing: 11:30 to 13:15 is half an hour and a quarter, so 17:00 becomes 17:45.
        (OFFICE, "03-02 09:00", 7, "03-02 11:30", "03-02 13:15", "03-02 17:45"),
        # A pause at night moves nothing.
        (OFFICE, "03-02 14:00", 8, "03-02 20:00", "03-03 08:00", "03-03 14:00"),
        # Friday 17:00 to Monday 10:00 is two open hours: due on Monday at 11:00, then 14:00 without lunch.
        (OFFICE, "03-06 16:00", 4, "03-06 17:00", "03-09 10:00", "03-09 14:00"),
        # Over National Day: Wednesday 30 September 17:00 to Saturday 10 October 10:00, when the make-up day and the two
        # days before it are worked: 1 h, 8 h, 8 h, 1 h. With one hour left the promise is due at 11:00 that Saturday.
        (OFFICE, "09-30 16:00", 2, "09-30 17:00", "10-10 10:00", "10-10 11:00"),
        # The night shift of Monday, 22:00 to 06:00: two hours before midnight wait, three from 23:00 are due at 04:00.
        (NIGHT, "03-02 22:00", 4, "03-02 23:00", "03-03 01:00", "03-03 04:00"),
        # Nothing was left: it falls due when the pause ends, not before.
        (OFFICE, "03-06 16:00", 2, "03-06 18:00", "03-07 11:00", "03-07 11:00"),
    ],
)
def test_a_pause_moves_the_time_by_the_open_time_in_it(calendar, given_at, hours, since, until, due):
    clock = only(
        promise(shanghai(given_at), hours, calendar=calendar),
        WaitingBegan(shanghai(since)),
        WaitingEnded(shanghai(until)),
    )

    assert clock.due_at == shanghai(due)


def test_a_pause_over_the_change_to_summer_time_counts_the_hours_that_were():
    # Sunday 29 March 2026, 02:00 becomes 03:00 in Berlin: open from 01:00 to 05:00 is three hours that day.
    at = datetime(2026, 3, 28, 1, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    pause = Pause(
        datetime(2026, 3, 28, 4, 0, tzinfo=ZoneInfo("Europe/Berlin")),
        datetime(2026, 3, 30, 0, 0, tzinfo=ZoneInfo("Europe/Berlin")),
    )

    clock = only(promise(at, 4, calendar=BERLIN), WaitingBegan(pause.since), WaitingEnded(pause.until))

    # one hour of Saturday and three of Sunday were paused: the last hour ends on Monday at 02:00
    assert clock.due_at == datetime(2026, 3, 30, 2, 0, tzinfo=ZoneInfo("Europe/Berlin"))


def test_a_promise_of_a_kind_that_does_not_pause_goes_on():
    clock = only(promise(shanghai("03-02 09:00"), 8, kind="next_update"), WaitingBegan(shanghai("03-02 10:00")))

    assert (clock.due_at, clock.paused_since) == (shanghai("03-02 18:00"), None)


def test_a_time_given_while_the_case_waits_runs():
    given_at = shanghai("03-02 10:00")
    clock = only(WaitingBegan(shanghai("03-02 09:00")), promise(given_at, 2), WaitingEnded(shanghai("03-02 11:00")))

    assert (clock.due_at, clock.pauses) == (shanghai("03-02 12:00"), ())


def test_the_warning_moves_with_the_time():
    clock = only(
        promise(shanghai("03-02 09:00"), 8),
        WaitingBegan(shanghai("03-02 10:00")),
        WaitingEnded(shanghai("03-02 11:00")),
    )

    # six of eight open hours are 16:00; one hour later by the pause
    assert clock.warn_at == shanghai("03-02 17:00")


def test_a_warning_that_was_given_before_the_pause_stays():
    clock = only(
        promise(shanghai("03-02 09:00"), 8),
        WaitingBegan(shanghai("03-02 17:00")),
        WaitingEnded(shanghai("03-03 10:00")),
    )

    assert (clock.warn_at, clock.due_at) == (shanghai("03-02 16:00"), shanghai("03-03 11:00"))


def test_both_clocks_leave_the_pause_out():
    clock = only(
        promise(shanghai("03-06 16:00"), 8),
        WaitingBegan(shanghai("03-06 17:00")),
        WaitingEnded(shanghai("03-09 10:00")),
        PromiseOver(shanghai("03-09 11:00"), "staff:1", 1, "kept"),
    )

    # an hour on Friday, an hour on Monday; the weekend lies in the pause
    assert (clock.elapsed.open_time, clock.elapsed.clock_time) == (2 * HOUR, 2 * HOUR)


def test_a_promise_that_ends_while_paused_closes_its_pause_and_keeps_its_time():
    clock = only(
        promise(shanghai("03-02 09:00"), 8, kind="visit", pausing_kinds=frozenset({"visit"})),
        WaitingBegan(shanghai("03-02 10:00")),
        PromiseOver(shanghai("03-02 15:00"), "staff:1", 1, "withdrawn"),
        WaitingEnded(shanghai("03-02 16:00")),
    )

    assert clock.pauses == (Pause(shanghai("03-02 10:00"), shanghai("03-02 15:00")),)
    assert (clock.due_at, clock.elapsed.open_time) == (shanghai("03-02 18:00"), HOUR)


def test_a_promise_counted_anew_keeps_its_start_and_its_pauses():
    start = shanghai("03-02 09:00")
    former, new = clocks(
        [
            promise(start, 24),
            WaitingBegan(shanghai("03-02 10:00")),
            WaitingEnded(shanghai("03-02 11:00")),
            promise(start, 6, number=2, at=shanghai("03-02 14:00"), follows=1),
            PromiseOver(shanghai("03-02 14:00"), "staff:1", 1, "replaced"),
        ]
    )

    # six hours from 09:00 are 16:00, one paused hour later 17:00
    assert (former.due_at, new.due_at) == (shanghai("03-05 10:00"), shanghai("03-02 17:00"))


def test_a_promise_counted_anew_while_the_case_waits_stays_paused():
    start = shanghai("03-02 09:00")
    former, new = clocks(
        [
            promise(start, 24),
            WaitingBegan(shanghai("03-02 10:00")),
            promise(start, 6, number=2, at=shanghai("03-02 14:00"), follows=1),
            PromiseOver(shanghai("03-02 14:00"), "staff:1", 1, "replaced"),
            WaitingEnded(shanghai("03-02 15:00")),
        ]
    )

    assert former.pauses == (Pause(shanghai("03-02 10:00"), shanghai("03-02 14:00")),)
    # five hours were left at 10:00; from 15:00 three of them on Monday, two on Tuesday
    assert new.due_at == shanghai("03-03 11:00")


def test_the_time_between_closing_and_reopening_is_a_pause():
    start = shanghai("03-02 09:00")
    first, second = clocks(
        [
            promise(start, 16),
            PromiseOver(shanghai("03-02 18:00"), "staff:1", 1, "kept"),
            CaseEnded(shanghai("03-02 18:00")),
            CaseBeganAgain(shanghai("03-06 09:00")),
            promise(start, 16, number=2, at=shanghai("03-06 09:00"), follows=1),
        ]
    )

    # eight of sixteen hours were used on Monday; the other eight are Friday
    assert (first.end, second.due_at) == ("kept", shanghai("03-06 18:00"))


def test_whose_turn_it_was_is_told_span_by_span():
    happened = [
        promise(shanghai("03-02 09:00"), 24),
        WaitingBegan(shanghai("03-02 10:00")),
        WaitingEnded(shanghai("03-02 12:00")),
        TaskBegan(shanghai("03-02 13:00"), 7),
        TaskOver(shanghai("03-02 15:00"), 7),
        CaseEnded(shanghai("03-02 16:00")),
    ]

    spans = turns(happened, start=shanghai("03-02 09:00"), end=shanghai("03-02 17:00"), calendar=OFFICE)

    assert [(one.whose, one.until - one.since, one.open_time) for one in spans] == [
        ("ours", HOUR, HOUR),
        ("customer", 2 * HOUR, 2 * HOUR),
        ("ours", HOUR, 0 * HOUR),  # lunch
        ("other_team", 2 * HOUR, 2 * HOUR),
        ("ours", HOUR, HOUR),
        ("closed", HOUR, HOUR),
    ]


minutes = st.integers(min_value=0, max_value=30 * 24 * 60).map(lambda n: shanghai("03-02 00:00") + timedelta(minutes=n))


@settings(max_examples=60, deadline=None)
@given(
    start=minutes,
    hours=st.integers(1, 80),
    spans=st.lists(minutes, max_size=6),
    calendar=st.sampled_from([OFFICE, NIGHT, always_open()]),
)
def test_a_promise_never_gets_more_open_time_than_the_standard_gives(start, hours, spans, calendar):
    marks = sorted({one for one in spans if one > start})
    happened = [promise(start, hours, calendar=calendar)]
    for number, at in enumerate(marks):
        running = clocks(happened)[0]
        if number % 2 == 0 and running.due_at < at:
            break
        happened.append(WaitingEnded(at) if number % 2 else WaitingBegan(at))
    clock = clocks(happened)[0]
    if clock.paused_since:
        return

    ran = elapsed(start=start, end=clock.due_at, pauses=clock.pauses, calendar=calendar)
    assert ran.open_time == timedelta(hours=hours)
    assert clock.due_at >= start


@given(at=minutes, since=minutes, until=minutes)
def test_a_pause_never_brings_a_time_forward(at, since, until):
    span = Pause(min(since, until), max(since, until))

    assert moved(at, [span], OFFICE) >= at
    assert open_time_between(span.since, span.until, OFFICE) >= timedelta()
