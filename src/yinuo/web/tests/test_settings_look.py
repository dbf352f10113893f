"""The settings, looked at in Chromium: accessible, within their policy, never wider than the window."""

import os
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from yinuo.access.actions import create_token, grant_role
from yinuo.access.roles import Role
from yinuo.cases.tests.cast import SYSTEM, House, actor_of
from yinuo.intake.mail.actions import MailboxDraft, save_mailbox, take_in
from yinuo.intake.mail.models import Mailbox, StoredMail
from yinuo.organisation.models import Skill, Team
from yinuo.standards.actions import Conditions, PledgeWords, StandardTimes, add_pledge, add_standard
from yinuo.standards.models import Pledge, Standard
from yinuo.web.tests.browser import (
    SCREENS,
    Screen,
    assert_accessible,
    assert_no_csp_violation,
    assert_no_horizontal_scroll,
    screenshot,
)
from yinuo.web.tests.test_settings_pages import OUT_OF_OFFICE

pytestmark = pytest.mark.browser
# Every width, theme and language when somebody wants to look at the pictures; two that differ in all three otherwise.
LOOKED_AT = SCREENS if "YINUO_SCREENSHOTS" in os.environ else [Screen(), Screen(390, 844, "dark", "en")]


@pytest.fixture
def furnished(transactional_db, house: House) -> House:
    """A house whose settings have something to show, with trouble in it."""
    at = timezone.now() - timedelta(hours=3)
    for address, problem in (
        ("support@henuan.example", ""),
        ("warranty@henuan.example", "The mail server imap.henuan.example did not take the user name or password."),
        ("a-rather-long-name-of-a-mailbox.for.spare-parts@service.henuan.example", ""),
    ):
        draft = MailboxDraft(address=address, sender_name="禾暖客服", in_host="imap", out_host="smtp")
        save_mailbox(draft=draft, team=house.team, by=SYSTEM, at=at)
        Mailbox.objects.filter(address=address).update(problem=problem, looked_at=at, received_at=at, sent_at=at)
    Mailbox.objects.filter(address__startswith="a-").update(is_active=False)
    support = Mailbox.objects.get(address="support@henuan.example")
    for number in range(6):
        take_in(OUT_OF_OFFICE % number + "尊敬的客户：您好！\r\n".encode() * 40, mailbox=support, at=at)
    StoredMail.objects.filter(pk__in=StoredMail.objects.values("pk")[:2]).update(
        state="kept_raw", reason="No service standard fits this request, so no time can be promised."
    )
    for code, name, conditions in (
        ("vip-phone", "贵宾电话", Conditions(tier="platinum", channel="phone")),
        ("emergency", "紧急", Conditions(case_class="emergency")),
        ("emergency-east", "华东紧急", Conditions(case_class="emergency", region_code="east")),
    ):
        add_standard(
            code=code,
            name_zh=name,
            name_en=code.title(),
            conditions=conditions,
            times=StandardTimes(30, 60, 120, 600),
            calendar=house.calendar,
            by=SYSTEM,
            at=at,
        )
    words = PledgeWords("退款", "Refunds", "7 天内到账。", "Within 7 days.", "晚一天补 20 元。", "20 yuan a day.")
    add_pledge(code="refund", words=words, effective_on=at.date(), by=SYSTEM, at=at)
    Skill.objects.create(code="repair", name_zh="维修", name_en="Repair")
    Team.objects.create(code="phone", name_zh="热线组", name_en="Hotline", department=house.department)
    grant_role(
        account=house.chen.account, role=Role.TEAM_LEADER, region_id=house.region.pk, tier="gold", by=SYSTEM, at=at
    )
    create_token(account=house.admin.account, name="订单系统", scopes=["cases:read"], by=actor_of(house.admin), at=at)
    return house


@pytest.mark.parametrize(
    "screen", LOOKED_AT, indirect=True, ids=lambda screen: f"{screen.width}-{screen.theme}-{screen.language}"
)
def test_every_page_of_the_settings_is_fit_to_be_used(
    furnished: House, live_server, page: Page, screen: Screen
) -> None:
    sign_in(page, live_server.url, furnished, screen)
    calendar = f"/settings/calendars/{furnished.calendar.pk}"
    page.goto(f"{live_server.url}{calendar}")
    page.locator(f"form[action='{calendar}/public-days'] button").click()
    page.wait_for_load_state()

    for name, path in {
        "mailboxes": "/settings/mailboxes",
        "mailbox": f"/settings/mailboxes/{Mailbox.objects.latest('pk').pk}",
        "mails": "/settings/mails",
        "mail": f"/settings/mails/{StoredMail.objects.latest('pk').pk}",
        "standards": "/settings/standards?tier=platinum&channel=phone&case_class=routine&region_code=&category=",
        "standard": f"/settings/standards/{Standard.objects.get(code='basic').pk}",
        "new-standard": "/settings/standards/new",
        "pledges": "/settings/pledges",
        "pledge": f"/settings/pledges/{Pledge.objects.get().pk}",
        "new-pledge": "/settings/pledges/new",
        "calendars": "/settings/calendars",
        "calendar": calendar,
        "people": "/settings/people",
        "person": f"/settings/people/{furnished.chen.pk}",
        "new-person": "/settings/people/new",
        "structure": "/settings/structure",
        "team": f"/settings/structure/team/{furnished.team.pk}",
        "health": "/settings/health",
        "account": "/settings/account",
    }.items():
        page.goto(live_server.url + path)
        look_at(page, name, screen)


@pytest.mark.parametrize("screen", LOOKED_AT[:1], indirect=True)
def test_errors_a_preview_and_a_tried_connection_are_fit_to_be_used(
    furnished: House, live_server, page: Page, screen: Screen
) -> None:
    sign_in(page, live_server.url, furnished, screen)
    page.goto(f"{live_server.url}/settings/calendars/new")
    page.fill("[name=code]", "shop")
    page.fill("[name=name_zh]", "门店")
    page.fill("[name=name_en]", "Shop")
    page.fill("[name=mon_open]", "9-18")
    page.fill("[name=holidays]", "2026-10-01 国庆节\n10月2日")
    page.locator("form.yn-settings-form button.btn-primary").click()
    page.wait_for_selector(".yn-error")
    look_at(page, "calendar-errors", screen)

    page.goto(f"{live_server.url}/settings/calendars/{furnished.calendar.pk}/holiday-file")
    ics = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20271001\r\nSUMMARY:国庆节\r\n"
    ics += "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nDTSTART;VALUE=DATE:20270328\r\nSUMMARY:夏令时开始\r\nEND:VEVENT\r\n"
    file = {"name": "h.ics", "mimeType": "text/calendar", "buffer": (ics + "END:VCALENDAR\r\n").encode()}
    page.set_input_files("[name=file]", file)
    page.locator("form[enctype] button.btn-primary").click()
    page.wait_for_selector("[name=key]", state="attached")
    look_at(page, "holiday-preview", screen)

    page.goto(f"{live_server.url}/settings/mailboxes/new")
    for name, value in {"address": "a@b.example", "sender_name": "甲", "in_host": "127.0.0.1", "in_port": "1"}.items():
        page.fill(f"[name={name}]", value)
    page.fill("[name=out_host]", "127.0.0.1")
    page.fill("[name=out_port]", "1")
    page.select_option("[name=team]", index=1)
    page.fill("[name=in_password]", "typed secret")
    page.locator("button[hx-post]").click()
    page.wait_for_selector("#tried .yn-notice")
    assert page.input_value("[name=in_password]") == "typed secret"
    look_at(page, "mailbox-tried", screen)


def sign_in(page: Page, address: str, house: House, screen: Screen) -> None:
    """Sign the administrator in without the page for it, in the language of the screen."""
    client = Client()
    client.force_login(house.admin.account)
    language = "en" if screen.language == "en" else "zh-hans"
    page.context.add_cookies(
        [
            {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address},
            {"name": django_settings.LANGUAGE_COOKIE_NAME, "value": language, "url": address},
        ]
    )


def look_at(page: Page, name: str, screen: Screen) -> None:
    page.set_viewport_size({"width": screen.width, "height": screen.height})
    screenshot(page, f"settings-{name}-{screen.width}-{screen.theme}-{screen.language}")
    assert_accessible(page)
    assert_no_csp_violation(page)
    assert_no_horizontal_scroll(page)
    assert len(page.content().encode()) <= 120_000
