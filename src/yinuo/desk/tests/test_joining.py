"""Joining cases on the desk: chosen in the menu, seen side by side, and what hangs on a case goes along."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from yinuo.cases.actions import add_customer_message, merge_cases, undo_merge
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Case, CaseLink, Merge
from yinuo.cases.tests.cast import SYSTEM, House, actor_of
from yinuo.cases.tests.reading import text_of
from yinuo.desk.actions import Written, hand_in_reply, save_draft, send_due_replies
from yinuo.desk.models import Draft, DraftKind, OutgoingReply
from yinuo.web.tests.api_caller import caller_of


def browser_of(staff) -> Client:
    browser = Client()
    browser.force_login(staff.account)
    return browser


@pytest.fixture
def pair(house: House) -> tuple[Case, Case]:
    """Return a case that will end and one that goes on, both Wang's and Chen's."""
    at = timezone.now()
    return house.open(at=at, text="洗衣机还在漏水"), house.open(at=at, text="洗衣机漏水")


def test_a_case_is_merged_from_its_menu_after_both_were_seen(house: House, pair) -> None:
    source, target = pair
    chen = browser_of(house.chen)

    form = text_of(chen.get(f"/cases/{source.reference}/acts/merge"))
    assert (target.reference in form, source.reference in form) == (True, True)
    answer = chen.post(f"/cases/{source.reference}/acts/merge", {"number": target.reference.lower()})
    assert answer.url == f"/cases/{source.reference}/merge/{target.reference}"
    page = text_of(chen.get(answer.url))
    assert "洗衣机还在漏水" in page
    assert not Merge.objects.exists()
    done = chen.post(answer.url, {"reason": "同一台机器"})

    assert done.url == f"/cases/{target.reference}"
    assert chen.get(f"/cases/{source.reference}").url == f"/cases/{target.reference}"
    after = text_of(chen.get(f"/cases/{target.reference}"))
    assert "洗衣机还在漏水" in after
    assert source.reference in text_of(chen.get(f"/cases/{target.reference}/panels/belonging"))


def test_a_merge_of_two_customers_says_who_will_read_and_asks(house: House, pair) -> None:
    source = house.open(at=timezone.now(), customer=house.li, text="李强的洗衣机漏水")
    chen = browser_of(house.chen)
    address = f"/cases/{source.reference}/merge/{pair[1].reference}"

    page = text_of(chen.get(address))
    assert ("李强" in page, "王丽" in page, 'name="confirmed"' in chen.get(address).content.decode()) == (True,) * 3
    assert chen.post(address, {"reason": "一家人"}).status_code == 409
    assert chen.post(address, {"reason": "一家人", "confirmed": "1"}).status_code == 302


def test_a_merge_is_undone_from_the_menu_of_the_case_that_went_on(house: House, pair) -> None:
    source, target = pair
    merge = merge_cases(source=source, target=target, reason="像", by=actor_of(house.chen), at=timezone.now())
    chen = browser_of(house.chen)

    assert "acts/unmerge" in chen.get(f"/cases/{target.reference}").content.decode()
    answer = chen.post(f"/cases/{target.reference}/acts/unmerge", {"merge": merge.pk})

    assert answer.url == f"/cases/{source.reference}"
    assert chen.get(f"/cases/{source.reference}").status_code == 200
    assert "acts/unmerge" not in chen.get(f"/cases/{target.reference}").content.decode()


def test_drafts_and_answers_on_their_way_go_along_and_come_back(house: House, pair) -> None:
    source, target = pair
    chen, zhou, at = actor_of(house.chen), actor_of(house.zhou), timezone.now()
    save_draft(case=source, kind=DraftKind.NOTE, text="陈的笔记", by=chen, at=at)
    save_draft(case=source, kind=DraftKind.REPLY, text="周在旧单写的", by=zhou, at=at)
    save_draft(case=target, kind=DraftKind.REPLY, text="周在新单写的", by=zhou, at=at)
    waiting = hand_in_reply(case=source, written=Written("马上来"), by=chen, at=at)

    merge = merge_cases(source=source, target=target, reason="像", by=chen, at=at)

    assert not Draft.objects.filter(case=source).exists()
    drafts = dict(Draft.objects.filter(case=target).values_list("author__name", "text"))
    assert drafts == {"陈晨": "陈的笔记", "周敏": "周在新单写的\n\n周在旧单写的"}
    assert OutgoingReply.objects.get().case_id == target.pk
    undo_merge(merge=merge, by=chen, at=at)
    assert Draft.objects.get(author=house.chen).case_id == source.pk
    assert OutgoingReply.objects.get().case_id == source.pk
    assert OutgoingReply.objects.get().pk == waiting.pk


def test_an_answer_caught_between_goes_out_of_the_case_that_lives_on(house: House, pair) -> None:
    source, target = pair
    chen, at = actor_of(house.chen), timezone.now()
    row = hand_in_reply(case=source, written=Written("马上来"), by=chen, at=at)
    merge_cases(source=source, target=target, reason="像", by=chen, at=at)
    # As a worker leaves it that had the answer locked while the cases were merged.
    OutgoingReply.objects.filter(pk=row.pk).update(case=source)

    send_due_replies(at=at + timedelta(seconds=20))

    row.refresh_from_db()
    assert (row.state, row.message.case_id) == ("sent", target.pk)


def test_other_programs_merge_undo_and_find_the_living_case_by_the_old_number(house: House, pair) -> None:
    source, target = pair
    api = caller_of(house.chen)

    made = api.post(f"/cases/{source.reference}/merges", {"into": target.reference, "reason": "同一件事"})
    assert (made.status_code, made.json()["reference"]) == (201, target.reference)
    assert api.get(f"/cases/{source.reference}").json()["reference"] == target.reference
    listed = api.get(f"/cases/{target.reference}/merges").json()
    assert [(one["source"], one["message_count"], one["changes_audience"]) for one in listed] == [
        (source.reference, 1, False)
    ]
    undone = api.post(f"/cases/{target.reference}/merges/{listed[0]['id']}/undoings", {})

    assert (undone.status_code, undone.json()["reference"], undone.json()["state"]) == (201, source.reference, "open")
    assert json.loads(api.get(f"/cases/{target.reference}/merges").content) == []


def test_a_message_is_split_off_and_cases_are_linked_from_the_menu(house: House, pair) -> None:
    case, other = pair
    at = timezone.now()
    asked = add_customer_message(case=case, said=Said("空调呢？", at), channel="mail", by=SYSTEM, at=at)
    chen = browser_of(house.chen)

    assert "空调呢？" in text_of(chen.get(f"/cases/{case.reference}/acts/split"))
    values = {"messages": [asked.pk], "subject": "空调安装", "owner": "same"}
    answer = chen.post(f"/cases/{case.reference}/acts/split", values)
    new = Case.objects.get(subject="空调安装")
    assert (answer.url, new.owner_id) == (f"/cases/{new.reference}", house.chen.pk)
    chen.post(f"/cases/{case.reference}/acts/link", {"kind": "caused_by", "number": other.reference})
    panel = text_of(chen.get(f"/cases/{case.reference}/panels/belonging"))
    assert (other.reference in panel, new.reference in panel) == (True, True)
    shown = text_of(chen.get(f"/cases/{other.reference}"))
    assert case.reference in shown
    link = CaseLink.objects.get(kind="caused_by")
    assert chen.post(f"/cases/{new.reference}/acts/unlink", {"link": link.pk}).status_code == 404
    assert chen.post(f"/cases/{other.reference}/acts/unlink", {"link": link.pk}).status_code == 302
    assert not CaseLink.objects.filter(kind="caused_by").exists()
