"""The panels beside a conversation: any folder adds one, and none of them can break the page."""

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from yinuo.cases.tests.cast import House
from yinuo.cases.tests.reading import text_of
from yinuo.desk.tests.declared import templates_in
from yinuo.desk.tests.test_browser import sign_in, tell
from yinuo.foundation.panels import forget_panel, known_panels, panel
from yinuo.web.tests.browser import assert_accessible, assert_no_csp_violation


@pytest.fixture
def house_panels(tmp_path):
    """What some folder beyond the desk would declare in its `panels.py`, with its template."""
    (tmp_path / "weather.html").write_text("<p>{{ case.reference }}: {{ weather }}</p>", encoding="utf-8")
    made: list[str] = []

    def declare(code: str, show, **more) -> None:
        panel(code, title=f"标题 {code}", template="weather.html", order=15, **more)(show)
        made.append(code)

    with templates_in(tmp_path):
        yield declare
    for code in made:
        forget_panel(code)


def browser_of(staff) -> Client:
    browser = Client()
    browser.force_login(staff.account)
    return browser


def sunny(_case, actor, _at) -> dict:
    return {"weather": f"sunny for {actor.name}", "panel_aside": "21°"}


def test_the_desk_s_own_panels_are_found_in_their_order() -> None:
    codes = [one.code for one in known_panels()]

    assert [code for code in codes if code in {"promises", "customer", "owned", "orders", "other_cases"}] == [
        "promises",
        "customer",
        "owned",
        "orders",
        "other_cases",
    ]


def test_two_panels_of_one_code_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="promises"):
        panel("promises", title="x", template="x", order=1)(sunny)


def test_a_folder_s_panel_stands_at_its_place_with_what_its_function_returns(house: House, house_panels) -> None:
    case = house.open(at=timezone.now())
    house_panels("weather", sunny)

    page = browser_of(house.chen).get(f"/cases/{case.reference}")

    words = text_of(page)
    assert f"标题 weather 21° {case.reference}: sunny for 陈晨" in words
    assert words.index("承诺 ") < words.index("标题 weather") < words.index("客户 王")


def test_a_panel_with_nothing_to_show_is_not_there(house: House, house_panels) -> None:
    case = house.open(at=timezone.now())
    house_panels("weather", lambda *_given: None)

    assert "标题 weather" not in text_of(browser_of(house.chen).get(f"/cases/{case.reference}"))
    piece = browser_of(house.chen).get(f"/cases/{case.reference}/panels/weather", headers={"HX-Request": "true"})
    assert (piece.status_code, piece.content) == (200, b"")


def test_a_panel_is_only_for_those_with_its_permission(house: House, house_panels) -> None:
    case = house.open(at=timezone.now())
    house_panels("weather", sunny, permission="cases.assign")
    address = f"/cases/{case.reference}/panels/weather"

    assert browser_of(house.chen).get(address).status_code == 404
    assert "标题 weather" not in text_of(browser_of(house.chen).get(f"/cases/{case.reference}"))
    assert "sunny" in text_of(browser_of(house.zhou).get(address))


def test_a_panel_that_fails_says_so_and_the_rest_of_the_page_stands(house: House, house_panels, caplog) -> None:
    def fail(_case, _actor, _at) -> dict:
        raise RuntimeError

    case = house.open(at=timezone.now(), subject="漏水")
    house_panels("weather", fail)

    page = browser_of(house.chen).get(f"/cases/{case.reference}")

    assert page.status_code == 200
    assert "这部分暂时无法显示，其余不受影响。" in text_of(page)
    assert "首次响应" in text_of(page)
    assert [record.message for record in caplog.records if record.name == "yinuo.desk"] == ["panel failed"]


def test_a_lazy_panel_costs_nothing_until_it_is_asked_for(house: House, house_panels) -> None:
    asked: list[str] = []

    def slow(case, _actor, _at) -> dict:
        asked.append(case.reference)
        return {"weather": "rain"}

    case = house.open(at=timezone.now())
    house_panels("weather", slow, lazy=True)
    chen = browser_of(house.chen)

    page = chen.get(f"/cases/{case.reference}").content.decode()
    assert asked == []
    assert f'hx-get="/cases/{case.reference}/panels/weather" hx-trigger="intersect once"' in page
    assert "rain" in text_of(chen.get(f"/cases/{case.reference}/panels/weather"))


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_panels_come_into_sight_and_stay_folded(live_server, page: Page, house: House) -> None:
    case, other = house.open(at=timezone.now()), house.open(at=timezone.now(), subject="空调不冷")
    sign_in(page, live_server.url, house.chen)
    page.goto(f"{live_server.url}/cases/{case.reference}")

    expect(page.locator("#panel-other_cases")).to_contain_text("空调不冷")
    # Nothing is owned and nothing was ordered: those panels go away when they are looked at.
    expect(page.locator("#panel-orders")).to_have_count(0)
    page.locator("#panel-promises > summary").click()
    expect(page.locator("#panel-promises > summary ~ *").first).to_be_hidden()
    tell(page, f"case-{case.pk}")
    page.goto(f"{live_server.url}/cases/{other.reference}")
    expect(page.locator("#panel-promises > summary")).to_be_visible()
    expect(page.locator("#panel-promises > summary ~ *").first).to_be_hidden()
    page.locator("#panel-promises > summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-promises > summary ~ *").first).to_be_visible()
    assert_accessible(page)
    assert_no_csp_violation(page)
