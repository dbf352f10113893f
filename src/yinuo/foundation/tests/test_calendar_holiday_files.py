"""Holidays from iCalendar files: what a person sees before anything changes, and the calendar afterwards."""

import contextlib
import time
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yinuo.foundation.calendars import BusinessCalendar, DayException, DayHours, DayKind, china_public_calendar
from yinuo.foundation.calendars.holiday_files import PassedOverBecause, read_holiday_file
from yinuo.foundation.calendars.holiday_import import preview_holiday_import
from yinuo.foundation.refusals import Refusal
from yinuo.foundation.tests.data import data_folder

EMPTY = replace(china_public_calendar(), holidays=(), make_up_days=(), published_years=None)


def entry(summary: str, start: str, end: str | None = None, *more: str) -> str:
    lines = ["BEGIN:VEVENT", f"SUMMARY:{summary}", f"DTSTART;VALUE=DATE:{start}"]
    lines += [f"DTEND;VALUE=DATE:{end}"] if end else []
    return "\r\n".join([*lines, *more, "END:VEVENT"])


def file(*entries: str, charset: str = "utf-8") -> bytes:
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//", *entries, "END:VCALENDAR", ""])
    return text.encode(charset)


def days(*entries: str, years=None) -> dict[str, bool]:
    found = read_holiday_file(file(*entries), zone="Asia/Shanghai", years=years)
    return {day.on.isoformat(): day.is_work for day in found.days}


def reasons(*entries: str, years=None) -> list[PassedOverBecause]:
    day_off = entry("元旦", "20260101")
    found = read_holiday_file(file(day_off, *entries), zone="Asia/Shanghai", years=years)
    return [passed.reason for passed in found.passed_over]


def test_a_holiday_of_several_days_lists_each_day_without_the_end():
    assert days(entry("春节假期", "20260215", "20260218")) == {
        "2026-02-15": False,
        "2026-02-16": False,
        "2026-02-17": False,
    }


def test_an_entry_without_an_end_is_one_day_and_a_duration_counts():
    assert list(days(entry("元旦", "20260101"))) == ["2026-01-01"]
    assert list(days(entry("元旦", "20260101", None, "DURATION:P2D"))) == ["2026-01-01", "2026-01-02"]


@pytest.mark.parametrize(
    ("summary", "is_work"),
    [
        ("上班(补春节假期)", True),
        ("春节（班）", True),
        ("春节 补班", True),
        ("国庆节调休上班", True),
        ("劳动节补班日", True),
        ("Special Working Day", True),
        ("Make-up work day", True),
        ("春节（休）", False),
        ("国庆节 调休", False),
        ("春节假期，不上班", False),
        ("停班停课", False),
        ("Non-working day", False),
        ("Labour Day", False),
    ],
)
def test_the_name_tells_a_make_up_day_from_a_day_off(summary, is_work):
    assert days(entry(summary, "20260215")) == {"2026-02-15": is_work}


def test_the_marks_of_the_publisher_outrank_names_and_leave_observances_out():
    found = read_holiday_file(
        file(
            entry("春节（休）", "20260217", None, "X-APPLE-SPECIAL-DAY:WORK-HOLIDAY"),
            entry("春节", "20260214", None, "X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY"),
            entry("情人节", "20260214"),
        ),
        zone="Asia/Shanghai",
    )

    assert [(day.on.isoformat(), day.is_work) for day in found.days] == [("2026-02-14", True), ("2026-02-17", False)]
    assert [(passed.name, passed.reason) for passed in found.passed_over] == [
        ("情人节", PassedOverBecause.NOT_A_DAY_OFF)
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (entry("Daylight Saving Time begins", "20260308"), PassedOverBecause.CLOCK_CHANGE),
        (entry("Beginn der Sommerzeit", "20260329"), PassedOverBecause.CLOCK_CHANGE),
        (entry("夏令时开始", "20260329"), PassedOverBecause.CLOCK_CHANGE),
        (entry("国庆节", "20261001", None, "STATUS:CANCELLED"), PassedOverBecause.CANCELLED),
        (entry("国庆节", "20261008", "20261001"), PassedOverBecause.BAD_DATES),
        (entry("国庆节", "2026-10-01"), PassedOverBecause.BAD_DATES),
        (
            "BEGIN:VEVENT\r\nSUMMARY:元旦\r\nDTSTART:20260101T000000\r\nDTEND:20260101T000000\r\nEND:VEVENT",
            PassedOverBecause.BAD_DATES,
        ),
        ("BEGIN:VEVENT\r\nSUMMARY:国庆节\r\nEND:VEVENT", PassedOverBecause.BAD_DATES),
        (entry("国庆节", "20260101", "20280101"), PassedOverBecause.TOO_LONG),
        (entry("圣诞节", "20201225", None, "RRULE:FREQ=YEARLY"), PassedOverBecause.REPEATS),
        (entry("例会", "20260105", None, "RRULE:FREQ=WEEKLY"), PassedOverBecause.UNUSUAL_REPETITION),
        (entry("节", "20260105", None, "RDATE;VALUE=DATE:20260107"), PassedOverBecause.UNUSUAL_REPETITION),
        (
            "BEGIN:VEVENT\r\nSUMMARY:半天\r\nDTSTART:20260216T120000\r\nDTEND:20260216T180000\r\nEND:VEVENT",
            PassedOverBecause.PART_OF_A_DAY,
        ),
    ],
)
def test_an_entry_that_changes_no_working_day_is_passed_over_with_its_reason(text, reason):
    assert reasons(text) == [reason]


def test_each_reason_is_told_in_a_sentence():
    found = read_holiday_file(
        file(entry("元旦", "20260101"), entry("Summer time begins", "20260329")), zone="Asia/Shanghai"
    )

    assert [passed.sentence() for passed in found.passed_over] == ["It only notes that the clocks change."]


def test_whole_days_given_as_times_are_days_of_the_calendars_zone():
    timed = "BEGIN:VEVENT\r\nSUMMARY:元旦\r\nDTSTART:20251231T160000Z\r\nDTEND:20260102T160000Z\r\nEND:VEVENT"

    assert list(days(timed)) == ["2026-01-01", "2026-01-02"]


def test_yearly_repetition_is_followed_for_the_chosen_years():
    christmas = entry("Christmas", "20201225", "20201227", "RRULE:FREQ=YEARLY", "EXDATE;VALUE=DATE:20271225")
    thanksgiving = entry("Thanksgiving", "20201126", None, "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH")
    ended = entry("Old day", "20200601", None, "RRULE:FREQ=YEARLY;UNTIL=20260531T235959Z")

    found = days(christmas, thanksgiving, ended, years=[2026, 2027])

    assert list(found) == ["2026-11-26", "2026-12-25", "2026-12-26", "2027-11-25"]


def test_a_repeated_holiday_over_new_year_reaches_into_the_chosen_year():
    assert list(days(entry("New Year", "20201231", "20210103", "RRULE:FREQ=YEARLY"), years=[2026])) == [
        "2026-01-01",
        "2026-01-02",
        "2026-12-31",
    ]


def test_a_date_listed_both_ways_is_a_make_up_day_in_whatever_order():
    holiday, make_up_day = entry("春节假期", "20260213", "20260216"), entry("春节（班）", "20260214")

    assert days(holiday, make_up_day) == days(make_up_day, holiday)
    assert days(holiday, make_up_day)["2026-02-14"] is True


def test_an_end_on_the_day_of_the_start_is_one_day():
    assert list(days(entry("元旦", "20260101", "20260101"))) == ["2026-01-01"]


def test_only_the_chosen_years_are_read():
    assert list(days(entry("元旦", "20251231", "20260103"), years=[2026])) == ["2026-01-01", "2026-01-02"]


def test_files_of_chinese_desktop_programs_are_read_in_their_charset():
    found = read_holiday_file(file(entry("春节补班", "20260214"), charset="gbk"), zone="Asia/Shanghai")

    assert [(day.name, day.is_work) for day in found.days] == [("春节补班", True)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "foundation.holiday_file_unreadable"),
        (b"date,name\n2026-10-01,National Day\n", "foundation.holiday_file_unreadable"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "foundation.holiday_file_unreadable"),
        (b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", "foundation.holiday_file_unreadable"),
        (file(entry("元旦", "20260101"))[:-20], "foundation.holiday_file_unreadable"),
        (file(), "foundation.holiday_file_empty"),
        (file(entry("Sommerzeit", "20260329")), "foundation.holiday_file_empty"),
        (b"x" * (5 * 1024 * 1024 + 1), "foundation.holiday_file_too_large"),
    ],
)
def test_a_file_that_is_no_list_of_holidays_is_refused(content, code):
    with pytest.raises(Refusal) as refusal:
        preview_holiday_import(content, EMPTY)

    assert refusal.value.code == code
    assert refusal.value.sentence().endswith(".")


def test_a_rule_that_never_comes_true_is_answered_soon():
    begun = time.perf_counter()
    with pytest.raises(Refusal):
        days(entry("never", "20200101", None, "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), years=[2026])

    assert time.perf_counter() - begun < 5


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_but_never_a_fault(data):
    whole = file(
        entry("春节假期", "20260215", "20260218"),
        entry("Christmas", "20201225", None, "RRULE:FREQ=YEARLY;BYMONTH=12;BYDAY=1FR", "EXDATE;VALUE=DATE:20271225"),
        "BEGIN:VEVENT\r\nSUMMARY:元旦\r\nDTSTART;TZID=Asia/Shanghai:20251231T160000\r\nDURATION:P1D\r\nEND:VEVENT",
    )
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 12)))
    damaged = (
        whole[:start] + data.draw(st.binary(max_size=6) | st.sampled_from([b";", b":", b"\r\n", b"="])) + whole[end:]
    )

    with contextlib.suppress(Refusal):
        assert read_holiday_file(damaged, zone="Asia/Shanghai", years=[2026, 2027]).days


def test_the_published_feed_gives_the_same_days_as_the_shipped_data():
    content = (data_folder("cn_holidays") / "dev" / "holiday-cn" / "holiday-cn.ics").read_bytes()
    shipped = china_public_calendar()

    into_shipped = preview_holiday_import(content, shipped)
    into_empty = preview_holiday_import(content, EMPTY, years=[2025, 2026])

    assert (into_shipped.added, into_shipped.changed, into_shipped.missing) == ((), (), ())
    assert into_shipped.unchanged_count == 180
    after = into_empty.calendar_after(complete_years=[2025, 2026])
    expected = [(day.on, day.kind, day.hours) for day in shipped.listed_days() if day.on.year in {2025, 2026}]
    assert [(day.on, day.kind, day.hours) for day in after.listed_days()] == expected
    assert after.published_years == (2025, 2026)


def test_the_preview_names_every_change_and_changes_nothing_itself():
    calendar = BusinessCalendar.from_json(
        EMPTY.to_json()
        | {
            "holidays": [{"on": "2026-05-01"}, {"on": "2026-05-02"}, {"on": "2026-05-09"}, {"on": "2025-05-01"}],
            "make_up_days": [{"on": "2026-05-16", "hours": ["10:00-12:00"]}],
            "exceptions": [{"on": "2026-05-03", "hours": ["10:00-12:00"]}],
        }
    )
    content = file(
        entry("劳动节", "20260501"),
        entry("劳动节", "20260503"),
        entry("劳动节（班）", "20260509"),
        entry("补班", "20260516"),
    )

    preview = preview_holiday_import(content, calendar)

    assert [day.on for day in preview.added] == [date(2026, 5, 3)]
    assert [(day.on, day.is_work) for day in preview.changed] == [(date(2026, 5, 9), True)]
    assert [day.on for day in preview.missing] == [date(2026, 5, 2)]  # 2025 is not in the file: left alone
    assert [day.on for day in preview.outranked] == [date(2026, 5, 3)]
    assert preview.unchanged_count == 2
    careful, complete = preview.calendar_after(), preview.calendar_after(complete_years=[2026])
    assert [day.on.isoformat() for day in careful.holidays] == ["2025-05-01", "2026-05-01", "2026-05-02", "2026-05-03"]
    assert [day.on.isoformat() for day in complete.holidays] == ["2025-05-01", "2026-05-01", "2026-05-03"]
    assert complete.day(date(2026, 5, 9)).kind is DayKind.MAKE_UP_DAY
    assert complete.day(date(2026, 5, 16)).hours == DayHours.parse(["10:00-12:00"])  # own hours stay
    assert complete.exceptions == (DayException(date(2026, 5, 3), DayHours.parse(["10:00-12:00"])),)
    assert careful.published_years is None
