"""Which standard fits a request, and when its promises fall due; no database."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinuo.foundation.calendars import BusinessCalendar, always_open
from yinuo.standards.rules import NoStandardFits, Offer, Request, pick_offer, promised_times

OFFICE = BusinessCalendar.from_json(
    {"zone": "Asia/Shanghai", "weeks": [{"hours": {"mon-fri": {"open": ["09:00-12:00", "13:00-18:00"]}}}]}
)
MONDAY_NINE = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def offer(code: str, calendar: BusinessCalendar = OFFICE, **conditions: str) -> Offer:
    given_conditions = {"tier": "", "channel": "", "case_class": "", "category": "", "region_code": ""} | conditions
    return Offer(code, code, code, 1, 3, 1, calendar, **given_conditions, first_response=2 * HOUR, next_answer=4 * HOUR,
                 call_back=2 * HOUR, visit=24 * HOUR, parts=48 * HOUR, task=8 * HOUR,
                 next_update=8 * HOUR, resolution=24 * HOUR, warning_share=Decimal("0.80"))  # fmt: skip


VIP = offer("vip", tier="platinum")
URGENT = offer("urgent", case_class="emergency")
VIP_URGENT = offer("vip-urgent", tier="platinum", case_class="emergency")
REST = offer("rest")


@pytest.mark.parametrize(
    ("tier", "case_class", "taken"),
    [
        ("platinum", "emergency", "vip-urgent"),
        ("platinum", "routine", "vip"),
        ("standard", "emergency", "urgent"),
        ("standard", "routine", "rest"),
    ],
)
def test_the_first_line_whose_conditions_all_fit_is_taken(tier, case_class, taken):
    chosen, _reason = pick_offer([VIP_URGENT, VIP, URGENT, REST], Request(tier, "mail", case_class, "", "east"))

    assert chosen.code == taken


def test_an_earlier_line_hides_a_later_one_however_well_that_fits():
    chosen, _reason = pick_offer([VIP, VIP_URGENT, REST], Request("platinum", "mail", "emergency", "", ""))

    assert chosen.code == "vip"


def test_the_reason_names_version_line_and_conditions():
    _chosen, reason = pick_offer([URGENT, VIP_URGENT, REST], Request("platinum", "mail", "emergency", "", ""))

    assert reason == "urgent v3: line 1, case_class=emergency"


def test_a_list_without_a_last_line_for_everything_refuses_and_says_what_to_add():
    with pytest.raises(NoStandardFits, match="last standard without conditions"):
        pick_offer([VIP, URGENT], Request("standard", "mail", "routine", "", ""))


def test_the_warning_comes_after_its_share_of_open_time_not_of_the_clock():
    times = promised_times(start=MONDAY_NINE, within=5 * HOUR, offer=REST)

    # five open hours from 09:00 with lunch 12–13 end at 15:00; four fifths of them, four hours, end at 14:00
    assert (times.due_at, times.warn_at) == (MONDAY_NINE + 6 * HOUR, MONDAY_NINE + 5 * HOUR)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 1)), st.integers(1, 5000), st.booleans())  # noqa: DTZ001 - made aware below
def test_no_promise_falls_due_before_it_is_made_and_none_warns_after_it(start, minutes, is_always):
    chosen = offer("x", always_open() if is_always else OFFICE)
    start = start.replace(tzinfo=UTC)

    times = promised_times(start=start, within=timedelta(minutes=minutes), offer=chosen)

    assert start < times.warn_at <= times.due_at


@pytest.mark.parametrize(
    ("category", "taken"),
    [("repair", "repairs"), ("repair-leak", "repairs"), ("repairs", "rest"), ("", "rest"), ("leak-repair", "rest")],
)
def test_a_category_takes_those_below_it_and_nothing_that_only_begins_alike(category, taken):
    lines = [offer("repairs", category="repair"), REST]

    assert pick_offer(lines, Request("gold", "mail", "routine", category, "east"))[0].code == taken
