"""The queue of outgoing mail with a real mail server: what it takes at once, later, or never."""

from datetime import UTC, datetime, timedelta

import pytest

from yinuo.cases.actions import reply
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Case
from yinuo.cases.tests.cast import actor_of
from yinuo.foundation.models import FactRow
from yinuo.foundation.tests.following import follow_everything, other_connection
from yinuo.intake.mail import reactions  # noqa: F401 - registers the followers
from yinuo.intake.mail.actions import handing_in, send_due_mails, take_in
from yinuo.intake.mail.models import OutgoingMail
from yinuo.intake.mail.tests.following_mail import Person, open_for_mail, parsed, text_of

pytestmark = [pytest.mark.mail_peers, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)  # Monday 09:00 in Shanghai


@pytest.fixture
def support(house, mail_servers, monkeypatch):
    monkeypatch.setenv("YINUO_MAIL_CA", str(mail_servers.ca_file))
    follow_everything("mail.")
    return open_for_mail(mail_servers, house.team, mail_servers.new_user(), acknowledges=False)


@pytest.fixture
def wang(mail_servers) -> Person:
    return Person(mail_servers, "王丽")


def wrote(mailbox, person: Person, **headers: str) -> Case:
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    raw = (
        f"From: {person.name} <{person.address}>\r\nTo: {mailbox.address}\r\nSubject: 漏水\r\n"
        f"Message-ID: <1.{person.address}>\r\n{more}\r\n洗衣机漏水\r\n"
    )
    taken = take_in(raw.encode(), mailbox=mailbox, at=AT)
    return Case.objects.get(pk=taken.case_id)


def answered(house, case: Case) -> OutgoingMail:
    reply(case=case, said=Said("明天上午师傅上门。", AT, author_name="陈晨"), by=actor_of(house.zhou), at=AT)
    follow_everything("mail.")
    # The queue counts from when the follower put it there; the test from Monday morning.
    OutgoingMail.objects.update(next_try_at=AT, queued_at=AT)
    return OutgoingMail.objects.get()


def test_an_answer_is_sent_once(house, support, wang):
    row = answered(house, wrote(support, wang))

    assert (send_due_mails(at=AT), send_due_mails(at=AT), send_due_mails(at=AT + timedelta(days=1))) == (1, 0, 0)

    row.refresh_from_db()
    assert (row.state, row.sent_at, row.attempt_count, row.problem) == ("sent", AT, 1, "")
    [mail] = wang.received(1)
    assert mail["Message-ID"] == f"<{row.message_id_header}>"
    assert text_of(mail).startswith("明天上午师傅上门。\n")
    assert FactRow.objects.filter(type="intake.mail_sent").count() == 1


def test_people_in_copy_get_the_answer_too(house, support, wang, mail_servers):
    friend = Person(mail_servers, "先生")
    answered(house, wrote(support, wang, Cc=f"{friend.name} <{friend.address}>"))

    send_due_mails(at=AT)

    assert [len(one.received(1)) for one in (wang, friend)] == [1, 1]


def test_a_server_that_is_away_gets_the_mail_when_it_is_back(house, support, wang, mail_servers):
    row = answered(house, wrote(support, wang))
    mail_servers.smtp_down()
    try:
        assert send_due_mails(at=AT) == 1
        row.refresh_from_db()
        assert (row.state, row.next_try_at > AT, bool(row.problem)) == ("queued", True, True)
        assert send_due_mails(at=row.next_try_at - timedelta(seconds=1)) == 0
    finally:
        mail_servers.smtp_up()

    assert send_due_mails(at=row.next_try_at) == 1
    row.refresh_from_db()
    assert (row.state, row.attempt_count, row.problem) == ("sent", 2, "")
    assert len(wang.received(1)) == 1


def test_an_address_refused_for_now_is_tried_again_and_given_up_after_four_days(house, support, wang):
    wang.address = wang.address.replace("box", "busy-box")
    row = answered(house, wrote(support, wang))

    send_due_mails(at=AT)
    row.refresh_from_db()
    assert (row.state, row.next_try_at > AT) == ("queued", True)

    OutgoingMail.objects.update(next_try_at=AT)
    send_due_mails(at=AT + timedelta(days=4, minutes=1))
    row.refresh_from_db()
    assert row.state == "failed"
    [fact] = FactRow.objects.filter(type="intake.mail_not_delivered")
    assert fact.case_id == row.case_id


def test_an_address_refused_for_ever_fails_at_once_and_the_next_mail_goes_out(house, support, wang, mail_servers):
    gone = Person(mail_servers, "李强")
    gone.address = gone.address.replace("box", "nobody-box")
    first = answered(house, wrote(support, gone))
    case = wrote(support, wang)
    reply(case=case, said=Said("好的", AT), by=actor_of(house.zhou), at=AT)
    follow_everything("mail.")
    OutgoingMail.objects.update(next_try_at=AT)

    assert send_due_mails(at=AT) == 2

    first.refresh_from_db()
    assert (first.state, "5.1.1" in first.problem or "no such person" in first.problem) == ("failed", True)
    assert len(wang.received(1)) == 1


def test_a_mailbox_is_spoken_for_by_one_worker_and_a_dead_one_lets_go_at_once(house, support, wang):
    row = answered(house, wrote(support, wang))
    OutgoingMail.objects.update(next_try_at=AT)
    with other_connection() as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [handing_in.LOCK_SPACE, support.pk])
        assert send_due_mails(at=AT) == 0

    assert send_due_mails(at=AT) == 1  # the other's connection is gone, and with it its lock

    [mail] = [parsed(raw) for raw in wang.peers.await_inbox(wang.address, 1)]
    assert mail["Message-ID"] == f"<{row.message_id_header}>"
