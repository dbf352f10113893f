"""The search: what is found by what, what is never found, and how it is used with the keyboard."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from yinuo.access.actions import add_account, grant_role
from yinuo.access.roles import Role
from yinuo.cases.models import Case
from yinuo.cases.tests.cast import BEGINNING, SYSTEM, House, actor_of
from yinuo.customers.actions import add_identity
from yinuo.customers.models import Customer
from yinuo.desk.search import searched
from yinuo.organisation.models import Staff
from yinuo.web.tests.browser import Screen, assert_accessible, assert_no_csp_violation, screenshot

PHONE = "13800006721"


@pytest.fixture
def case(house: House) -> Case:
    """Wang's case about a refund."""
    Customer.objects.filter(pk=house.wang.pk).update(sort_key="wang li")
    add_identity(customer=house.wang, kind="phone", value=PHONE, source="test", by=SYSTEM, at=BEGINNING)
    return house.open(at=timezone.now(), text="洗衣机退款什么时候到账 Refund")


def found(house: House, words: str, *, by: Staff | None = None) -> dict[str, list[str]]:
    groups = searched(actor_of(by or house.chen), words, limit=5)
    return {group.key: [hit.title for hit in group.hits] for group in groups}


@pytest.mark.parametrize(
    "words", ["退款", "洗衣机", "到账 退款", "REFUND", "fund", "王丽", "王丽 退款", PHONE, "138 0000 6721"]
)
def test_a_case_is_found_by_words_of_its_subject_and_by_its_customer(house: House, case: Case, words: str) -> None:
    assert found(house, words)["cases"] == [case.subject]


def test_a_case_is_found_by_the_beginning_of_its_number_with_or_without_letters(house: House, case: Case) -> None:
    number = case.reference.removeprefix("YN-")

    for words in (case.reference[:9].lower(), number[:8], number):
        assert found(house, words)["cases"] == [case.subject]


@pytest.mark.parametrize("words", ["退", "x", "", "  ", "退货", "王丽 退货", "zz", "1380000672"])
@pytest.mark.usefixtures("case")
def test_too_few_characters_other_words_and_parts_of_a_phone_number_find_nothing(house: House, words: str) -> None:
    assert "cases" not in found(house, words)
    assert "customers" not in found(house, words) or words.startswith("王丽")


@pytest.mark.parametrize("words", ["王丽", "wang li", "wang", PHONE])
@pytest.mark.usefixtures("case")
def test_a_customer_is_found_by_name_pinyin_and_whole_number_and_shown_masked(house: House, words: str) -> None:
    groups = {group.key: group for group in searched(actor_of(house.chen), words, limit=5)}

    (hit,) = groups["customers"].hits
    assert (hit.title, hit.url) == ("王丽", f"/customers/{house.wang.pk}")
    assert "6721" in hit.detail
    assert PHONE not in hit.detail


def test_frequent_words_show_the_newest_and_say_that_there_is_more(house: House) -> None:
    cases = [house.open(at=timezone.now(), text=f"漏水 {number}") for number in range(7)]

    (group,) = (one for one in searched(actor_of(house.chen), "漏水", limit=5) if one.key == "cases")

    assert [hit.title for hit in group.hits] == [case.subject for case in reversed(cases[2:])]
    assert group.is_more
    assert group.all_url == "/cases/list?q=%E6%BC%8F%E6%B0%B4"


@pytest.mark.usefixtures("case")
def test_nobody_finds_what_is_not_theirs_to_see(house: House) -> None:
    account = add_account(username="far", name="远方", by=SYSTEM, at=BEGINNING)
    grant_role(account=account, role=Role.AGENT, department_id=house.other_department.pk, by=SYSTEM, at=BEGINNING)
    far = Staff.objects.create(account=account, name="远方", department=house.other_department)
    partner = add_account(username="partner", name="伙伴", by=SYSTEM, at=BEGINNING)
    grant_role(account=partner, role=Role.PARTNER, by=SYSTEM, at=BEGINNING)

    assert "cases" not in found(house, "退款", by=far)
    assert searched(partner.as_actor(), PHONE, limit=5) == []


def test_pages_are_found_in_both_languages_by_those_who_may_open_them(house: House) -> None:
    assert found(house, "mailbox", by=house.admin)["places"] == found(house, "邮箱", by=house.admin)["places"]
    assert "places" not in found(house, "mailboxes")
    assert [*found(house, "sla", by=house.zhao)] == ["places"]


def test_a_whole_number_leads_straight_to_its_case(client: Client, house: House, case: Case) -> None:
    client.force_login(house.chen.account)

    assert client.get("/search", {"q": case.reference.lower()})["Location"] == f"/cases/{case.reference}"
    assert client.get("/search/suggestions", {"q": "退款"})["Location"].startswith("/search?q=")
    assert "找不到" not in client.get("/search", {"q": "退款"}).content.decode()


def test_the_search_costs_the_same_for_one_and_for_thirty(client: Client, house: House) -> None:
    client.force_login(house.chen.account)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/search", {"q": "漏水"}).status_code == 200
        return len(queries)

    def fill(numbers: range) -> None:
        for number in numbers:
            customer = Customer.objects.create(name=f"漏水{number}", created_at=BEGINNING)
            house.open(at=timezone.now(), text="漏水", customer=customer)

    fill(range(1))
    cost()
    one = cost()
    fill(range(1, 30))

    # Enough among the newest cases saves the second look.
    assert cost() in {one, one - 1}


@pytest.mark.browser
@pytest.mark.parametrize(
    "screen",
    [Screen(), Screen(390, 844, "dark", "en"), Screen(1024, 768, "dark")],
    indirect=True,
    ids=["wide", "phone", "middle"],
)
def test_suggestions_are_walked_by_keyboard_and_wait_for_the_input_method(
    transactional_db, live_server, client: Client, house: House, page: Page, screen: Screen
) -> None:
    add_identity(customer=house.wang, kind="phone", value=PHONE, source="test", by=SYSTEM, at=BEGINNING)
    case = house.open(at=timezone.now(), text="洗衣机退款什么时候到账")
    client.force_login(house.admin.account)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(f"{live_server.url}{reverse('settings_account')}")
    field, listed = page.locator("[data-search]"), page.locator("#yn-found")

    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.type("退款")
    expect(listed).to_be_visible()
    screenshot(page, f"search-suggestions-{screen.width}-{screen.theme}-{screen.language}")
    assert_accessible(page)
    page.keyboard.press("ArrowDown")
    expect(listed.locator("[aria-selected=true]")).to_contain_text(case.reference)
    assert field.get_attribute("aria-activedescendant") == "yn-hit-cases-1"
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()

    # Enter belongs to the input method while it composes.
    page.keyboard.press("ArrowDown")
    page.evaluate(
        """() => document.querySelector("[data-search]").dispatchEvent(
             new KeyboardEvent("keydown", {key: "Enter", isComposing: true, bubbles: true, cancelable: true}))"""
    )
    assert page.url.endswith(reverse("settings_account"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{case.reference}")

    page.locator("[data-search]").focus()
    expect(page.locator("#yn-found [role=option]").first).to_have_text("退款")
    page.goto(f"{live_server.url}/search?q=退款")
    screenshot(page, f"search-page-{screen.width}-{screen.theme}-{screen.language}")
    assert_accessible(page)
    assert_no_csp_violation(page)
