"""Standards and calendars in the database: every change is a new version, and the list keeps its order."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from yinuo.cases.tests.cast import OFFICE_HOURS, SYSTEM, actor_of
from yinuo.foundation.calendars import CalendarRefusal
from yinuo.foundation.models import Calendar, CalendarVersion, FactRow
from yinuo.foundation.refusals import NotAllowed
from yinuo.standards.actions import (
    CodeTaken,
    Conditions,
    KindCannotPause,
    StandardTimes,
    TimesNotPositive,
    add_standard,
    change_standard,
    reorder_standards,
    save_calendar,
)
from yinuo.standards.models import Standard
from yinuo.standards.queries import offers

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
TIMES = StandardTimes(60, 60, 60, 600)


def add(house, code: str, by=SYSTEM, times: StandardTimes = TIMES, **conditions: str):
    return add_standard(
        code=code, name_zh=code, name_en=code, conditions=Conditions(**conditions), times=times,
        calendar=house.calendar, by=by, at=AT,
    )  # fmt: skip


def codes() -> list[str]:
    return [offer.code for offer in offers()]


def test_a_new_line_with_conditions_goes_before_the_line_for_everything(house):
    add(house, "vip", tier="platinum")
    add(house, "urgent", case_class="emergency")

    assert codes() == ["vip", "urgent", "basic"]


def test_a_changed_standard_is_a_new_version_and_the_old_one_stays(house):
    standard = Standard.objects.get()
    change_standard(standard=standard, times=TIMES, calendar=house.calendar, by=SYSTEM, at=AT)

    assert list(standard.versions.values_list("number", "first_response_minutes")) == [(1, 120), (2, 60)]
    assert offers()[0].version_number == 2
    assert FactRow.objects.filter(type="standards.standard_changed").last().payload["number"] == 2


def test_a_standard_that_is_switched_off_is_offered_no_more(house):
    add(house, "vip", tier="platinum")
    standard = Standard.objects.get(code="vip")
    change_standard(standard=standard, times=TIMES, calendar=house.calendar, is_active=False, by=SYSTEM, at=AT)

    assert codes() == ["basic"]


def test_the_list_takes_the_order_it_is_given_and_the_rest_follows(house):
    add(house, "vip", tier="platinum")
    add(house, "urgent", case_class="emergency")

    reorder_standards(standard_ids=[Standard.objects.get(code="urgent").pk], by=SYSTEM, at=AT)

    assert codes() == ["urgent", "vip", "basic"]


@pytest.mark.parametrize(
    "times", [StandardTimes(0, 1, 1, 1), StandardTimes(1, 1, 1, 1, Decimal(1)), StandardTimes(1, 1, 1, 1, Decimal(0))]
)
def test_times_of_nothing_are_refused_and_nothing_is_stored(house, times):
    with pytest.raises(TimesNotPositive, match="at least one minute"):
        add(house, "never", times=times)

    assert not Standard.objects.filter(code="never", versions__isnull=False).exists()


def test_a_code_is_used_once(house):
    with pytest.raises(CodeTaken, match="basic"):
        add(house, "basic")


def test_an_agent_cannot_change_what_is_promised(house):
    with pytest.raises(NotAllowed):
        add(house, "mine", by=actor_of(house.chen))


def test_a_calendar_that_is_never_open_is_refused_with_the_reason(house):
    with pytest.raises(CalendarRefusal):
        save_calendar(
            code="closed", name_zh="", name_en="", definition={"zone": "Asia/Shanghai", "weeks": [{"hours": {}}]},
            by=SYSTEM, at=AT,
        )  # fmt: skip

    assert not Calendar.objects.filter(code="closed").exists()


def test_a_calendar_with_an_unknown_zone_is_refused(house):
    with pytest.raises(CalendarRefusal, match="Asia/Shangha"):
        save_calendar(
            code="x", name_zh="", name_en="", definition=OFFICE_HOURS | {"zone": "Asia/Shangha"}, by=SYSTEM, at=AT
        )


def test_new_hours_are_a_new_version_that_open_time_is_counted_by_from_then_on(house):
    save_calendar(
        code="office", name_zh="", name_en="", is_default=True, by=SYSTEM, at=AT,
        definition={"zone": "Asia/Shanghai", "weeks": [{"hours": {"mon-sun": {"open": ["00:00-24:00"]}}}]},
    )  # fmt: skip

    assert CalendarVersion.objects.filter(calendar=house.calendar).count() == 2
    assert house.open(at=AT).next_due_at == datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
    assert house.open(at=datetime(2026, 11, 7, 1, 0, tzinfo=UTC)).next_due_at == datetime(2026, 11, 7, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize("wish", [True, False])
def test_there_is_always_exactly_one_default_calendar(house, wish):
    save_calendar(code="office", name_zh="", name_en="", definition=OFFICE_HOURS, is_default=False, by=SYSTEM, at=AT)
    save_calendar(code="other", name_zh="", name_en="", definition=OFFICE_HOURS, is_default=wish, by=SYSTEM, at=AT)

    assert Calendar.objects.get(is_default=True).code == ("other" if wish else "office")


def test_only_a_kind_that_may_pause_is_named_to_pause(house):
    with pytest.raises(KindCannotPause) as refused:
        add(house, "x", times=StandardTimes(60, 60, 60, 600, pausing_kinds=("resolution", "first_response")))

    assert refused.value.sentence() == (
        "Promises of the kind first_response never pause. Choose among: resolution, call_back, visit, parts."
    )
