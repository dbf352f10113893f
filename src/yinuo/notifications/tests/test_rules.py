"""When somebody is told: values in, values out. Numbers are worked out by hand, on Shanghai's clock unless said."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinuo.notifications.rules import PlannedShift, QuietWish, Ways, is_own_act, push_at

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = QuietWish(zone="Asia/Shanghai", begins=time(22), ends=time(8))
NOON = QuietWish(zone="Asia/Shanghai", begins=time(12), ends=time(13, 30))


def november(day: int, clock: str, zone: str = "Asia/Shanghai") -> datetime:
    """Return an instant of November 2026 (the 2nd is a Monday) as UTC."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def shift(day: int, begins: str, ends: str, *, end_day: int | None = None) -> PlannedShift:
    return PlannedShift(november(day, begins), november(end_day or day, ends))


@pytest.mark.parametrize(
    ("wish", "wanted", "goes"),
    [
        (NIGHT, (2, "21:59"), (2, "21:59")),  # a minute before the night
        (NIGHT, (2, "22:00"), (3, "08:00")),  # the first quiet minute: until the next morning
        (NIGHT, (3, "00:30"), (3, "08:00")),  # past midnight it is the same night
        (NIGHT, (3, "07:59"), (3, "08:00")),
        (NIGHT, (3, "08:00"), (3, "08:00")),  # the end is no longer quiet
        (NOON, (2, "11:59"), (2, "11:59")),
        (NOON, (2, "12:00"), (2, "13:30")),
        (NOON, (2, "13:30"), (2, "13:30")),
        (QuietWish(zone="Asia/Shanghai"), (2, "03:00"), (2, "03:00")),  # nobody asked for quiet
        (QuietWish(zone="Asia/Shanghai", begins=time(9), ends=time(9)), (2, "09:00"), (2, "09:00")),
    ],
)
def test_what_is_wanted_in_quiet_hours_goes_when_they_end(wish, wanted, goes):
    assert push_at(wish, at=november(*wanted), is_urgent=False) == november(*goes)


def test_quiet_hours_are_those_of_the_persons_own_zone():
    """22:30 in Urumqi's office hours is 22:30 in Shanghai too, but 15:30 in Berlin."""
    berlin = QuietWish(zone="Europe/Berlin", begins=time(22), ends=time(8))

    assert push_at(berlin, at=november(2, "22:30"), is_urgent=False) == november(2, "22:30")
    assert push_at(berlin, at=november(3, "06:00"), is_urgent=False) == november(3, "08:00", "Europe/Berlin")


def test_an_end_that_the_clock_skips_comes_as_much_later():
    """On 29 March 2026 Berlin goes from 02:00 to 03:00: 02:30 does not exist; its instant is 01:30 UTC, 03:30 there."""
    wish = QuietWish(zone="Europe/Berlin", begins=time(22), ends=time(2, 30))

    goes = push_at(wish, at=datetime(2026, 3, 28, 23, 0, tzinfo=UTC), is_urgent=False)

    assert goes == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_urgent_news_breaks_the_quiet_only_where_the_person_said_so():
    loud = QuietWish(zone="Asia/Shanghai", begins=time(22), ends=time(8), urgent_breaks=True)

    assert push_at(NIGHT, at=november(2, "23:00"), is_urgent=True) == november(3, "08:00")
    assert push_at(loud, at=november(2, "23:00"), is_urgent=True) == november(2, "23:00")
    assert push_at(loud, at=november(2, "23:00"), is_urgent=False) == november(3, "08:00")


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ((2, "10:00"), (2, "10:00")),  # within the shift of Monday
        ((2, "18:00"), (3, "09:00")),  # its end is no longer part of it: until Tuesday's
        ((2, "08:59"), (2, "09:00")),
        ((3, "19:00"), (3, "19:00")),  # nothing is planned after it: nothing would end the quiet
    ],
)
def test_outside_ones_shifts_it_is_quiet_until_the_next_one(wanted, goes):
    wish = QuietWish(zone="Asia/Shanghai", outside_shifts=True)
    shifts = [shift(2, "09:00", "18:00"), shift(3, "09:00", "18:00")]

    assert push_at(wish, at=november(*wanted), is_urgent=False, shifts=shifts) == november(*goes)


def test_a_shift_that_begins_in_quiet_hours_does_not_end_them():
    wish = QuietWish(zone="Asia/Shanghai", begins=time(22), ends=time(8), outside_shifts=True)

    goes = push_at(wish, at=november(2, "20:00"), is_urgent=False, shifts=[shift(3, "06:00", "14:00")])

    assert goes == november(3, "08:00")


def test_quiet_hours_that_run_into_the_next_shift_are_waited_out_together():
    """At 23:00 it is quiet until 08:00, and then until the shift begins at 13:00."""
    wish = QuietWish(zone="Asia/Shanghai", begins=time(22), ends=time(8), outside_shifts=True)

    goes = push_at(wish, at=november(2, "23:00"), is_urgent=False, shifts=[shift(3, "13:00", "21:00")])

    assert goes == november(3, "13:00")


@given(
    minutes=st.integers(0, 400 * 24 * 60),
    begins=st.times(),
    ends=st.times(),
    zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]),
)
def test_a_push_is_never_early_never_a_day_late_and_never_in_the_quiet(minutes, begins, ends, zone):
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    wish = QuietWish(zone=zone, begins=begins, ends=ends)

    goes = push_at(wish, at=at, is_urgent=False)

    assert at <= goes <= at + timedelta(hours=25)
    assert push_at(wish, at=goes, is_urgent=False) == goes


def test_nobody_is_told_of_their_own_acts():
    assert is_own_act("staff:12", 12)
    assert not is_own_act("staff:12", 1)
    assert not is_own_act("system:mail", 12)


def test_a_kind_with_every_way_off_is_silent():
    assert Ways(app=False, push=False, digest=False).is_silent
    assert not Ways(app=False, push=False, digest=True).is_silent
