"""Letters, mails that belong to no case, with a real mail server: once, in time or not at all."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from yinuo.foundation.models import FactRow
from yinuo.foundation.tests.following import other_connection
from yinuo.intake.mail.actions import LetterDraft, handing_in, queue_letter, send_due_letters, send_due_mails, take_in
from yinuo.intake.mail.house_addresses import address_lookup
from yinuo.intake.mail.models import BlockedAddress, Letter
from yinuo.intake.mail.tasks import send_due
from yinuo.intake.mail.tests.following_mail import Person, open_for_mail, text_of

pytestmark = [pytest.mark.mail_peers, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)  # Monday 09:00 in Shanghai


@pytest.fixture
def support(house, mail_servers, monkeypatch):
    monkeypatch.setenv("YINUO_MAIL_CA", str(mail_servers.ca_file))
    return open_for_mail(mail_servers, house.team, mail_servers.new_user(), acknowledges=False)


@pytest.fixture
def wang(mail_servers) -> Person:
    return Person(mail_servers, "王丽")


def letter(to: str, *, key: str = "code:1", text: str = "您的验证码是 482913", at: datetime = AT, **more) -> Letter:
    draft = LetterDraft(to=to, subject="登录验证码", text=text, purpose="portal.sign_in", language="zh-hans")
    return queue_letter(draft=draft, key=key, at=at, **more)


def facts() -> list[tuple[str, dict]]:
    return list(FactRow.objects.filter(type__startswith="intake.letter").values_list("type", "payload"))


def test_a_letter_is_sent_once_as_a_machine_s_mail_and_its_words_are_dropped(support, wang):
    row = letter(wang.address)

    assert (send_due(AT), send_due(AT), send_due(AT + timedelta(days=1))) == (1, 0, 0)

    [mail] = wang.received(1)
    assert (mail["Subject"], mail["From"], mail["Auto-Submitted"]) == (
        "登录验证码",
        f"禾暖客服 <{support.address}>",
        "auto-generated",
    )
    assert mail["Message-ID"] == f"<{row.message_id_header}>"
    assert text_of(mail) == "您的验证码是 482913\n"
    row.refresh_from_db()
    assert (row.state, row.sent_at, row.subject, row.text, row.html, row.problem) == ("sent", AT, "", "", "", "")
    assert facts() == [("intake.letter_sent", {"letter_id": row.pk, "purpose": "portal.sign_in"})]


def test_the_same_key_is_one_letter_and_it_keeps_its_first_words(support, wang):
    first = letter(wang.address, text="第一次")
    second = letter(wang.address, text="第二次")

    assert (second.pk, second.text) == (first.pk, "第一次")
    assert Letter.objects.count() == 1


def test_a_letter_waits_for_its_time(support, wang):
    letter(wang.address, send_after=AT + timedelta(hours=8))

    assert send_due_letters(at=AT + timedelta(hours=7, minutes=59)) == 0
    assert send_due_letters(at=AT + timedelta(hours=8)) == 1
    assert len(wang.received(1)) == 1


def test_a_letter_that_is_too_late_is_not_sent(support, wang):
    row = letter(wang.address, expires_at=AT + timedelta(minutes=10))

    assert send_due_letters(at=AT + timedelta(minutes=10)) == 1

    row.refresh_from_db()
    assert (row.state, row.text, row.attempt_count) == ("expired", "", 0)
    assert facts() == [
        ("intake.letter_not_delivered", {"letter_id": row.pk, "purpose": "portal.sign_in", "code": "expired"})
    ]


def test_a_server_that_is_away_gets_the_letter_when_it_is_back_but_not_after_its_time(support, wang, mail_servers):
    row = letter(wang.address, expires_at=AT + timedelta(minutes=3))
    mail_servers.smtp_down()
    try:
        assert send_due_letters(at=AT) == 1
        row.refresh_from_db()
        assert (row.state, row.send_after, bool(row.problem)) == ("queued", AT + timedelta(minutes=1), True)
        # The next pause, five minutes, would end behind the letter's own time.
        assert send_due_letters(at=AT + timedelta(minutes=1)) == 1
    finally:
        mail_servers.smtp_up()

    row.refresh_from_db()
    assert (row.state, row.text) == ("failed", "")
    assert letter(wang.address, key="code:2").state == "queued"
    assert send_due_letters(at=AT) == 1
    assert len(wang.received(1)) == 1


def test_an_address_refused_for_ever_fails_at_once_without_its_name_in_logs_or_facts(support, wang, caplog):
    wang.address = wang.address.replace("box", "nobody-box")
    row = letter(wang.address)

    with caplog.at_level(logging.DEBUG, logger="yinuo"):
        send_due_letters(at=AT)

    row.refresh_from_db()
    assert (row.state, row.attempt_count, wang.address in row.problem) == ("failed", 1, False)
    assert wang.address not in caplog.text + str(facts())
    assert "482913" not in caplog.text + str(facts())


def test_a_mailbox_is_spoken_for_by_one_worker_and_a_dead_one_lets_go_at_once(support, wang):
    row = letter(wang.address)
    with other_connection() as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [handing_in.LOCK_SPACE, support.pk])
        assert send_due_letters(at=AT) == 0

    assert send_due_letters(at=AT) == 1  # the other's connection is gone, and with it its lock
    assert wang.received(1)[0]["Message-ID"] == f"<{row.message_id_header}>"


def test_letters_to_ourselves_and_to_dead_addresses_are_withheld(support, wang):
    BlockedAddress.objects.create(
        lookup=address_lookup(wang.address), masked="b***", reason="5.1.1", since=AT, until=AT + timedelta(days=60)
    )

    rows = [letter(support.address, key="1"), letter(wang.address, key="2")]

    assert [(row.state, row.text) for row in rows] == [("withheld", ""), ("withheld", "")]
    assert send_due_letters(at=AT) == 0


def test_a_letter_that_comes_back_is_marked_and_makes_no_case(support, wang):
    row = letter(wang.address)
    send_due_letters(at=AT)
    bounce = (
        f"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.test\r\nTo: {support.address}\r\nSubject: Undelivered\r\n"
        "Message-ID: <b1@mx.test>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such person.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n"
        f"Final-Recipient: rfc822; {wang.address}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        f"Diagnostic-Code: smtp; 550 no such person {wang.address}\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{row.message_id_header}>\r\n--b--\r\n"
    )

    taken = take_in(bounce.encode(), mailbox=support, at=AT)

    row.refresh_from_db()
    assert (taken.state, taken.case_id, row.state, wang.address in row.problem) == ("left_out", None, "failed", False)
    assert letter(wang.address, key="code:2").state == "withheld"


def test_without_a_mailbox_letters_wait(db, wang):
    row = letter(wang.address)

    assert (send_due_letters(at=AT), send_due_mails(at=AT)) == (0, 0)
    row.refresh_from_db()
    assert row.state == "queued"
