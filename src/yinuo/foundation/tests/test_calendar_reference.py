"""Random calendars: the fast arithmetic agrees with a minute-by-minute walk, and keeps its properties over years."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yinuo.foundation.calendars import (
    BusinessCalendar,
    CalendarExhausted,
    always_open,
    due_at,
    is_open,
    next_opening,
    open_spans_between,
    open_time_between,
)
from yinuo.foundation.tests.calendar_reference import minute_calendar, reference_due_at, reference_open_time

ZONES = [
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "America/Havana",  # changes at midnight
    "Australia/Lord_Howe",  # by half an hour
    "Africa/Casablanca",  # around Ramadan
    "Asia/Kathmandu",
    "Pacific/Apia",
    "UTC",
]
# Around changes of the clock in the zones above, around Chinese holidays, and over New Year.
MIDDLES = [
    date(2026, 3, 8),
    date(2026, 3, 29),
    date(2026, 4, 5),
    date(2026, 10, 25),
    date(2026, 2, 15),
    date(2026, 1, 1),
]
WALKED = timedelta(days=12)


def clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@st.composite
def day_hours(draw):
    """Spans from 06:00 on with breaks in some, and sometimes a night until 06:00 at the latest."""
    cuts = sorted(draw(st.sets(st.integers(360, 1380), max_size=4)))
    spans = [f"{clock(start)}-{clock(end)}" for start, end in zip(cuts[::2], cuts[1::2], strict=False)]
    breaks = [
        f"{clock(start + 1)}-{clock(end - 1)}"
        for start, end in zip(cuts[::2], cuts[1::2], strict=False)
        if end - start > 60 and draw(st.booleans())
    ]
    if draw(st.integers(0, 3)) == 0:
        end = draw(st.integers(1, 360))
        spans.append(f"{clock(draw(st.integers(1381, 1438)))}-{clock(end)}")
        if end > 60 and draw(st.booleans()):
            breaks.append(f"{clock(end // 2)}-{clock(end - 5)}")
    return {"open": spans, "breaks": breaks}


@st.composite
def stored_calendars(draw):
    middle = draw(st.sampled_from(MIDDLES))
    near = st.integers(-8, 8).map(lambda days: (middle + timedelta(days=days)).isoformat())
    names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    weeks = [{"from_on": None, "hours": {name: draw(day_hours()) for name in names}}]
    weeks[0]["hours"]["wed"] = {"open": ["08:30-17:00"], "breaks": ["12:00-12:45"]}
    if draw(st.integers(0, 3)) == 0:
        weeks.append({"from_on": draw(near), "hours": {name: draw(day_hours()) for name in names}})
        weeks[1]["hours"]["tue"] = {"open": ["00:00-24:00"], "breaks": []}
        weeks[1]["hours"]["mon"] = {"open": [], "breaks": []}
    dates = st.lists(near, unique=True, max_size=5)
    own = {"open": ["10:00-11:30"], "breaks": []}
    return middle, {
        "format": 1,
        "zone": draw(st.sampled_from(ZONES)),
        "weeks": weeks,
        "holidays": [{"on": on, "name": ""} for on in sorted(draw(dates))],
        "make_up_days": [
            {"on": on, "name": "", "hours": draw(st.sampled_from([None, own])), "like": None}
            for on in sorted(draw(dates))
        ],
        "exceptions": [{"on": on, "name": "", "hours": draw(day_hours())} for on in sorted(draw(dates))],
        "published_years": None,
    }


@st.composite
def situations(draw):
    middle, stored = draw(stored_calendars())
    minute = draw(st.integers(-6 * 1440, 6 * 1440))
    microsecond = draw(st.sampled_from([0, 0, 1, 59_999_999, 12_345_678]))
    start = datetime(middle.year, middle.month, middle.day, tzinfo=UTC)
    return stored, start + timedelta(minutes=minute, microseconds=microsecond)


SLOW = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@SLOW
@given(situations(), st.integers(1, 3 * 86_400 * 10**6))
def test_deadlines_agree_with_the_minute_by_minute_walk(situation, microseconds):
    stored, start = situation
    within = timedelta(microseconds=microseconds)
    calendar = BusinessCalendar.from_json(stored)
    expected = reference_due_at(minute_calendar(stored), start, within, WALKED)

    due = due_at(start=start, within=within, calendar=calendar)

    assert due == expected if expected else due > start + WALKED - timedelta(minutes=1)


@SLOW
@given(situations(), st.integers(0, 6 * 86_400 * 10**6))
def test_elapsed_open_time_agrees_with_the_minute_by_minute_walk(situation, microseconds):
    stored, start = situation
    end = start + timedelta(microseconds=microseconds)
    reference = minute_calendar(stored)
    calendar = BusinessCalendar.from_json(stored)

    assert open_time_between(start, end, calendar) == reference_open_time(reference, start, end)
    assert is_open(start, calendar) is reference(start)
    assert is_open(end, calendar) is reference(end)
    spans = open_spans_between(start, end, calendar)
    assert sum((closes - opens for opens, closes in spans), timedelta()) == open_time_between(start, end, calendar)


@SLOW
@given(situations(), st.integers(1, 4 * 365 * 86_400 * 10**6), st.integers(0, 365 * 86_400 * 10**6))
def test_a_deadline_spends_exactly_what_was_promised_and_more_never_comes_earlier(situation, microseconds, more):
    stored, start = situation
    calendar = BusinessCalendar.from_json(stored)
    within, longer = timedelta(microseconds=microseconds), timedelta(microseconds=microseconds + more)

    due, later = (due_at(start=start, within=time, calendar=calendar) for time in (within, longer))

    assert start < due <= later
    assert open_time_between(start, due, calendar) == within
    assert open_time_between(due, later, calendar) == longer - within
    # The first such instant: one microsecond earlier something is still left, so the last one before it was open.
    assert is_open(due - timedelta(microseconds=1), calendar)


@SLOW
@given(situations(), st.lists(st.integers(0, 5 * 365 * 86_400), min_size=3, max_size=3))
def test_open_time_adds_up_and_waiting_in_parts_is_waiting_at_once(situation, seconds):
    stored, start = situation
    calendar = BusinessCalendar.from_json(stored)
    first, middle, last = sorted(start + timedelta(seconds=second) for second in seconds)
    left = open_time_between(first, middle, calendar)
    right = open_time_between(middle, last, calendar)

    assert left + right == open_time_between(first, last, calendar)
    assert timedelta() <= left <= middle - first
    reached = due_at(start=first, within=left, calendar=calendar)
    assert due_at(start=reached, within=right, calendar=calendar) == due_at(
        start=first, within=left + right, calendar=calendar
    )


@SLOW
@given(situations())
def test_the_next_opening_is_the_first_open_instant(situation):
    stored, start = situation
    calendar = BusinessCalendar.from_json(stored)

    opens = next_opening(start, calendar)

    assert opens >= start
    assert is_open(opens, calendar)
    assert open_time_between(start, opens, calendar) == timedelta()
    assert (opens == start) is is_open(start, calendar)


@SLOW
@given(situations())
def test_the_stored_form_comes_back_unchanged(situation):
    stored, _start = situation
    calendar = BusinessCalendar.from_json(stored)

    assert BusinessCalendar.from_json(calendar.to_json()) == calendar
    assert hash(BusinessCalendar.from_json(calendar.to_json())) == hash(calendar)


@settings(deadline=None)
@given(st.integers(-(10**16), 10**16), st.timedeltas(timedelta(), timedelta(days=3650)))
def test_always_open_is_plain_addition(microseconds, within):
    start = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)  # 1653 to 2286

    assert due_at(start=start, within=within, calendar=always_open()) == start + within


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 800), st.integers(1, 100))
def test_the_guard_refuses_exactly_the_closures_of_more_than_366_days(closed_days, minutes):
    first = date(2025, 6, 1)
    stored = {
        "zone": "UTC",
        "weeks": [{"hours": {}}],
        "exceptions": [
            {"on": on.isoformat(), "hours": ["00:00-24:00"]} for on in (first, first + timedelta(days=closed_days + 1))
        ],
    }
    calendar = BusinessCalendar.from_json(stored)
    start, within = datetime(2025, 6, 1, tzinfo=UTC), timedelta(days=1, minutes=minutes)

    if closed_days <= 366:
        assert due_at(start=start, within=within, calendar=calendar) == start + within + timedelta(days=closed_days)
    else:
        with pytest.raises(CalendarExhausted):
            due_at(start=start, within=within, calendar=calendar)
