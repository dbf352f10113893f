"""Chromium for tests, and what every page must hold in it.

    pytest_plugins = ["yinuo.web.tests.browser"]      # in the conftest; gives `chromium` and `page`

    @pytest.mark.browser
    def test_queue_is_usable_without_a_mouse(live_server, page):
        page.goto(live_server.url)
        assert_accessible(page)

`page` opens with zh-CN, the light theme and 1440 px; use `@pytest.mark.parametrize("screen", [Screen(width=390)],
indirect=True)` for another. Tests using it are skipped with a reason where Chromium is not installed.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCREENSHOTS = Path(os.environ.get("YINUO_SCREENSHOTS", "screenshots"))
CANDIDATES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LISTEN = """
window.cspViolations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.cspViolations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


@dataclass(frozen=True)
class Screen:
    """How a page is looked at."""

    width: int = 1440
    height: int = 900
    theme: str = "light"
    language: str = "zh-CN"


SCREENS = [
    Screen(width=width, height=844 if width < 768 else 900, theme=theme, language=language)
    for width in (1440, 1024, 390)
    for theme in ("light", "dark")
    for language in ("zh-CN", "en")
]


def chromium_path() -> str | None:
    """Return the installed Chromium, `YINUO_CHROMIUM` first; None when there is none."""
    return os.environ.get("YINUO_CHROMIUM") or next(filter(None, map(shutil.which, CANDIDATES)), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the whole test run."""
    executable = chromium_path()
    if executable is None:
        pytest.skip("Chromium is not installed: `apt-get install chromium`, or name one in YINUO_CHROMIUM.")
    # Playwright's driver runs an event loop in this thread; Django's guard against async code would see it.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as driver:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = driver.chromium.launch(executable_path=executable, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session", autouse=True)
def _plain_static_files() -> None:
    """Static files under their plain names: no test needs them collected, and `live_server` finds them as they are."""
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def screen(request: pytest.FixtureRequest) -> Screen:
    """The screen of this test; parametrize it indirectly for another."""
    return getattr(request, "param", Screen())


@pytest.fixture
def page(chromium: Browser, screen: Screen) -> Iterator[Page]:
    """A page in a fresh profile that fails the test when a script of ours throws."""
    context = chromium.new_context(
        viewport={"width": screen.width, "height": screen.height},
        color_scheme=screen.theme,
        locale=screen.language,
        timezone_id="Asia/Shanghai",
    )
    context.add_init_script(LISTEN)
    opened = context.new_page()
    thrown: list[str] = []
    opened.on("pageerror", lambda error: thrown.append(str(error)))
    yield opened
    # A page that is left saves what was typed; that request must not meet the emptying of the tables.
    context.set_offline(True)
    context.close()
    assert thrown == []


def assert_accessible(page: Page) -> None:
    """Fail when axe finds anything on the page, of whatever impact (WCAG 2.2 A and AA and best practice).

    A page without its styles would pass unseen, so it fails too.
    """
    styles = page.locator("link[rel=stylesheet]")
    assert styles.evaluate_all("links => links.filter((link) => !link.sheet).map((link) => link.href)") == []
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    violations = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n    "
        + "\n    ".join(
            node["html"][:200] + "  " + node["failureSummary"].splitlines()[-1] for node in violation["nodes"]
        )
        for violation in found.response["violations"]
    ]
    assert not violations, "\n".join(violations)


def assert_no_csp_violation(page: Page) -> None:
    """Fail when the page tried anything the Content-Security-Policy forbids since it was opened."""
    assert page.evaluate("window.cspViolations") == []


def assert_no_horizontal_scroll(page: Page) -> None:
    """Fail when the page is wider than its window, naming the elements that stick out."""
    too_wide = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
             .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
             .map((element) => `${element.tagName}.${element.className}`).slice(0, 10)"""
    )
    assert too_wide == []


def screenshot(page: Page, name: str) -> Path:
    """Write the visible page to the screenshots folder and return the file."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    page.screenshot(path=path)
    return path
