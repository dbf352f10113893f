from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinuo.entitlements.rules import WarrantyState, months_after, normal_number, warranty_on


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 11, 2), 0, date(2026, 11, 2)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 11, 2), 36, date(2029, 11, 2)),
    ],
)
def test_months_end_on_the_same_day_or_the_months_last(day, months, later):
    assert months_after(day, months) == later


@pytest.mark.parametrize(
    ("day", "state", "days_left"),
    [
        (date(2026, 9, 1), WarrantyState.COVERED, 31),
        (date(2026, 9, 2), WarrantyState.ENDING, 30),
        (date(2026, 10, 1), WarrantyState.ENDING, 1),
        (date(2026, 10, 2), WarrantyState.OVER, 0),
        (date(2027, 10, 2), WarrantyState.OVER, 0),
    ],
)
def test_a_warranty_covers_its_last_day_and_is_ending_for_thirty(day, state, days_left):
    warranty = warranty_on(day, until=date(2026, 10, 1))

    assert (warranty.state, warranty.days_left) == (state, days_left)


def test_a_number_is_found_however_it_is_typed():
    assert normal_number(" hn 2026 0001a ") == "HN20260001A"


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 240), st.integers(0, 12))
def test_a_longer_warranty_never_ends_earlier_and_stays_in_its_month(day, months, more):
    later = months_after(day, months)

    assert months_after(day, months + more) >= later
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day
