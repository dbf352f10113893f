"""Signing in as people do, on the real pages: password, second factor, passkey, the company's own sign-in."""

import re
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from yinuo.cases.tests.cast import House
from yinuo.foundation.models import FactRow
from yinuo.intake.mail.models import Letter
from yinuo.web.tests.browser import assert_no_csp_violation
from yinuo.web.tests.fake_oidc import CLIENT_ID, SECRET, Provider, company_sign_in

PASSWORD = "test-password-1"


@pytest.fixture(autouse=True)
def _no_earlier_attempts(db) -> None:
    cache.clear()


def signed_in_as(client: Client) -> int | None:
    value = client.session.get("_auth_user_id")
    return int(value) if value else None


def try_password(client: Client, login: str, password: str = PASSWORD, **more):
    return client.post("/accounts/login/", {"login": login, "password": password}, **more)


def facts(staff_id: int) -> list[str]:
    rows = FactRow.objects.filter(type__in=["access.signed_in", "access.sign_in_failed"], staff_id=staff_id)
    return [row.type.removeprefix("access.") for row in rows.order_by("tx", "id")]


@pytest.mark.usefixtures("house")
class TestPassword:
    @pytest.mark.parametrize("login", ["chen", "Chen", "chen@henuan.example", "CHEN@henuan.example"])
    def test_name_or_address_and_password_open_the_workbench(self, house: House, client: Client, login: str) -> None:
        answer = try_password(client, login)

        assert (answer.status_code, answer["Location"]) == (302, "/")
        assert signed_in_as(client) == house.chen.pk
        assert facts(house.chen.pk) == ["signed_in"]

    def test_the_pages_then_speak_the_accounts_language(self, house: House, client: Client) -> None:
        house.chen.account.language = "en"
        house.chen.account.save()

        try_password(client, "chen")

        assert 'lang="en"' in client.get("/settings/account").content.decode()

    def test_a_wrong_password_is_refused_and_written_down_without_it(self, house: House, client: Client) -> None:
        answer = try_password(client, "chen", "wrong-password")

        assert answer.status_code == 200
        assert signed_in_as(client) is None
        assert facts(house.chen.pk) == ["sign_in_failed"]
        assert not any("wrong-password" in str(row.payload) for row in FactRow.objects.all())

    def test_nobody_learns_which_names_exist(self, client: Client) -> None:
        def words(login: str) -> str:
            page = try_password(client, login, "wrong-password").content.decode()
            return re.search(r"data-form-errors>(.*?)</form>", page, re.DOTALL)[1].split("<label")[0]

        assert words("chen") == words("nobody-of-that-name")

    def test_the_sixth_wrong_password_is_not_even_looked_at(self, house: House, client: Client) -> None:
        for _attempt in range(5):
            try_password(client, "chen", "wrong-password")

        answer = try_password(client, "chen")

        assert signed_in_as(client) is None
        assert answer.status_code == 200
        assert facts(house.chen.pk) == ["sign_in_failed"] * 5

    def test_others_are_not_shut_out_by_it(self, house: House, client: Client) -> None:
        for _attempt in range(6):
            try_password(client, "chen", "wrong-password")

        try_password(client, "zhou")

        assert signed_in_as(client) == house.zhou.pk

    def test_whoever_left_is_not_let_in(self, house: House, client: Client) -> None:
        house.chen.account.is_active = False
        house.chen.account.save()

        answer = try_password(client, "chen")

        assert signed_in_as(client) is None
        assert answer["Location"] == "/accounts/inactive/"

    def test_signing_in_leads_back_to_the_page_that_asked_but_never_elsewhere(self, client: Client) -> None:
        assert client.get("/settings/account")["Location"] == "/accounts/login/?next=/settings/account"
        form = {"login": "chen", "password": PASSWORD}
        assert client.post("/accounts/login/", form | {"next": "/settings/account"})["Location"] == "/settings/account"

        elsewhere = Client().post("/accounts/login/", form | {"next": "https://evil.example/"})

        assert elsewhere["Location"] == "/"

    def test_signing_out_ends_it(self, client: Client) -> None:
        try_password(client, "chen")

        client.post("/accounts/logout/")

        assert signed_in_as(client) is None

    def test_a_session_ends_after_twelve_hours(self, client: Client) -> None:
        try_password(client, "chen")
        session = Session.objects.get(session_key=client.session.session_key)
        assert session.expire_date - timezone.now() < timedelta(hours=12, seconds=1)

        session.expire_date = timezone.now() - timedelta(seconds=1)
        session.save()

        assert client.get("/settings/account").status_code == 302

    def test_nobody_makes_an_account_by_themselves(self, client: Client) -> None:
        client.post(
            "/accounts/signup/",
            {"username": "new", "email": "new@x.example", "password1": "long phrase x", "password2": "long phrase x"},
        )

        assert signed_in_as(client) is None


def code_of(secret: str) -> str:
    """Return what an authenticator app shows for a secret now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def with_factor(house: House, client: Client) -> str:
    """Chen's secret of an authenticator app, enrolled on the real page; Chen is signed out again."""
    try_password(client, "chen")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert answer.status_code == 302
    client.post("/accounts/logout/")
    cache.clear()
    return secret


@pytest.mark.usefixtures("house", "with_factor")
class TestSecondFactor:
    def test_the_password_alone_opens_nothing(self, client: Client) -> None:
        answer = try_password(client, "chen")

        assert answer["Location"] == "/accounts/2fa/authenticate/"
        assert signed_in_as(client) is None
        assert client.get("/settings/account").status_code == 302

    def test_the_apps_code_lets_in(self, house: House, client: Client, with_factor: str) -> None:
        try_password(client, "chen")

        client.post("/accounts/2fa/authenticate/", {"code": code_of(with_factor)})

        assert signed_in_as(client) == house.chen.pk

    def test_a_wrong_code_is_refused_and_written_down(self, house: House, client: Client, with_factor: str) -> None:
        try_password(client, "chen")
        wrong = "000000" if code_of(with_factor) != "000000" else "000001"

        client.post("/accounts/2fa/authenticate/", {"code": wrong})

        assert signed_in_as(client) is None
        assert facts(house.chen.pk)[-1] == "sign_in_failed"

    def test_a_code_works_once(self, house: House, client: Client, with_factor: str) -> None:
        code = code_of(with_factor)
        for browser in (client, Client()):
            try_password(browser, "chen")
            browser.post("/accounts/2fa/authenticate/", {"code": code})

        assert signed_in_as(client) == house.chen.pk
        assert signed_in_as(browser) is None

    def test_a_recovery_code_lets_in_once(self, house: House, client: Client) -> None:
        recovery = Authenticator.objects.get(user=house.chen.account, type="recovery_codes").wrap()
        code = recovery.get_unused_codes()[0]

        try_password(client, "chen")
        client.post("/accounts/2fa/authenticate/", {"code": code})
        assert signed_in_as(client) == house.chen.pk

        again = Client()
        try_password(again, "chen")
        again.post("/accounts/2fa/authenticate/", {"code": code})
        assert signed_in_as(again) is None


@pytest.mark.browser
def test_a_passkey_is_enrolled_and_signs_in_without_a_password(
    transactional_db, house: House, live_server, page: Page
) -> None:
    # A passkey belongs to a name, not to an address of the network.
    site = live_server.url.replace("127.0.0.1", "localhost")
    protocol = page.context.new_cdp_session(page)
    protocol.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device = protocol.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    page.goto(f"{site}/accounts/login/")
    page.fill("[name=login]", "chen")
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit].btn-primary")
    page.wait_for_url(f"{site}/")

    page.goto(f"{site}/accounts/2fa/webauthn/add/")
    if "reauthenticate" in page.url:
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit].btn-primary")
        page.wait_for_url("**/webauthn/add/")
    page.fill("[name=name]", "Chen's laptop")
    page.get_by_role("checkbox").check()
    page.click("#mfa_webauthn_add, main button.btn-primary")
    page.wait_for_url(lambda url: "webauthn/add" not in url)
    assert_no_csp_violation(page)
    assert len(protocol.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]) == 1

    page.context.clear_cookies()
    page.goto(f"{site}/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url(f"{site}/")

    assert_no_csp_violation(page)
    expect(page.locator(".yn-menu-title", has_text="陈晨")).to_have_count(1)
    assert facts(house.chen.pk) == ["signed_in", "signed_in"]


@pytest.fixture
def company(settings) -> Provider:
    """The company's own sign-in, configured as the environment's variables do it."""
    with company_sign_in() as provider:
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {
                "APPS": [
                    {
                        "provider_id": "company",
                        "name": "Company",
                        "client_id": CLIENT_ID,
                        "secret": SECRET,
                        "settings": {"server_url": provider.address},
                    }
                ]
            }
        }
        yield provider


def through_the_company(client: Client):
    """Go the whole way a browser goes; return the answer to the way back."""
    start = client.post("/accounts/oidc/company/login/")
    assert start.status_code == 302
    there = requests.get(start["Location"], allow_redirects=False, timeout=10)
    back = urlsplit(there.headers["Location"])
    return client.get(back.path, {name: values[0] for name, values in parse_qs(back.query).items()})


@pytest.mark.usefixtures("house", "company")
class TestCompanySignIn:
    def test_a_verified_address_opens_the_account_that_has_it(
        self, house: House, client: Client, company: Provider
    ) -> None:
        company.claims = {"sub": "42", "email": "chen@henuan.example", "email_verified": True, "name": "Chen"}

        answer = through_the_company(client)

        assert answer.status_code == 302
        assert signed_in_as(client) == house.chen.pk
        assert facts(house.chen.pk) == ["signed_in"]

    def test_the_password_an_administrator_gave_still_works_afterwards(
        self, house: House, client: Client, company: Provider
    ) -> None:
        company.claims = {"sub": "42", "email": "chen@henuan.example", "email_verified": True}
        through_the_company(client)

        again = Client()
        try_password(again, "chen")

        assert signed_in_as(again) == house.chen.pk

    @pytest.mark.parametrize(
        "claims",
        [
            {"sub": "43", "email": "stranger@henuan.example", "email_verified": True},
            {"sub": "44", "email": "chen@henuan.example", "email_verified": False},
            {"sub": "45"},
        ],
        ids=["unknown address", "unverified address", "no address"],
    )
    def test_nobody_else_is_let_in_and_no_account_is_made(
        self, house: House, client: Client, company: Provider, claims: dict
    ) -> None:
        accounts = house.chen.account.__class__.objects.count()
        company.claims = claims

        answer = through_the_company(client)

        assert signed_in_as(client) is None
        assert answer.status_code in (200, 302)
        assert house.chen.account.__class__.objects.count() == accounts

    def test_an_address_added_by_somebody_else_does_not_catch_its_owner(
        self, house: House, client: Client, company: Provider
    ) -> None:
        """Chen adds the leader's future address to the own account; the leader must not land in it."""
        try_password(client, "chen")
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        refused = client.post("/accounts/email/", {"email": "boss@henuan.example", "action_add": ""})
        assert "管理员" in refused.content.decode()
        # Even an address that came there on another way opens nothing.
        EmailAddress.objects.create(user=house.chen.account, email="boss@henuan.example", verified=True)
        company.claims = {"sub": "46", "email": "boss@henuan.example", "email_verified": True}

        boss = Client()
        through_the_company(boss)

        assert signed_in_as(boss) is None

    def test_a_forged_way_back_is_refused(self, client: Client) -> None:
        answer = client.get("/accounts/oidc/company/login/callback/", {"code": "x", "state": "made-up"})

        assert signed_in_as(client) is None
        assert answer.status_code in (200, 401)


class TestForgottenPassword:
    @pytest.fixture(autouse=True)
    def _as_in_production(self, settings) -> None:
        # The test runner puts every mail into a list instead.
        settings.EMAIL_BACKEND = "yinuo.web.letters.QueuedLetters"

    def test_a_letter_with_a_link_to_our_own_address_lets_somebody_choose_a_new_one(
        self, house: House, client: Client, settings
    ) -> None:
        settings.SITE_URL = "https://desk.henuan.example"
        address = house.chen.account.email

        # Whoever asks may call us by another name; the mail does not repeat it.
        answer = client.post("/accounts/password/reset/", {"email": address}, headers={"host": "evil.example"})

        letter = Letter.objects.get()
        link = re.search(r"https?://\S+", letter.text)[0]
        assert answer.status_code == 302
        assert (letter.address, letter.purpose, letter.state) == (address, "access.account", "queued")
        assert link.startswith("https://desk.henuan.example/accounts/password/reset/key/")
        page = client.get(urlsplit(link).path, follow=True)
        new = {"password1": "quite-another-1", "password2": "quite-another-1"}
        client.post(page.redirect_chain[-1][0], new)
        try_password(client, "chen", "quite-another-1")
        assert signed_in_as(client) == house.chen.pk

    @pytest.mark.usefixtures("house")
    def test_an_unknown_address_gets_the_same_answer_and_no_letter(self, client: Client) -> None:
        answer = client.post("/accounts/password/reset/", {"email": "nobody@henuan.example"})

        assert answer["Location"] == "/accounts/password/reset/done/"
        assert not Letter.objects.exists()
