"""The lists in Chromium: filtering without a new page, the keyboard, a phone, nothing that axe or the policy minds."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from yinuo.cases.tests.cast import SYSTEM, House
from yinuo.customers.actions import add_identity
from yinuo.web.tests.browser import Screen, assert_accessible, assert_no_csp_violation, assert_no_horizontal_scroll

from .test_browser import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCREENS = [Screen(), Screen(width=1024, theme="dark"), Screen(width=390, height=844)]


@pytest.fixture
def two_cases(house: House) -> None:
    at = timezone.now() - timedelta(hours=1)
    add_identity(customer=house.wang, kind="phone", value="13800006721", source="test", by=SYSTEM, at=at)
    house.open(at=at, subject="洗衣机漏水")
    house.open(at=at + timedelta(minutes=1), subject="空调不冷", customer=house.li, channel="phone")


def test_a_filter_changes_rows_and_address_and_stays_open(live_server, page: Page, house: House, two_cases) -> None:
    sign_in(page, live_server.url, house.zhou)
    page.goto(f"{live_server.url}/cases/list")
    page.evaluate("window.sameDocument = true")

    page.click("details[data-filter=channel] summary")
    page.check("details[data-filter=channel] input[value=phone]")

    expect(page).to_have_url(f"{live_server.url}/cases/list?channel=phone")
    expect(page.locator("[data-list-item]")).to_have_count(1)
    expect(page.locator("details[data-filter=channel]")).to_have_attribute("open", "")
    assert page.evaluate("window.sameDocument") is True
    page.locator(".yn-filter-off").click()
    expect(page.locator("[data-list-item]")).to_have_count(2)
    page.go_back()
    expect(page.locator("[data-list-item]")).to_have_count(1)
    assert_no_csp_violation(page)


def test_the_keyboard_walks_the_rows_and_opens_one(live_server, page: Page, house: House, two_cases) -> None:
    sign_in(page, live_server.url, house.zhou)
    page.goto(f"{live_server.url}/cases/list")

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")

    expect(page.locator("#case h1")).to_have_text("洗衣机漏水")


def test_a_file_is_taken_by_two_clicks(live_server, page: Page, house: House, two_cases) -> None:
    sign_in(page, live_server.url, house.zhou)
    page.goto(f"{live_server.url}/cases/list?channel=phone")
    page.get_by_text("导出", exact=True).click()

    with page.expect_download() as download:
        page.get_by_text("CSV", exact=True).click()

    assert download.value.suggested_filename.startswith("全部工单 ")
    assert "空调不冷" in download.value.path().read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("screen", SCREENS, indirect=True, ids=lambda screen: f"{screen.width}-{screen.theme}")
def test_lists_and_profile_are_accessible_and_fit_the_screen(
    live_server, page: Page, house: House, two_cases, screen: Screen
) -> None:
    sign_in(page, live_server.url, house.zhou)
    for address in ("/cases/list", "/cases/list?q=无", "/customers", f"/customers/{house.wang.pk}"):
        page.goto(live_server.url + address)
        assert_accessible(page)
        assert_no_horizontal_scroll(page)
        assert_no_csp_violation(page)
    page.goto(f"{live_server.url}/cases/list?state=open")
    page.click("details[data-filter=opened] summary")
    assert_accessible(page)


def test_a_personal_value_is_shown_in_its_place(live_server, page: Page, house: House, two_cases) -> None:
    sign_in(page, live_server.url, house.zhou)
    page.goto(f"{live_server.url}/customers/{house.wang.pk}")

    page.locator(".yn-profile form button").first.click()

    expect(page.locator(".yn-bench-revealed")).to_contain_text("6721")
    expect(page.locator(".yn-bench-revealed")).not_to_contain_text("*")
