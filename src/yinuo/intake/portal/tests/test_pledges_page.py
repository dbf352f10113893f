"""The public page of pledges, in both languages, and its settings."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yinuo.cases.tests.cast import BEGINNING, SYSTEM, House
from yinuo.cases.tests.reading import text_of
from yinuo.standards.actions import PledgeWords, add_pledge, change_pledge, publish_pledge
from yinuo.standards.models import Pledge

SENT = {
    "title_zh": "退款",
    "title_en": "Refunds",
    "text_zh": "7 天内到账",
    "text_en": "Within 7 days",
    "remedy_zh": "晚一天补 20 元",
    "remedy_en": "20 yuan for every day later",
}


@pytest.fixture
def refund(house: House) -> Pledge:
    today = timezone.localdate()
    version = add_pledge(
        code="refund", words=PledgeWords(**SENT), effective_on=today - timedelta(days=60), by=SYSTEM, at=BEGINNING
    )
    publish_pledge(pledge=version.pledge, by=SYSTEM, at=BEGINNING)
    for days, text in ((-30, "5 天内到账"), (30, "3 天内到账")):
        words = PledgeWords(**SENT | {"text_zh": text})
        day = today + timedelta(days=days)
        change_pledge(pledge=version.pledge, words=words, effective_on=day, by=SYSTEM, at=BEGINNING)
    return version.pledge


def test_everybody_reads_what_holds_today_and_what_held_before(refund: Pledge, client: Client) -> None:
    listed, whole = client.get("/pledges"), client.get("/pledges/refund")

    assert "5 天内到账" in text_of(listed)
    assert "第 2 版" in text_of(listed)
    for other in ("7 天内到账", "3 天内到账"):
        assert other not in text_of(listed)
        assert other in text_of(whole)
    assert "X-Robots-Tag" not in listed
    assert client.get("/pledges/none").status_code == 404
    assert "/pledges" in client.get("/ask").content.decode()


def test_visitors_read_it_in_english(refund: Pledge, client: Client) -> None:
    words = text_of(client.get("/pledges", headers={"accept-language": "en"}))

    for shown in ("Our pledges", "Refunds", "Within 7 days", "If we fall short: 20 yuan for every day later"):
        assert shown in words


def test_thirty_pledges_cost_as_many_queries_as_one(refund: Pledge, client: Client) -> None:
    client.get("/pledges")
    with CaptureQueriesContext(connection) as one:
        client.get("/pledges")
    for number in range(29):
        version = add_pledge(
            code=f"p{number}", words=PledgeWords(**SENT), effective_on=timezone.localdate(), by=SYSTEM, at=BEGINNING
        )
        publish_pledge(pledge=version.pledge, by=SYSTEM, at=BEGINNING)

    with CaptureQueriesContext(connection) as thirty:
        assert client.get("/pledges").content.decode().count("yn-pledge-remedy") == 30
    assert len(thirty) == len(one)


def test_without_pledges_the_page_says_what_there_is_instead(house: House, client: Client) -> None:
    assert "还没有公开承诺" in text_of(client.get("/pledges"))


def test_the_quality_manager_adds_looks_publishes_orders_and_changes(house: House) -> None:
    staff, visitor = Client(), Client()
    staff.force_login(house.zhao.account)
    today = str(timezone.localdate())

    preview = staff.post("/settings/pledges", SENT | {"code": "refund", "effective_on": today, "act": "preview"})
    assert "Within 7 days" in text_of(preview)
    assert not Pledge.objects.exists()
    staff.post("/settings/pledges", SENT | {"code": "refund", "effective_on": today})
    taken = staff.post("/settings/pledges", SENT | {"code": "refund", "effective_on": today})
    assert taken.status_code == 409
    staff.post("/settings/pledges", SENT | {"code": "second", "effective_on": today, "title_zh": "第二条"})
    first, second = Pledge.objects.all()
    assert "退款" not in text_of(visitor.get("/pledges"))
    for pledge in (first, second):
        staff.post(f"/settings/pledges/{pledge.pk}/publication", {"is_published": "1"})
    staff.post(f"/settings/pledges/{second.pk}/place", {"direction": "up"})
    words = text_of(visitor.get("/pledges"))
    assert words.index("第二条") < words.index("退款")

    change = SENT | {"text_zh": "5 天内到账", "effective_on": today, "version_number": 1}
    assert staff.post(f"/settings/pledges/{first.pk}", change).status_code == 302
    crossed = staff.post(f"/settings/pledges/{first.pk}", change)
    early = staff.post(f"/settings/pledges/{first.pk}", change | {"version_number": 2, "effective_on": "2020-01-01"})
    assert (crossed.status_code, early.status_code) == (409, 422)
    assert "5 天内到账" in text_of(visitor.get("/pledges"))
    staff.post(f"/settings/pledges/{first.pk}/publication", {"is_published": "0"})
    assert "5 天内到账" not in text_of(visitor.get("/pledges"))
    assert staff.get("/settings/pledges").status_code == 200
    assert staff.get(f"/settings/pledges/{first.pk}").status_code == 200


def test_the_terms_are_asked_beside_the_words_and_stay_with_their_version(house: House) -> None:
    staff = Client()
    staff.force_login(house.zhao.account)
    sent = SENT | {"code": "refund", "effective_on": str(timezone.localdate()), "promise_kinds": ["resolution"]}

    wrong = staff.post("/settings/pledges", sent | {"remedy_kind": "voucher"})
    assert wrong.status_code == 422
    assert "其他补偿没有金额" in text_of(wrong)
    terms = {"remedy_kind": "voucher", "remedy_amount": "20", "category": "returns", "opens_recovery_case": "on"}
    staff.post("/settings/pledges", sent | terms)
    pledge = Pledge.objects.get()
    listed = text_of(staff.get("/settings/pledges"))
    for shown in ("解决", "returns", "代金券 ¥20", "另开挽回工单"):
        assert shown in listed
    change = SENT | {"effective_on": sent["effective_on"], "version_number": 1}
    staff.post(f"/settings/pledges/{pledge.pk}", change)
    history = text_of(staff.get(f"/settings/pledges/{pledge.pk}"))
    assert "代金券 ¥20" in history
    assert "只有文字" in history
