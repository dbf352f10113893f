"""Board, wall and presence switch in Chromium: live, without a mouse, on a phone, when the line is lost."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from yinuo.cases.tests.cast import BEGINNING, SYSTEM, House, actor_of
from yinuo.desk.actions import hang_up_wall
from yinuo.organisation.actions import change_presence
from yinuo.organisation.models import Staff
from yinuo.standards.actions import save_calendar
from yinuo.web.tests.browser import (
    Screen,
    assert_accessible,
    assert_no_csp_violation,
    assert_no_horizontal_scroll,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, DARK_PHONE = Screen(width=390, height=844), Screen(width=390, height=844, theme="dark")
DARK, BIG = Screen(theme="dark"), Screen(width=1920, height=1080)
HUGE = Screen(width=3840, height=2160, theme="dark")


def sign_in(page: Page, address: str, staff: Staff) -> None:
    client = Client()
    client.force_login(staff.account)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])


def tell(page: Page, topic: str) -> None:
    """Let the page hear a fact, as the stream of live events does."""
    event = "new CustomEvent(`live:${topic}`, {bubbles: true, detail: {topics: [topic], type: 'x'}})"
    page.evaluate(f"topic => document.body.dispatchEvent({event})", topic)


@pytest.fixture
def busy_house(house: House) -> House:
    """Two cases at risk and one that is broken, whatever the hour at which the test runs."""
    hours = {"zone": "Asia/Shanghai", "weeks": [{"hours": {"mon-sun": {"open": ["00:00-24:00"]}}}]}
    save_calendar(code="office", name_zh="全天", name_en="Always", definition=hours, by=SYSTEM, at=BEGINNING)
    now = timezone.now()
    for minutes, customer in ((30, house.wang), (60, house.li), (150, house.wang)):
        at = now - timedelta(minutes=minutes)
        house.open(at=at, subject="洗衣机漏水", customer=customer)
    change_presence(staff=house.chen, presence="available", by=SYSTEM, at=now)
    return house


def test_the_board_refreshes_itself_but_not_under_a_hand_that_chooses(
    live_server, page: Page, busy_house: House
) -> None:
    sign_in(page, live_server.url, busy_house.zhou)
    page.goto(f"{live_server.url}/board")
    figure = page.locator(".yn-board-value").first
    expect(figure).to_contain_text("3")

    busy_house.open(at=timezone.now(), subject="空调不冷")
    tell(page, "queue")
    expect(figure).to_contain_text("4")

    page.locator("input[name=case]").first.check()
    expect(page.locator("[data-board-paused]")).to_be_visible()
    busy_house.open(at=timezone.now(), subject="空调不冷")
    tell(page, "queue")
    page.wait_for_timeout(2_500)
    expect(figure).to_contain_text("4")
    page.locator("input[name=case]").first.uncheck()
    expect(figure).to_contain_text("5")
    assert_no_csp_violation(page)


@pytest.mark.parametrize("screen", [Screen(), DARK, PHONE, DARK_PHONE], indirect=True)
@pytest.mark.parametrize("path", ["/board", "/board?team=all", "/board/figures/due", "/board/walls"])
def test_the_board_is_accessible_and_fits(live_server, page: Page, busy_house: House, path: str) -> None:
    sign_in(page, live_server.url, busy_house.admin if "all" in path else busy_house.zhou)

    page.goto(f"{live_server.url}{path}")

    assert_accessible(page)
    assert_no_horizontal_scroll(page)
    assert_no_csp_violation(page)


def test_presence_is_said_by_keyboard_and_stays_in_reach(live_server, page: Page, busy_house: House) -> None:
    sign_in(page, live_server.url, busy_house.chen)
    page.goto(f"{live_server.url}/settings/account")

    page.keyboard.press("p")
    expect(page.locator("#yn-presence button[value=available]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator("#yn-presence > summary .yn-presence")).to_have_attribute("data-presence", "busy")
    assert Staff.objects.get(pk=busy_house.chen.pk).presence == "busy"
    expect(page.locator("#yn-presence > summary")).to_be_focused()
    page.locator("#yn-presence > summary").click()
    assert_accessible(page)
    assert_no_csp_violation(page)


def test_a_colleague_s_word_for_me_reaches_my_open_page(live_server, page: Page, busy_house: House) -> None:
    sign_in(page, live_server.url, busy_house.chen)
    page.goto(live_server.url)

    change_presence(staff=busy_house.chen, presence="offline", by=actor_of(busy_house.zhou), at=timezone.now())
    tell(page, f"staff-{busy_house.chen.pk}")

    expect(page.locator("#yn-presence > summary .yn-presence")).to_have_attribute("data-presence", "offline")


@pytest.mark.parametrize("screen", [BIG, HUGE, PHONE], indirect=True)
def test_the_wall_is_read_from_five_metres(live_server, page: Page, busy_house: House, screen: Screen) -> None:
    _wall, token = hang_up_wall(
        name="大厅",
        teams=[busy_house.team],
        language="zh-hans",
        theme="system",
        by=actor_of(busy_house.zhou),
        at=BEGINNING,
    )

    page.goto(f"{live_server.url}/wall/{token}")

    sizes = page.locator(".yn-wall-figure dd b").evaluate_all(
        "all => all.map((each) => parseFloat(getComputedStyle(each).fontSize))"
    )
    assert len(sizes) == 6
    if screen.width >= 1920:
        assert min(sizes) >= 96 * screen.width / 1920
        # Nothing is cut off: the wall does not scroll, and no card holds more than it shows.
        cut = """all => all.filter((each) => each.scrollHeight > each.clientHeight + 1
                     || each.scrollWidth > each.clientWidth + 1).map((each) => each.className)"""
        assert page.locator(".yn-wall, .yn-wall-figure, .yn-wall-next").evaluate_all(cut) == []
    assert_accessible(page)
    assert_no_horizontal_scroll(page)
    assert_no_csp_violation(page)


@pytest.mark.parametrize("screen", [BIG], indirect=True)
def test_a_wall_follows_and_hides_what_it_cannot_vouch_for(live_server, page: Page, busy_house: House) -> None:
    wall, token = hang_up_wall(
        name="大厅",
        teams=[busy_house.team],
        language="zh-hans",
        theme="dark",
        by=actor_of(busy_house.zhou),
        at=BEGINNING,
    )
    page.clock.install()
    page.goto(f"{live_server.url}/wall/{token}")
    figure = page.locator(".yn-wall-figure dd b").first
    expect(figure).to_have_text("3")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")

    busy_house.open(at=timezone.now())
    tell(page, f"wall-{token}")
    page.clock.run_for(3_000)
    expect(figure).to_have_text("4")

    page.route("**/piece*", lambda route: route.abort())
    page.clock.run_for(50_000)
    expect(page.locator("#wall-lost")).to_contain_text("连接中断")
    expect(figure).to_be_hidden()

    page.unroute("**/piece*")
    page.clock.run_for(10_000)
    expect(page.locator("#wall-lost")).to_be_hidden()
    expect(figure).to_be_visible()

    wall.taken_down_at = timezone.now()
    wall.save(update_fields=["taken_down_at"])
    page.clock.run_for(40_000)
    expect(page.locator("#wall-lost")).to_contain_text("已撤下")
    expect(figure).to_be_hidden()
