"""Customers sign in by code or link; no page tells who is a customer, and nobody sees the case of another."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yinuo.cases.actions import add_note, close_case, reply, store_bytes
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Attachment, Case, Message, Reopening
from yinuo.cases.tests.cast import BEGINNING, SYSTEM, House, actor_of
from yinuo.cases.tests.reading import text_of
from yinuo.customers.actions import add_identity
from yinuo.customers.models import Identity
from yinuo.foundation.models import FactRow
from yinuo.intake.mail.models import Letter, Mailbox
from yinuo.intake.portal.actions import send_code
from yinuo.intake.portal.models import Attempts, CustomerSession, SignIn
from yinuo.intake.portal.tasks import forget

AT = timezone.now


@pytest.fixture
def wang(house: House) -> str:
    """Wang's mail address, and Li's beside it."""
    Mailbox.objects.create(
        address="service@henuan.example", sender_name="禾暖家电", team=house.team, in_host="a", out_host="b"
    )
    for customer, address in ((house.wang, "wang@example.com"), (house.li, "li@example.com")):
        add_identity(customer=customer, kind="mail", value=address, source="test", by=SYSTEM, at=BEGINNING)
    return "wang@example.com"


def asked(client: Client, address: str) -> str:
    """Ask for a code and return the address of the page for it; the letter is written as the follower would."""
    response = client.post("/my/sign-in", {"mail": address})
    assert response.status_code == 302
    send_code(sign_in=SignIn.objects.latest("id"), at=AT())
    return str(response.url)


def letter() -> tuple[str, str]:
    """Return the code and the path of the link in the newest letter."""
    text = Letter.objects.latest("id").text
    return re.search(r"(?<!\d)\d{6}(?!\d)", text)[0], re.search(r"/my/sign-in/link/\S+", text)[0]  # type: ignore[index]


def signed_in(address: str) -> Client:
    client = Client()
    page = asked(client, address)
    assert client.post(page, {"code": letter()[0]}).url == "/my"
    return client


def test_the_code_signs_in_once_and_proves_the_address(house: House, client: Client, wang: str) -> None:
    page = asked(client, "Wang@Example.COM")
    code, _link = letter()

    first = client.post(page, {"code": f" {code[:3]} {code[3:]} "})
    again = Client().post(page, {"code": code})

    assert (first.status_code, first.url, again.status_code) == (302, "/my", 410)
    cookie = first.cookies["yinuo_customer"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 2592000)
    assert "sessionid" not in first.cookies or not first.cookies["sessionid"].value
    assert Identity.objects.get(customer=house.wang).is_verified is True
    row = Letter.objects.get()
    assert (row.address, row.purpose, row.expires_at - row.queued_at <= timedelta(minutes=10)) == (
        "wang@example.com",
        "portal.sign_in",
        True,
    )
    kinds = list(FactRow.objects.filter(type__startswith="intake.").order_by("id").values_list("type", flat=True))
    assert kinds == ["intake.sign_in_asked", "intake.customer_signed_in"]


def test_a_known_and_an_unknown_address_get_the_same_answers(house: House, wang: str) -> None:
    def answers(address: str) -> list[tuple[int, str]]:
        client = Client()
        page = asked(client, address)
        posts = [client.post(page, {"code": "000000"}) for _try in range(6)]
        return [(one.status_code, text_of(one)) for one in (client.get(page), *posts)]

    known, unknown = answers(wang), answers("nobody@example.com")

    assert known == unknown
    assert [status for status, _words in known] == [200, 422, 422, 422, 422, 410, 410]
    assert "还可以再试 4 次" in known[1][1]
    assert Letter.objects.count() == 1


def test_asking_writes_the_same_for_every_address(wang: str, client: Client, django_assert_num_queries) -> None:
    client.get("/my/sign-in")
    counts = []
    for address in (wang, "nobody@example.com"):
        with CaptureQueriesContext(connection) as caught:
            client.post("/my/sign-in", {"mail": address})
        counts.append([re.sub(r"'[^']*'|\d+|\\x\w+", "?", one["sql"])[:80] for one in caught])

    assert counts[0] == counts[1]


def test_codes_and_links_are_kept_as_hashes_only(wang: str, client: Client) -> None:
    asked(client, wang)
    code, link = letter()

    row = SignIn.objects.get()
    stored = b"|".join(bytes(one) for one in (row.page_digest, row.code_digest, row.link_digest))
    assert code.encode() not in stored
    assert link.rpartition("/")[2].encode() not in stored
    assert code not in str(list(FactRow.objects.values_list("payload", flat=True)))


def test_a_code_is_good_for_ten_minutes(wang: str, client: Client) -> None:
    page = asked(client, wang)
    SignIn.objects.update(expires_at=AT() - timedelta(seconds=1))

    assert client.post(page, {"code": letter()[0]}).status_code == 410


def test_opening_the_link_signs_nobody_in_before_a_person_confirms(house: House, wang: str) -> None:
    phone, scanner = Client(), Client()
    asked(Client(), wang)
    link = letter()[1]

    assert [scanner.get(link).status_code, phone.get(link).status_code] == [200, 200]
    assert not CustomerSession.objects.exists()
    assert phone.post(link).url == "/my"
    assert CustomerSession.objects.get().customer == house.wang
    assert phone.post(link).status_code == 410


def test_codes_are_limited_per_address_and_per_network(wang: str) -> None:
    to_one = [Client().post("/my/sign-in", {"mail": wang}, REMOTE_ADDR=f"192.0.2.{n}").status_code for n in range(6)]
    from_one = [Client().post("/my/sign-in", {"mail": f"a{n}@example.com"}).status_code for n in range(21)]

    assert to_one == [302] * 5 + [429]
    assert from_one == [302] * 20 + [429]


def test_signing_out_ends_the_session_and_signing_in_anew_ends_the_old_one(house: House, wang: str) -> None:
    client = signed_in(wang)
    stolen = client.cookies["yinuo_customer"].value
    page = asked(client, wang)
    client.post(page, {"code": letter()[0]})
    other = Client()
    other.cookies["yinuo_customer"] = stolen

    assert other.get("/my").status_code == 302
    assert client.get("/my").status_code == 200
    kept = client.cookies["yinuo_customer"].value
    assert client.post("/my/sign-out").url == "/portal"
    other.cookies["yinuo_customer"] = kept
    assert other.get("/my").status_code == 302
    assert CustomerSession.objects.filter(ended_at=None).count() == 0


def test_a_customer_is_no_member_of_staff_and_staff_are_no_customers(house: House, wang: str) -> None:
    client = signed_in(wang)
    staff = Client()
    staff.force_login(house.admin.account)

    assert client.get("/").status_code == 302
    assert client.get("/api/v1/cases").status_code == 401
    assert staff.get("/my").status_code == 302


def test_the_list_shows_the_open_ones_by_their_promise_then_the_closed_ones(house: House, wang: str) -> None:
    at = AT() - timedelta(hours=1)
    later = house.open(at=at, subject="热水器不热")
    sooner = house.open(at=at - timedelta(days=3), subject="洗衣机漏水")
    closed = house.open(at=at - timedelta(days=3), subject="发票抬头")
    close_case(case=closed, outcome="solved", by=actor_of(house.chen), at=at)
    house.open(at=at, subject="李强的问题", customer=house.li)
    client = signed_in(wang)

    page = client.get("/my")

    assert re.findall(r'href="/my/cases/([\w-]+)"', page.content.decode()) == [
        sooner.reference,
        later.reference,
        closed.reference,
    ]
    words = text_of(page)
    assert "我们承诺答复您的时间" in words
    assert "小陈" in words
    assert "王丽 · w***@example.com" in words
    assert "李强的问题" not in words


def test_search_finds_words_of_what_was_said_publicly(house: House, wang: str) -> None:
    case = house.open(at=AT() - timedelta(minutes=30), subject="漏水", text="阳台全湿了")
    house.open(at=AT() - timedelta(minutes=20), subject="发票")
    add_note(case=case, said=Said("内部暗号", AT()), by=SYSTEM, at=AT())
    client = signed_in(wang)

    def found(words: str) -> list[str]:
        return re.findall(r'href="/my/cases/([\w-]+)"', client.get("/my", {"q": words}).content.decode())

    assert found("阳台 漏水") == [case.reference]
    assert found(case.reference.lower()) == [case.reference]
    assert found("内部暗号") == found("阳台 发票") == []


def test_many_closed_cases_come_in_pages_and_cost_the_same_number_of_queries(house: House, wang: str) -> None:
    at = AT() - timedelta(days=1)
    for number in range(23):
        case = house.open(at=at, subject=f"第 {number} 件")
        close_case(case=case, outcome="solved", by=actor_of(house.chen), at=at + timedelta(minutes=number))
    client = signed_in(wang)

    first = client.get("/my").content.decode()
    older = re.search(r'href="(/my\?before=[^"]+)"', first)[1]  # type: ignore[index]
    second = client.get(older).content.decode()

    listed = [re.findall(r"/my/cases/([\w-]+)", one) for one in (first, second)]
    assert [len(one) for one in listed] == [20, 3]
    assert len({*listed[0], *listed[1]}) == 23
    with CaptureQueriesContext(connection) as many:
        client.get("/my")
    Case.objects.filter(closed_at__gt=at).exclude(reference=listed[0][0]).update(customer=house.li)
    with CaptureQueriesContext(connection) as one:
        client.get("/my")
    assert len(many) == len(one)


def test_nothing_of_another_customer_opens_by_any_name(house: House, wang: str) -> None:
    at = AT() - timedelta(minutes=30)
    files = [store_bytes(b"li", name="li.txt", content_type="text/plain")]
    mine = house.open(at=at, subject="我的")
    theirs = house.open(at=at, subject="李强的", customer=house.li, first={"attachments": files})
    file_id = Attachment.objects.get().pk
    client = signed_in(wang)
    base = f"/my/cases/{theirs.reference}"

    reads = [base, f"{base}/progress", f"{base}/files/{file_id}", f"/my/cases/{mine.reference}/files/{file_id}"]
    acts = {"messages": {"text": "x"}, "closure": {}, "reopenings": {"text": "x"}}
    found = [client.get(path).status_code for path in reads]
    found += [client.post(f"{base}/{act}", values).status_code for act, values in acts.items()]
    found += [client.get(f"/track/{mine.track_token}/files/{file_id}").status_code]

    assert found == [404] * 8
    assert client.get(f"/my/cases/{mine.reference}").status_code == 200
    assert text_of(client.get(base)) == text_of(client.get("/my/cases/YN-260101-0013"))
    assert Case.objects.get(pk=theirs.pk).is_open
    assert Message.objects.filter(case=theirs).count() == 1


def test_a_case_shows_every_promise_and_change_and_nothing_internal(house: House, wang: str) -> None:
    at = AT() - timedelta(days=10)
    case = house.open(at=at)
    add_note(case=case, said=Said("他上次也这样", at), by=actor_of(house.chen), at=at)
    reply(
        case=case, said=Said("明天上门", at, author_name="陈晨"), by=actor_of(house.chen), at=at + timedelta(minutes=5)
    )
    close_case(
        case=case, outcome="solved", summary="内部总结", by=actor_of(house.chen), at=at + timedelta(days=8, hours=1)
    )
    client = signed_in(wang)
    base = f"/my/cases/{case.reference}"
    client.post(f"{base}/reopenings", {"text": "又漏了"})
    client.post(f"{base}/closure", {"text": "谢谢师傅"})

    words = text_of(client.get(base))

    for shown in (
        "由小陈负责",
        "我们承诺",
        "承诺已兑现",
        "我们没有按时做到，非常抱歉",
        "我们认为已解决",
        "已重新受理",
        "又漏了",
        "您已确认解决 · 谢谢师傅",
    ):
        assert shown in words
    for hidden in ("他上次也这样", "陈晨", "内部总结"):
        assert hidden not in words
    assert Reopening.objects.get().reason == "又漏了"


def test_a_signed_in_customer_asks_as_themselves(house: House, wang: str) -> None:
    client = signed_in(wang)
    form = client.get("/ask")

    client.post("/ask", {"text": "滤芯怎么换", "key": "AbCdEf", "phone": "13800001234", "mail": "li@example.com"})

    case = Case.objects.get()
    assert "您以王丽的身份提问，答复将发到 w***@example.com。" in text_of(form)
    assert (case.customer, case.channel) == (house.wang, "portal")
    assert case.messages.get().text == "滤芯怎么换\n\n本次联系电话：+8613800001234"


def test_the_language_of_a_visit_becomes_the_customer_s(house: House, wang: str) -> None:
    visitor, client = Client(), signed_in(wang)
    visitor.post("/portal/language", {"language": "en", "next": "/portal"})
    assert "You ask. We name a time" in text_of(visitor.get("/portal"))
    house.wang.refresh_from_db()
    assert house.wang.language == "zh-hans"

    client.post("/portal/language", {"language": "en", "next": "/my"})

    house.wang.refresh_from_db()
    assert house.wang.language == "en"
    assert "My cases" in text_of(client.get("/my"))


@pytest.mark.parametrize("wanted", ["https://evil.example/my", "//evil.example", "/settings/", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(wang: str, wanted: str) -> None:
    client = Client()
    client.post("/my/sign-in", {"mail": wang, "next": wanted})
    send_code(sign_in=SignIn.objects.latest("id"), at=AT())
    response = client.post(letter()[1])

    assert response.url == "/my"


def test_what_is_over_is_forgotten(wang: str) -> None:
    signed_in(wang)
    assert forget(AT()) == 0

    forget(AT() + timedelta(days=32))

    assert (SignIn.objects.count(), CustomerSession.objects.count(), Attempts.objects.count()) == (0, 0, 0)
