"""Handing a case over on the workbench: the choice, the bar above the conversation, the queue of what is offered."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import Page, expect

from yinuo.cases.actions import accept_handoff, offer_handoff
from yinuo.cases.models import Case, Handoff, OwnerDecision
from yinuo.cases.tests.cast import House, actor_of
from yinuo.cases.tests.reading import text_of
from yinuo.cases.tests.test_handoffs import colleague
from yinuo.desk.tests.test_browser import sign_in
from yinuo.organisation.models import Staff
from yinuo.web.tests.browser import assert_accessible, assert_no_csp_violation


@pytest.fixture
def lin(house: House) -> Staff:
    return colleague(house, "lin", "林涛", team=house.other_team)


def browser_of(staff: Staff) -> Client:
    browser = Client()
    browser.force_login(staff.account)
    return browser


def act(case: Case, code: str) -> str:
    return f"/cases/{case.reference}/acts/{code}"


def test_a_case_is_offered_by_a_plain_form_and_accepted_by_one_click(house: House, lin: Staff) -> None:
    case = house.open(at=timezone.now())
    chen, other = browser_of(house.chen), browser_of(lin)
    form = text_of(chen.get(act(case, "hand-over")))
    assert "林涛" in form

    answer = chen.post(act(case, "hand-over"), {"to": f"staff-{lin.pk}", "reason": "要配送"})

    assert answer.status_code == 302
    page = other.get(f"/cases/{case.reference}").content.decode()
    assert act(case, "accept-handoff") in page
    assert "要配送" in page
    assert act(case, "take-back") not in page
    assert act(case, "take-back") in chen.get(f"/cases/{case.reference}").content.decode()
    assert f"/cases/{case.reference}" in other.get("/?view=offered").content.decode()
    assert other.post(act(case, "accept-handoff")).status_code == 302
    assert Case.objects.get().owner == lin


def test_without_scripts_a_whole_name_is_enough_and_several_must_be_chosen_from(house: House, lin: Staff) -> None:
    case = house.open(at=timezone.now())
    chen = browser_of(house.chen)

    several = chen.post(act(case, "hand-over"), {"find": "", "reason": "要配送"})
    one = chen.post(act(case, "hand-over"), {"find": "lin", "reason": "要配送"})

    assert (several.status_code, one.status_code) == (422, 302)
    assert 'value="要配送"' in several.content.decode()
    assert Handoff.objects.get().to_staff == lin


def test_a_refusal_is_read_by_the_giver_and_stands_in_the_conversation_but_not_outside(
    house: House, lin: Staff, client: Client
) -> None:
    case = house.open(at=timezone.now())
    browser_of(house.chen).post(act(case, "hand-over"), {"to": f"team-{house.other_team.pk}", "reason": "要配送"})
    browser_of(lin).post(act(case, "refuse-handoff"), {"reason": "不归配送"})

    inside = text_of(browser_of(house.chen).get(f"/cases/{case.reference}/conversation"))
    outside = text_of(client.get(f"/track/{case.track_token}"))

    assert "要配送" in inside
    assert "不归配送" in inside
    assert "要配送" not in outside
    assert "不归配送" not in outside
    assert "林涛" not in outside


def test_a_way_back_shows_that_the_centre_decides_and_lets_it(house: House, lin: Staff) -> None:
    case = house.open(at=timezone.now())
    at = timezone.now()
    offer_handoff(case=case, to=lin, reason="要配送", by=actor_of(house.chen), at=at)
    accept_handoff(case=case, by=actor_of(lin), at=at)
    browser_of(lin).post(act(case, "hand-over"), {"to": f"staff-{house.chen.pk}", "reason": "是安装问题"})

    page = browser_of(house.zhou).get(f"/cases/{case.reference}").content.decode()
    assert act(case, "decide-owner") in page
    assert "是安装问题" in page
    assert act(case, "hand-over") not in page
    day = {"review_on": timezone.localdate().isoformat()}
    answer = browser_of(house.zhou).post(
        act(case, "decide-owner"), {"to": f"staff-{house.chen.pk}", "reason": "先装", **day}
    )

    assert answer.status_code == 302
    assert Case.objects.get().owner == house.chen
    assert OwnerDecision.objects.get().reason == "先装"


def test_the_board_lists_what_nobody_answered_and_what_went_to_and_fro(house: House, lin: Staff) -> None:
    at = timezone.now()
    offered, moved = house.open(at=at, subject="漏水"), house.open(at=at, subject="不制冷")
    offer_handoff(case=offered, to=lin, reason="x", by=actor_of(house.chen), at=at)
    Case.objects.filter(pk=moved.pk).update(handoff_count=2)

    page = browser_of(house.zhou).get("/board?team=aftersales").content.decode()

    assert page.count(f'href="/cases/{offered.reference}"') >= 1
    assert f'href="/cases/{moved.reference}"' in page


def test_the_choice_costs_the_same_for_two_colleagues_and_for_twenty(house: House, lin: Staff) -> None:
    case = house.open(at=timezone.now())
    chen = browser_of(house.chen)
    chen.get(f"/cases/{case.reference}/receivers?teams=1")
    with CaptureQueriesContext(connection) as two:
        chen.get(f"/cases/{case.reference}/receivers?teams=1")
    for number in range(18):
        colleague(house, f"a{number}", f"员工{number}", team=house.team)
    with CaptureQueriesContext(connection) as twenty:
        chen.get(f"/cases/{case.reference}/receivers?teams=1")

    assert len(two) == len(twenty)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_by_keys_a_case_is_offered_to_somebody_found_by_name(house: House, lin: Staff, live_server, page: Page) -> None:
    case = house.open(at=timezone.now())
    sign_in(page, live_server.url, house.chen)
    page.goto(f"{live_server.url}/cases/{case.reference}")

    page.keyboard.press("h")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert_accessible(page)
    page.keyboard.type("lin")
    expect(dialog.get_by_role("radio")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("要配送")
    page.keyboard.press("Enter")

    expect(dialog).to_be_hidden()
    expect(page.locator(".yn-offer")).to_contain_text("林涛")
    assert_no_csp_violation(page)
    assert Handoff.objects.get().to_staff == lin
