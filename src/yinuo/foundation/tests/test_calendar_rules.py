"""Building and storing calendars: what is accepted, what is refused, and what the person is told."""

import contextlib
import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yinuo.foundation.calendars import (
    BusinessCalendar,
    CalendarVersion,
    DayException,
    DayHours,
    DayKind,
    Holiday,
    MakeUpDay,
    Span,
    always_open,
    changed_days,
    china_public_calendar,
    version_in_force,
)
from yinuo.foundation.refusals import Refusal

OFFICE_JSON = {
    "format": 1,
    "zone": "Asia/Shanghai",
    "weeks": [
        {
            "from_on": None,
            "hours": {
                "mon": {"open": ["09:00-18:00"], "breaks": ["12:00-13:00"]},
                "tue": {"open": ["09:00-12:00", "13:00-18:00"], "breaks": []},
                "wed": {"open": [], "breaks": []},
                "thu": {"open": ["22:00-06:00"], "breaks": ["02:00-02:30"]},
                "fri": {"open": ["18:00-24:00"], "breaks": []},
                "sat": {"open": ["00:00-24:00"], "breaks": []},
                "sun": {"open": [], "breaks": []},
            },
        },
    ],
    "holidays": [{"on": "2026-10-01", "name": "国庆节"}],
    "make_up_days": [
        {"on": "2026-10-10", "name": "国庆节", "hours": None, "like": None},
        {"on": "2026-10-11", "name": "", "hours": {"open": ["10:00-12:00"], "breaks": []}, "like": None},
        {"on": "2026-10-14", "name": "", "hours": None, "like": "tue"},
    ],
    "exceptions": [{"on": "2026-12-31", "name": "stocktaking", "hours": {"open": [], "breaks": []}}],
    "published_years": [2025, 2026],
}


def stored(**changes):
    return json.loads(json.dumps(OFFICE_JSON)) | changes


def with_hours(day):
    return stored(weeks=[{"from_on": None, "hours": {"mon": day}}], make_up_days=[])


def test_the_stored_form_is_read_and_written_unchanged():
    assert BusinessCalendar.from_json(OFFICE_JSON).to_json() == OFFICE_JSON


def test_lists_are_written_in_order_of_date_whatever_order_they_came_in():
    holidays = [{"on": "2026-10-02", "name": "b"}, {"on": "2026-10-01", "name": "a"}]

    written = BusinessCalendar.from_json(stored(holidays=holidays)).to_json()

    assert written["holidays"] == [{"on": "2026-10-01", "name": "a"}, {"on": "2026-10-02", "name": "b"}]


def test_short_forms_are_understood():
    calendar = BusinessCalendar.from_json({"zone": "UTC", "weeks": [{"hours": {"mon-fri": ["9:00-23:59"]}}]})

    hours = calendar.to_json()["weeks"][0]["hours"]
    assert hours["fri"] == {"open": ["09:00-24:00"], "breaks": []}
    assert hours["sat"] == {"open": [], "breaks": []}


def test_always_open_is_stored_like_any_other():
    assert BusinessCalendar.from_json(always_open().to_json()) == always_open()


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("09:00-18:00", 540, 1080),
        ("22:00-06:00", 1320, 1800),
        ("18:00-24:00", 1080, 1440),
        ("18:00-23:59", 1080, 1440),
        ("18:00-00:00", 1080, 1440),
        ("00:00-24:00", 0, 1440),
        ("9:00 – 17:30", 540, 1050),
        ("09:00至12:00", 540, 720),
    ],
)
def test_a_span_counts_minutes_from_the_midnight_it_begins_after(text, start, end):
    assert Span.parse(text) == Span(start, end)


@pytest.mark.parametrize(("start", "end"), [(1, 1441), (600, 600), (-1, 10), (1440, 1500), (0, 1441)])
def test_minutes_that_no_clock_could_show_are_refused(start, end):
    with pytest.raises(Refusal) as refusal:
        Span(start, end)

    assert refusal.value.code == "foundation.bad_opening_hours"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "09:00",
        "24:00-06:00",
        "09:00-24:01",
        "09:60-10:00",
        "25:00-26:00",
        "09:00-09:00",
        "0900-1800",
        "９:00-10:00",
    ],
)
def test_what_is_no_span_of_hours_is_refused_with_an_example_to_follow(text):
    with pytest.raises(Refusal) as refusal:
        Span.parse(text)

    assert refusal.value.code == "foundation.bad_opening_hours"
    assert refusal.value.sentence() == (
        f"“{text}” is not a span of opening hours. Write start and end as 24-hour times, such as 09:00-18:00, "
        "22:00-06:00 for a night, or 00:00-24:00 for a whole day."
    )


def test_hours_without_breaks_are_what_remains_in_order():
    day = DayHours.parse(["13:00-24:00", "08:00-12:00"], ["09:00-09:15", "23:30-24:00", "08:00-08:30"])

    assert day.pieces == ((510, 540), (555, 720), (780, 1410))


def test_spans_and_breaks_may_touch():
    day = DayHours.parse(["09:00-12:00", "12:00-18:00", "22:00-06:00"], ["10:00-10:15", "10:15-10:30", "02:00-02:30"])

    assert day.pieces == ((540, 600), (630, 720), (720, 1080), (1320, 1560), (1590, 1800))
    assert [str(pause) for pause in day.breaks] == ["10:00-10:15", "10:15-10:30", "02:00-02:30"]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (stored(zone="Asia/Shangai"), "foundation.unknown_zone"),
        (stored(zone="../etc/passwd"), "foundation.unknown_zone"),
        (stored(zone="localtime"), "foundation.unknown_zone"),
        (stored(zone=""), "foundation.unknown_zone"),
        (stored(zone=8), "foundation.calendar_unreadable"),
        (stored(weeks=[{"hours": {}}], make_up_days=[], exceptions=[]), "foundation.calendar_never_open"),
        (with_hours({"open": ["09:00-10:00"], "breaks": ["09:00-10:00"]}), "foundation.calendar_never_open"),
        (stored(weeks=[], make_up_days=[]), "foundation.calendar_unreadable"),
        (with_hours(["09:00-12:00", "11:00-18:00"]), "foundation.overlapping_hours"),
        (with_hours(["12:00-09:00", "13:00-18:00"]), "foundation.overlapping_hours"),  # start and end exchanged
        (
            with_hours({"open": ["09:00-18:00"], "breaks": ["12:00-13:00", "12:30-14:00"]}),
            "foundation.overlapping_hours",
        ),
        (with_hours({"open": ["09:00-18:00"], "breaks": ["17:30-18:30"]}), "foundation.break_outside_hours"),
        (
            with_hours({"open": ["22:00-06:00"], "breaks": ["23:30-00:30", "00:00-00:45"]}),
            "foundation.overlapping_hours",
        ),
        (with_hours({"open": [], "breaks": ["12:00-13:00"]}), "foundation.break_outside_hours"),
        (with_hours(["18:00-18:00"]), "foundation.bad_opening_hours"),
        (with_hours("09:00-18:00"), "foundation.calendar_unreadable"),
        (with_hours([540]), "foundation.calendar_unreadable"),
        (stored(weeks=[{"hours": {"mon": ["22:00-06:00"], "tue": ["05:00-09:00"]}}]), "foundation.overlapping_hours"),
        (stored(weeks=[{"hours": {"sun": ["22:00-06:00"], "mon": ["05:00-09:00"]}}]), "foundation.overlapping_hours"),
        (stored(weeks=[{"hours": {"monday": []}}]), "foundation.calendar_unreadable"),
        (stored(weeks=[{"hours": {"fri-mon": []}}]), "foundation.calendar_unreadable"),
        (stored(weeks=[{"hours": {"mon-fri": ["09:00-18:00"], "fri": []}}]), "foundation.calendar_unreadable"),
        (stored(holidays=[{"on": "2026-02-30"}]), "foundation.bad_date"),
        (stored(holidays=[{"on": "20261001"}]), "foundation.bad_date"),
        (stored(holidays=[{"on": "0001-01-01"}]), "foundation.bad_date"),
        (stored(holidays=[{"on": "2026-10-01"}, {"on": "2026-10-01"}]), "foundation.day_listed_twice"),
        (stored(weeks=[{"hours": {"mon": ["09:00-18:00"]}}] * 2, make_up_days=[]), "foundation.day_listed_twice"),
        (stored(make_up_days=[{"on": "2026-10-10", "like": "sun"}]), "foundation.make_up_day_without_hours"),
        (stored(make_up_days=[{"on": "2026-10-10", "hours": []}]), "foundation.make_up_day_without_hours"),
        (stored(make_up_days=[{"on": "2026-10-10", "like": "someday"}]), "foundation.calendar_unreadable"),
        (stored(holidys=[]), "foundation.calendar_unreadable"),
        (stored(format=2), "foundation.calendar_unreadable"),
        (stored(published_years=[True]), "foundation.calendar_unreadable"),
        ([], "foundation.calendar_unreadable"),
        (None, "foundation.calendar_unreadable"),
    ],
)
def test_a_calendar_that_cannot_work_is_refused(document, code):
    with pytest.raises(Refusal) as refusal:
        BusinessCalendar.from_json(document)

    assert refusal.value.code == code
    assert refusal.value.status == 422
    assert refusal.value.sentence().endswith((".", "。"))


def test_the_refusal_names_the_place_in_a_long_document():
    with pytest.raises(Refusal) as refusal:
        BusinessCalendar.from_json(stored(exceptions=[{"on": "2026-12-31", "hours": []}, {"on": 5, "hours": []}]))

    assert refusal.value.where == "exceptions[1].on"


plain_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["mon", "09:00-18:00", "2026-01-01"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["on", "name", "hours", "open", "breaks", "like", "from_on", "mon", "x"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.sampled_from(sorted(OFFICE_JSON)), plain_json)
def test_whatever_stands_in_the_document_it_is_a_calendar_or_a_refusal(key, value):
    with contextlib.suppress(Refusal):
        calendar = BusinessCalendar.from_json(stored(**{key: value}))
        assert BusinessCalendar.from_json(calendar.to_json()) == calendar


def test_the_first_rule_that_applies_decides_a_day():
    on = date(2026, 10, 10)
    base = BusinessCalendar.from_json(stored(make_up_days=[], holidays=[], exceptions=[]))
    own, short = DayHours.parse(["10:00-16:00"]), DayHours.parse(["10:00-11:00"])

    def with_days(**days):
        return BusinessCalendar(zone=base.zone, weeks=base.weeks, **days).day(on)

    holiday, make_up, exception = Holiday(on, "H"), MakeUpDay(on, "M", own), DayException(on, short, "E")
    assert base.day(on).kind is DayKind.WEEKLY
    assert with_days(holidays=(holiday,)).kind is DayKind.HOLIDAY
    assert with_days(holidays=(holiday,), make_up_days=(make_up,)).hours == own
    day = with_days(holidays=(holiday,), make_up_days=(make_up,), exceptions=(exception,))
    assert (day.kind, day.hours, day.name) == (DayKind.EXCEPTION, short, "E")


def test_the_version_in_force_is_the_one_that_began_last():
    def begins(number, month):
        return CalendarVersion(number, datetime(2026, month, 1, tzinfo=UTC), always_open())

    versions = [begins(3, 7), begins(1, 1), begins(2, 4), begins(4, 7), begins(5, 2)]

    assert version_in_force(versions, datetime(2026, 6, 30, 23, 59, tzinfo=UTC)).number == 2
    assert version_in_force(versions, datetime(2026, 7, 1, tzinfo=UTC)).number == 4
    with pytest.raises(Refusal) as refusal:
        version_in_force(versions, datetime(2025, 12, 31, tzinfo=UTC))
    assert refusal.value.code == "foundation.no_calendar_version"
    assert refusal.value.sentence() == (
        "This calendar has no version in force at 2025-12-31 00:00 (UTC). Add a version that begins earlier, or choose "
        "another calendar."
    )


def test_the_days_changed_between_two_versions_are_listed_with_before_and_after():
    before = china_public_calendar()
    after = BusinessCalendar(
        zone=before.zone,
        weeks=before.weeks,
        holidays=before.holidays,
        make_up_days=before.make_up_days,
        exceptions=(DayException(date(2026, 10, 10), DayHours.parse([]), "power cut"),),
    )

    [(old, new)] = changed_days(before, after)

    assert (old.on, old.kind, new.kind) == (date(2026, 10, 10), DayKind.MAKE_UP_DAY, DayKind.EXCEPTION)
    assert changed_days(before, before) == ()
