"""The workbench in Chromium: answering, two at once, by phone, without a mouse."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from yinuo.cases.actions import add_customer_message, add_note, close_case, reopen_case, reply, store_bytes
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Case, Mention, Message
from yinuo.cases.tests.cast import SYSTEM, House, actor_of
from yinuo.desk.actions import CannedDraft, save_canned_answer
from yinuo.desk.models import CannedAnswer, Draft, OutgoingReply
from yinuo.desk.tests.sending import send_waiting
from yinuo.desk.tests.test_pages import PNG
from yinuo.organisation.models import Staff
from yinuo.web.tests.browser import (
    Screen,
    assert_accessible,
    assert_no_csp_violation,
    assert_no_horizontal_scroll,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = Screen(width=390, height=844)
REPLY = "form[data-writes=reply] textarea"
NOTE = "form[data-writes=note] textarea"


def sign_in(page: Page, address: str, staff: Staff) -> None:
    client = Client()
    client.force_login(staff.account)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])


def tell(page: Page, topic: str) -> None:
    """Let the page hear a fact, as the stream of live events does."""
    page.evaluate("topic => document.body.dispatchEvent(new CustomEvent(`live:${topic}`, {bubbles: true}))", topic)


def at_minutes_ago(minutes: int):
    return timezone.now() - timedelta(minutes=minutes)


@pytest.fixture
def two_cases(house: House) -> tuple[Case, Case]:
    """Wang's washing machine leaks; a little later Li's heater is cold."""
    first = house.open(at=at_minutes_ago(30), subject="洗衣机漏水", text="洗衣机漏水，地板都湿了")
    second = house.open(at=at_minutes_ago(20), subject="热水器不热", text="热水器不热", customer=house.li)
    return first, second


def test_an_agent_answers_without_a_new_page(live_server, page: Page, house: House, two_cases) -> None:
    sign_in(page, live_server.url, house.chen)
    page.goto(live_server.url)
    page.evaluate("window.sameDocument = true")

    page.locator("[data-list-item]", has_text="热水器不热").click()
    expect(page.locator("#case h1")).to_have_text("热水器不热")
    expect(page).to_have_url(f"{live_server.url}/cases/{two_cases[1].reference}")
    page.fill(REPLY, "请把水温调到 50 度试试。")
    page.keyboard.press("Control+Enter")

    expect(page.locator('#conversation [data-state="waiting"]')).to_contain_text("请把水温调到 50 度试试。")
    expect(page.locator(REPLY)).to_have_value("")
    send_waiting()
    tell(page, f"case-{two_cases[1].pk}")
    expect(page.locator('#conversation [data-state="waiting"]')).to_have_count(0)
    expect(page.locator('#conversation [data-side="ours"]')).to_contain_text("请把水温调到 50 度试试。")
    assert page.evaluate("window.sameDocument") is True
    assert Message.objects.filter(case=two_cases[1], kind="reply").count() == 1
    assert_no_csp_violation(page)


def test_new_words_are_shown_before_an_answer_crosses_them(live_server, page: Page, house: House, two_cases) -> None:
    case = two_cases[0]
    sign_in(page, live_server.url, house.chen)
    page.goto(f"{live_server.url}/cases/{case.reference}")
    page.fill(REPLY, "明天上门。")
    add_customer_message(case=case, said=Said("不用来了", timezone.now()), channel="mail", by=SYSTEM, at=timezone.now())

    page.get_by_role("button", name="发送", exact=True).click()

    expect(page.locator("[data-refusal]")).to_contain_text("不用来了")
    expect(page.locator(REPLY)).to_have_value("明天上门。")
    assert Message.objects.filter(kind="reply").count() == 0

    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.locator('#conversation [data-side="ours"]')).to_contain_text("明天上门。")


def test_two_agents_on_one_case_see_each_other_s_answers(live_server, page: Page, house: House, two_cases) -> None:
    case = two_cases[0]
    sign_in(page, live_server.url, house.chen)
    page.goto(f"{live_server.url}/cases/{case.reference}")
    page.fill(REPLY, "我正在写")
    reply(case=case, said=Said("周敏已经答复", timezone.now()), by=actor_of(house.zhou), at=timezone.now())

    tell(page, f"case-{case.pk}")

    expect(page.locator("#conversation")).to_contain_text("周敏已经答复")
    expect(page.locator("#panel-promises")).to_contain_text("已兑现")
    expect(page.locator(REPLY)).to_have_value("我正在写")


def test_whoever_has_not_begun_to_write_has_seen_what_came(live_server, page: Page, house: House, two_cases) -> None:
    case = two_cases[0]
    sign_in(page, live_server.url, house.chen)
    page.goto(f"{live_server.url}/cases/{case.reference}")
    add_customer_message(
        case=case, said=Said("什么时候来", timezone.now()), channel="mail", by=SYSTEM, at=timezone.now()
    )
    tell(page, f"case-{case.pk}")
    expect(page.locator("#conversation")).to_contain_text("什么时候来")

    page.fill(REPLY, "下午三点。")
    page.get_by_role("button", name="发送", exact=True).click()

    expect(page.locator('#conversation [data-side="ours"]')).to_contain_text("下午三点。")


def test_a_new_case_comes_into_the_queue_by_itself(live_server, page: Page, house: House, two_cases) -> None:
    sign_in(page, live_server.url, house.chen)
    page.goto(live_server.url)
    expect(page.locator("#queue-count")).to_have_text("2")
    house.open(at=timezone.now(), subject="冰箱噪音")

    tell(page, "queue")

    expect(page.locator("#queue")).to_contain_text("冰箱噪音")
    expect(page.locator("#queue-count")).to_have_text("3")
    expect(page.locator("[data-list-item][aria-current]")).to_contain_text("洗衣机漏水")


def test_the_desk_is_worked_without_a_mouse(live_server, page: Page, house: House, two_cases) -> None:
    sign_in(page, live_server.url, house.chen)
    page.goto(f"{live_server.url}/cases/{two_cases[0].reference}")

    page.keyboard.press("j")  # to where we are
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#case h1")).to_have_text("热水器不热")
    page.keyboard.press("n")
    page.keyboard.type("客户很急")
    page.keyboard.press("Control+Enter")
    expect(page.locator('#conversation [data-side="note"]')).to_contain_text("客户很急")
    page.keyboard.press("r")
    expect(page.locator(REPLY)).to_be_focused()
    page.locator("#conversation").focus()
    page.keyboard.press("e")
    expect(page.locator("select[name=outcome]")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#yn-keys")).to_contain_text("写备注")


def test_everything_works_without_a_script(live_server, chromium, house: House, two_cases) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    sign_in(page, live_server.url, house.chen)
    page.goto(live_server.url)

    page.get_by_role("link", name="热水器不热").click()
    page.fill(REPLY, "请调高水温。")
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.locator("#conversation")).to_contain_text("请调高水温。")
    page.get_by_role("link", name="内部备注").click()
    page.fill("form[data-writes=note] textarea", "已回访")
    page.get_by_role("button", name="保存备注").click()
    expect(page.locator('#conversation [data-side="note"]')).to_contain_text("已回访")
    page.locator("summary", has_text="结案").first.click()
    page.locator("form[action*=closure] button").click()

    expect(page.locator("#case-line")).to_contain_text("已解决")
    context.close()


def test_a_revealed_number_stands_in_its_place(live_server, page: Page, house: House, two_cases) -> None:
    house.wang.address = "杭州市余杭区文一西路 1 号"
    house.wang.save(update_fields=["address"])
    sign_in(page, live_server.url, house.chen)
    page.goto(f"{live_server.url}/cases/{two_cases[0].reference}")

    page.get_by_role("button", name="查看地址").click()

    expect(page.locator("#personal-address")).to_have_text("杭州市余杭区文一西路 1 号")


def test_a_formatted_mail_opens_in_its_sandbox(live_server, page: Page, house: House) -> None:
    html = "<h2>投诉</h2><p>请尽快处理</p><script>parent.document.title = 'stolen'</script>"
    case = house.open(at=at_minutes_ago(5), text="请尽快处理", subject="投诉", first={"html": html})
    sign_in(page, live_server.url, house.chen)
    page.goto(f"{live_server.url}/cases/{case.reference}")

    page.locator("summary", has_text="原始格式").click()

    expect(page.frame_locator("iframe").locator("h2")).to_have_text("投诉")
    assert "stolen" not in page.title()
    assert_no_csp_violation(page)


@pytest.mark.parametrize("screen", [PHONE], indirect=True)
def test_on_a_phone_one_goes_to_a_case_and_back(live_server, page: Page, house: House, two_cases) -> None:
    sign_in(page, live_server.url, house.chen)
    page.goto(live_server.url)
    expect(page.locator("#conversation")).to_be_hidden()

    page.locator("[data-list-item]", has_text="热水器不热").click()
    expect(page.locator("#conversation")).to_be_visible()
    expect(page.locator("#queue")).to_be_hidden()
    assert_no_horizontal_scroll(page)
    page.get_by_role("button", name="客户与承诺").click()
    expect(page.locator("#panel-promises")).to_be_in_viewport()
    page.get_by_role("button", name="关闭").click()
    expect(page.locator("#panel-promises")).to_be_hidden()
    page.get_by_role("link", name="返回队列").click()

    expect(page.locator("#queue")).to_be_visible()


ADDRESSES = ["/", "/cases/{open}", "/cases/{closed}", "/cases/new", "/?q=zzz"]


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
def test_every_page_is_accessible_and_fits(live_server, page: Page, house: House, two_cases) -> None:
    first, second = two_cases
    chen, at = actor_of(house.chen), timezone.now()
    picture = store_bytes(b"GIF89a", name="漏水.gif", content_type="image/gif")
    said = Said("见附件", at, quoted="> 早先", html="<b>见附件</b>", attachments=[picture])
    add_customer_message(case=first, said=said, channel="mail", by=SYSTEM, at=at)
    add_note(case=first, said=Said("备件在杭州仓", at, author_name="陈晨"), by=chen, at=at)
    reply(case=second, said=Said("请调高水温。", at, author_name="陈晨"), by=chen, at=at)
    close_case(case=second, outcome="solved", summary="水温调高即可", by=chen, at=at)
    sign_in(page, live_server.url, house.chen)

    for address in ADDRESSES:
        page.goto(live_server.url + address.format(open=first.reference, closed=second.reference))
        assert_accessible(page)
        assert_no_csp_violation(page)
        assert_no_horizontal_scroll(page)


def test_an_answer_is_undone_and_its_words_are_back(live_server, page: Page, house: House, two_cases) -> None:
    sign_in(page, live_server.url, house.chen)
    page.goto(f"{live_server.url}/cases/{two_cases[0].reference}")
    page.fill(REPLY, "明天上门。")
    page.set_input_files(
        "form[data-writes=reply] input[type=file]", {"name": "报价.txt", "mimeType": "text/plain", "buffer": b"100"}
    )
    page.keyboard.press("Control+Enter")
    expect(page.locator('[data-state="waiting"] [data-seconds]')).to_have_text(re.compile("([1-9]|10) 秒后发出"))
    assert_accessible(page)

    page.fill(REPLY, "另外请关水阀。")
    page.get_by_role("button", name="撤回").click()

    expect(page.locator(REPLY)).to_have_value("明天上门。\n\n另外请关水阀。")
    expect(page.locator(REPLY)).to_be_focused()
    expect(page.get_by_role("checkbox", name="报价.txt")).to_be_checked()
    expect(page.locator('[data-state="waiting"]')).to_have_count(0)
    page.reload()
    expect(page.locator(REPLY)).to_have_value("明天上门。\n\n另外请关水阀。")
    page.locator("#conversation").focus()
    page.keyboard.press("r")
    page.keyboard.press("Control+Enter")
    expect(page.locator('[data-state="waiting"]')).to_contain_text("报价.txt")
    page.locator("#conversation").focus()
    page.keyboard.press("z")
    expect(page.locator(REPLY)).to_have_value("明天上门。\n\n另外请关水阀。")
    assert send_waiting() == 0
    assert_no_csp_violation(page)


def test_the_way_of_sending_is_remembered(live_server, page: Page, house: House, two_cases) -> None:
    sign_in(page, live_server.url, house.chen)
    page.goto(f"{live_server.url}/cases/{two_cases[0].reference}")
    page.fill(REPLY, "请告诉我们序列号。")
    page.locator("summary", has_text="其他发送方式").click()
    assert_accessible(page)
    page.get_by_role("button", name="发送并等待客户").click()
    expect(page.locator('[data-state="waiting"]')).to_contain_text("之后等客户回复")
    send_waiting()
    tell(page, f"case-{two_cases[0].pk}")
    expect(page.locator("#case-line")).to_contain_text("等待客户")

    page.locator("[data-list-item]", has_text="热水器不热").click()
    expect(page.locator("#case h1")).to_have_text("热水器不热")
    page.fill(REPLY, "请拍一张照片。")
    page.get_by_role("button", name="发送并等待", exact=True).click()
    expect(page.locator('[data-state="waiting"]')).to_contain_text("请拍一张照片。")

    send_waiting()
    assert Case.objects.get(pk=two_cases[1].pk).waiting_since is not None


def test_what_is_typed_survives_the_end_of_a_session(live_server, page: Page, house: House, two_cases) -> None:
    sign_in(page, live_server.url, house.chen)
    page.goto(f"{live_server.url}/cases/{two_cases[0].reference}")
    page.fill(REPLY, "明天")
    page.wait_for_timeout(1500)
    assert Draft.objects.get().text == "明天"
    page.context.clear_cookies(name="sessionid")
    page.fill(REPLY, "明天上午九点上门。")
    page.keyboard.press("Control+Enter")
    expect(page.locator("input[name=login]")).to_be_visible()
    assert Message.objects.filter(kind="reply").count() == 0

    page.fill("input[name=login]", "chen")
    page.fill("input[name=password]", "test-password-1")
    page.get_by_role("button", name="登录", exact=True).click()

    expect(page.locator(REPLY)).to_have_value("明天上午九点上门。")


def test_a_draft_is_found_on_another_device_and_gone_once_it_was_sent(
    live_server, chromium, page: Page, house: House, two_cases
) -> None:
    address = f"{live_server.url}/cases/{two_cases[0].reference}"
    sign_in(page, live_server.url, house.chen)
    page.goto(address)
    page.fill(REPLY, "明天上门。")
    with page.expect_response(lambda answer: "/drafts/" in answer.url):
        page.locator("#conversation").focus()
    page.wait_for_timeout(200)

    elsewhere = chromium.new_context(locale="zh-CN").new_page()
    sign_in(elsewhere, live_server.url, house.chen)
    elsewhere.goto(address)
    expect(elsewhere.locator(REPLY)).to_have_value("明天上门。")
    elsewhere.fill(REPLY, "明天上午上门。")
    elsewhere.get_by_role("button", name="发送", exact=True).click()
    expect(elsewhere.locator('[data-state="waiting"]')).to_contain_text("明天上午上门。")
    elsewhere.context.close()
    send_waiting()

    page.reload()
    expect(page.locator(REPLY)).to_have_value("")


def test_a_colleague_is_called_by_keys_alone(live_server, page: Page, house: House, two_cases) -> None:
    sign_in(page, live_server.url, house.chen)
    page.goto(f"{live_server.url}/cases/{two_cases[0].reference}")
    page.keyboard.press("n")
    page.keyboard.type("请 @")
    expect(page.get_by_role("listbox", name="同事").get_by_role("option")).to_have_count(3)
    assert_accessible(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator(NOTE)).to_have_value("请 @周敏 ")
    page.keyboard.type("看一下，wang@")
    page.wait_for_timeout(300)
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.keyboard.press("Control+Enter")

    expect(page.locator("#conversation .yn-mention")).to_have_text("@周敏")
    assert list(Mention.objects.values_list("staff__name", flat=True)) == ["周敏"]
    assert_accessible(page)
    assert_no_csp_violation(page)


def wave() -> bytes:
    """A tenth of a second of silence."""
    return b"RIFF\xc4\x03\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x40\x1f\0\0\1\0\x08\0data\x20\3\0\0" + b"\x80" * 800


def test_files_are_looked_at_in_place(live_server, page: Page, house: House) -> None:
    files = [
        store_bytes(PNG, name="漏水.png", content_type="image/png"),
        store_bytes(PNG + b"x", name="铭牌.png", content_type="image/png"),
        store_bytes("序号,<b>名称</b>".encode(), name="清单.csv", content_type="text/csv"),
        store_bytes(wave(), name="录音.wav", content_type="audio/wav"),
        store_bytes(b"%PDF-1.4\n", name="发票.pdf", content_type="application/pdf"),
        store_bytes(b"PK\3\4", name="日志.zip", content_type="application/zip"),
    ]
    case = house.open(at=at_minutes_ago(5), first={"attachments": files})
    sign_in(page, live_server.url, house.chen)
    page.goto(f"{live_server.url}/cases/{case.reference}")

    page.get_by_role("link", name="漏水.png").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("img", name="漏水.png")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("img", name="铭牌.png")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="漏水.png")).to_be_focused()
    page.get_by_role("link", name="清单.csv").first.click()
    expect(dialog.locator("pre")).to_have_text("序号,<b>名称</b>")
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.locator("audio").evaluate("player => { player.muted = true; return player.play(); }")
    expect(page.get_by_role("link", name="发票.pdf").first).to_have_attribute("target", "_blank")
    expect(page.get_by_role("link", name="日志.zip")).to_have_count(1)
    assert_no_csp_violation(page)


def test_a_canned_answer_comes_behind_the_slash_and_is_counted_when_sent(
    live_server, page: Page, house: House, two_cases
) -> None:
    chen = actor_of(house.chen)
    draft = CannedDraft("等配件", "{customer}您好，配件已寄出。{agent}", shortcut="配件")
    save_canned_answer(draft=draft, by=chen, at=timezone.now())
    sign_in(page, live_server.url, house.chen)
    page.goto(f"{live_server.url}/cases/{two_cases[0].reference}")

    page.keyboard.press("r")
    page.keyboard.type("/配")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_text(
        re.compile("等配件.*王丽您好，配件已寄出。陈晨")
    )
    assert_accessible(page)
    page.keyboard.press("Tab")
    expect(page.locator(REPLY)).to_have_value("王丽您好，配件已寄出。陈晨")
    page.keyboard.press("Control+Enter")
    expect(page.locator('[data-state="waiting"]')).to_contain_text("王丽您好，配件已寄出。陈晨")
    assert CannedAnswer.objects.get().used_count == 1
    page.get_by_role("link", name="常用答复").click()
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    assert_no_csp_violation(page)


def test_enter_sends_only_where_somebody_switched_it_on_and_never_while_composing(
    live_server, page: Page, house: House, two_cases
) -> None:
    sign_in(page, live_server.url, house.chen)
    page.goto(f"{live_server.url}/cases/{two_cases[0].reference}")
    page.fill(REPLY, "第一行")
    page.press(REPLY, "Enter")
    expect(page.locator(REPLY)).to_have_value("第一行\n")
    page.locator("#conversation").focus()
    page.keyboard.press("?")
    page.get_by_label("在这台设备上按 Enter 发送").check()
    page.keyboard.press("Escape")

    page.fill(REPLY, "nihao")
    page.locator(REPLY).evaluate(
        "field => field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    page.press(REPLY, "Shift+Enter")
    assert OutgoingReply.objects.count() == 0
    page.press(REPLY, "Enter")

    expect(page.locator('[data-state="waiting"]')).to_contain_text("nihao")


def test_a_canned_answer_is_written_with_a_preview(live_server, page: Page, house: House) -> None:
    sign_in(page, live_server.url, house.zhou)
    page.goto(f"{live_server.url}/settings/canned-answers")
    assert_accessible(page)
    page.get_by_role("link", name="添加常用答复").first.click()
    page.fill("[name=name]", "等配件")
    page.fill("[name=shortcut]", "配件")
    page.fill("[name=text_zh]", "{custmer}您好")
    expect(page.locator("#canned-preview")).to_contain_text("没有 {custmer} 这个变量")
    page.fill("[name=text_zh]", "{customer}您好，配件已寄出。")
    expect(page.locator("#canned-preview")).to_contain_text("王丽您好，配件已寄出。")
    page.get_by_label("所有人").check()
    assert_accessible(page)
    page.get_by_role("button", name="保存").click()

    expect(page.locator(".yn-canned")).to_contain_text("等配件")
    assert_accessible(page)
    assert_no_csp_violation(page)
    page.get_by_role("link", name="等配件").click()
    page.get_by_role("button", name="删除").click()
    expect(page.locator("main")).to_contain_text("还没有常用答复")


@pytest.mark.parametrize("screen", [PHONE], indirect=True)
def test_on_a_phone_an_answer_is_sent_undone_and_sent_with_closing(
    live_server, page: Page, house: House, two_cases
) -> None:
    sign_in(page, live_server.url, house.chen)
    page.goto(f"{live_server.url}/cases/{two_cases[0].reference}")
    page.fill(REPLY, "换好了。")
    page.get_by_role("button", name="发送", exact=True).click()
    page.get_by_role("button", name="撤回").click()
    expect(page.locator(REPLY)).to_have_value("换好了。")
    page.locator("summary", has_text="其他发送方式").click()
    assert_no_horizontal_scroll(page)
    page.get_by_role("button", name="已换货").click()
    expect(page.locator('[data-state="waiting"]')).to_contain_text("发出并结案")
    assert_no_horizontal_scroll(page)
    assert_accessible(page)

    send_waiting()
    page.reload()
    expect(page.locator("#case-line")).to_contain_text("已解决")


def test_an_answer_that_could_not_be_sent_is_edited_and_sent_again(
    live_server, page: Page, house: House, two_cases
) -> None:
    case, zhou = two_cases[0], actor_of(house.zhou)
    sign_in(page, live_server.url, house.chen)
    page.goto(f"{live_server.url}/cases/{case.reference}")
    page.fill(REPLY, "明天上门。")
    page.keyboard.press("Control+Enter")
    expect(page.locator('[data-state="waiting"]')).to_be_visible()
    close_case(case=case, outcome="solved", by=zhou, at=timezone.now())
    send_waiting()
    page.reload()
    expect(page.locator('[data-state="failed"]')).to_contain_text("已结案，请先重开")
    expect(page.locator('[data-state="failed"] button')).to_have_count(0)
    assert_accessible(page)

    reopen_case(case=case, reason="还没好", by=zhou, at=timezone.now())
    page.reload()
    page.get_by_role("button", name="修改后重新发送").click()
    expect(page.locator(REPLY)).to_have_value("明天上门。")
    page.keyboard.press("Control+Enter")
    expect(page.locator('[data-state="waiting"]')).to_contain_text("明天上门。")
    assert send_waiting() == 1
