"""The shell and every component, looked at in Chromium: each width, theme and language."""

import pytest
from playwright.sync_api import Page

from yinuo.web.tests.browser import (
    SCREENS,
    Screen,
    assert_accessible,
    assert_no_csp_violation,
    assert_no_horizontal_scroll,
    screenshot,
)

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("screen", SCREENS, indirect=True, ids=lambda s: f"{s.width}-{s.theme}-{s.language}")
def test_gallery_is_accessible_within_its_policy_and_never_wider_than_the_window(
    site: str, page: Page, screen: Screen
) -> None:
    answer = page.goto(f"{site}/gallery/")

    screenshot(page, f"gallery-{screen.width}-{screen.theme}-{screen.language}")
    assert_accessible(page)
    assert_no_csp_violation(page)
    assert_no_horizontal_scroll(page)
    assert page.evaluate("document.documentElement.dataset.bsTheme") == screen.theme
    assert len(answer.body()) <= 120_000


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/fault/", "/nothing/"])
@pytest.mark.parametrize("screen", [Screen(), Screen(width=390, theme="dark")], indirect=True, ids=["wide", "phone"])
def test_workbench_sign_in_and_error_pages_are_accessible(site: str, page: Page, path: str) -> None:
    page.goto(site + path)

    assert_accessible(page)
    assert_no_csp_violation(page)
    assert_no_horizontal_scroll(page)
