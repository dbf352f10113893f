"""The tracking page as customers use it: what they read, what they may do, what never leaks."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from yinuo.cases.actions import add_note, close_case, reply, store_bytes
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Attachment, Case, Message
from yinuo.cases.tests.cast import SYSTEM, House, actor_of
from yinuo.cases.tests.reading import text_of

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture
def at():
    return timezone.now() - timedelta(minutes=30)


def test_the_customer_sees_the_promise_the_owner_and_no_note(house: House, client: Client, at) -> None:
    case = house.open(at=at)
    add_note(case=case, said=Said("他上次也这样", at), by=actor_of(house.chen), at=at)
    reply(case=case, said=Said("明天上门", at, author_name="陈晨"), by=actor_of(house.chen), at=at)

    response = client.get(f"/track/{case.track_token}")

    words = text_of(response)
    assert response.status_code == 200
    for shown in (case.reference, "洗衣机漏水", "我们承诺解决的时间", "小陈", "售后组", "明天上门", "已兑现"):
        assert shown in words
    for hidden in ("他上次也这样", "陈晨"):
        assert hidden not in words
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]


def test_a_wrong_link_is_calmly_not_there(house: House, client: Client) -> None:
    response = client.get("/track/ABCDEFGHIJKLMNOPQRSTUV")

    assert response.status_code == 404
    assert "没有找到" in text_of(response)


def test_a_case_that_waits_for_its_customer_says_so_until_they_answer(house: House, client: Client, at) -> None:
    case = house.open(at=at)
    reply(case=case, said=Said("请告诉我型号", at), wait=True, by=actor_of(house.chen), at=at)

    for piece in ("", "/progress"):
        assert "正在等您回复" in text_of(client.get(f"/track/{case.track_token}{piece}"))
    response = client.post(f"/track/{case.track_token}/messages", {"text": "XQG-80"}, follow=True)
    assert "正在等您回复" not in text_of(response)


def test_the_customer_writes_and_it_stands_in_the_case(house: House, client: Client, at) -> None:
    case = house.open(at=at)

    response = client.post(f"/track/{case.track_token}/messages", {"text": "什么时候来？"}, follow=True)

    message = Message.objects.latest("id")
    assert "您的消息我们收到了。" in text_of(response)
    assert (message.text, message.author, message.conversation.channel) == (
        "什么时候来？",
        f"customer:{house.wang.pk}",
        "portal",
    )


def test_the_customer_says_it_is_solved_and_that_it_is_not(house: House, client: Client, at) -> None:
    case = house.open(at=at)

    client.post(f"/track/{case.track_token}/closure")
    assert list(case.closures.values_list("outcome", "by")) == [("solved", f"customer:{house.wang.pk}")]

    page = client.post(f"/track/{case.track_token}/reopenings", {"text": "问题还没有解决。"}, follow=True)
    assert Case.objects.get(pk=case.pk).is_open
    assert "问题还没有解决。" in text_of(page)


def test_one_click_takes_a_solved_case_up_again_and_another_closes_it_for_good(house: House, client, at) -> None:
    case = house.open(at=at)
    close_case(case=case, outcome="solved", by=actor_of(house.chen), at=at)

    assert "是否已解决" in text_of(client.get(f"/track/{case.track_token}"))
    client.post(f"/track/{case.track_token}/reopenings")
    assert Case.objects.get(pk=case.pk).state == "open"
    assert Message.objects.filter(case=case).count() == 1
    close_case(case=case, outcome="solved", by=actor_of(house.chen), at=at)
    client.post(f"/track/{case.track_token}/closure", {"text": "服务很好"})
    closed = Case.objects.get(pk=case.pk)

    assert closed.state == "closed"
    assert closed.closures.order_by("-id")[0].summary == "服务很好"
    assert client.post(f"/track/{case.track_token}/reopenings", {"text": "又坏了"}).status_code == 409


def test_what_is_written_to_a_closed_case_becomes_a_new_one_that_follows_it(house: House, client: Client, at) -> None:
    case = house.open(at=at - timedelta(days=30))
    close_case(case=case, outcome="solved", by=actor_of(house.chen), at=at - timedelta(days=20))

    page = client.get(f"/track/{case.track_token}")
    response = client.post(f"/track/{case.track_token}/messages", {"text": "又坏了"})
    new = Case.objects.get(follows=case)

    assert f"作为新的请求，接续 {case.reference}" in text_of(page)
    assert (response.status_code, response.url) == (302, f"/track/{new.track_token}")
    assert (new.owner, new.team, new.state) == (house.chen, house.team, "open")
    assert Message.objects.get(case=new).text == "又坏了"
    assert Message.objects.filter(case=case).count() == 1


def test_a_flood_from_one_link_is_stopped(house: House, client: Client, at) -> None:
    case = house.open(at=at)

    codes = [client.post(f"/track/{case.track_token}/messages", {"text": str(n)}).status_code for n in range(13)]

    assert codes == [302] * 12 + [429]
    assert Message.objects.filter(case=case).count() == 13


def test_a_link_opens_the_files_of_its_own_case_only_and_never_a_note_s(house: House, client: Client, at) -> None:
    def file(name: str) -> list:
        return [store_bytes(name.encode(), name=name, content_type="text/plain")]

    mine = house.open(at=at, first={"attachments": file("mine")})
    other = house.open(at=at, first={"attachments": file("other")})
    add_note(case=mine, said=Said("", at, attachments=file("note")), by=SYSTEM, at=at)
    ids = dict(Attachment.objects.values_list("name", "pk"))

    codes = {name: client.get(f"/track/{mine.track_token}/files/{ids[name]}").status_code for name in ids}

    assert codes == {"mine": 200, "other": 404, "note": 404}
    assert other.customer_id == mine.customer_id
