"""Mail to the number or the thread of a merged case arrives in the case that lives on, through the whole intake."""

from datetime import timedelta

import pytest
from django.utils import timezone

from yinuo.cases.actions import merge_cases, undo_merge
from yinuo.cases.actions import reply as answer
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Case
from yinuo.cases.tests.cast import House, actor_of
from yinuo.foundation.tests.following import follow_everything
from yinuo.intake.mail.actions import take_in
from yinuo.intake.mail.models import OutgoingMail

from .test_taking_in import AT, followed, mail, support

__all__ = ["followed", "support"]


@pytest.fixture
def merged(followed) -> tuple[House, object, Case, Case, OutgoingMail]:
    """Wang wrote a mail, Chen answered, and it was merged into what Wang said on the phone before."""
    house, mailbox = followed
    take_in(mail(), mailbox=mailbox, at=AT)
    source = Case.objects.get()
    target = house.open(at=AT, customer=source.customer, channel="phone", text="电话里说漏水")
    follow_everything("mail.")
    answer(case=source, said=Said("您好，明天上门。", AT), by=actor_of(house.chen), at=AT)
    follow_everything("mail.")
    row = OutgoingMail.objects.get(is_automatic=False)
    merge_cases(source=source, target=target, reason="同一件事", by=actor_of(house.chen), at=AT)
    return house, mailbox, source, target, row


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["own id", "foreign id", "number"])
def test_a_mail_to_the_merged_number_or_its_thread_arrives_in_the_living_case(merged, how):
    _house, mailbox, source, target, row = merged
    signs = {
        "own id": {"In_Reply_To": f"<{row.message_id_header}>"},
        "foreign id": {"In_Reply_To": "<a1@qq.example>"},
        "number": {"subject": f"回复: [{source.reference}] 好的"},
    }[how]

    taken = take_in(mail("改到下午", message_id="<a2@qq.example>", **signs), mailbox=mailbox, at=AT)

    assert (taken.state, taken.case_id) == ("filed", target.pk)
    assert target.messages.filter(text="改到下午", kind="customer").count() == 1
    assert Case.objects.count() == 2
    # By mail they wrote last, so by mail they are answered from now on.
    said = answer(case=target, said=Said("好", AT), by=actor_of(merged[0].chen), at=AT)
    assert said.conversation.channel == "mail"


@pytest.mark.django_db(transaction=True)
def test_a_chain_is_followed_and_after_the_undoing_the_mail_finds_its_own_case_again(merged):
    house, mailbox, source, target, row = merged
    last = house.open(at=AT, customer=source.customer, channel="phone")
    chen = actor_of(house.chen)
    further = merge_cases(source=target, target=last, reason="还是同一件事", by=chen, at=AT)
    reply_to = {"In_Reply_To": f"<{row.message_id_header}>"}

    taken = take_in(mail("改到下午", message_id="<a2@qq.example>", **reply_to), mailbox=mailbox, at=AT)
    assert taken.case_id == last.pk
    undo_merge(merge=further, by=chen, at=AT)
    undo_merge(merge=target.merges_in.get(), by=chen, at=AT)
    taken = take_in(mail("改到晚上", message_id="<a3@qq.example>", **reply_to), mailbox=mailbox, at=AT)

    assert taken.case_id == source.pk


@pytest.mark.django_db(transaction=True)
def test_somebody_with_no_part_in_the_merged_case_gets_a_case_of_their_own(merged):
    _house, mailbox, source, target, _row = merged
    sender = "Mallory <mallory@evil.example>"

    taken = take_in(
        mail("发到我这里", sender=sender, subject=f"Re: [{source.reference}]", message_id="<m@evil.example>"),
        mailbox=mailbox,
        at=AT + timedelta(minutes=1),
    )

    assert taken.state == "filed"
    assert taken.case_id not in {source.pk, target.pk}


@pytest.mark.django_db(transaction=True)
def test_the_tracking_link_and_the_list_of_the_customer_lead_to_the_living_case(merged, client):
    _house, _mailbox, source, target, _row = merged

    page = client.get(f"/track/{source.track_token}").content.decode()
    assert (target.reference in page, "电话里说漏水" in page, "洗衣机漏水，怎么办？" in page) == (True,) * 3
    answered = client.post(f"/track/{source.track_token}/messages", {"text": "请快一点"})
    assert answered.status_code == 302
    assert target.messages.filter(text="请快一点", stored_at__lte=timezone.now()).count() == 1
