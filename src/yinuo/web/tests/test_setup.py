"""The first run: from an empty database, through five screens, to the first case; and nobody slips in."""

import threading

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from yinuo.access.models import Account
from yinuo.cases.models import Case, Promise
from yinuo.intake.mail.models import Mailbox
from yinuo.organisation.models import Organisation, Team
from yinuo.standards.models import Standard
from yinuo.web.models import FirstRun
from yinuo.web.setup import actions, first_run
from yinuo.web.tests.browser import (
    Screen,
    assert_accessible,
    assert_no_csp_violation,
    assert_no_horizontal_scroll,
    screenshot,
)

COMPANY = {
    "name_zh": "禾暖家电",
    "name_en": "",
    "zone": "Asia/Shanghai",
    "language": "zh-hans",
    "domains": "henuan.example",
}
PERSON = {
    "name": "沈一帆",
    "username": "shen",
    "email": "shen@henuan.example",
    "password": "nuan-lu-2026",
    "again": "nuan-lu-2026",
}
TEAM = {"department_zh": "客户服务部", "team_zh": "售后组", "team_en": "After-sales"}


@pytest.fixture
def newcomer(db, client: Client) -> Client:
    """A browser with the code typed, on an empty installation."""
    cache.clear()
    assert client.post("/setup", {"code": first_run.setup_code().lower()})["Location"] == "/setup/company"
    return client


@pytest.fixture
def administrator(newcomer: Client) -> Client:
    """The same browser after the first two screens."""
    newcomer.post("/setup/company", COMPANY)
    assert newcomer.post("/setup/administrator", PERSON)["Location"] == "/setup/mailbox"
    return newcomer


@pytest.mark.django_db
class TestWhoMayBegin:
    @pytest.mark.parametrize("path", ["/", "/accounts/login/", "/settings/account", "/gallery", "/setup/team"])
    def test_every_page_of_an_empty_installation_leads_to_the_first_run(self, client: Client, path: str) -> None:
        assert client.get(path)["Location"] == "/setup"
        assert client.get("/setup").status_code == 200

    def test_machines_are_answered_as_always(self, client: Client) -> None:
        assert client.get("/healthz").status_code == 200
        assert client.get("/api/v1/cases").status_code == 401

    def test_without_the_code_nothing_is_shown_or_saved(self, client: Client) -> None:
        cache.clear()

        assert client.post("/setup", {"code": "AAAA-BBBB-CCCC"}).status_code == 422
        assert client.get("/setup/company")["Location"] == "/setup"
        assert client.post("/setup/administrator", PERSON)["Location"] == "/setup"
        assert not Account.objects.exists()

    def test_codes_cannot_be_guessed_for_long(self, client: Client) -> None:
        cache.clear()
        for _try in range(20):
            client.post("/setup", {"code": "AAAA-BBBB-CCCC"})

        assert client.post("/setup", {"code": first_run.setup_code()}).status_code == 429

    @pytest.mark.usefixtures("house")
    def test_where_somebody_can_sign_in_there_is_no_first_run(self, client: Client) -> None:
        for path in ("/setup", "/setup/company", "/setup/administrator", "/setup/ready"):
            assert client.get(path).status_code == 404
        assert client.get("/")["Location"] == "/accounts/login/?next=/"


class TestTheScreens:
    def test_one_name_and_one_click_a_screen_lead_to_a_house_that_can_take_cases(self, administrator: Client) -> None:
        assert administrator.post("/setup/mailbox", {"act": "skip"})["Location"] == "/setup/team"
        assert administrator.post("/setup/team", TEAM)["Location"] == "/setup/standards"
        chosen = {"preset": "classes", "calendar": "china"}
        assert administrator.post("/setup/standards", chosen)["Location"] == "/setup/ready"
        assert administrator.post("/setup/ready")["Location"] == "/"

        ours, team = Organisation.objects.get(), Team.objects.get()
        assert (ours.name_zh, ours.name_en, ours.domains) == ("禾暖家电", "禾暖家电", ["henuan.example"])
        assert (team.name_zh, team.name_en, team.department.name_en) == ("售后组", "After-sales", "客户服务部")
        assert [member.account.username for member in team.staff.all()] == ["shen"]
        assert [*Standard.objects.values_list("code", flat=True)] == ["emergency", "important", "routine"]
        assert administrator.get("/setup").status_code == 404
        assert administrator.get("/").status_code == 200

    @pytest.mark.usefixtures("administrator")
    def test_each_screen_is_saved_at_once_and_a_closed_page_goes_on(self) -> None:
        elsewhere = Client()
        assert elsewhere.get("/setup")["Location"] == "/accounts/login/?next=/setup"
        elsewhere.force_login(Account.objects.get())

        assert elsewhere.get("/")["Location"] == "/setup"
        assert elsewhere.get("/setup")["Location"] == "/setup/mailbox"
        assert 'value="禾暖家电"' in elsewhere.get("/setup/company").content.decode()

    def test_a_screen_waits_for_those_before_it(self, newcomer: Client) -> None:
        assert newcomer.get("/setup/standards")["Location"] == "/setup/company"

    def test_a_weak_or_mistyped_password_is_refused_beside_its_field(self, newcomer: Client) -> None:
        newcomer.post("/setup/company", COMPANY)

        answer = newcomer.post("/setup/administrator", PERSON | {"password": "1234567890", "again": "12345678900"})

        assert answer.status_code == 422
        assert [*answer.context["form"].errors] == ["again", "password"]
        assert not Account.objects.exists()

    def test_the_other_preset_may_be_chosen_afterwards(self, administrator: Client) -> None:
        administrator.post("/setup/mailbox", {"act": "skip"})
        administrator.post("/setup/team", TEAM)
        administrator.post("/setup/standards", {"preset": "classes", "calendar": "china"})

        administrator.post("/setup/standards", {"preset": "levels", "calendar": "always"})

        active = Standard.objects.filter(is_active=True)
        assert [*active.values_list("code", flat=True)] == [
            "bespoke", "immediate", "immediate-visit", "emergency", "routine"
        ]  # fmt: skip
        assert active.get(code="immediate").versions.get().first_response_minutes == 3
        page = administrator.get("/setup/standards")
        assert page.context["form"].initial == {"preset": "levels", "calendar": "always"}

    def test_a_mailbox_is_tried_and_saved(self, administrator: Client, tmp_path) -> None:
        team = Team.objects.get().pk
        folders = {"in_host": str(tmp_path / "in"), "out_host": str(tmp_path / "out")}
        sent = {"address": "service@henuan.example", "sender_name": "禾暖客服", "team": team, "case_class": "routine"}
        sent |= folders | {"in_security": "maildir", "out_security": "maildir", "in_port": 993, "out_port": 465}
        sent |= {"in_folder": "INBOX", "acknowledges": "on", "is_active": "on"}

        tried = administrator.post("/setup/mailbox", sent | {"act": "try"})
        assert len(tried.context["tried"]) == 2
        assert not Mailbox.objects.exists()
        assert administrator.post("/setup/mailbox", sent | {"act": "save"})["Location"] == "/setup/team"
        assert Mailbox.objects.get().address == "service@henuan.example"


def test_of_two_browsers_only_one_becomes_the_first_administrator(transactional_db) -> None:
    at = timezone.now()
    actions.begin(at=at)
    outcomes = []

    def become(username: str) -> None:
        try:
            actions.make_first_administrator(username=username, name=username, email="", password="x", at=at)
            outcomes.append("made")
        except actions.AdministratorThere as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    both = [threading.Thread(target=become, args=[name]) for name in ("one", "other")]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert sorted(outcomes) == ["made", "setup.administrator_there"]
    assert Account.objects.count() == 1
    assert connection.is_usable()
    assert FirstRun.objects.get().done == ["administrator"]


@pytest.mark.browser
@pytest.mark.parametrize(
    "screen",
    [Screen(), Screen(390, 844, "dark", "en"), Screen(1024, 768, "dark"), Screen(1440, 900, "light", "en")],
    indirect=True,
    ids=lambda s: f"{s.width}-{s.theme}-{s.language}",
)
def test_a_newcomer_comes_from_an_empty_database_to_the_first_case(
    transactional_db, live_server, page: Page, screen: Screen
) -> None:
    cache.clear()
    name = f"setup-%s-{screen.width}-{screen.theme}-{screen.language}"

    def look(step: str) -> None:
        screenshot(page, name % step)
        assert_accessible(page)
        assert_no_csp_violation(page)
        assert_no_horizontal_scroll(page)

    def go_on() -> None:
        page.locator("[name=act][value=save]").click()

    page.goto(live_server.url)
    look("code")
    page.fill("[name=code]", first_run.setup_code())
    page.keyboard.press("Enter")
    page.wait_for_url("**/setup/company")
    page.fill("[name=name_zh]", "禾暖家电")
    page.fill("[name=domains]", "henuan.example")
    look("company")
    go_on()
    page.wait_for_url("**/setup/administrator")
    for field, text in PERSON.items():
        page.fill(f"[name={field}]", text)
    look("administrator")
    go_on()
    page.wait_for_url("**/setup/mailbox")
    assert page.input_value("[name=address]") == "service@henuan.example"
    look("mailbox")
    page.click("[value=skip]")
    page.wait_for_url("**/setup/team")
    look("team")
    go_on()
    page.wait_for_url("**/setup/standards")
    look("standards")
    page.check("[value=levels]")
    assert page.locator("[data-preset=classes]").is_hidden()
    look("levels")
    go_on()
    page.wait_for_url("**/setup/ready")
    look("ready")
    page.click("main form button")
    page.wait_for_url(f"{live_server.url}/")
    page.goto(f"{live_server.url}/cases/new")
    page.fill("[name=phone]", "13900001111")
    page.fill("[name=name]", "孙悦")
    page.fill("[name=subject]", "洗衣机漏水")
    page.fill("[name=text]", "刚装好就漏水")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url("**/cases/*")

    case = Case.objects.get()
    assert case.owner is not None
    assert case.owner.name == "沈一帆"
    assert Promise.objects.filter(case=case, is_live=True).count() == 2
