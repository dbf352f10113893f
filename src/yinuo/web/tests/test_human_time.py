"""How instants are said, with Shanghai's wall clock at Sunday 22 November 2026, 14:30."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from yinuo.web.components.human_time import clock, exact_time, human_time, machine_time, span, time_left

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("at", "chinese", "english"),
    [
        ("2026-11-22 14:29:30", "刚刚", "just now"),
        ("2026-11-22 14:30:20", "刚刚", "just now"),
        ("2026-11-22 14:02:00", "28 分钟前", "28 min ago"),
        ("2026-11-22 14:58:59", "28 分钟后", "in 28 min"),
        ("2026-11-22 13:30:00", "今天 13:30", "Today 13:30"),
        ("2026-11-22 00:00:00", "今天 00:00", "Today 00:00"),
        ("2026-11-21 23:59:59", "昨天 23:59", "Yesterday 23:59"),
        ("2026-11-21 14:06:00", "昨天 14:06", "Yesterday 14:06"),
        ("2026-11-23 09:00:00", "明天 09:00", "Tomorrow 09:00"),
        ("2026-11-20 14:06:00", "11月20日 14:06", "November 20 14:06"),
        ("2025-12-31 08:00:00", "2025年12月31日 08:00", "Dec. 31, 2025 08:00"),
    ],
)
def test_instant_is_said_as_people_say_it(at: str, chinese: str, english: str) -> None:
    with translation.override("zh-hans"):
        assert human_time(local(at), now=NOW, zone=SHANGHAI) == chinese
    with translation.override("en"):
        assert human_time(local(at), now=NOW, zone=SHANGHAI) == english


def test_yesterday_is_counted_on_the_persons_own_wall_clock() -> None:
    at = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)  # Sunday 01:00 in Shanghai, Saturday 17:00 in London

    with translation.override("en"):
        assert human_time(at, now=NOW, zone=SHANGHAI) == "Today 01:00"
        assert human_time(at, now=NOW, zone=ZoneInfo("Europe/London")) == "Yesterday 17:00"


@pytest.mark.parametrize(
    ("minutes", "chinese", "english"),
    [
        (28, "还剩 28 分", "28 min left"),
        (0, "还剩 0 分", "0 min left"),
        (60, "还剩 1 小时", "1 h left"),
        (125, "还剩 2 小时 5 分", "2 h 5 min left"),
        (60 * 76, "还剩 3 天 4 小时", "3 d 4 h left"),
        (60 * 72 + 59, "还剩 3 天", "3 d left"),
        (-12, "已超 12 分", "12 min over"),
    ],
)
def test_time_left_is_said_in_its_two_largest_units(minutes: int, chinese: str, english: str) -> None:
    due_at = NOW + timedelta(minutes=minutes)

    with translation.override("zh-hans"):
        assert time_left(due_at, now=NOW) == chinese
    with translation.override("en"):
        assert time_left(due_at, now=NOW) == english


@pytest.mark.parametrize(
    ("length", "shown"),
    [
        (timedelta(minutes=28, seconds=22), "28:22"),
        (timedelta(seconds=5), "0:05"),
        (timedelta(hours=1, minutes=48, seconds=20), "1:48:20"),
        (timedelta(hours=23, minutes=59, seconds=59), "23:59:59"),
        (timedelta(days=3, hours=4), "3 d"),
    ],
)
def test_clock_fits_into_a_ring(length: timedelta, shown: str) -> None:
    with translation.override("en"):
        assert clock(length) == shown


def test_exact_time_names_its_distance_from_utc() -> None:
    assert exact_time(NOW, zone=SHANGHAI) == "2026-11-22 14:30:00 (UTC+08:00)"
    assert machine_time(local("2026-11-22 14:30:00")) == "2026-11-22T06:30:00Z"


@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=4000)))
def test_said_span_is_never_longer_than_the_span_and_loses_less_than_its_last_unit(length: timedelta) -> None:
    units = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}

    with translation.override("en"):
        words = span(length).split()

    said = sum((int(count) * units[unit] for count, unit in zip(words[::2], words[1::2], strict=True)), timedelta())
    assert said <= length
    assert length - said < timedelta(hours=1)
