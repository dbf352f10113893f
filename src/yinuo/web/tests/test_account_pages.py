"""Every page on which somebody signs in or looks after the own account wears our look, in both languages."""

import re

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Page

from yinuo.access.models import Account
from yinuo.web.tests.browser import (
    Screen,
    assert_accessible,
    assert_no_csp_violation,
    assert_no_horizontal_scroll,
    screenshot,
)

PASSWORD = "a long enough phrase"
ENTRANCE = ["/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/inactive/"]
OWN = [
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/accounts/email/",
    "/accounts/3rdparty/",
    "/accounts/logout/",
]
INLINE = re.compile(r"<style|\sstyle=|\son\w+=|<script(?![^>]*(\ssrc=|type=\"application/json\"))", re.IGNORECASE)
SCREENS = [Screen(), Screen(width=390, height=844, theme="dark", language="en")]


@pytest.fixture
def chen(transactional_db) -> Account:
    return Account.objects.create_user("chen", "chen@example.com", PASSWORD, name="Chen")


def sign_in(client: Client) -> None:
    answer = client.post("/accounts/login/", {"login": "chen", "password": PASSWORD})
    assert answer.status_code == 302
    # A second factor may only be changed by somebody who has just proved again who they are.
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("path", ENTRANCE + OWN)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_account_page_wears_our_look_and_needs_nothing_inline(chen: Account, path: str, language: str) -> None:
    client = Client()
    if path in OWN:
        sign_in(client)
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = language

    page = client.get(path).content.decode()

    assert 'class="yn-sheet' in page
    assert f'lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in page
    assert INLINE.search(page) is None


@pytest.mark.browser
@pytest.mark.parametrize("screen", SCREENS, indirect=True, ids=["wide", "phone"])
def test_account_pages_are_accessible(chen: Account, live_server, page: Page, screen: Screen) -> None:
    for path in ENTRANCE:
        look_at(page, live_server.url + path, screen)
    page.goto(f"{live_server.url}/accounts/login/")
    page.fill("[name=login]", "chen")
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit].btn-primary")
    page.wait_for_load_state()
    page.goto(f"{live_server.url}/accounts/reauthenticate/")
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit].btn-primary")
    page.wait_for_load_state()
    for path in OWN:
        look_at(page, live_server.url + path, screen)


def look_at(page: Page, address: str, screen: Screen) -> None:
    page.goto(address)
    name = address.split("/accounts/")[1].strip("/").replace("/", "-")
    screenshot(page, f"account-{name}-{screen.width}-{screen.theme}-{screen.language}")
    assert_accessible(page)
    assert_no_csp_violation(page)
    assert_no_horizontal_scroll(page)
