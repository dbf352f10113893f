"""Major incidents: when cases surge, who decides, which cases are part. Times stand in `cast.py`."""

from datetime import timedelta

import pytest

from yinuo.cases import rules
from yinuo.cases.actions import (
    add_to_incident,
    close_case,
    decide_incident,
    end_incident,
    propose_incident,
    take_from_incident,
)
from yinuo.cases.models import Case, Incident, Promise
from yinuo.cases.queries import incident_behind, incident_shown, parts_page, suggested_parts, surges
from yinuo.cases.rules import Surge
from yinuo.cases.tests.cast import SYSTEM, House, actor_of
from yinuo.foundation.refusals import NotAllowed, NotFound

from .test_merging import when


@pytest.mark.parametrize(
    ("count", "usual", "expected"),
    [
        (5, 0.0, True),  # Nothing is usual: five are enough.
        (4, 0.0, False),
        (6, 1.0, True),  # Usual in two hours are two; three times that is six.
        (5, 1.0, False),  # Two and a half times.
        (30, 6.0, False),  # A busy house: twelve are usual, thirty are not three times that.
    ],
)
def test_a_surge_is_at_least_five_and_three_times_the_usual(count, usual, expected) -> None:
    assert Surge(count, usual).is_surge is expected


@pytest.fixture
def flood(house: House) -> list[Case]:
    """Return five cases of one category within half an hour: of Wang and of Li."""
    return [
        house.open(
            at=when("Mon 09:00") + timedelta(minutes=5 * place),
            customer=house.wang if place % 2 else house.li,
            text=f"服务器连不上 {place}",
            category="app",
        )
        for place in range(5)
    ]


@pytest.fixture
def running(house: House, flood) -> Incident:
    incident = propose_incident(case=flood[0], summary="登录服务停了", by=actor_of(house.chen), at=when("Mon 09:30"))
    return decide_incident(incident=incident, approved=True, by=actor_of(house.zhou), at=when("Mon 09:35"))


def test_a_surge_is_shown_with_its_figures_and_only_to_who_may_see_the_cases(house: House, flood) -> None:
    found = surges(actor=actor_of(house.zhou), at=when("Mon 10:00"))

    assert [(one.category, one.surge.count, one.surge.usual_an_hour) for one in found] == [("app", 5, 0.0)]
    assert len(found[0].newest) == 5
    # Two hours after the first ones, fewer than five are left in the window.
    assert surges(actor=actor_of(house.zhou), at=when("Mon 11:05")) == []


def test_who_works_proposes_and_only_who_leads_decides_once(house: House, flood) -> None:
    chen, zhou = actor_of(house.chen), actor_of(house.zhou)
    incident = propose_incident(case=flood[0], summary="停了", by=chen, at=when("Mon 09:30"))

    with pytest.raises(NotAllowed):
        decide_incident(incident=incident, approved=True, by=chen, at=when("Mon 09:31"))
    with pytest.raises(rules.IncidentNotOpen):
        add_to_incident(incident=incident, cases=flood[1:], by=chen, at=when("Mon 09:32"))
    with pytest.raises(rules.AlreadyInIncident):
        propose_incident(case=flood[0], summary="又", by=chen, at=when("Mon 09:32"))
    decide_incident(incident=incident, approved=False, reason="不是一回事", by=zhou, at=when("Mon 09:33"))
    with pytest.raises(rules.IncidentDecided):
        decide_incident(incident=incident, approved=True, by=zhou, at=when("Mon 09:34"))


def test_each_part_keeps_its_owner_and_its_promises_and_who_cannot_be_says_why(house: House, flood, running) -> None:
    close_case(case=flood[4], outcome="solved", by=SYSTEM, at=when("Mon 09:40"))
    before = list(Promise.objects.order_by("pk").values_list("pk", "due_at", "is_live"))

    added = add_to_incident(incident=running, cases=flood, by=actor_of(house.chen), at=when("Mon 09:45"))

    assert (added.count, [number for number, _why in added.refused]) == (3, [flood[0].reference, flood[4].reference])
    assert list(Promise.objects.order_by("pk").values_list("pk", "due_at", "is_live")) == before
    shown = incident_shown(running, actor=actor_of(house.zhou), at=when("Mon 09:50"))
    assert (shown.part_count, shown.customer_count, shown.open_count, shown.at_risk_count) == (3, 2, 3, 3)
    take_from_incident(case=flood[1], by=actor_of(house.chen), at=when("Mon 09:55"))
    with pytest.raises(rules.NotInIncident):
        take_from_incident(case=flood[1], by=actor_of(house.chen), at=when("Mon 09:56"))


def test_alike_cases_are_suggested_also_those_that_come_later(house: House, flood, running) -> None:
    later = house.open(at=when("Mon 10:00"), customer=house.li, text="服务器连不上了", category="")
    other = house.open(at=when("Mon 10:00"), text="退货地址", category="returns")

    suggested = suggested_parts(running, actor=actor_of(house.chen), at=when("Mon 10:05"))

    assert {case.pk for case in suggested} == {case.pk for case in [*flood[1:], later]}
    assert incident_behind(later, actor=actor_of(house.chen)) == running
    assert incident_behind(other, actor=actor_of(house.chen)) is None


def test_the_most_urgent_part_stands_first_page_by_page(house: House, flood, running, monkeypatch) -> None:
    monkeypatch.setattr("yinuo.cases.queries.incidents.PARTS_SHOWN", 2)
    add_to_incident(incident=running, cases=flood[1:], by=actor_of(house.chen), at=when("Mon 09:45"))
    close_case(case=flood[1], outcome="solved", by=SYSTEM, at=when("Mon 09:50"))

    first, key = parts_page(running, actor=actor_of(house.chen))
    second, end = parts_page(running, actor=actor_of(house.chen), after=key)

    assert [case.pk for case in [*first, *second]] == [case.pk for case in [flood[2], flood[3], flood[4], flood[1]]]
    assert end == ""


def test_an_incident_that_is_over_takes_no_more_cases(house: House, flood, running) -> None:
    with pytest.raises(NotAllowed):
        end_incident(incident=running, by=actor_of(house.chen), at=when("Mon 11:00"))
    end_incident(incident=running, by=actor_of(house.zhou), at=when("Mon 11:00"))

    with pytest.raises(rules.IncidentNotOpen):
        add_to_incident(incident=running, cases=flood[1:], by=actor_of(house.chen), at=when("Mon 11:05"))
    assert Case.objects.open().count() == 5


def test_nobody_acts_on_an_incident_whose_case_they_may_not_see(house: House, running, flood) -> None:
    Case.objects.update(department=house.other_department, owner=house.zhao)
    house.chen.account.grants.update(department_id=house.department.pk)

    with pytest.raises(NotFound):
        add_to_incident(incident=running, cases=flood[1:], by=actor_of(house.chen), at=when("Mon 10:00"))
