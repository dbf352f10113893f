"""Tasks on the desk: asking from the case, the list for those who are asked, one task with its answer."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import Page, expect

from yinuo.cases import rules
from yinuo.cases.actions import ask_task
from yinuo.cases.models import Attachment, Case, Task
from yinuo.cases.tests.cast import House, actor_of
from yinuo.cases.tests.reading import text_of
from yinuo.cases.tests.test_handoffs import colleague
from yinuo.desk.actions import Written, hand_in_reply
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


def asked(house: House, case: Case, **more) -> Task:
    more = {"to": house.other_team, "needed": "哪天送到?", "by": actor_of(house.chen), "at": timezone.now()} | more
    return ask_task(case=case, **more)


def test_a_task_is_asked_from_the_case_and_answered_by_those_it_is_asked_of(house: House, lin: Staff) -> None:
    case = house.open(at=timezone.now())
    chen, other = browser_of(house.chen), browser_of(lin)

    form = {"to": f"team-{house.other_team.pk}", "needed": "哪天送到?", "is_blocking": "on"}
    assert chen.post(f"/cases/{case.reference}/acts/ask-task", form).status_code == 302
    task = Task.objects.get()
    assert "哪天送到?" in text_of(chen.get(f"/cases/{case.reference}"))
    assert "哪天送到?" in text_of(other.get("/tasks"))
    file = SimpleUploadedFile("plan.txt", b"Wednesday", content_type="text/plain")
    answer = other.post(f"/tasks/{task.pk}/result", {"text": "周三上午", "files": [file]})

    assert answer.status_code == 302
    assert "周三上午" in text_of(chen.get(f"/cases/{case.reference}"))
    assert Attachment.objects.get().message == Task.objects.get().note
    assert "哪天送到?" not in text_of(other.get("/tasks"))
    assert "哪天送到?" in text_of(other.get("/tasks?view=answered"))


def test_who_is_asked_reads_the_case_and_finds_no_way_to_write_to_the_customer(house: House, lin: Staff) -> None:
    case = house.open(at=timezone.now())
    asked(house, case)
    other = browser_of(lin)

    page = other.get(f"/cases/{case.reference}").content.decode()
    assert "洗衣机漏水" in page
    for way in ("replies", "closure", "acts/hand-over", "acts/ask-task"):
        assert f"/cases/{case.reference}/{way}" not in page
    assert other.post(f"/cases/{case.reference}/replies", {"text": "您好"}).status_code == 403
    assert other.post(f"/cases/{case.reference}/closure", {"outcome": "solved"}).status_code == 403
    assert other.get(f"/cases/{case.reference}/acts/hand-over").status_code == 403
    with pytest.raises(rules.OnlyForTask):
        hand_in_reply(case=case, written=Written("您好"), by=actor_of(lin), at=timezone.now())


def test_closing_says_what_still_blocks_and_offers_to_take_it_back(house: House, lin: Staff) -> None:
    case = house.open(at=timezone.now())
    asked(house, case)
    chen = browser_of(house.chen)

    assert 'name="withdraw_tasks"' in chen.get(f"/cases/{case.reference}").content.decode()
    assert chen.post(f"/cases/{case.reference}/closure", {"outcome": "solved"}).status_code == 409
    answer = chen.post(f"/cases/{case.reference}/closure", {"outcome": "solved", "withdraw_tasks": "on"})

    assert answer.status_code == 302
    assert Task.objects.get().end == "withdrawn"


def test_the_customer_s_page_knows_of_no_task(house: House, lin: Staff, client: Client) -> None:
    case = house.open(at=timezone.now())
    asked(house, case, needed="内部:查库存")

    page = text_of(client.get(f"/track/{case.track_token}"))

    assert "查库存" not in page
    assert str(house.other_team) not in page


def test_the_list_costs_the_same_for_one_task_and_for_twenty(house: House, lin: Staff) -> None:
    case = house.open(at=timezone.now())
    asked(house, case)
    other = browser_of(lin)
    other.get("/tasks")
    with CaptureQueriesContext(connection) as one:
        other.get("/tasks")
    for number in range(19):
        asked(house, house.open(at=timezone.now(), customer=house.li), needed=f"{number}")
    with CaptureQueriesContext(connection) as twenty:
        page = other.get("/tasks")

    assert len(one) == len(twenty)
    assert page.content.decode().count("yn-task-row") == 20


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_pages_of_tasks_are_accessible_and_fit_a_phone(house: House, lin: Staff, live_server, page: Page) -> None:
    task = asked(house, house.open(at=timezone.now()))
    sign_in(page, live_server.url, lin)
    page.set_viewport_size({"width": 390, "height": 800})

    for address in ("/tasks", f"/tasks/{task.pk}"):
        page.goto(live_server.url + address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("textarea[name=text]").fill("周三上午")
    page.locator("form[action$=result] button").click()
    expect(page.locator("main")).to_contain_text("周三上午")
    assert_no_csp_violation(page)

    sign_in(page, live_server.url, house.chen)
    page.set_viewport_size({"width": 1200, "height": 800})
    page.goto(f"{live_server.url}/cases/{task.case.reference}")
    page.keyboard.press("t")
    expect(page.get_by_role("dialog").locator("textarea[name=needed]")).to_be_visible()
    assert_accessible(page)
