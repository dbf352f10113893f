"""The shell around every page: places for each role, the phone's bar, the way back, the help and its keys."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from playwright.sync_api import Page, expect

from yinuo.cases.tests.cast import House
from yinuo.foundation.acts import known_acts
from yinuo.web.known_pages import known_pages
from yinuo.web.shortcuts import GROUPS
from yinuo.web.tests.browser import (
    Screen,
    assert_accessible,
    assert_no_csp_violation,
    assert_no_horizontal_scroll,
    screenshot,
)

SOURCE = Path(__file__).resolve().parents[2]
# In markup, and as the attribute of a component.
KEY = re.compile(r"""data-(?:shortcut|key-help)="([^"{]+)"|\bshortcut="([^"{]+)\"""")


def keys_in_templates() -> set[str]:
    pages = [path for path in SOURCE.rglob("templates/**/*.html") if path.name != "gallery.html"]
    return {key or other for path in pages for key, other in KEY.findall(path.read_text())}


def browser_of(account: object) -> Client:
    client = Client()
    client.force_login(account)
    return client


def test_every_key_of_a_page_stands_in_the_help_and_nothing_else_does() -> None:
    handled_by_script = {"j", "k", "Enter", "Ctrl", "Esc", "?"}
    told = {key for group in GROUPS for shortcut in group.shortcuts for key in shortcut.keys}

    # Acts that folders offer on a case bring keys of their own.
    of_acts = {act.shortcut for act in known_acts() if act.shortcut}
    assert told - handled_by_script == keys_in_templates() | of_acts


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_dialog_and_help_page_say_the_same(house: House, language: str) -> None:
    client = browser_of(house.chen.account)
    client.cookies["django_language"] = language
    page = client.get("/help").content.decode()

    with override(language):
        for group in GROUPS:
            for shortcut in group.shortcuts:
                assert page.count(f"<dd>{shortcut.does}</dd>") == 2


def test_the_help_names_the_pages_somebody_may_open_and_each_opens(house: House) -> None:
    for staff in (house.chen, house.zhou, house.zhao, house.admin):
        client = browser_of(staff.account)
        for known in known_pages(staff.account.as_actor()):
            answer = client.get(reverse(known.address))
            assert answer.status_code in {200, 302}, (staff.name, known.address)
    assert "settings_people" not in {known.address for known in known_pages(house.chen.account.as_actor())}


def test_a_phone_shows_four_places_and_the_rest_behind_more(house: House) -> None:
    few, many = (browser_of(staff.account).get("/help").context for staff in (house.chen, house.admin))

    assert [place.label for place in few["more_places"]] == [place.label for place in few["navigation"][4:]]
    assert sum(place.on_phone for place in many["navigation"]) == 4
    assert [place.url for place in many["more_places"]] == [
        "/customers",
        reverse("approvals"),
        "/remedies",
        "/help",
        "/settings/",
    ]


@pytest.mark.parametrize(
    ("path", "above"),
    [
        ("/settings/people", ["/settings/"]),
        ("/settings/people/new", ["/settings/", "/settings/people"]),
        ("/settings/structure/team/new", ["/settings/", "/settings/structure"]),
        ("/help", ["/"]),
        ("/cases/new", ["/"]),
    ],
)
def test_a_page_below_others_shows_the_way_back(house: House, path: str, above: list[str]) -> None:
    page = browser_of(house.admin.account).get(path).content.decode()

    crumbs = re.search(r'<nav class="yn-crumbs".*?</nav>', page, re.DOTALL)[0]
    assert re.findall(r'<a href="([^"]+)"', crumbs) == above


@pytest.mark.browser
@pytest.mark.parametrize(
    "screen",
    [Screen(), Screen(390, 844, "dark", "en")],
    indirect=True,
    ids=["wide", "phone"],
)
def test_the_shell_is_used_by_keyboard_and_on_a_phone(
    transactional_db, live_server, house: House, page: Page, screen: Screen
) -> None:
    client = browser_of(house.admin.account)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    name = f"{screen.width}-{screen.theme}-{screen.language}"
    page.goto(f"{live_server.url}/help")
    screenshot(page, f"help-{name}")
    assert_accessible(page)
    assert_no_horizontal_scroll(page)

    page.keyboard.press("?")
    expect(page.locator("#yn-keys")).to_be_visible()
    screenshot(page, f"help-dialog-{name}")
    assert_accessible(page)
    page.keyboard.press("Escape")

    if screen.width < 768:
        page.locator(".yn-rail-more > summary").click()
        screenshot(page, f"more-{name}")
        assert_accessible(page)
        page.locator(".yn-rail-more .yn-menu-list a").last.click()
        page.wait_for_url("**/settings/**")
    else:
        page.locator(".yn-rail-entry").nth(1).focus()
        page.locator(".yn-rail-entry").nth(2).hover()
        expect(page.locator(".yn-rail-label").nth(2)).to_be_in_viewport()
        screenshot(page, f"rail-{name}")
    assert_no_csp_violation(page)
