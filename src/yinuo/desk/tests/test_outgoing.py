"""Answers between Send and the customer. Office hours and standard: see the cast; a first response is due in 2 h."""

import contextlib
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from yinuo.access.actors import Actor
from yinuo.access.models import RoleGrant
from yinuo.cases.actions import add_customer_message, close_case, store_bytes
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Attachment, Case, Message, Promise
from yinuo.cases.rules import CaseIsClosed, EmptyMessage, NewMessagesArrived
from yinuo.cases.tests.cast import SYSTEM, actor_of
from yinuo.desk.actions import Written, hand_in_reply, kept_with_draft, save_draft, send_due_replies, take_back_reply
from yinuo.desk.models import Draft, DraftKind, OutgoingReply
from yinuo.desk.queries import leaving_replies
from yinuo.desk.rules import AlreadySent, DraftMovedOn, NotItsAuthor
from yinuo.foundation.models import FactRow
from yinuo.foundation.refusals import NotAllowed

pytestmark = pytest.mark.django_db
MONDAY_NINE = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
TEN = MONDAY_NINE + timedelta(hours=1)


def later(seconds: float) -> datetime:
    return TEN + timedelta(seconds=seconds)


@pytest.fixture
def case(house) -> Case:
    """Wang wrote at nine; the first response is due at eleven."""
    return house.open(at=MONDAY_NINE)


@pytest.fixture
def chen(house) -> Actor:
    return actor_of(house.chen)


def hand_in(case: Case, by: Actor, text: str = "明天上门。", at: datetime = TEN, **more) -> OutgoingReply:
    return hand_in_reply(case=case, written=Written(text, **more), by=by, at=at)


def answers(case: Case) -> list[str]:
    return list(Message.objects.filter(case=case, kind="reply").order_by("id").values_list("text", flat=True))


def test_an_answer_leaves_after_ten_seconds_and_only_once(case, chen) -> None:
    hand_in(case, chen)

    assert send_due_replies(at=later(9.9)) == 0
    assert answers(case) == []
    assert send_due_replies(at=later(10)) == 1
    assert send_due_replies(at=later(11)) == 0
    assert answers(case) == ["明天上门。"]
    message = Message.objects.get(case=case, kind="reply")
    assert (message.at, message.author, message.author_name) == (later(10), chen.key, "陈晨")


def test_words_that_were_sent_stand_only_in_their_message(case, chen) -> None:
    row = hand_in(case, chen)
    send_due_replies(at=later(10))

    row.refresh_from_db()
    assert (row.state, row.text, row.message.text) == ("sent", "", "明天上门。")


def test_an_answer_just_before_its_promise_falls_due_still_keeps_it(case, chen) -> None:
    eleven = MONDAY_NINE + timedelta(hours=2)
    row = hand_in(case, chen, at=eleven - timedelta(seconds=5))

    assert row.send_at == eleven - timedelta(seconds=1)
    send_due_replies(at=row.send_at)
    assert Promise.objects.get(case=case, kind="first_response").end == "kept"


def test_without_room_before_the_promise_an_answer_leaves_at_once(case, chen) -> None:
    row = hand_in(case, chen, at=MONDAY_NINE + timedelta(hours=2))

    assert row.state == "sent"
    assert answers(case) == ["明天上门。"]
    assert Promise.objects.get(case=case, kind="first_response").end == "kept"


def test_an_answer_that_closes_does_not_cross_the_time_of_the_resolution(case, chen) -> None:
    due_at = Promise.objects.get(case=case, kind="resolution").due_at

    row = hand_in(case, chen, at=due_at - timedelta(seconds=4), close_as="solved")

    assert row.send_at == due_at - timedelta(seconds=1)


def test_taking_back_makes_it_a_draft_before_what_was_typed_meanwhile(case, chen) -> None:
    file = store_bytes(b"100", name="报价.txt", content_type="text/plain")
    row = hand_in(case, chen, files=[file])

    draft = take_back_reply(case=case, reply_id=row.pk, typed="另外", by=chen, at=later(4))

    assert draft.text == "明天上门。\n\n另外"
    assert [one["name"] for one in draft.files] == ["报价.txt"]
    assert send_due_replies(at=later(60)) == 0
    assert answers(case) == []
    kept = kept_with_draft(case=case, digests=[file.digest, "0" * 64], by=chen)
    hand_in(case, chen, files=kept, at=later(20))
    send_due_replies(at=later(60))
    assert list(Attachment.objects.values_list("name", flat=True)) == ["报价.txt"]
    assert not Draft.objects.exists()


def test_an_answer_that_has_gone_out_cannot_be_taken_back(case, chen) -> None:
    row = hand_in(case, chen)
    send_due_replies(at=later(10))

    with pytest.raises(AlreadySent):
        take_back_reply(case=case, reply_id=row.pk, by=chen, at=later(11))


def test_only_its_author_takes_an_answer_back(house, case, chen) -> None:
    row = hand_in(case, chen)

    with pytest.raises(NotItsAuthor) as refused:
        take_back_reply(case=case, reply_id=row.pk, by=actor_of(house.zhou), at=later(2))
    assert refused.value.sentence() == "Only 陈晨, who wrote this answer, can take it back."
    assert [one.is_mine for one in leaving_replies(case, actor=actor_of(house.zhou))] == [False]


def test_what_cannot_be_sent_is_refused_when_send_is_pressed(house, case, chen) -> None:
    seen = Message.objects.get(case=case).pk
    add_customer_message(case=case, said=Said("不用来了", TEN), channel="mail", by=SYSTEM, at=TEN)

    with pytest.raises(NewMessagesArrived):
        hand_in(case, chen, last_seen_id=seen)
    with pytest.raises(EmptyMessage):
        hand_in(case, chen, text=" ")
    with pytest.raises(NotAllowed):
        hand_in(case, actor_of(house.zhao))
    close_case(case=case, outcome="solved", by=chen, at=TEN)
    case.refresh_from_db()
    with pytest.raises(CaseIsClosed):
        hand_in(case, chen)
    assert not OutgoingReply.objects.exists()


def test_an_answer_to_a_case_closed_meanwhile_is_not_lost(house, case, chen) -> None:
    row = hand_in(case, chen)
    close_case(case=case, outcome="solved", by=actor_of(house.zhou), at=later(3))

    assert send_due_replies(at=later(10)) == 1

    [failed] = leaving_replies(case, actor=chen)
    assert (failed.is_failed, failed.text) == (True, "明天上门。")
    assert failed.reason == f"工单 {case.reference} 已结案，请先重开。"
    assert leaving_replies(case, actor=actor_of(house.zhou)) == []
    assert FactRow.objects.get(type="desk.reply_not_sent").payload == {
        "reply_id": row.pk,
        "code": "cases.case_is_closed",
    }
    with pytest.raises(CaseIsClosed):
        take_back_reply(case=Case.objects.get(pk=case.pk), reply_id=row.pk, by=chen, at=later(20))


def test_somebody_who_may_no_longer_answer_sends_nothing(house, case, chen) -> None:
    row = hand_in(case, chen)
    RoleGrant.objects.filter(account=house.chen.account).delete()

    send_due_replies(at=later(10))

    row.refresh_from_db()
    assert (row.state, row.text, answers(case)) == ("failed", "明天上门。", [])


def test_an_answer_whose_author_was_signed_out_is_sent_all_the_same(client, house, case, chen) -> None:
    client.force_login(house.chen.account)
    hand_in(case, chen)
    client.logout()

    send_due_replies(at=later(10))

    assert answers(case) == ["明天上门。"]


def test_a_fault_with_one_answer_holds_up_no_other(house, case, chen) -> None:
    other = house.open(at=MONDAY_NINE, customer=house.li)
    broken = hand_in(case, chen)
    OutgoingReply.objects.filter(pk=broken.pk).update(files=[{"no": "file"}])
    hand_in(other, chen, text="好的", at=later(1))

    assert send_due_replies(at=later(11)) == 2

    broken.refresh_from_db()
    assert (broken.state, broken.text, answers(other)) == ("failed", "明天上门。", ["好的"])


def test_sending_with_closing_does_both(case, chen) -> None:
    hand_in(case, chen, close_as="replaced")
    send_due_replies(at=later(10))

    assert answers(case) == ["明天上门。"]
    assert list(case.closures.values_list("outcome", flat=True)) == ["replaced"]


def test_sending_with_waiting_leaves_it_to_the_customer(case, chen) -> None:
    hand_in(case, chen, waits=True)
    send_due_replies(at=later(10))

    assert Case.objects.get(pk=case.pk).waiting_since == later(10)


def test_an_answer_drops_its_draft(case, chen) -> None:
    save_draft(case=case, kind=DraftKind.REPLY, text="明天", by=chen, at=TEN)
    hand_in(case, chen)

    assert not Draft.objects.exists()


def test_a_draft_saved_too_late_brings_nothing_back(case, chen) -> None:
    draft = save_draft(case=case, kind=DraftKind.REPLY, text="明天", by=chen, at=TEN)
    row = hand_in(case, chen)

    with pytest.raises(DraftMovedOn):  # what was known is gone
        save_draft(case=case, kind=DraftKind.REPLY, text="明天上门", known=draft.version, by=chen, at=later(1))
    with pytest.raises(DraftMovedOn):  # what is on its way is no draft
        save_draft(case=case, kind=DraftKind.REPLY, text="明天上门。", by=chen, at=later(1))
    back = take_back_reply(case=case, reply_id=row.pk, by=chen, at=later(2))
    with pytest.raises(DraftMovedOn):  # nothing was known, but there is one now
        save_draft(case=case, kind=DraftKind.REPLY, text="另外", by=chen, at=later(3))
    assert Draft.objects.get().text == "明天上门。"
    save_draft(case=case, kind=DraftKind.REPLY, text="后天", known=back.version, by=chen, at=later(4))
    assert Draft.objects.get().text == "后天"


def test_the_database_refuses_a_sent_answer_without_its_message(case, chen) -> None:
    row = hand_in(case, chen)

    with pytest.raises(IntegrityError, match="a_sent_reply_is_a_message"), transaction.atomic():
        OutgoingReply.objects.filter(pk=row.pk).update(state="sent", ended_at=TEN)


@pytest.mark.django_db(transaction=True)
def test_eight_workers_send_each_answer_once(house) -> None:
    chen = actor_of(house.chen)
    cases = [house.open(at=MONDAY_NINE, customer=house.li) for _number in range(20)]
    for one in cases:
        hand_in(one, chen)

    def sweep() -> None:
        send_due_replies(at=later(10))
        connection.close()

    workers = [threading.Thread(target=sweep) for _number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert [len(answers(one)) for one in cases] == [1] * 20


@pytest.mark.django_db(transaction=True)
def test_undoing_in_the_same_instant_as_sending_has_one_winner(house) -> None:
    chen, case = actor_of(house.chen), house.open(at=MONDAY_NINE)
    row = hand_in(case, chen)
    undone: list[bool] = []

    def undo() -> None:
        try:
            take_back_reply(case=case, reply_id=row.pk, by=chen, at=later(10))
            undone.append(True)
        except AlreadySent:
            undone.append(False)
        connection.close()

    other = threading.Thread(target=undo)
    other.start()
    send_due_replies(at=later(10))
    other.join()
    send_due_replies(at=later(10))

    assert len(answers(case)) == (0 if undone[0] else 1)
    assert Draft.objects.count() == (1 if undone[0] else 0)


@pytest.mark.django_db(transaction=True)
def test_a_draft_saved_in_the_same_instant_as_its_answer_does_not_outlive_it(house) -> None:
    chen = actor_of(house.chen)
    for _round in range(20):
        case = house.open(at=MONDAY_NINE, customer=house.li)

        def save(case: Case = case) -> None:
            with contextlib.suppress(DraftMovedOn):
                save_draft(case=case, kind=DraftKind.REPLY, text="明天上门。", by=chen, at=TEN)
            connection.close()

        other = threading.Thread(target=save)
        other.start()
        hand_in(case, chen)
        other.join()

    assert Draft.objects.count() == 0
