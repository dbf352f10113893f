"""Mail as the world sees it: Exim and Dovecot carry it, a worker follows the mailbox, customers read what they get."""

import threading

import pytest
from django.conf import settings
from django.utils import translation

from yinuo.cases.actions import reply
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Case, Message, MessageKind
from yinuo.cases.queries import given_name
from yinuo.cases.tests.cast import actor_of
from yinuo.foundation.clock import now
from yinuo.foundation.models import FactRow
from yinuo.intake.mail.models import BlockedAddress, OutgoingMail, StoredMail
from yinuo.intake.mail.tests.following_mail import Person, open_for_mail, text_of, until, working
from yinuo.intake.mail.writing import local_time

pytestmark = [pytest.mark.mail_peers, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


@pytest.fixture
def support(house, mail_servers, monkeypatch):
    """Support's mailbox on the real server."""
    monkeypatch.setenv("YINUO_MAIL_CA", str(mail_servers.ca_file))
    return open_for_mail(mail_servers, house.team, mail_servers.new_user())


@pytest.fixture
def worker(support):
    with working() as worker:
        yield worker


@pytest.fixture
def wang(mail_servers) -> Person:
    return Person(mail_servers, "王丽")


def cases() -> list[Case]:
    return list(Case.objects.select_related("owner", "customer").order_by("id"))


def test_a_customers_mail_is_acknowledged_answered_and_their_answer_joins_the_case(house, worker, support, wang):
    sent = wang.write(support.address, "洗衣机漏水，怎么办？")

    [notice] = wang.received(1)
    [case] = cases()
    with translation.override("zh-hans"):
        promised = local_time(case.next_due_at)
    text = text_of(notice)
    assert case.owner in {house.chen, house.zhou}
    for word in (
        case.reference,
        given_name(case.owner.name),
        promised,
        f"{settings.SITE_URL}/track/{case.track_token}",
    ):
        assert word in text
    assert notice["Auto-Submitted"] == "auto-replied"
    assert notice["In-Reply-To"] == sent["Message-ID"]

    agent = actor_of(case.owner)
    reply(case=case, said=Said("您好，请先关水，明天上午师傅上门。", now(), author_name="陈晨"), by=agent, at=now())

    _, answer = wang.received(2)
    assert answer["Subject"] == f"Re: 洗衣机漏水 [{case.reference}]"
    assert answer["From"].addresses[0].display_name == "禾暖客服"
    assert answer["From"].addresses[0].addr_spec == support.address
    assert answer["References"].split() == [sent["Message-ID"], notice["Message-ID"]]
    assert answer["In-Reply-To"] == notice["Message-ID"]
    assert answer["Auto-Submitted"] is None
    assert text_of(answer).startswith("您好，请先关水，明天上午师傅上门。\n")

    wang.answer(answer, "好的，谢谢。")
    until(lambda: Message.objects.filter(case=case, kind=MessageKind.CUSTOMER).count() == 2, "the answer joins")

    assert len(cases()) == 1
    latest = Message.objects.filter(case=case).latest("id")
    assert (latest.text, latest.author_name) == ("好的，谢谢。", "王丽")
    assert "请先关水" in latest.quoted
    until(lambda: OutgoingMail.objects.exclude(state="sent").count() == 0, "all was sent")
    assert len(wang.received(2)) == 2  # an answer is not acknowledged


def test_a_bounce_from_the_customers_server_marks_the_message_not_delivered(house, worker, support, mail_servers, wang):
    wang.address = f"gone-{wang.address}"  # nobody has this mailbox, and Exim learns it only after it took the mail
    wang.write(support.address, "请回复我")

    until(lambda: OutgoingMail.objects.filter(state="failed").exists(), "the bounce comes back")
    [case] = cases()
    row = OutgoingMail.objects.get()
    assert row.case == case
    assert FactRow.objects.filter(type="intake.mail_not_delivered", case_id=case.pk).count() == 1
    assert BlockedAddress.objects.count() == 1
    assert Message.objects.filter(case=case, kind=MessageKind.AUTOMATIC).count() == 1
    assert len(cases()) == 1


def test_two_workers_on_one_mailbox_make_no_double(house, worker, support, wang):
    with working():
        for number in range(8):
            wang.write(support.address, f"第 {number} 个问题", subject=f"问题 {number}")
        until(lambda: StoredMail.objects.count() == 8, "all mails are stored")
        received = wang.received(8)
        until(lambda: OutgoingMail.objects.exclude(state="queued").count() == 8, "every notice went out")

    assert len(cases()) == 8
    assert len({mail["Message-ID"] for mail in received}) == 8
    assert len(wang.peers.inbox(wang.address)) == 8


def test_a_mail_server_that_goes_away_and_comes_back_loses_nothing(house, worker, support, mail_servers, wang):
    wang.write(support.address, "第一封", subject="第一封")
    until(lambda: len(cases()) == 1, "the first mail is a case")

    mail_servers.imap_down()
    try:
        until(lambda: _problem(support) != "", "the obstacle is shown")
        wang.write(support.address, "第二封", subject="第二封")  # Exim keeps it until Dovecot is back
    finally:
        mail_servers.imap_up()
    mail_servers.flush()

    until(lambda: len(cases()) == 2, "the second mail is a case", seconds=60)
    until(lambda: _problem(support) == "", "the obstacle is gone")
    assert StoredMail.objects.count() == 2
    facts = FactRow.objects.filter(type__startswith="intake.mailbox_").order_by("tx", "id")
    types = list(facts.values_list("type", flat=True))
    assert types[:2] == ["intake.mailbox_configured", "intake.mailbox_obstructed"]
    assert types[-1] == "intake.mailbox_cleared"


def _problem(mailbox) -> str:
    mailbox.refresh_from_db()
    return mailbox.problem


def test_no_line_of_the_log_holds_an_address_a_name_or_a_text(house, worker, support, mail_servers, wang, caplog):
    caplog.set_level("DEBUG")
    wang.write(support.address, "我的暗号是 青铜海豚", subject="暗号")
    wang.received(1)
    [case] = cases()
    reply(case=case, said=Said("收到暗号 青铜海豚", now()), by=actor_of(house.zhou), at=now())
    wang.received(2)
    mail_servers.imap_down()
    until(lambda: _problem(support) != "", "an obstacle is shown")
    mail_servers.imap_up()
    worker.end()

    said = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records if record.name != "asyncio")
    assert caplog.records
    for word in (wang.address, support.address, "王丽", "青铜海豚", "暗号", case.track_token):
        assert word not in said


def test_the_worker_stops_quickly_while_it_waits_for_mail(house, worker, support):
    until(lambda: _looked_at(support), "the mailbox was looked at")

    worker.end()

    assert worker.stop_seconds < 10
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("mailbox", "lane-"))]


def _looked_at(mailbox) -> object:
    mailbox.refresh_from_db()
    return mailbox.looked_at
