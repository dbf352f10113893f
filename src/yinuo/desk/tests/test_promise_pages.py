"""Promises by hand on the workbench, and the page that counts out why one is due then."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from yinuo.cases.actions import give_promise, replace_promise, reply
from yinuo.cases.actions.messages import Said
from yinuo.cases.actions.promising import make_promise
from yinuo.cases.models import Case, Promise
from yinuo.cases.queries import explanation, tracked
from yinuo.cases.tests.cast import House, actor_of
from yinuo.cases.tests.reading import text_of
from yinuo.cases.tests.test_renegotiating import wait, write

pytestmark = pytest.mark.django_db


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


MONDAY_NINE = utc(2, 1)


@pytest.fixture
def chen(house: House) -> Client:
    browser = Client()
    browser.force_login(house.chen.account)
    return browser


def act(browser: Client, case: Case, code: str, **words) -> int:
    return browser.post(f"/cases/{case.reference}/acts/{code}", words).status_code


def in_words(instant: datetime) -> str:
    return timezone.localtime(instant).strftime("%Y-%m-%dT%H:%M")


def test_a_call_back_is_promised_moved_and_kept_by_plain_forms(house: House, chen: Client) -> None:
    at = timezone.now()
    case = house.open(at=at)

    assert (
        act(chen, case, "promise", kind="call_back", due_at=in_words(at + timedelta(days=2)), subject="说明费用") == 302
    )
    given = Promise.objects.get(case=case, kind="call_back")
    words = {"promise": given.pk, "due_at": in_words(at + timedelta(days=3)), "reason": "等配件", "consent": "agreed"}
    assert act(chen, case, "another-time", **words) == 302
    moved = Promise.objects.get(case=case, kind="call_back", is_live=True)
    assert (moved.replaces, moved.subject) == (given, "说明费用")
    assert "等配件" in text_of(chen.get(f"/cases/{case.reference}"))
    assert act(chen, case, "keep-promise", promise=moved.pk) == 302

    moved.refresh_from_db()
    assert moved.end == "kept"


def test_what_was_typed_stays_beside_the_refusal(house: House, chen: Client) -> None:
    case = house.open(at=timezone.now())

    page = chen.post(
        f"/cases/{case.reference}/acts/promise", {"kind": "own", "due_at": "2040-01-01T10:00", "subject": ""}
    )

    assert page.status_code == 422
    assert "请用几个字写明约定了什么。" in text_of(page)
    assert 'value="2040-01-01T10:00"' in page.content.decode()


def test_the_class_is_changed_and_the_conversation_says_so(house: House, chen: Client) -> None:
    case = house.open(at=timezone.now())

    assert act(chen, case, "change-class", case_class="emergency", reason="漏电") == 302

    assert "更改了等级 · 漏电" in text_of(chen.get(f"/cases/{case.reference}"))


@pytest.mark.parametrize("code", ["promise", "another-time", "keep-promise", "withdraw-promise", "change-class"])
def test_who_does_not_answer_customers_is_offered_none_of_it(house: House, code) -> None:
    case = house.open(at=timezone.now())
    browser = Client()
    browser.force_login(house.zhao.account)

    assert f"/acts/{code}" not in browser.get(f"/cases/{case.reference}").content.decode()
    assert browser.get(f"/cases/{case.reference}/acts/{code}").status_code == 403


def test_the_page_counts_out_every_day_and_pause_until_the_time(house: House, chen: Client) -> None:
    case = house.open(at=MONDAY_NINE)
    wait(case, house, utc(2, 2))
    write(case, utc(3, 2))
    resolution = Promise.objects.get(case=case, kind="resolution")

    found = explanation(case, resolution.pk, actor=actor_of(house.chen), at=utc(3, 3))

    hour = timedelta(hours=1)
    # one hour on Monday, then eight open hours pass while the case waits; seven, eight and eight more until Thursday
    assert [(one.what, one.on.day, one.open_time, one.sum) for one in found.steps] == [
        ("open", 2, hour, hour),
        ("pause", 2, 8 * hour, hour),
        ("open", 3, 7 * hour, 8 * hour),
        ("open", 4, 8 * hour, 16 * hour),
        ("open", 5, 8 * hour, 24 * hour),
    ]
    assert found.promise.due_at == utc(5, 10)
    assert found.totals == [("ours", 2 * hour), ("customer", 8 * hour)]
    words = text_of(chen.get(f"/cases/{case.reference}/promises/{resolution.pk}"))
    assert "不计 8 小时" in words


def test_a_promise_of_another_case_is_not_found(house: House, chen: Client) -> None:
    case, other = house.open(at=MONDAY_NINE), house.open(at=MONDAY_NINE)

    assert chen.get(f"/cases/{case.reference}/promises/{other.next_promise_id}").status_code == 404


def test_the_customer_reads_each_new_time_and_why_but_nothing_of_tasks_and_classes(house: House) -> None:
    case = house.open(at=MONDAY_NINE)
    by = actor_of(house.chen)
    make_promise(case, "task", start=MONDAY_NINE, by=by, at=MONDAY_NINE)
    given = give_promise(case=case, kind="visit", due_at=utc(5, 2), by=by, at=utc(2, 2))
    replace_promise(promise=given, due_at=utc(6, 2), reason="师傅生病", consent="told", by=by, at=utc(2, 3))
    reply(case=case, said=Said(text="好", at=utc(2, 3)), by=by, at=utc(2, 3))

    page = Client().get(f"/track/{case.track_token}")

    words = text_of(page)
    assert "我们给了您新的时间：上门" in words
    assert "师傅生病" in words
    assert "协办任务" not in words
    assert "陈晨" not in words
    assert [one.code for one in tracked(case, at=utc(2, 3)).promises].count("task") == 0
