"""The bell, the centre and the choices in a browser; and what its worker does with a push."""

import json

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from yinuo.access.models import Account
from yinuo.cases.tests.cast import House, build_house
from yinuo.notifications.models import PushSubscription
from yinuo.notifications.tests.push_peer import PushPeer
from yinuo.notifications.tests.telling import tell
from yinuo.web.tests.browser import (
    Screen,
    assert_accessible,
    assert_no_csp_violation,
    assert_no_horizontal_scroll,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
_CHOICES = "/settings/notifications"
SCREENS = [
    Screen(),
    Screen(width=1024, theme="dark", language="en"),
    Screen(width=390, height=844),
    Screen(width=390, height=844, theme="dark", language="en"),
]
# A push service stands behind every browser; here its answer is made up, since Chromium's own is not to be reached.
SUBSCRIBED = """
PushManager.prototype.subscribe = async () => ({
  endpoint: GIVEN.endpoint,
  getKey: (name) => {
    const plain = atob(GIVEN[name].replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (one) => one.charCodeAt(0)).buffer;
  },
});
"""


@pytest.fixture
def desk(live_server, page: Page, screen: Screen, client) -> House:
    """The house with Chen signed in and three things told."""
    house = build_house()
    language = "en" if screen.language == "en" else "zh-hans"
    Account.objects.update(language=language)
    for kind in ("cases.customer_wrote", "cases.promise_soon_due", "cases.colleague_wrote"):
        tell(house.chen, house.open(at=timezone.now(), text="洗衣机漏水，已经打过两次电话"), kind=kind)
    client.force_login(Account.objects.get(pk=house.chen.pk))
    cookies = [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in client.cookies.items()]
    cookies.append({"name": "django_language", "value": language, "url": live_server.url})
    page.context.add_cookies(cookies)
    return house


@pytest.mark.parametrize("screen", SCREENS, indirect=True)
def test_bell_centre_and_choices_are_usable_by_everybody(desk, live_server, page):
    # What lies half below an open panel is no target of anybody: the panel is looked at on an empty page.
    for path, is_empty in (("/notifications", False), ("/notifications?kind=cases.reopened", True), (_CHOICES, False)):
        page.goto(live_server.url + path)
        assert_accessible(page)
        page.keyboard.press("b")
        page.locator(".yn-bell-panel .yn-news-item").nth(2).wait_for()
        if is_empty:
            assert_accessible(page)
        assert_no_horizontal_scroll(page)
        page.keyboard.press("Escape")
        assert not page.locator(".yn-bell[open]").count()
        assert_no_csp_violation(page)


def test_reading_at_the_bell_takes_the_number_down_without_a_new_page(desk, live_server, page):
    page.goto(live_server.url + "/notifications")
    assert page.locator(".yn-bell-count").inner_text() == "3"

    page.keyboard.press("b")
    page.locator(".yn-bell-panel .yn-news-act button").first.click()
    page.locator(".yn-bell-count", has_text="2").wait_for()
    page.locator(".yn-bell-head button").click()
    page.locator(".yn-bell-count").wait_for(state="detached")

    assert page.locator(".yn-bell-panel .yn-news-item[data-unread]").count() == 0
    assert page.url.endswith("/notifications")


@pytest.mark.parametrize("screen", [Screen(language="en")], indirect=True)
def test_a_browser_is_switched_on_and_shows_what_it_is_pushed(desk, live_server, page, settings):
    settings.PUSH_HOSTS = ["127.0.0.1"]
    peer = PushPeer(port=1)
    page.context.grant_permissions(["notifications"], origin=live_server.url)
    page.add_init_script(f"const GIVEN = {json.dumps(peer.address)};{SUBSCRIBED}")
    page.goto(live_server.url + "/settings/notifications")

    page.get_by_role("button", name="Switch on in this browser").click()
    page.locator(".yn-browsers li").wait_for()

    assert PushSubscription.objects.get().endpoint == peer.address["endpoint"]
    shown = pushed(
        page, live_server.url, {"title": "The customer wrote in YN-1", "url": "/notifications/1", "tag": "t"}
    )
    assert shown == [["The customer wrote in YN-1", "t", {"url": "/notifications/1"}]]


def pushed(page: Page, site: str, news: dict[str, str]) -> list[list[object]]:
    """Hand the worker a push as the browser does, and return what it shows."""
    session = page.context.new_cdp_session(page)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    session.send(
        "ServiceWorker.deliverPushMessage", {"origin": site, "registrationId": found[-1], "data": json.dumps(news)}
    )
    look = """navigator.serviceWorker.ready.then((worker) => worker.getNotifications())
                .then((all) => all.map((one) => [one.title, one.tag, one.data]))"""
    for _try in range(50):
        shown = page.evaluate(look)
        if shown:
            break
        page.wait_for_timeout(100)
    return list(shown)
