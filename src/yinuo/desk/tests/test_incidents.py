"""Leading a major incident on the desk, and saying the same words to every customer, each exactly once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from yinuo.cases.actions import add_to_incident, close_case, decide_incident, propose_incident
from yinuo.cases.models import Case, Incident, Message, Promise
from yinuo.cases.tests.cast import SYSTEM, House, actor_of
from yinuo.cases.tests.reading import text_of
from yinuo.desk.actions import cancel_run, carry_on_due_runs, start_broadcast
from yinuo.desk.models import BulkRow, BulkRun
from yinuo.foundation.refusals import NotAllowed


def browser_of(staff) -> Client:
    browser = Client()
    browser.force_login(staff.account)
    return browser


@pytest.fixture
def parts(house: House) -> list[Case]:
    """Return the parent and four parts: by mail, by phone, in English, and one that is closed meanwhile."""
    at = timezone.now()
    return [
        house.open(at=at, text="服务器连不上", category="app"),
        house.open(at=at, text="登录不了", customer=house.li),
        house.open(at=at, text="连不上", channel="phone"),
        house.open(at=at, text="cannot log in", language="en"),
        house.open(at=at, text="登录报错"),
    ]


@pytest.fixture
def running(house: House, parts) -> Incident:
    at = timezone.now()
    incident = propose_incident(case=parts[0], summary="登录服务停了", by=actor_of(house.chen), at=at)
    incident = decide_incident(incident=incident, approved=True, by=actor_of(house.zhou), at=at)
    add_to_incident(incident=incident, cases=parts[1:], by=actor_of(house.chen), at=at)
    return incident


def test_the_same_words_reach_each_customer_once_in_their_language_and_keep_the_promise(
    house: House, parts, running
) -> None:
    at = timezone.now()
    run = start_broadcast(incident=running, text="正在抢修", text_en="We are on it", by=actor_of(house.zhou), at=at)
    close_case(case=parts[4], outcome="solved", by=SYSTEM, at=at)

    assert carry_on_due_runs(at=at + timedelta(seconds=5)) == 0
    carry_on_due_runs(at=at + timedelta(seconds=11))
    carry_on_due_runs(at=at + timedelta(seconds=12))

    said = Message.objects.filter(kind="reply").order_by("case_id")
    assert [(one.case_id, one.text, one.conversation.channel) for one in said] == [
        (parts[1].pk, "正在抢修", "mail"),
        (parts[2].pk, "正在抢修", "phone"),
        (parts[3].pk, "We are on it", "mail"),
    ]
    kept = Promise.objects.filter(end="kept", kind="first_response").values_list("case_id", flat=True)
    assert sorted(kept) == [one.pk for one in parts[1:4]]
    refused = BulkRow.objects.get(run=run, state="refused")
    assert (refused.case_id, refused.code) == (parts[4].pk, "cases.case_is_closed")
    run.refresh_from_db()
    assert run.finished_at is not None


def test_for_ten_seconds_the_words_can_be_taken_back_whole(house: House, running) -> None:
    at = timezone.now()
    run = start_broadcast(incident=running, text="正在抢修", by=actor_of(house.zhou), at=at)

    cancel_run(run=run, by=actor_of(house.zhou), at=at + timedelta(seconds=8))
    carry_on_due_runs(at=at + timedelta(seconds=30))

    assert not Message.objects.filter(kind="reply").exists()


def test_a_worker_killed_in_between_leaves_each_customer_told_or_still_to_tell(
    house: House, running, monkeypatch
) -> None:
    at = timezone.now()
    start_broadcast(incident=running, text="正在抢修", by=actor_of(house.zhou), at=at)
    end_row, count = BulkRow.save, []

    def killed(row, **more):
        count.append(row)
        if len(count) == 3:
            raise KeyboardInterrupt  # After the words were said, before the row says so.
        end_row(row, **more)

    monkeypatch.setattr(BulkRow, "save", killed)
    with pytest.raises(KeyboardInterrupt):
        carry_on_due_runs(at=at + timedelta(seconds=11))
    monkeypatch.setattr(BulkRow, "save", end_row)
    assert Message.objects.filter(kind="reply").count() == 2
    carry_on_due_runs(at=at + timedelta(seconds=12))

    assert sorted(Message.objects.filter(kind="reply").values_list("case_id", flat=True)) == sorted(
        running.parts.values_list("case_id", flat=True)
    )


def test_only_who_leads_tells_everybody_and_last_words_close_each_case(house: House, parts, running) -> None:
    at = timezone.now()
    with pytest.raises(NotAllowed):
        start_broadcast(incident=running, text="x", by=actor_of(house.chen), at=at)

    start_broadcast(incident=running, text="已恢复", close_as="solved", by=actor_of(house.zhou), at=at)
    carry_on_due_runs(at=at + timedelta(seconds=11))

    assert {Case.objects.get(pk=one.pk).state for one in parts[1:]} == {"solved"}
    assert Case.objects.get(pk=parts[0].pk).state == "open"


def test_an_incident_is_proposed_approved_filled_and_told_in_the_browser(house: House, parts) -> None:
    chen, zhou = browser_of(house.chen), browser_of(house.zhou)
    number = parts[0].reference

    proposed = chen.post(f"/cases/{number}/acts/incident", {"summary": "登录服务停了"})
    assert proposed.url == f"/incidents/{number}"
    assert 'name="approved"' not in chen.get(f"/incidents/{number}").content.decode()
    assert zhou.post(f"/incidents/{number}/decision", {"approved": "1"}).status_code == 302
    assert chen.post(f"/incidents/{number}/parts", {"numbers": f"{parts[1].reference} {parts[2].reference}"}).url
    page = text_of(chen.get(f"/incidents/{number}"))
    assert (parts[1].reference in page, parts[2].reference in page) == (True, True)
    assert number in text_of(chen.get(f"/cases/{parts[1].reference}"))
    assert parts[1].subject in text_of(chen.get("/?view=incident"))
    looked = zhou.post(f"/incidents/{number}/broadcasts", {"text": "正在抢修"})
    assert ("正在抢修" in text_of(looked), BulkRun.objects.count()) == (True, 0)
    sent = zhou.post(f"/incidents/{number}/broadcasts", {"text": "正在抢修", "seen": "1"})
    assert sent.url == f"/bulk/{BulkRun.objects.get().pk}"
    assert "正在抢修" in text_of(zhou.get(f"/incidents/{number}"))
    assert chen.post(f"/cases/{parts[1].reference}/acts/leave_incident").status_code == 302
    assert zhou.post(f"/incidents/{number}/ending").status_code == 302
    assert number in text_of(chen.get("/incidents"))


def test_words_to_everybody_cannot_be_said_from_the_queue(house: House, parts) -> None:
    posted = browser_of(house.zhou).post("/bulk", {"act": "broadcast", "case": [parts[0].reference]})

    assert posted.status_code == 404
