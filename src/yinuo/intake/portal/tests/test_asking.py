"""Asking in the form: one case however often it is sent, the right team, no second address, what is told to whom."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from yinuo.cases.models import Case, Message
from yinuo.cases.tests.cast import BEGINNING, SYSTEM, House
from yinuo.cases.tests.reading import text_of
from yinuo.customers.actions import add_identity
from yinuo.customers.models import Customer, Identity
from yinuo.foundation.models import FactRow
from yinuo.foundation.tests.following import follow_everything
from yinuo.intake.mail import reactions as mail_reactions  # noqa: F401 - registers the followers
from yinuo.intake.mail.models import Mailbox, OutgoingMail
from yinuo.intake.portal import reactions  # noqa: F401 - registers the followers
from yinuo.organisation.models import TeamMembership
from yinuo.routing.actions import CategoryDraft, save_category

QUESTION = {
    "text": "洗衣机漏水，地板都湿了\n请今天来人",
    "name": "孙悦",
    "mail": "sun@example.com",
    "phone": "",
    "consent": "on",
    "key": "AbCdEfGhIjKl",
}


@pytest.fixture
def categories(house: House) -> None:
    TeamMembership.objects.create(staff=house.zhao, team=house.other_team)
    for draft in (
        CategoryDraft("repair", "报修", "Repair", words=("漏水", "不制冷")),
        CategoryDraft("delivery", "配送", "Delivery", words=("送货", "配送"), team=house.other_team),
    ):
        save_category(draft=draft, by=SYSTEM, at=BEGINNING)


@pytest.fixture
def mailbox(house: House) -> Mailbox:
    return Mailbox.objects.create(
        address="service@henuan.example", sender_name="禾暖家电", team=house.team, in_host="a", out_host="b"
    )


def send(client: Client, **more):
    return client.post("/ask", QUESTION | more)


def test_a_question_becomes_a_case_with_a_number_an_owner_and_a_time(house: House, client: Client, categories) -> None:
    photo = SimpleUploadedFile("漏水.png", b"\x89PNG\r\n\x1a\n", content_type="image/png")

    response = client.post("/ask", QUESTION | {"number": "HN-2026-88", "files": [photo]}, follow=True)

    case = Case.objects.get()
    assert response.redirect_chain == [(f"/track/{case.track_token}/received", 302)]
    words = text_of(response)
    for shown in ("您的问题我们收到了", case.reference, "我们承诺答复您的时间", "售后组"):
        assert shown in words
    assert (case.channel, case.category, case.team, case.subject, case.language) == (
        "form",
        "repair",
        house.team,
        "洗衣机漏水，地板都湿了",
        "zh-hans",
    )
    message = case.messages.get()
    assert message.text == "洗衣机漏水，地板都湿了\n请今天来人\n\n订单号或机身编号：HN-2026-88"
    assert [file.name for file in message.attachments.all()] == ["漏水.png"]
    assert (case.customer.name, case.customer.language) == ("孙悦", "zh-hans")


def test_a_chosen_category_is_kept_and_its_team_gets_the_case(house: House, client: Client, categories) -> None:
    send(client, category="delivery")

    case = Case.objects.get()
    assert (case.category, case.team, case.owner) == ("delivery", house.other_team, house.zhao)
    assert FactRow.objects.get(type="intake.question_asked").payload == {
        "category": "delivery",
        "is_proved": False,
        "was_guessed": False,
    }


def test_the_guess_follows_the_words_until_the_customer_chooses(client: Client, categories) -> None:
    def checked(**sent: str) -> list[str]:
        page = client.post("/ask/category", sent).content.decode()
        return re.findall(r'<input type="radio" name="category" value="(\w*)"[^>]* checked', page)

    assert checked(text="什么时候送货", category="", guessed="") == ["delivery"]
    assert checked(text="送货的洗衣机漏水，不制冷", category="delivery", guessed="delivery") == ["repair"]
    assert checked(text="洗衣机漏水", category="delivery", guessed="") == ["delivery"]


def test_a_category_switched_off_meanwhile_is_no_choice(house: House, client: Client, categories) -> None:
    send(client, category="nonsense")

    assert Case.objects.get().category == "repair"


def test_sent_twice_is_one_case_and_other_words_from_the_same_page_are_another(house: House, client: Client) -> None:
    first, second = send(client), send(client)
    third = send(client, text="还有一件事")

    assert first.url == second.url
    assert third.url != first.url
    assert Case.objects.count() == 2


def test_no_address_is_added_to_somebody_we_know_and_whoever_answers_is_warned(house: House, client: Client) -> None:
    add_identity(customer=house.wang, kind="mail", value="wang@example.com", source="test", by=SYSTEM, at=BEGINNING)

    page = client.post("/ask", QUESTION | {"mail": "Wang@Example.com", "phone": "13800001234"}, follow=True)

    case = Case.objects.get()
    assert case.customer == house.wang
    assert list(Identity.objects.values_list("kind", "customer")) == [("mail", house.wang.pk)]
    assert "本次联系电话：+8613800001234" in case.messages.earliest("id").text
    assert "尚未证实是本人" in case.messages.get(kind="note").text
    client.post(f"/track/{case.track_token}/messages", {"text": "在吗"})
    words = text_of(page) + text_of(client.get(f"/track/{case.track_token}"))
    assert "孙悦" in words
    for hidden in ("王丽", "尚未证实是本人"):
        assert hidden not in words


def test_somebody_new_with_a_phone_only_is_a_customer_of_their_own(house: House, client: Client) -> None:
    send(client, mail="", phone="021 5555 0101")

    assert list(Identity.objects.values_list("kind", "customer__name")) == [("phone", "孙悦")]
    assert Case.objects.get().messages.get().text == QUESTION["text"]


@pytest.mark.django_db(transaction=True)
def test_the_receipt_goes_by_mail_and_names_only_what_they_called_themselves(house, client, mailbox) -> None:
    add_identity(customer=house.wang, kind="mail", value="wang@example.com", source="test", by=SYSTEM, at=BEGINNING)
    follow_everything("portal.")
    follow_everything("mail.")
    send(client, mail="wang@example.com")
    send(client, mail="", phone="13800001234", text="电话联系我")

    follow_everything("portal.")
    follow_everything("mail.")

    notice = Message.objects.get(kind="notice")
    case = notice.case
    assert "孙悦" in notice.text
    assert case.reference in notice.text
    assert f"/track/{case.track_token}" in notice.text
    assert "王丽" not in notice.text
    assert list(OutgoingMail.objects.values_list("message", "is_automatic", "state")) == [(notice.pk, True, "queued")]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"mail": "", "phone": ""}, "请填写邮箱或手机号，以便我们答复您。"),
        ({"mail": "sun"}, "邮箱"),
        ({"phone": "123"}, "电话"),
        ({"text": "  "}, "请写下您遇到的问题。"),
        ({"name": ""}, "这个字段是必填项"),
        ({"consent": ""}, "需要您同意，我们才能处理您的问题。"),
        ({"website": "http://spam.example"}, "这份表单似乎由程序填写。"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_typed_is_lost(house, client, categories, change, sentence) -> None:
    response = send(client, **change)

    assert response.status_code == 422
    assert sentence in text_of(response)
    if "text" not in change:
        assert QUESTION["text"].split("\n")[0] in response.content.decode()
    assert not Case.objects.exists()


def test_a_flood_from_one_contact_or_network_is_stopped_with_a_sentence(house: House, client: Client) -> None:
    one_contact = [send(client, text=f"第 {n} 次").status_code for n in range(7)]
    elsewhere = [
        client.post("/ask", QUESTION | {"mail": f"sun{n}@example.com"}, REMOTE_ADDR="2001:db8::1").status_code
        for n in range(20)
    ]
    neighbour = client.post("/ask", QUESTION | {"mail": "x@example.com"}, REMOTE_ADDR="2001:db8::2")

    assert one_contact == [302] * 6 + [429]
    assert elsewhere == [302] * 20
    assert neighbour.status_code == 429  # the same /64
    assert "短时间内从您这里发送得太多" in text_of(neighbour)


def test_search_engines_may_list_the_front_pages_only(house: House, client: Client) -> None:
    case = house.open(at=timezone.now() - timedelta(minutes=5))

    listed = {path: "X-Robots-Tag" not in client.get(path) for path in ("/portal", "/ask", "/my/sign-in")}

    assert listed == {"/portal": True, "/ask": True, "/my/sign-in": False}
    assert "X-Robots-Tag" in client.get(f"/track/{case.track_token}")
    assert client.get("/robots.txt").content.decode().splitlines()[-1] == "Disallow: /"
    assert Customer.objects.count() == 2
