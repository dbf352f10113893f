"""Deadlines on business calendars, worked out by hand. docs/rules/business-calendar.md uses the same examples."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from yinuo.foundation.calendars import (
    BusinessCalendar,
    CalendarExhausted,
    DayException,
    DayHours,
    always_open,
    china_public_calendar,
    due_at,
    is_open,
    next_opening,
    open_spans_between,
    open_time_between,
)

OFFICE = china_public_calendar()  # 09:00-18:00 with lunch 12:00-13:00, Shanghai
HOUR = timedelta(hours=1)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def calendar(zone: str, hours: dict, **more: list) -> BusinessCalendar:
    return BusinessCalendar.from_json({"zone": zone, "weeks": [{"hours": hours}], **more})


def due(start: datetime, hours: float, on: BusinessCalendar = OFFICE) -> datetime:
    return due_at(start=start, within=timedelta(hours=hours), calendar=on)


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-03-02 09:00", 2, "2026-03-02 11:00"),  # Monday morning
        ("2026-03-02 11:30", 1, "2026-03-02 13:30"),  # half an hour before lunch, half an hour after
        ("2026-03-02 12:20", 1, "2026-03-02 14:00"),  # written during lunch: counts from 13:00
        ("2026-03-02 11:00", 1, "2026-03-02 12:00"),  # spent exactly when lunch begins
        ("2026-03-06 17:00", 2, "2026-03-09 10:00"),  # 1 h on Friday until 18:00, 1 h on Monday from 09:00
        ("2026-03-06 17:00", 1, "2026-03-06 18:00"),  # closing time, not the next opening
        ("2026-03-06 18:00", 1, "2026-03-09 10:00"),  # written at closing time: closed
        ("2026-03-07 11:00", 2, "2026-03-09 11:00"),  # Saturday: counts from Monday 09:00
        ("2026-03-02 08:59:59.999999", 8, "2026-03-02 18:00"),  # a whole working day
    ],
)
def test_a_weekday_counts_open_hours_and_leaves_lunch_out(start, hours, expected):
    assert due(shanghai(start), hours) == shanghai(expected)


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-01-04 10:00", 2, "2026-01-04 12:00"),  # the make-up Sunday itself
        ("2026-01-03 10:00", 2, "2026-01-04 11:00"),  # New Year's Saturday: counts from Sunday 09:00
        ("2025-09-30 17:00", 4, "2025-10-09 12:00"),  # 1 h on Tuesday, 1 to 8 October closed, 3 h on Thursday
        ("2025-09-27 10:00", 2, "2025-09-28 11:00"),  # Saturday before the make-up Sunday of National Day
        ("2025-10-10 17:00", 2, "2025-10-11 10:00"),  # Friday evening goes on on the make-up Saturday
        ("2025-10-11 17:00", 2, "2025-10-13 10:00"),  # make-up Saturday, then an ordinary Sunday
        ("2026-02-13 17:00", 2, "2026-02-14 10:00"),  # make-up Saturday before the Spring Festival
        ("2026-02-14 17:00", 2, "2026-02-24 10:00"),  # 15 to 23 February closed
        ("2026-02-27 17:30", 8, "2026-02-28 17:30"),  # 0.5 h on Friday, 3 h + 4.5 h on the make-up Saturday
    ],
)
def test_holiday_weeks_are_closed_and_make_up_days_are_open(start, hours, expected):
    assert due(shanghai(start), hours) == shanghai(expected)


EXCEPTIONS = BusinessCalendar(
    zone=OFFICE.zone,
    weeks=OFFICE.weeks,
    holidays=OFFICE.holidays,
    make_up_days=OFFICE.make_up_days,
    exceptions=(
        DayException(date(2026, 6, 30), DayHours.parse(["09:00-12:00"]), "stocktaking"),
        DayException(date(2026, 10, 1), DayHours.parse(["09:00-11:00"]), "hotline on National Day"),
        DayException(date(2026, 10, 10), DayHours.parse([]), "power cut"),
    ),
)


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-06-30 11:00", 2, "2026-07-01 10:00"),  # short Tuesday: 1 h until 12:00, 1 h on Wednesday
        ("2026-09-30 17:30", 1, "2026-10-01 09:30"),  # the exception opens a holiday
        ("2026-10-09 17:30", 1, "2026-10-12 09:30"),  # the exception closes the make-up Saturday 10 October
    ],
)
def test_a_one_day_exception_outranks_weekday_holiday_and_make_up_day(start, hours, expected):
    assert due(shanghai(start), hours, EXCEPTIONS) == shanghai(expected)


NIGHTS = calendar(
    "Asia/Shanghai",
    {"mon-fri": {"open": ["22:00-06:00"], "breaks": ["02:00-02:30"]}},
    holidays=[{"on": "2026-07-08"}],
)


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-07-06 23:00", 2, "2026-07-07 01:00"),  # over midnight
        ("2026-07-06 23:00", 4, "2026-07-07 03:30"),  # 3 h until the break at 02:00, 1 h from 02:30
        ("2026-07-10 23:00", 6.5, "2026-07-11 06:00"),  # Friday's night ends on Saturday morning
        ("2026-07-10 23:00", 7.5, "2026-07-13 23:00"),  # ... and the next one begins on Monday
        ("2026-07-07 23:00", 6.5, "2026-07-08 06:00"),  # the night before a holiday runs to its end
        ("2026-07-08 05:00", 2, "2026-07-09 23:00"),  # the night that would begin on the holiday does not
    ],
)
def test_a_night_belongs_to_the_day_it_begins_on(start, hours, expected):
    assert due(shanghai(start), hours, NIGHTS) == shanghai(expected)


def test_a_make_up_day_may_have_its_own_hours_or_those_of_a_named_weekday():
    hours = {"mon-thu": ["09:00-17:00"], "fri": ["09:00-12:00"]}
    days = [
        {"on": "2026-03-07", "like": "fri"},
        {"on": "2026-03-14", "hours": ["10:00-11:00"]},
        {"on": "2026-03-21"},
    ]
    own = calendar("Asia/Shanghai", hours, make_up_days=days)

    assert due(shanghai("2026-03-06 11:00"), 4, own) == shanghai("2026-03-07 12:00")
    assert due(shanghai("2026-03-13 11:00"), 2, own) == shanghai("2026-03-14 11:00")
    assert due(shanghai("2026-03-20 11:00"), 9, own) == shanghai("2026-03-21 17:00")


@pytest.mark.parametrize("end", ["24:00", "23:59", "00:00"])
def test_the_end_of_the_day_is_midnight_however_it_is_written(end):
    evenings = calendar("Asia/Shanghai", {"mon": [f"18:00-{end}"], "tue": ["00:00-02:00"]})

    assert due(shanghai("2026-03-02 23:30"), 0.5, evenings) == shanghai("2026-03-03 00:00")
    assert due(shanghai("2026-03-02 23:00"), 2, evenings) == shanghai("2026-03-03 01:00")


def test_summer_hours_begin_on_their_date_for_promises_given_before():
    seasons = BusinessCalendar.from_json(
        {
            "zone": "Asia/Shanghai",
            "weeks": [
                {"hours": {"mon-fri": ["09:00-17:00"]}},
                {"from_on": "2026-05-01", "hours": {"mon-fri": ["08:00-16:00"]}},
            ],
        }
    )

    assert due(shanghai("2026-04-30 16:00"), 2, seasons) == shanghai("2026-05-01 09:00")


BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("hours", "start", "within", "expected"),
    [
        # 29 March 2026: 02:00 becomes 03:00 (01:00 UTC). 25 October 2026: 03:00 becomes 02:00 (01:00 UTC).
        ({"sat": ["22:00-06:00"]}, "2026-03-28 21:00", 7, "2026-03-29 04:00"),  # the short night has 7 hours
        ({"sat": ["22:00-06:00"]}, "2026-10-24 20:00", 9, "2026-10-25 05:00"),  # the long night has 9 hours
        ({"mon-sun": ["00:00-24:00"]}, "2026-03-28 11:00", 24, "2026-03-29 11:00"),  # 12:00 becomes 13:00
        ({"mon-sun": ["09:00-17:00"]}, "2026-03-28 15:00", 2, "2026-03-29 08:00"),  # 10:00 summer time
        ({"mon-sun": ["09:00-17:00"]}, "2026-10-24 14:00", 2, "2026-10-25 09:00"),  # 10:00 winter time
        ({"sun": ["01:00-02:30"]}, "2026-03-29 00:00", 1, "2026-03-29 01:00"),  # closes when the clock jumps
        ({"sun": ["02:30-05:00"]}, "2026-03-29 00:00", 1, "2026-03-29 02:00"),  # opens when the clock jumps
        ({"sun": ["02:00-03:00"]}, "2026-10-25 00:00", 1.5, "2026-10-25 01:30"),  # the hour shown twice is open twice
        ({"sun": ["01:00-02:30"]}, "2026-10-24 23:00", 2, "2026-10-25 01:30"),  # 1.5 h, closed 0.5 h, again 0.5 h
    ],
)
def test_the_clock_on_the_wall_decides_when_it_changes_in_berlin(hours, start, within, expected):
    assert due(utc(start), within, calendar(BERLIN, hours)) == utc(expected)


def test_hours_that_lie_in_the_skipped_hour_do_not_exist_that_day():
    skipped = calendar(BERLIN, {"sun": ["02:00-03:00"]})

    assert next_opening(utc("2026-03-28 12:00"), skipped) == utc("2026-04-05 00:00")


def test_the_date_that_samoa_skipped_has_no_open_time():
    samoa = calendar("Pacific/Apia", {"mon-sun": ["09:00-10:00"]})

    spans = open_spans_between(utc("2011-12-29 00:00"), utc("2011-12-31 23:00"), samoa)

    # 09:00 on 29 December at UTC-10, then 09:00 on 31 December and 1 January at UTC+14: there was no 30th.
    assert spans == [
        (utc("2011-12-29 19:00"), utc("2011-12-29 20:00")),
        (utc("2011-12-30 19:00"), utc("2011-12-30 20:00")),
        (utc("2011-12-31 19:00"), utc("2011-12-31 20:00")),
    ]


@pytest.mark.parametrize("within", [timedelta(microseconds=1), timedelta(hours=2), timedelta(days=3650, seconds=1)])
def test_on_a_calendar_that_is_always_open_the_deadline_is_start_plus_within(within):
    start = datetime(2026, 3, 28, 23, 59, 59, 999999, tzinfo=UTC)

    assert due_at(start=start, within=within, calendar=always_open()) == start + within


def test_three_working_years_are_counted_to_the_minute():
    week = calendar("Asia/Shanghai", {"mon-fri": ["09:00-17:00"]})

    # 156 weeks of 40 hours from Monday 5 January 2026 end on the last Friday before Monday 1 January 2029.
    assert due(shanghai("2026-01-05 09:00"), 156 * 40, week) == shanghai("2028-12-29 17:00")
    assert open_time_between(shanghai("2026-01-05 00:00"), shanghai("2029-01-01 00:00"), week) == 6240 * HOUR


def test_a_deadline_is_in_utc_whatever_zone_the_start_is_in():
    new_york = datetime(2026, 3, 1, 20, 0, tzinfo=timezone(timedelta(hours=-5)))  # Monday 09:00 in Shanghai

    deadline = due(new_york, 2)

    assert deadline == utc("2026-03-02 03:00")
    assert deadline.tzinfo is UTC


def test_nothing_to_spend_is_due_at_once_even_when_closed():
    assert due(shanghai("2026-03-07 11:00"), 0) == shanghai("2026-03-07 11:00")


def test_negative_open_time_a_reversed_span_and_naive_instants_are_faults():
    with pytest.raises(ValueError, match="negative"):
        due(shanghai("2026-03-02 09:00"), -1)
    with pytest.raises(ValueError, match="before its start"):
        open_time_between(shanghai("2026-03-02 10:00"), shanghai("2026-03-02 09:00"), OFFICE)
    naive = shanghai("2026-03-02 09:00").replace(tzinfo=None)
    with pytest.raises(TypeError):
        due(naive, 1)
    with pytest.raises(TypeError):
        is_open(naive, OFFICE)


ONE_DAY_IN_2026 = {"on": "2026-01-01", "hours": ["00:00-24:00"]}


def test_a_closure_of_366_days_is_waited_for_and_a_longer_one_is_refused():
    # Closed from 2 January 2026 00:00: 366 days later is 3 January 2027.
    waits = calendar("UTC", {}, exceptions=[ONE_DAY_IN_2026, {"on": "2027-01-03", "hours": ["00:00-24:00"]}])
    refuses = calendar("UTC", {}, exceptions=[ONE_DAY_IN_2026, {"on": "2027-01-04", "hours": ["00:00-24:00"]}])

    assert due(utc("2026-01-01 00:00"), 25, waits) == utc("2027-01-03 01:00")
    assert due(utc("2026-01-01 00:00"), 24, refuses) == utc("2026-01-02 00:00")
    with pytest.raises(CalendarExhausted) as refusal:
        due(utc("2026-01-01 00:00"), 25, refuses)
    assert refusal.value.code == "foundation.calendar_exhausted"
    assert refusal.value.after == utc("2026-01-02 00:00")
    with pytest.raises(CalendarExhausted):
        next_opening(utc("2026-01-02 12:00"), calendar("UTC", {}, exceptions=[ONE_DAY_IN_2026]))


def test_the_closure_counts_from_the_start_when_the_last_opening_is_longer_ago():
    # Open on 1 June 2025 and again on 1 November 2026: 517 days closed, but only 335 from 1 December 2025 on.
    rare = calendar(
        "UTC",
        {},
        exceptions=[{"on": "2025-06-01", "hours": ["00:00-24:00"]}, {"on": "2026-11-01", "hours": ["00:00-24:00"]}],
    )

    assert due(utc("2025-12-01 00:00"), 1, rare) == utc("2026-11-01 01:00")
    assert next_opening(utc("2025-12-01 00:00"), rare) == utc("2026-11-01 00:00")


def test_hours_that_a_long_night_already_covers_count_once():
    # The exception runs from Monday 08:00 to Tuesday 07:00; Tuesday's own hour 01:00-02:00 lies inside it.
    covered = calendar(
        "UTC", {"tue": ["01:00-02:00", "06:00-08:00"]}, exceptions=[{"on": "2026-03-02", "hours": ["08:00-07:00"]}]
    )

    assert open_time_between(utc("2026-03-02 00:00"), utc("2026-03-04 00:00"), covered) == 24 * HOUR
    assert due(utc("2026-03-03 00:00"), 7.5, covered) == utc("2026-03-03 07:30")


@pytest.mark.parametrize(
    ("day", "opens"),
    [("2026-02-13", "08:00"), ("2026-02-20", "09:00"), ("2026-03-27", "08:00")],  # UTC+1, Ramadan UTC+0, UTC+1
)
def test_two_changes_of_the_clock_within_weeks_are_both_seen(day, opens):
    casablanca = calendar("Africa/Casablanca", {"mon-sun": ["09:00-10:00"]})

    assert next_opening(utc(f"{day} 00:00"), casablanca) == utc(f"{day} {opens}")


def test_the_end_of_representable_time_is_a_refusal_not_a_fault():
    with pytest.raises(CalendarExhausted):
        due_at(start=utc("9997-01-01"), within=timedelta(days=1000), calendar=always_open())


@pytest.mark.parametrize(
    ("at", "is_it", "opens"),
    [
        ("2026-03-02 08:59:59", False, "2026-03-02 09:00"),
        ("2026-03-02 09:00", True, "2026-03-02 09:00"),  # the opening minute is open
        ("2026-03-02 11:59:59", True, "2026-03-02 11:59:59"),
        ("2026-03-02 12:00", False, "2026-03-02 13:00"),  # the moment of closing is closed
        ("2026-10-01 10:00", False, "2026-10-08 09:00"),  # National Day 2026: 1 to 7 October
        ("2026-12-31 18:00", False, "2027-01-01 09:00"),  # 2027 is not published: weekly hours hold, with a warning
    ],
)
def test_opening_and_closing_moments(at, is_it, opens):
    assert is_open(shanghai(at), OFFICE) is is_it
    assert next_opening(shanghai(at), OFFICE) == shanghai(opens)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-03-02 08:00", "2026-03-02 20:00", 480),
        ("2026-03-02 11:30", "2026-03-02 13:30", 60),
        ("2026-03-06 17:00", "2026-03-09 10:00", 120),
        ("2025-10-01 00:00", "2025-10-09 00:00", 0),  # the National Day week
        # 9 to 13 February are 5 days, the 14th a make-up day, 15 to 23 closed, 24 to 27 are 4, the 28th a make-up day
        ("2026-02-09 00:00", "2026-03-02 00:00", 11 * 480),
    ],
)
def test_open_time_between_two_instants(start, end, minutes):
    assert open_time_between(shanghai(start), shanghai(end), OFFICE) == timedelta(minutes=minutes)


def test_open_spans_are_cut_to_the_asked_time_and_whole_over_new_year():
    nights = calendar("UTC", {"mon-sun": ["22:00-06:00"]})

    spans = open_spans_between(utc("2026-12-31 23:00"), utc("2027-01-01 23:00"), nights)

    assert spans == [
        (utc("2026-12-31 23:00"), utc("2027-01-01 06:00")),
        (utc("2027-01-01 22:00"), utc("2027-01-01 23:00")),
    ]
