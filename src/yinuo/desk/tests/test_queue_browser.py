"""The queue in Chromium: choosing several cases, filters, refreshes that move nothing under the hand."""

import pytest
from playwright.sync_api import Page, expect

from yinuo.cases.models import Case
from yinuo.cases.tests.cast import House, actor_of
from yinuo.desk.actions import carry_on, start_run
from yinuo.desk.models import BulkAct
from yinuo.desk.tests.test_browser import at_minutes_ago, sign_in, tell
from yinuo.organisation.models import SavedView
from yinuo.web.tests.browser import (
    Screen,
    assert_accessible,
    assert_no_csp_violation,
    assert_no_horizontal_scroll,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_several_cases_are_chosen_by_keyboard_and_closed_together(live_server, page: Page, house: House) -> None:
    for minute in range(5):
        house.open(at=at_minutes_ago(30 - minute), subject=f"停电 {minute}")
    sign_in(page, live_server.url, house.chen)
    page.goto(live_server.url)
    expect(page.locator("#bulk")).to_be_hidden()

    page.locator("[data-list-item]").first.focus()
    page.keyboard.press("x")
    expect(page.locator("[data-chosen-count]")).to_have_text("已选 1")
    # With Shift, all between the one chosen last and this one.
    page.locator("[data-list-item]").nth(2).click(modifiers=["Shift"])
    expect(page.locator("[data-chosen-count]")).to_have_text("已选 3")
    page.keyboard.press("Escape")
    expect(page.locator("#bulk")).to_be_hidden()
    page.locator(".yn-queue-pick").nth(3).click()
    page.locator("[data-choose-page]").check()
    expect(page.locator("[data-chosen-count]")).to_have_text("已选 5")
    page.locator(".yn-bulk-acts summary", has_text="结案").click()
    page.select_option("#bulk select[name=outcome]", "explained")
    page.fill("#bulk textarea[name=close_text]", "已恢复供电")
    assert_accessible(page)
    page.get_by_role("button", name="将所选工单结案").click()

    expect(page.locator("#bulk-report")).to_contain_text("5 张工单全部完成。")
    assert [case.is_open for case in Case.objects.all()] == 5 * [False]
    assert_accessible(page)
    page.get_by_role("link", name="返回队列").click()
    expect(page.locator("#queue-count")).to_have_text("0")
    assert_no_csp_violation(page)


def test_what_is_chosen_and_focused_stays_when_the_queue_refreshes(live_server, page: Page, house: House) -> None:
    for minute in range(12):
        house.open(at=at_minutes_ago(30 - minute), subject=f"停电 {minute}")
    sign_in(page, live_server.url, house.chen)
    page.goto(live_server.url)
    item = page.locator("[data-list-item]", has_text="停电 5")
    item.focus()
    page.keyboard.press("x")
    top = item.bounding_box()["y"]
    urgent = house.open(at=at_minutes_ago(300), subject="先来的")
    Case.objects.filter(pk=urgent.pk).update(broken_since=at_minutes_ago(200))

    tell(page, "queue")

    expect(page.locator("#queue")).to_contain_text("先来的")
    expect(item).to_be_focused()
    assert abs(item.bounding_box()["y"] - top) <= 1
    expect(page.locator("[data-chosen-count]")).to_have_text("已选 1")
    assert page.locator("#queue input[name=case]:checked").count() == 1


def test_the_filters_are_loaded_when_they_are_opened(live_server, page: Page, house: House) -> None:
    for minute in range(2):
        house.open(at=at_minutes_ago(30 - minute))
    sign_in(page, live_server.url, house.chen)
    page.goto(live_server.url)

    page.keyboard.press("f")
    expect(page.locator("select[name=channel]")).to_be_focused()
    page.select_option("select[name=channel]", "phone")
    page.get_by_role("button", name="应用").click()

    expect(page.locator("#queue")).to_contain_text("没有符合筛选条件的工单")
    page.locator("a.yn-filter").click()
    expect(page.locator("#queue-count")).to_have_text("2")


@pytest.mark.parametrize(
    "screen",
    [Screen(1440, 900, "dark", "en"), Screen(1024, 900, "light", "en"), Screen(390, 844, "dark", "zh-CN")],
    indirect=True,
    ids=lambda screen: f"{screen.width}-{screen.theme}",
)
def test_the_queue_its_menus_and_reports_are_accessible_and_fit(live_server, page: Page, house: House) -> None:
    case = house.open(at=at_minutes_ago(30))
    run = start_run(act=BulkAct.NOTE, cases=[case], text="停电", by=actor_of(house.chen), at=at_minutes_ago(1))
    carry_on(run, at=at_minutes_ago(1))
    sign_in(page, live_server.url, house.chen)

    for address in ("/?view=all&channel=mail&choose=1", "/queue/filters", "/bulk", f"/bulk/{run.pk}", "/?view=away"):
        page.goto(live_server.url + address)
        assert_accessible(page)
        assert_no_horizontal_scroll(page)
    page.goto(f"{live_server.url}/?view=all&channel=mail")
    head = page.locator(".yn-pane-queue > .yn-pane-head")
    assert head.evaluate("head => head.scrollWidth <= head.clientWidth")
    page.locator(".yn-queue-views summary").click()
    # Nothing is typed in by itself: on a phone that would bring up the keyboard.
    expect(page.locator(".yn-queue-views input[name=name]")).not_to_be_focused()
    assert_accessible(page)
    assert_no_csp_violation(page)


def test_a_saved_queue_is_renamed_and_shared_from_its_menu(live_server, page: Page, house: House) -> None:
    house.open(at=at_minutes_ago(30))
    sign_in(page, live_server.url, house.zhou)
    page.goto(f"{live_server.url}/?view=all")
    page.locator(".yn-queue-views summary").click()
    page.locator(".yn-queue-views input[name=name]").fill("邮件")
    page.get_by_role("button", name="保存视图").click()

    page.locator(".yn-queue-views summary").click()
    page.get_by_label("改名为").fill("全部邮件")
    page.get_by_role("button", name="改名").click()
    expect(page.get_by_role("heading", name="全部邮件", level=1)).to_be_visible()
    page.locator(".yn-queue-views summary").click()
    page.get_by_label("谁可以使用").select_option(label="售后组")
    page.get_by_role("button", name="共享").click()

    expect(page.locator("#yn-toasts")).to_contain_text("您的团队")
    assert SavedView.objects.get().team.code == house.team.code
    page.locator(".yn-queue-views summary").click()
    assert_accessible(page)
