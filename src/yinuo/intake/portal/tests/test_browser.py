"""The portal in Chromium on a phone: asking with a photo, mails in a real mailbox, signing in, closing, reopening."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from yinuo.cases.actions import close_case, reply, store_bytes
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Case
from yinuo.cases.tests.cast import BEGINNING, SYSTEM, House, actor_of
from yinuo.customers.actions import add_identity
from yinuo.intake.mail.models import Letter
from yinuo.intake.mail.tests.following_mail import Person, open_for_mail, text_of, working
from yinuo.intake.portal.actions import ask_to_sign_in, send_code
from yinuo.intake.portal.models import SignIn
from yinuo.routing.actions import CategoryDraft, save_category
from yinuo.standards.actions import PledgeWords, add_pledge, publish_pledge
from yinuo.web.tests.browser import (
    Screen,
    assert_accessible,
    assert_no_csp_violation,
    assert_no_horizontal_scroll,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)
WORDS = {
    "zh-CN": {
        "ask": "我要提问",
        "text": "洗衣机漏水，地板都湿了",
        "category": "报修",
        "send": "发送",
        "received": "您的问题我们收到了",
        "see": "查看进度",
        "promise": "我们承诺答复您的时间",
        "my": "我的问题",
        "code": "发送验证码",
        "sign_in": "登录",
        "said": "您的消息我们收到了。",
        "solved?": "问题已经解决了？",
        "solved": "是的，已解决",
        "closed": "已解决",
        "again": "请继续办理",
        "taken": "已重新受理",
    },
    "en": {
        "ask": "Ask a question",
        "text": "The washing machine leaks, the floor is wet",
        "category": "Repair",
        "send": "Send",
        "received": "We have your question",
        "see": "See how it goes",
        "promise": "We promise to answer you by",
        "my": "My cases",
        "code": "Send me a code",
        "sign_in": "Sign in",
        "said": "We have your message.",
        "solved?": "Already solved?",
        "solved": "Yes, this is solved",
        "closed": "Solved",
        "again": "Take it up again",
        "taken": "Taken up again",
    },
}
PHONES = [Screen(width=390, height=844, language=language) for language in ("zh-CN", "en")]


@pytest.fixture
def categories(house: House) -> None:
    for draft in (
        CategoryDraft("repair", "报修", "Repair", words=("漏水", "leak")),
        CategoryDraft("invoice", "发票", "Invoices", words=("发票", "invoice")),
    ):
        save_category(draft=draft, by=SYSTEM, at=BEGINNING)


@pytest.fixture
def world(house, mail_servers, monkeypatch) -> Iterator[Person]:
    """Support's mailbox on the real server, a worker, and Sun's own mailbox."""
    monkeypatch.setenv("YINUO_MAIL_CA", str(mail_servers.ca_file))
    open_for_mail(mail_servers, house.team, mail_servers.new_user())
    with working():
        yield Person(mail_servers, "孙悦")


def looks_right(page: Page) -> None:
    assert_accessible(page)
    assert_no_csp_violation(page)
    assert_no_horizontal_scroll(page)


@pytest.mark.mail_peers
@pytest.mark.parametrize("screen", PHONES, indirect=True, ids=lambda screen: screen.language)
def test_a_customer_asks_with_a_photo_signs_in_by_mail_answers_closes_and_reopens(
    live_server, page: Page, screen: Screen, house: House, categories, world: Person
) -> None:
    words = WORDS[screen.language]
    page.goto(f"{live_server.url}/portal")
    page.get_by_role("link", name=words["ask"]).click()
    page.locator("#id_text").press_sequentially(words["text"])
    expect(page.locator("label.yn-choice", has_text=words["category"]).locator("input")).to_be_checked()
    page.set_input_files("input[type=file]", {"name": "leak.png", "mimeType": "image/png", "buffer": PNG})
    expect(page.locator("[data-files-chosen]")).to_contain_text("leak.png")
    page.reload()  # what was typed survives
    expect(page.locator("#id_text")).to_have_value(words["text"])
    page.set_input_files("input[type=file]", {"name": "leak.png", "mimeType": "image/png", "buffer": PNG})
    page.fill("#id_name", "孙悦")
    page.fill("#id_mail", world.address)
    page.check("#id_consent")
    page.get_by_role("button", name=words["send"], exact=True).dblclick()

    expect(page.locator("h1")).to_have_text(words["received"])
    case = Case.objects.get()
    assert (case.category, case.channel, [file.name for file in case.messages.earliest("id").attachments.all()]) == (
        "repair",
        "form",
        ["leak.png"],
    )
    expect(page.locator("main")).to_contain_text(case.reference)
    [receipt] = world.received(1)
    assert f"{settings.SITE_URL}/track/{case.track_token}" in text_of(receipt)
    page.get_by_role("link", name=words["see"]).click()
    expect(page.locator("main")).to_contain_text(words["promise"])
    expect(page.locator(".yn-bench-pictures img")).to_have_count(1)
    looks_right(page)

    page.get_by_role("link", name=words["my"]).first.click()
    page.fill("#id_mail", world.address)
    page.get_by_role("button", name=words["code"]).click()
    code = re.search(r"(?<!\d)\d{6}(?!\d)", text_of(world.received(2)[1]))[0]  # type: ignore[index]
    page.fill("#id_code", code)
    page.get_by_role("button", name=words["sign_in"], exact=True).click()
    page.locator(".yn-my-case", has_text=case.reference).click()
    expect(page).to_have_url(f"{live_server.url}/my/cases/{case.reference}")

    page.locator("textarea").first.fill("门口有快递柜")
    page.get_by_role("button", name=words["send"], exact=True).click()
    expect(page.locator("#yn-toasts")).to_contain_text(words["said"])
    reply(case=case, said=Said("明天上午师傅上门。", timezone.now()), by=actor_of(house.zhou), at=timezone.now())
    assert text_of(world.received(3)[2]).startswith("明天上午师傅上门。")
    page.reload()
    expect(page.locator("main")).to_contain_text("明天上午师傅上门。")

    page.locator("summary", has_text=words["solved?"]).click()
    page.fill("#closing-word", "谢谢")
    page.get_by_role("button", name=words["solved"]).click()
    expect(page.locator(".yn-pact-when")).to_have_text(words["closed"])
    looks_right(page)
    page.fill("#reopening", "又漏了")
    page.get_by_role("button", name=words["again"]).click()
    expect(page.locator("main")).to_contain_text(words["taken"])
    assert list(case.reopenings.values_list("reason", flat=True)) == ["又漏了"]


@pytest.mark.parametrize("screen", [PHONES[0]], indirect=True)
def test_a_case_s_page_hears_what_happens(live_server, page: Page, house: House) -> None:
    case = house.open(at=timezone.now() - timedelta(minutes=30))
    page.goto(f"{live_server.url}/track/{case.track_token}")
    reply(case=case, said=Said("明天上门", timezone.now()), by=actor_of(house.chen), at=timezone.now())

    topic = f"track-{case.track_token}"
    page.evaluate("topic => document.body.dispatchEvent(new CustomEvent(`live:${topic}`, {bubbles: true}))", topic)

    expect(page.locator("main")).to_contain_text("明天上门")
    page.locator("summary", has_text="中文").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("main")).to_contain_text("We promise to have it solved by")


@pytest.mark.parametrize(
    "screen",
    [
        Screen(1440, 900, "light", "zh-CN"),
        Screen(1024, 900, "dark", "en"),
        Screen(390, 844, "light", "en"),
        Screen(390, 844, "dark", "zh-CN"),
    ],
    indirect=True,
    ids=lambda screen: f"{screen.width}-{screen.theme}-{screen.language}",
)
def test_every_page_is_accessible_and_fits(live_server, page: Page, house: House, categories) -> None:
    at, chen = timezone.now() - timedelta(minutes=30), actor_of(house.chen)
    picture = store_bytes(PNG, name="漏水.png", content_type="image/png")
    late = house.open(at=at - timedelta(days=9), subject="很久没有答复", first={"attachments": [picture]})
    done = house.open(at=at, subject="热水器不热")
    reply(case=done, said=Said("请调高水温。", at, author_name="陈晨"), by=chen, at=at)
    close_case(case=done, outcome="solved", by=chen, at=at)
    add_identity(customer=house.wang, kind="mail", value="wang@example.com", source="test", by=SYSTEM, at=BEGINNING)
    token = ask_to_sign_in(address="wang@example.com", language="zh-hans", at=timezone.now())
    send_code(sign_in=SignIn.objects.get(), at=timezone.now())
    link = re.search(r"/my/sign-in/link/\S+", Letter.objects.get().text)[0]  # type: ignore[index]

    pledge = add_pledge(
        code="refund",
        words=PledgeWords("退款", "Refunds", "7 天内到账", "Within 7 days", "晚一天补 20 元", "20 yuan a day"),
        effective_on=BEGINNING.date(),
        by=SYSTEM,
        at=BEGINNING,
    ).pledge
    publish_pledge(pledge=pledge, by=SYSTEM, at=BEGINNING)

    public = ["/portal", "/ask", "/pledges", "/pledges/refund", "/my/sign-in", f"/my/sign-in/{token}", link]
    by_link = [f"/track/{late.track_token}", f"/track/{late.track_token}/received", f"/track/{done.track_token}"]
    for address in [*public, *by_link]:
        page.goto(live_server.url + address)
        looks_right(page)
    page.goto(live_server.url + link)
    page.locator("main form button").click()
    expect(page).to_have_url(f"{live_server.url}/my")
    for address in ["/my", "/my?q=zzz", "/ask", f"/my/cases/{late.reference}", f"/my/cases/{done.reference}"]:
        page.goto(live_server.url + address)
        looks_right(page)
