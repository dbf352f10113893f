"""Repairing chosen cases: each for itself, with a report; none that is not to be seen, closed or of another standard.

The office of the cast is open Monday to Friday 09:00–12:00 and 13:00–18:00 in Shanghai: 01–04 and 05–10 UTC. Opened on
Monday the 2nd at 09:00, three days of eight hours end on Wednesday at 18:00, two days on Tuesday at 18:00.
"""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from yinuo.access.actions import grant_role
from yinuo.access.models import RoleGrant
from yinuo.access.roles import Role
from yinuo.cases import rules
from yinuo.cases.actions import close_case, repair_cases
from yinuo.cases.models import Case
from yinuo.cases.queries.repairing import preview_repair
from yinuo.customers.models import Customer
from yinuo.foundation.refusals import NotAllowed
from yinuo.organisation.models import Region, Staff
from yinuo.standards.actions import Conditions, StandardTimes, add_standard, change_standard
from yinuo.standards.models import Standard

from .cast import BEGINNING, SYSTEM, House, actor_of
from .test_actions import check_heart, promises

pytestmark = pytest.mark.django_db


def utc(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


TWO_DAYS = StandardTimes(120, 240, 480, 960, Decimal("0.75"))


@pytest.fixture
def case(house: House) -> Case:
    return house.open(at=utc(2, 1))


@pytest.fixture
def standard(house: House, case: Case) -> Standard:
    row = Standard.objects.get(code="basic")
    change_standard(standard=row, times=TWO_DAYS, calendar=house.calendar, by=SYSTEM, at=utc(2, 2))
    return row


def test_one_that_is_refused_keeps_no_other_from_being_repaired(house: House, case: Case, standard: Standard) -> None:
    closed, other = house.open(at=utc(2, 1)), house.open(at=utc(2, 1))
    # Opened after the change, and so it has the new times already.
    close_case(case=closed, outcome="solved", by=actor_of(house.chen), at=utc(2, 2))
    chosen = [closed.reference, "YN-260101-0001", case.reference, other.reference]

    report = repair_cases(
        standard=standard, references=chosen, reason="时限写错了", by=actor_of(house.admin), at=utc(2, 2)
    )

    assert [(one.reference, one.refusal and one.refusal.code) for one in report] == [
        (closed.reference, "cases.case_is_closed"),
        ("YN-260101-0001", "not_found"),
        (case.reference, None),
        (other.reference, "cases.nothing_would_move"),
    ]
    ((move,),) = [one.moves for one in report if one.moves]
    assert (move.kind, move.was_due_at, move.due_at) == ("resolution", utc(4, 10), utc(3, 10))
    assert promises(case)[1:] == [("resolution", utc(4, 10), "replaced"), ("resolution", utc(3, 10), "")]
    check_heart(case)


def test_a_case_under_another_standard_is_left_alone(house: House, case: Case, standard: Standard) -> None:
    version = add_standard(
        code="other",
        name_zh="另",
        name_en="Other",
        conditions=Conditions(),
        times=TWO_DAYS,
        calendar=house.calendar,
        by=SYSTEM,
        at=utc(2, 2),
    )

    (one,) = repair_cases(
        standard=version.standard, references=[case.reference], reason="x", by=actor_of(house.admin), at=utc(2, 2)
    )

    assert isinstance(one.refusal, rules.NotUnderStandard)
    assert promises(case)[1] == ("resolution", utc(4, 10), "")


def test_who_is_limited_to_a_region_neither_sees_nor_moves_the_cases_of_another(
    house: House, case: Case, standard: Standard
) -> None:
    south = Region.objects.create(code="south", name_zh="华南", name_en="South")
    RoleGrant.objects.filter(account=house.zhao.account).delete()
    grant_role(account=house.zhao.account, role=Role.QUALITY_MANAGER, region_id=south.pk, by=SYSTEM, at=BEGINNING)
    liu = Customer.objects.create(name="刘洋", tier="standard", region=south, created_at=BEGINNING)
    southern = actor_of(Staff.objects.get(pk=house.zhao.pk))
    theirs = house.open(at=utc(2, 1), customer=liu)
    Case.objects.filter(pk=theirs.pk).update(standard_version=standard.versions.get(number=1))

    page = preview_repair(standard, actor=southern, at=utc(2, 2))
    (one,) = repair_cases(standard=standard, references=[case.reference], reason="x", by=southern, at=utc(2, 2))

    assert case.pk not in [repair.case.pk for repair in page.repairs]
    assert page.seen_count == 1
    assert one.refusal is not None
    assert one.refusal.code == "not_found"
    assert promises(case)[1] == ("resolution", utc(4, 10), "")


def test_no_reason_and_no_right_repair_nothing(house: House, case: Case, standard: Standard) -> None:
    chosen = [case.reference]

    with pytest.raises(rules.ReasonMissing):
        repair_cases(standard=standard, references=chosen, reason=" ", by=actor_of(house.admin), at=utc(2, 2))
    with pytest.raises(NotAllowed):
        repair_cases(standard=standard, references=chosen, reason="x", by=actor_of(house.chen), at=utc(2, 2))
    assert promises(case)[1] == ("resolution", utc(4, 10), "")
