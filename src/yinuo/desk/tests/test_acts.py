"""The acts that folders offer on a case: one menu, one form each, and a refusal beside what was typed."""

import pytest
from django import forms
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from yinuo.cases.forms import ActForm
from yinuo.cases.tests.cast import House
from yinuo.cases.tests.reading import text_of
from yinuo.desk.tests.declared import templates_in
from yinuo.desk.tests.test_browser import sign_in
from yinuo.foundation.acts import case_act, forget_act
from yinuo.foundation.refusals import NotAllowed
from yinuo.web.tests.browser import assert_accessible, assert_no_csp_violation

done_acts: list[tuple[str, str]] = []


class GreetingForm(ActForm):
    words = forms.CharField(max_length=20)


@pytest.fixture
def house_acts(tmp_path):
    """What some folder would declare in its `case_acts.py`, with its template."""
    (tmp_path / "greeting.html").write_text(
        '<label class="yn-bench-label">问候'
        '<input class="form-control" name="words" value="{{ posted.words }}"></label>',
        encoding="utf-8",
    )
    made: list[str] = []
    done_acts.clear()

    def greet(case, _actor, _at, request):
        words = GreetingForm(request.POST).checked()["words"]
        if words == "no":
            raise NotAllowed(permission="greeting")
        done_acts.append((case.reference, words))

    def declare(code: str = "greet", do=greet, **more) -> None:
        case_act(code, label=f"问候 {code}", icon="send", order=99, template="greeting.html", **more)(do)
        made.append(code)

    with templates_in(tmp_path):
        yield declare
    for code in made:
        forget_act(code)


def browser_of(staff) -> Client:
    browser = Client()
    browser.force_login(staff.account)
    return browser


def test_two_acts_of_one_code_are_a_mistake(house_acts) -> None:
    house_acts()

    with pytest.raises(ValueError, match="greet"):
        house_acts()


def test_an_act_stands_in_the_menu_and_is_done_as_a_plain_form(house: House, house_acts) -> None:
    case = house.open(at=timezone.now())
    house_acts()
    chen = browser_of(house.chen)

    assert f'href="/cases/{case.reference}/acts/greet"' in chen.get(f"/cases/{case.reference}").content.decode()
    assert "问候 greet" in text_of(chen.get(f"/cases/{case.reference}/acts/greet"))
    answer = chen.post(f"/cases/{case.reference}/acts/greet", {"words": "您好"})

    assert (answer.status_code, answer.url) == (302, f"/cases/{case.reference}")
    assert done_acts == [(case.reference, "您好")]


def test_what_is_not_offered_or_not_allowed_does_not_stand_in_the_menu(house: House, house_acts) -> None:
    case = house.open(at=timezone.now())
    house_acts("never", offered=lambda _case, _actor: False)
    house_acts("leaders", permission="cases.assign")

    page = browser_of(house.chen).get(f"/cases/{case.reference}").content.decode()
    assert "acts/never" not in page
    assert "acts/leaders" not in page
    assert browser_of(house.chen).post(f"/cases/{case.reference}/acts/leaders").status_code == 403
    assert browser_of(house.chen).get(f"/cases/{case.reference}/acts/unheard-of").status_code == 404
    assert "acts/leaders" in browser_of(house.zhou).get(f"/cases/{case.reference}").content.decode()


def test_acts_that_ask_the_same_question_ask_it_once_for_a_page(house: House, house_acts) -> None:
    asked: list[str] = []

    def offered(case, _actor) -> bool:
        asked.append(case.reference)
        return True

    case = house.open(at=timezone.now())
    house_acts("one", offered=offered)
    house_acts("other", offered=offered)

    page = browser_of(house.chen).get(f"/cases/{case.reference}").content.decode()

    assert "acts/one" in page
    assert "acts/other" in page
    assert asked == [case.reference]


def test_a_refusal_stands_beside_what_was_typed(house: House, house_acts) -> None:
    case = house.open(at=timezone.now())
    house_acts()

    answer = browser_of(house.chen).post(f"/cases/{case.reference}/acts/greet", {"words": "no"})

    assert answer.status_code == 403
    assert 'value="no"' in answer.content.decode()
    assert done_acts == []


def test_an_act_leads_to_the_case_it_returns(house: House, house_acts) -> None:
    case, other = house.open(at=timezone.now()), house.open(at=timezone.now())
    house_acts(do=lambda _case, _actor, _at, _request: other)
    chen = browser_of(house.chen)

    assert chen.post(f"/cases/{case.reference}/acts/greet").url == f"/cases/{other.reference}"
    piece = chen.post(f"/cases/{case.reference}/acts/greet", headers={"HX-Request": "true"})
    assert piece.headers["HX-Redirect"] == f"/cases/{other.reference}"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_an_act_opens_in_a_dialog_by_its_key_and_keeps_what_a_refusal_leaves(
    house: House, house_acts, live_server, page: Page
) -> None:
    case = house.open(at=timezone.now())
    house_acts(shortcut="z")
    sign_in(page, live_server.url, house.chen)
    page.goto(f"{live_server.url}/cases/{case.reference}")

    page.keyboard.press("z")
    dialog = page.get_by_role("dialog", name="问候 greet")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("问候")).to_be_focused()
    assert_accessible(page)
    page.keyboard.type("no")
    page.keyboard.press("Enter")
    expect(dialog.locator("[data-refusal]")).to_be_visible()
    expect(dialog.get_by_label("问候")).to_have_value("no")
    dialog.get_by_label("问候").fill("您好")
    page.keyboard.press("Enter")

    expect(dialog).to_be_hidden()
    assert done_acts == [(case.reference, "您好")]
    assert_no_csp_violation(page)
