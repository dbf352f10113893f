"""The workbench as people use it: what they read, what they may do, what never leaks."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yinuo.access.actions import grant_role
from yinuo.access.models import Reveal
from yinuo.access.roles import Role
from yinuo.cases.actions import add_automatic_message, add_customer_message, add_note, reply, store_bytes
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Attachment, Case, Message
from yinuo.cases.tests.cast import BEGINNING, SYSTEM, House, actor_of
from yinuo.cases.tests.reading import text_of
from yinuo.customers.actions import find_or_add_by_identity
from yinuo.customers.models import Customer
from yinuo.foundation.facts import COLUMNS
from yinuo.organisation.models import SavedView, Staff

from .sending import send_waiting

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture
def at():
    return timezone.now() - timedelta(minutes=30)


@pytest.fixture
def chen(house: House, client: Client) -> Client:
    """Chen's browser."""
    client.force_login(house.chen.account)
    return client


def browser_of(staff: Staff) -> Client:
    browser = Client()
    browser.force_login(staff.account)
    return browser


def limit_to(staff: Staff, role: Role, department_id: int) -> None:
    staff.account.grants.all().delete()
    grant_role(account=staff.account, role=role, department_id=department_id, by=SYSTEM, at=BEGINNING)


# The workbench -----------------------------------------------------------------------------------------------------


def test_visitors_are_asked_to_sign_in(house: House, client: Client) -> None:
    response = client.get("/")

    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/")


def test_the_workbench_opens_with_the_case_that_is_due_first(house: House, chen: Client, at) -> None:
    house.open(at=at, subject="洗衣机漏水")
    house.open(at=at + timedelta(minutes=5), subject="空调不冷", customer=house.li)

    page = chen.get("/")

    words = text_of(page)
    assert page.status_code == 200
    assert words.index("洗衣机漏水 洗衣机漏水") < words.index("空调不冷")
    assert "写给 王丽" in page.content.decode()
    assert "首次响应" in words


def test_an_empty_queue_says_what_to_do_next(house: House, chen: Client) -> None:
    words = text_of(chen.get("/"))

    assert "没有等您处理的工单" in words
    assert "新建工单" in words


def test_a_whole_case_number_in_the_search_leads_to_its_case(house: House, chen: Client, at) -> None:
    case = house.open(at=at)

    response = chen.get("/", {"q": case.reference.lower()})

    assert (response.status_code, response["Location"]) == (302, f"/cases/{case.reference}")


def test_the_number_of_a_hidden_case_finds_nothing(house: House, at) -> None:
    case = house.open(at=at)
    limit_to(house.zhao, Role.QUALITY_MANAGER, house.other_department.pk)

    response = browser_of(house.zhao).get("/", {"q": case.reference})

    assert response.status_code == 200
    assert "没有找到" in text_of(response)


def test_the_count_shown_is_the_count_of_the_list(house: House, chen: Client, at) -> None:
    for minute in range(3):
        house.open(at=at + timedelta(minutes=minute))
    house.open(at=at, channel="phone")

    assert re.search(r"队列 4 ", text_of(chen.get("/")))
    assert re.search(r"队列 1 ", text_of(chen.get("/", {"channel": "phone"})))


def test_the_count_on_a_chip_is_the_count_of_its_list(house: House, chen: Client, at) -> None:
    for minute in range(3):
        house.open(at=at + timedelta(minutes=minute))
    house.open(at=at, customer=house.li, owner=house.zhou)

    words = text_of(chen.get("/"))

    # How many are at risk depends on the hour of the day.
    assert re.search(r"我的 3 我的团队 4 临期 \d VIP 3 等客户 0 更多", words)
    assert re.search(r"团队队列 4 ", text_of(chen.get("/", {"view": "team"})))
    assert re.search(r"贵宾客户 3 ", text_of(chen.get("/", {"view": "vip"})))


def test_a_queue_is_kept_under_a_name_and_forgotten_again(house: House, chen: Client, at) -> None:
    house.open(at=at, channel="phone")

    kept = chen.post("/lists/queue/views", {"name": "电话", "query": "view=team&channel=phone"}, follow=True)

    assert kept.redirect_chain == [("/?view=team&channel=phone", 302)]
    assert re.search(r"电话 1 ", text_of(kept))
    view = SavedView.objects.get()
    gone = chen.post(f"/views/{view.pk}/removal", follow=True)
    assert "电话 1 " not in text_of(gone)
    assert "视图名称" not in text_of(gone)


def test_each_filter_in_force_can_be_taken_away_alone(house: House, chen: Client, at) -> None:
    house.open(at=at)
    asked = {"view": "all", "channel": "mail", "owner": house.chen.pk, "opened_from": "2026-01-02", "order": "message"}

    page = chen.get("/", asked).content.decode()

    filters = dict(re.findall(r'<a class="yn-filter" href="/\?([^"]*)">.*?</span>(.*?)<svg', page))
    owner = house.chen.pk
    assert filters == {
        f"view=all&amp;owner={owner}&amp;opened_from=2026-01-02&amp;order=message": "邮件",
        "view=all&amp;channel=mail&amp;opened_from=2026-01-02&amp;order=message": "陈晨",
        f"view=all&amp;channel=mail&amp;owner={owner}&amp;order=message": "受理自 2026-01-02",
    }


def test_the_filters_are_a_page_of_their_own_without_scripts(house: House, chen: Client) -> None:
    words = text_of(chen.get("/queue/filters", {"view": "team"}))

    assert "陈晨" in words
    assert "售后组" in words


def test_a_queue_costs_at_most_nine_statements_besides_the_sign_in(house: House, chen: Client, at) -> None:
    house.open(at=at)
    chen.get("/queue")
    asked = {"view": "all", "channel": "mail", "team": house.team.pk, "owner": house.chen.pk}
    with CaptureQueriesContext(connection) as one:
        chen.get("/queue", asked)
    for minute in range(30):
        house.open(at=at + timedelta(minutes=minute), customer=house.li)
    with CaptureQueriesContext(connection) as thirty:
        chen.get("/queue", asked)

    # Three of them are the session, the account and its roles; each kind of mark on a line asks once for all.
    assert len(one) == len(thirty)
    assert len(thirty) - 3 <= 9


def test_filters_of_the_address_that_mean_nothing_are_left_out(house: House, chen: Client, at) -> None:
    house.open(at=at)

    asked = {
        "view": "x",
        "channel": "'",
        "tier": "0",
        "after": "1_1",
        "team": "9" * 40,
        "owner": "²",
        "opened_from": "9999-12-31",
        "opened_until": "x",
        "order": "closed",
    }

    assert chen.get("/", asked).status_code == 200


def test_a_page_costs_the_same_with_one_case_and_with_thirty(house: House, chen: Client, at) -> None:
    case = house.open(at=at)
    chen.get(f"/cases/{case.reference}")
    with CaptureQueriesContext(connection) as one:
        chen.get(f"/cases/{case.reference}?view=all")
    for minute in range(29):
        other = house.open(at=at + timedelta(minutes=minute), customer=house.li)
        add_note(case=case, said=Said(str(minute), at), by=SYSTEM, at=at)
        reply(case=other, said=Said("好的", at), by=actor_of(house.zhou), at=at + timedelta(minutes=minute))
    with CaptureQueriesContext(connection) as thirty:
        page = chen.get(f"/cases/{case.reference}?view=all")

    assert len(thirty) == len(one)
    # The frame, the queue, the conversation, and what each folder puts beside it or marks in a line.
    assert len(thirty) <= 45
    assert len(page.content) < 120_000


def test_a_page_stays_within_120_kilobytes_whatever_was_written(house: House, chen: Client, at) -> None:
    long = {"subject": "漏水" * 200, "text": "地板都湿了，" * 1000}
    case = house.open(at=at, **long, first={"quoted": "引用" * 3000})
    for minute in range(29):
        house.open(at=at + timedelta(minutes=minute), **long)
    for _number in range(45):
        said = Said("地板都湿了，" * 1000, at, quoted="引用" * 3000, html="<p>x</p>", author_name="王丽")
        add_customer_message(case=case, said=said, channel="mail", by=SYSTEM, at=at)

    page = chen.get(f"/cases/{case.reference}")

    assert len(page.content) < 120_000


def test_htmx_gets_the_case_without_the_queue(house: House, chen: Client, at) -> None:
    case = house.open(at=at)

    piece = chen.get(f"/cases/{case.reference}", headers={"HX-Request": "true"})

    assert 'id="case"' in piece.content.decode()
    assert 'id="queue"' not in piece.content.decode()
    assert "HX-Request" in piece["Vary"]


# Answering -----------------------------------------------------------------------------------------------------------


def test_an_answer_reaches_the_conversation_and_keeps_the_promise(house: House, chen: Client, at) -> None:
    case = house.open(at=at)

    response = chen.post(f"/cases/{case.reference}/replies", {"text": "明天上门。"}, follow=True)

    assert response.redirect_chain == [(f"/cases/{case.reference}", 302)]
    assert "正在发送 明天上门。" in text_of(response)

    send_waiting()
    words = text_of(chen.get(f"/cases/{case.reference}"))
    assert "正在发送" not in words
    assert "明天上门。" in words
    assert "承诺已兑现：首次响应" in words


def test_an_empty_answer_is_refused_beside_the_form(house: House, chen: Client, at) -> None:
    case = house.open(at=at)

    response = chen.post(f"/cases/{case.reference}/replies", {"text": "  "})

    assert response.status_code == 422
    assert "消息是空的，请写点内容或添加附件。" in text_of(response)
    assert "frame-src 'self'" in response["Content-Security-Policy"]


def test_new_words_of_the_customer_are_shown_before_an_answer_crosses_them(house: House, chen: Client, at) -> None:
    case = house.open(at=at)
    seen = Message.objects.get(case=case).pk
    add_customer_message(case=case, said=Said("已经修好了", at), channel="mail", by=SYSTEM, at=at)
    newest = Message.objects.latest("id").pk

    response = chen.post(f"/cases/{case.reference}/replies", {"text": "明天上门。", "last_seen_id": seen})
    again = chen.post(f"/cases/{case.reference}/replies", {"text": "明天上门。", "last_seen_id": [seen, newest]})

    page = response.content.decode()
    assert response.status_code == 409
    assert "您打开这张工单后又来了 1 条新消息" in page
    assert "已经修好了" in re.search(r'<div class="yn-bench-slot".*?</form>', page, re.DOTALL)[0]
    assert ">明天上门。</textarea>" in page
    assert again.status_code == 302


def test_send_and_close_does_both_or_nothing(house: House, chen: Client, at) -> None:
    case = house.open(at=at)

    refused = chen.post(f"/cases/{case.reference}/replies", {"text": "", "close_as": "solved"})
    assert refused.status_code == 422
    assert Case.objects.get(pk=case.pk).is_open

    chen.post(f"/cases/{case.reference}/replies", {"text": "换好了。", "close_as": "replaced"})
    send_waiting()
    assert list(case.closures.values_list("outcome", flat=True)) == ["replaced"]
    assert Message.objects.latest("id").text == "换好了。"


def test_a_note_is_marked_as_internal(house: House, chen: Client, at) -> None:
    case = house.open(at=at)

    page = chen.post(f"/cases/{case.reference}/notes", {"text": "备件在杭州仓"}, follow=True).content.decode()

    assert re.search(r'data-side="note".*?备件在杭州仓', page, re.DOTALL)


def test_a_case_is_closed_and_reopened_with_reasons(house: House, chen: Client, at) -> None:
    case = house.open(at=at)

    closed = chen.post(f"/cases/{case.reference}/closure", {"outcome": "repaired", "summary": "换了水管"}, follow=True)
    assert "换了水管" in text_of(closed)
    assert chen.post(f"/cases/{case.reference}/replies", {"text": "x"}).status_code == 409

    grant_role(account=house.chen.account, role=Role.AGENT, by=SYSTEM, at=BEGINNING)
    opened = chen.post(f"/cases/{case.reference}/reopenings", {"reason": "又漏了"}, follow=True)
    assert "重开" in text_of(opened)
    assert Case.objects.get(pk=case.pk).is_open


def test_only_leaders_name_another_owner(house: House, chen: Client, at) -> None:
    case = house.open(at=at)
    values = {"to": f"staff-{house.zhou.pk}", "reason": "休假"}

    assert chen.post(f"/cases/{case.reference}/acts/change-owner", values).status_code == 403
    assert f"/cases/{case.reference}/acts/change-owner" not in chen.get(f"/cases/{case.reference}").content.decode()

    page = browser_of(house.zhou).post(f"/cases/{case.reference}/acts/change-owner", values, follow=True)
    assert "负责人改为 周敏 · 休假" in text_of(page)
    assert Case.objects.get(pk=case.pk).owner_id == house.zhou.pk


def test_quality_reads_and_notes_but_does_not_answer(house: House, at) -> None:
    case = house.open(at=at)
    zhao = browser_of(house.zhao)

    page = text_of(zhao.get(f"/cases/{case.reference}"))

    assert "写给" not in page
    assert "内部备注" in page
    assert zhao.post(f"/cases/{case.reference}/replies", {"text": "x"}).status_code == 403


ACTS = ["replies", "replies/1/return", "drafts/reply", "notes", "closure", "reopenings", "reveals/address"]
PIECES = ["", "/conversation", "/panels/promises"]


def test_another_department_s_case_answers_404_on_every_address(house: House, at) -> None:
    case = house.open(at=at, first={"attachments": [store_bytes(b"x", name="a.txt", content_type="text/plain")]})
    message, file = Message.objects.get(case=case), Attachment.objects.get()
    limit_to(house.zhou, Role.TEAM_LEADER, house.other_department.pk)
    outsider = browser_of(house.zhou)
    values = {"text": "x", "outcome": "solved", "reason": "x", "owner": house.zhou.pk}

    gets = [f"/cases/{case.reference}{piece}" for piece in PIECES]
    gets += [f"/attachments/{file.pk}", f"/messages/{message.pk}/html", f"/messages/{message.pk}/text"]

    assert {url: outsider.get(url).status_code for url in gets} == dict.fromkeys(gets, 404)
    assert {act: outsider.post(f"/cases/{case.reference}/{act}", values).status_code for act in ACTS} == dict.fromkeys(
        ACTS, 404
    )
    assert case.subject not in text_of(outsider.get("/", {"view": "all"}))


def test_acts_are_posted_only_and_by_people_signed_in(house: House, chen: Client, at) -> None:
    case = house.open(at=at)

    assert [chen.get(f"/cases/{case.reference}/{act}").status_code for act in ACTS] == [405] * len(ACTS)
    assert [Client().post(f"/cases/{case.reference}/{act}").status_code for act in ACTS] == [302] * len(ACTS)


# Personal values --------------------------------------------------------------------------------------------------


def test_a_phone_number_is_masked_until_somebody_asks_and_that_is_written_down(house: House, chen: Client, at) -> None:
    customer, _new = find_or_add_by_identity(
        kind="phone", value="+8613812346721", name="李雪", source="phone", by=SYSTEM, at=at
    )
    case = house.open(at=at, customer=customer)
    identity = customer.identities.get()

    before = chen.get(f"/cases/{case.reference}").content.decode()
    shown = chen.post(f"/cases/{case.reference}/reveals/{identity.pk}")
    after = chen.get(f"/cases/{case.reference}").content.decode()

    assert "138 **** 6721" in before
    assert "13812346721" in shown.content.decode()
    assert "13812346721" not in before + after
    assert list(Reveal.objects.values_list("account_id", "customer_id", "field", "reason")) == [
        (house.chen.pk, customer.pk, "phone", case.reference)
    ]


def test_somebody_else_s_identity_cannot_be_revealed_through_a_case(house: House, chen: Client, at) -> None:
    other, _new = find_or_add_by_identity(
        kind="phone", value="+8613812346721", name="李雪", source="phone", by=SYSTEM, at=at
    )
    case = house.open(at=at)

    response = chen.post(f"/cases/{case.reference}/reveals/{other.identities.get().pk}")

    assert response.status_code == 404
    assert Reveal.objects.count() == 0


def test_who_may_not_reveal_gets_no_value(house: House, at) -> None:
    Customer.objects.filter(pk=house.wang.pk).update(address="杭州市余杭区 1 号")
    case = house.open(at=at)

    response = browser_of(house.zhao).post(f"/cases/{case.reference}/reveals/address")

    assert response.status_code == 403
    assert "余杭区" not in response.content.decode()


# A new case by phone ------------------------------------------------------------------------------------------------


def new_case_values(house: House, **more) -> dict:
    return {
        "channel": "phone",
        "phone": "138 1234 6721",
        "mail": "",
        "name": "李雪",
        "subject": "洗衣机不脱水",
        "text": "昨天开始不脱水",
        "case_class": "important",
        "team": house.team.pk,
    } | more


def test_whoever_takes_the_call_owns_the_case(house: House, chen: Client) -> None:
    response = chen.post("/cases", new_case_values(house))

    case = Case.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/cases/{case.reference}")
    assert (case.owner_id, case.channel, case.customer.name) == (house.chen.pk, "phone", "李雪")


def test_a_caller_we_know_is_not_entered_twice(house: House, chen: Client) -> None:
    chen.post("/cases", new_case_values(house))
    chen.post("/cases", new_case_values(house, phone="+86 13812346721", name="小李"))

    assert list(Case.objects.values_list("customer__name", flat=True)) == ["李雪", "李雪"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"phone": "", "mail": ""}, "请填写电话或邮箱，才能联系到客户。"),
        ({"phone": "12"}, "这不是电话号码。请带区号填写，例如 021 5555 0101。"),
    ],
)
def test_a_wrong_form_comes_back_with_what_was_typed(house: House, chen: Client, wrong: dict, sentence: str) -> None:
    response = chen.post("/cases", new_case_values(house, **wrong))

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert "昨天开始不脱水</textarea>" in response.content.decode()
    assert Case.objects.count() == 0


# Files and formatted mails ----------------------------------------------------------------------------------------


def test_a_file_is_kept_not_run(house: House, chen: Client, at) -> None:
    draft = store_bytes(b"<script>alert(1)</script>", name="发票.html", content_type="text/html")
    house.open(at=at, first={"attachments": [draft]})

    response = chen.get(f"/attachments/{Attachment.objects.get().pk}?inline=1")

    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E5%8F%91%E7%A5%A8.html"
    assert response["X-Content-Type-Options"] == "nosniff"
    policy = sorted(response["Content-Security-Policy"].split("; "))
    assert policy == ["default-src 'none'", "frame-ancestors 'none'", "sandbox"]


def test_a_picture_is_shown_in_place_when_asked(house: House, chen: Client, at) -> None:
    house.open(at=at, first={"attachments": [store_bytes(PNG, name="a.png", content_type="image/png")]})
    url = f"/attachments/{Attachment.objects.get().pk}"

    inline, kept = chen.get(f"{url}?inline=1"), chen.get(url)

    assert (inline["Content-Type"], inline["Content-Disposition"]) == ("image/png", 'inline; filename="a.png"')
    assert kept["Content-Disposition"] == 'attachment; filename="a.png"'
    assert b"".join(inline.streaming_content) == PNG


def test_what_a_sender_calls_a_file_decides_nothing(house: House, chen: Client, at) -> None:
    trap = store_bytes(b"<svg onload='alert(1)'/>", name="a.png", content_type="image/png")
    house.open(at=at, first={"attachments": [trap]})
    file = Attachment.objects.get()

    answer, page = chen.get(f"/attachments/{file.pk}?inline=1"), chen.get("/").content.decode()

    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "application/octet-stream",
        'attachment; filename="a.png"',
    )
    assert "<img src" not in page


def test_a_pdf_opens_in_the_browser_s_own_viewer(house: House, chen: Client, at) -> None:
    house.open(at=at, first={"attachments": [store_bytes(b"%PDF-1.4\n", name="发票.pdf", content_type="x/y")]})

    answer = chen.get(f"/attachments/{Attachment.objects.get().pk}?inline=1")

    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert sorted(answer["Content-Security-Policy"].split("; ")) == [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "object-src 'self'",
        "style-src 'unsafe-inline'",
    ]


def test_of_a_text_the_first_two_hundred_lines_are_shown_and_all_is_kept(house: House, chen: Client, at) -> None:
    lines = "\n".join(f"{number},滤芯" for number in range(1, 501))
    draft = store_bytes(lines.encode("gb18030"), name="清单.csv", content_type="text/csv")
    house.open(at=at, first={"attachments": [draft]})
    url = f"/attachments/{Attachment.objects.get().pk}"

    shown = chen.get(f"{url}?inline=1")

    words = shown.content.decode().splitlines()
    assert (words[0], words[199], len(words)) == ("1,滤芯", "200,滤芯", 201)
    assert words[200] == "……只显示开头部分，下载后可查看全部。"
    assert shown["Content-Type"] == "text/plain; charset=utf-8"
    assert b"".join(chen.get(url).streaming_content).decode("gb18030") == lines


@pytest.mark.parametrize(
    ("wanted", "status", "content", "said"),
    [
        ("bytes=0-3", 206, b"ID3a", "bytes 0-3/9"),
        ("bytes=5-", 206, b"cdef"[:4], "bytes 5-8/9"),
        ("bytes=-2", 206, b"ef", "bytes 7-8/9"),
        ("bytes=9-", 416, b"", "bytes */9"),
    ],
)
def test_players_get_the_part_they_ask_for(
    house: House, chen: Client, at, wanted: str, status: int, content: bytes, said: str
) -> None:
    house.open(at=at, first={"attachments": [store_bytes(b"ID3abcdef", name="a.mp3", content_type="audio/mpeg")]})

    answer = chen.get(f"/attachments/{Attachment.objects.get().pk}?inline=1", headers={"Range": wanted})

    assert (answer.status_code, answer.content, answer["Content-Range"]) == (status, content, said)


def test_a_file_sent_with_an_answer_arrives(house: House, chen: Client, at) -> None:
    case = house.open(at=at)

    chen.post(
        f"/cases/{case.reference}/replies",
        {"text": "见附件", "files": SimpleUploadedFile("报价.txt", b"100", "text/plain")},
    )
    send_waiting()

    file = Attachment.objects.get()
    assert b"".join(chen.get(f"/attachments/{file.pk}").streaming_content) == b"100"
    assert file.name == "报价.txt"


EVIL = """<p style="color:red;position:fixed" onclick="x()">您好<script>alert(1)</script></p>
<img src="http://spy.example/a.gif"><img src="cid:logo"><img src="javascript:alert(1)"><a href="javascript:x">a</a>
<form action="http://spy.example"><input></form><style>*{background:url(http://spy.example/b)}</style>
<div style="background:url(http://spy.example/c)">尺寸</div>"""


def test_a_formatted_mail_can_do_nothing(house: House, chen: Client, at) -> None:
    logo = store_bytes(PNG, name="logo.png", content_type="image/png", content_id="<logo>", is_inline=True)
    house.open(at=at, first={"html": EVIL, "attachments": [logo]})
    message = Message.objects.get()

    response = chen.get(f"/messages/{message.pk}/html")

    html = response.content.decode()
    body = html.partition("<body>")[2]
    for trap in ("script", "spy.example", "javascript", "onclick", "position", "<form", "<input", "<style"):
        assert trap not in body
    assert "data:image/png;base64," in body
    assert "有 1 张外部图片没有加载" in html
    assert sorted(response["Content-Security-Policy"].split("; ")) == [
        "base-uri 'none'",
        "default-src 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "img-src data:",
        "sandbox allow-popups allow-popups-to-escape-sandbox",
        "style-src 'unsafe-inline'",
    ]
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_remote_pictures_are_loaded_only_when_asked_and_for_that_answer(house: House, chen: Client, at) -> None:
    house.open(at=at, first={"html": '<img src="http://pictures.example/a.gif">'})
    url = f"/messages/{Message.objects.get().pk}/html"

    asked, again = chen.get(f"{url}?images=1"), chen.get(url)

    assert 'src="https://pictures.example/a.gif"' in asked.content.decode()
    assert "img-src data: https:" in asked["Content-Security-Policy"].split("; ")
    assert "img-src data:" in again["Content-Security-Policy"].split("; ")
    assert "pictures.example" not in again.content.decode()


def test_a_machine_s_mail_is_folded(house: House, chen: Client, at) -> None:
    case = house.open(at=at)
    add_automatic_message(case=case, said=Said("我在休假", at), by=SYSTEM, at=at)

    assert re.search(r"<details class=\"yn-bench-machine\".*?我在休假", chen.get("/").content.decode(), re.DOTALL)


def test_what_customers_write_is_shown_never_run(house: House, chen: Client, at) -> None:
    house.open(at=at, text="<script>alert(1)</script>", subject="<b>x</b>", first={"quoted": "<i>q</i>"})

    page = chen.get("/").content.decode()

    assert "<script>alert" not in page
    assert "<b>x</b>" not in page
    assert "<i>q</i>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_no_fact_holds_what_somebody_typed(house: House, chen: Client, at) -> None:
    case = house.open(at=at)
    chen.post(f"/cases/{case.reference}/replies", {"text": "秘密一"})
    chen.post(f"/cases/{case.reference}/notes", {"text": "秘密二"})

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT string_agg(payload::text, '') FROM (SELECT {COLUMNS} FROM foundation_fact) AS facts")
        assert "秘密" not in cursor.fetchone()[0]
