"""The habits of every page, tried in Chromium: answers, drafts, keys, live updates, panes, theme, times."""

import re

import pytest
from playwright.sync_api import Page, expect

from yinuo.web.tests.browser import Screen, assert_no_csp_violation
from yinuo.web.tests.gallery_site import FACTS

pytestmark = pytest.mark.browser
REPLY = "textarea[name=body]"


def send(page: Page, wish: str = "") -> None:
    page.evaluate("wish => document.getElementById('wish').value = wish", wish)
    page.get_by_role("button", name="Send", exact=True).click()


def compose(page: Page, *, composing: bool, key_code: int) -> None:
    """Press Enter in the reply the way an input method does."""
    page.evaluate(
        """([isComposing, keyCode]) => document.querySelector("textarea").dispatchEvent(
             new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true, isComposing, keyCode}))""",
        [composing, key_code],
    )


# Answers of the server -------------------------------------------------------------------------------------------


def test_refusal_stands_in_its_form_and_what_was_typed_stays(site: str, page: Page) -> None:
    page.goto(site)
    page.fill(REPLY, "It is on its way.")

    send(page, "refuse")

    expect(page.locator(".yn-composer [data-refusal]")).to_have_text("Nothing is left. Choose another one.")
    expect(page.locator("#place")).to_have_text("waiting")
    expect(page.locator(REPLY)).to_have_value("It is on its way.")


def test_refusal_goes_away_once_the_form_is_accepted(site: str, page: Page) -> None:
    page.goto(site)
    send(page, "refuse")
    expect(page.locator(".yn-composer [data-refusal]")).to_be_visible()

    send(page)

    expect(page.locator("#answer")).to_have_text("accepted")
    expect(page.locator(".yn-composer [data-refusal]")).to_have_count(0)


def test_fault_is_told_with_its_reference_and_nothing_is_swapped(site: str, page: Page) -> None:
    page.goto(site)

    with page.expect_response(f"{site}/orders/") as answer:
        send(page, "fault")

    reference = answer.value.headers["x-request-reference"]
    expect(page.locator("#yn-toasts [data-toast]")).to_contain_text(f"编号：{reference}")
    expect(page.locator("#place")).to_have_text("waiting")


def test_lost_server_is_told(site: str, page: Page) -> None:
    page.goto(site)
    page.route("**/orders/", lambda route: route.abort())

    send(page)

    expect(page.locator("#yn-toasts [data-toast]")).to_contain_text("无法连接服务器")


def test_a_form_sent_after_sign_out_never_shows_the_sign_in_page_inside_the_page(site: str, page: Page) -> None:
    page.goto(site)
    page.fill(REPLY, "It is on its way.")

    with page.expect_navigation():
        send(page, "sign out")

    expect(page.locator("#main h1")).to_have_text("Invoice title needs changing")
    expect(page.locator(REPLY)).to_have_value("It is on its way.")


# Drafts ----------------------------------------------------------------------------------------------------------


def test_typed_text_survives_a_reload(site: str, page: Page) -> None:
    page.goto(site)
    page.fill(REPLY, "Half a sent")
    page.wait_for_timeout(400)

    page.reload()

    expect(page.locator(REPLY)).to_have_value("Half a sent")
    expect(page.locator("[data-draft-hint]")).to_be_visible()


def test_draft_is_dropped_once_the_answer_was_accepted(site: str, page: Page) -> None:
    page.goto(site)
    page.fill(REPLY, "It is on its way.")
    send(page)
    expect(page.locator("#answer")).to_be_visible()

    page.reload()

    expect(page.locator(REPLY)).to_have_value("")


def test_draft_of_a_plain_form_is_dropped_after_its_new_page(site: str, page: Page) -> None:
    page.goto(site)
    page.fill("input[name=plain]", "by hand")
    page.click("#plain-send")
    page.wait_for_url(f"{site}/")

    expect(page.locator("input[name=plain]")).to_have_value("")


# Keys ------------------------------------------------------------------------------------------------------------


def test_slash_goes_to_the_search_and_r_to_the_reply(site: str, page: Page) -> None:
    page.goto(site)

    page.keyboard.press("/")
    expect(page.locator("input[type=search]")).to_be_focused()
    page.locator("input[type=search]").blur()
    page.keyboard.press("r")

    expect(page.locator(REPLY)).to_be_focused()
    expect(page.locator(REPLY)).to_have_value("")


def test_j_and_k_walk_through_the_queue(site: str, page: Page) -> None:
    page.goto(site)
    items = page.locator("[data-list-item]")

    page.keyboard.press("j")
    expect(items.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(items.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(items.nth(0)).to_be_focused()


def test_question_mark_dims_what_this_page_does_not_have_and_single_keys_can_be_switched_off(
    site: str, page: Page
) -> None:
    page.goto(site)

    page.keyboard.press("?")
    expect(page.locator("#yn-keys")).to_contain_text("答复")
    expect(page.locator("#yn-keys [data-key=r]:not([data-away])")).to_be_visible()
    expect(page.locator("#yn-keys [data-key=z][data-away]")).to_be_visible()
    page.uncheck("#yn-keys-on")
    page.keyboard.press("Escape")
    page.keyboard.press("r")

    expect(page.locator(REPLY)).not_to_be_focused()


@pytest.mark.parametrize(("composing", "key_code"), [(True, 13), (False, 229)], ids=["composing", "safari"])
def test_enter_never_sends_while_chinese_is_composed(site: str, page: Page, composing: bool, key_code: int) -> None:
    page.goto(site)
    page.fill(REPLY, "nihao")

    compose(page, composing=composing, key_code=key_code)
    page.wait_for_timeout(300)

    expect(page.locator("#place")).to_have_text("waiting")


def test_enter_sends_and_shift_enter_begins_a_line(site: str, page: Page) -> None:
    page.goto(site)
    page.fill(REPLY, "one")
    page.locator(REPLY).press("End")

    page.locator(REPLY).press("Shift+Enter")
    page.wait_for_timeout(200)
    expect(page.locator("#place")).to_have_text("waiting")
    expect(page.locator(REPLY)).to_have_value("one\n")

    page.locator(REPLY).press("Enter")
    expect(page.locator("#answer")).to_have_text("accepted")


# Live updates ----------------------------------------------------------------------------------------------------


def test_a_fact_refreshes_only_the_pieces_that_asked_for_it(site: str, page: Page) -> None:
    FACTS.events.append('event: fact\nid: 42\ndata: {"topics": ["case-12"]}\n\n')

    page.goto(site)

    expect(page.locator("#answer")).to_have_text("accepted")
    assert FACTS.asked[0] == "/live?topics=case-12%2Cqueue&after=41"


def test_a_fact_of_another_case_changes_nothing(site: str, page: Page) -> None:
    FACTS.events.append('event: fact\nid: 42\ndata: {"topics": ["queue"]}\n\n')

    page.goto(site)
    page.wait_for_timeout(800)

    expect(page.locator("#place")).to_have_text("waiting")


def test_lost_stream_is_shown_and_the_banner_goes_when_it_is_back(site: str, page: Page) -> None:
    page.goto(site)
    page.route("**/live?*", lambda route: route.abort())
    expect(page.locator("#yn-connection")).to_be_visible(timeout=10_000)

    page.unroute("**/live?*")

    expect(page.locator("#yn-connection")).to_be_hidden(timeout=20_000)


# Panes, theme, times ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("screen", [Screen(width=390, height=844)], indirect=True)
def test_phone_shows_one_pane_at_a_time(site: str, page: Page) -> None:
    page.goto(site)
    expect(page.locator(".yn-pane-queue")).to_be_hidden()

    page.get_by_role("button", name="Back").click()

    expect(page.locator(".yn-pane-queue")).to_be_visible()
    expect(page.locator(".yn-pane-conversation")).to_be_hidden()


@pytest.mark.parametrize("screen", [Screen(width=1024)], indirect=True)
def test_side_slides_in_and_escape_closes_it(site: str, page: Page) -> None:
    page.goto(site)
    side = page.locator(".yn-pane-side")
    expect(side).to_be_hidden()

    page.get_by_role("button", name="Customer").click()
    expect(side).to_be_visible()
    page.keyboard.press("Escape")

    expect(side).to_be_hidden()


def test_chosen_theme_stays_after_a_reload_without_a_flash(site: str, page: Page) -> None:
    page.goto(site)
    page.locator("summary").first.click()
    page.click("[data-theme-choice=dark]")

    page.reload(wait_until="commit")

    page.wait_for_selector("body", state="attached")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_language_is_switched_by_a_plain_form(site: str, page: Page) -> None:
    page.goto(site)
    page.locator("summary").first.click()
    page.get_by_role("button", name="English").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".yn-skip")).to_have_text("Skip to the content")


@pytest.mark.parametrize("screen", [Screen(), Screen(language="en")], indirect=True, ids=["Chinese", "English"])
def test_browser_says_times_as_the_server_does(site: str, page: Page) -> None:
    page.goto(f"{site}/gallery/")

    said = page.evaluate(
        """() => [...document.querySelectorAll("time[data-when]")].map((element) =>
             [element.textContent, window.yinuo.humanTime(Date.parse(element.dateTime), window.yinuo.now())])"""
    )

    assert len(said) > 10
    assert [(server, browser) for server, browser in said if browser is not None and browser != server] == []


def test_countdown_runs_from_live_to_soon_to_broken_by_itself(site: str, page: Page) -> None:
    page.clock.install()
    page.goto(f"{site}/gallery/")
    badge = page.locator(".yn-pill[data-due]").first
    expect(badge).to_have_attribute("data-tone", "live")

    page.clock.fast_forward("01:30:00")
    expect(badge).to_have_attribute("data-tone", "soon")
    page.clock.fast_forward("01:00:00")

    expect(badge).to_have_attribute("data-tone", "broken")
    expect(badge).to_contain_text(re.compile("已超 (29|30) 分"))


def test_nothing_of_it_breaks_the_policy(site: str, page: Page) -> None:
    page.goto(site)
    page.keyboard.press("?")
    page.keyboard.press("Escape")
    send(page, "fault")
    expect(page.locator("[data-toast]")).to_be_visible()

    assert_no_csp_violation(page)
