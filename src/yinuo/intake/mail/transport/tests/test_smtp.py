"""Handing mails to a real Exim, which delivers into a real Dovecot."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from yinuo.intake.mail.tests.peers import MailPeers
from yinuo.intake.mail.transport.compose import OutgoingAttachment, OutgoingMail, Person, compose
from yinuo.intake.mail.transport.refusals import (
    AddressNotValid,
    CertificateNotTrusted,
    EncryptionFailed,
    UnknownHost,
    WrongPassword,
)
from yinuo.intake.mail.transport.smtp import SmtpSender, retry_at
from yinuo.intake.mail.transport.values import Outcome, Security

pytestmark = pytest.mark.mail_peers

AT = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
FROM = "support@yinuo.test"


def letter(number: int = 1, **changes: object):
    plain = OutgoingMail(
        sender=Person(FROM, "售后服务中心"),
        to=[Person("wang@out.test", "王小明")],
        subject="Re: 屏幕碎了",
        text="您好，已为您换新。\n.\n..点开头的行\n一诺",
        message_id=f"<r{number}@yinuo.test>",
        sent_at=AT,
    )
    return compose(replace(plain, **changes))


def parsed(raw: bytes):
    return email.message_from_bytes(raw, policy=email.policy.default)


def test_a_mail_reaches_the_customers_real_mailbox_as_it_was_written(mail_servers: MailPeers, outgoing):
    user = mail_servers.new_user()
    picture = OutgoingAttachment("维修单据（第2页）.png", "image/png", bytes(range(256)) * 40)

    with SmtpSender(outgoing) as sender:
        result = sender.send(letter(attachments=[picture]), sender=FROM, recipients=[user], at=AT)

    (raw,) = mail_servers.await_inbox(user, 1)
    got = parsed(raw)
    assert (result.outcome, result.accepted, result.refused) == (Outcome.SENT, (user,), ())
    assert got["From"] == "售后服务中心 <support@yinuo.test>"
    assert got["Subject"] == "Re: 屏幕碎了"
    assert got.get_body().get_content().replace("\r\n", "\n") == "您好，已为您换新。\n.\n..点开头的行\n一诺\n"
    (attachment,) = got.iter_attachments()
    assert attachment.get_filename() == "维修单据（第2页）.png"
    assert attachment.get_content() == picture.content


@pytest.mark.parametrize(
    ("security", "username"), [(Security.STARTTLS, "x"), (Security.PLAIN, "x"), (Security.PLAIN, "")]
)
def test_all_ways_of_handing_in_work(mail_servers: MailPeers, outgoing, security, username):
    user = mail_servers.new_user()

    with SmtpSender(replace(outgoing, security=security, username=username)) as sender:
        sender.check()
        assert sender.send(letter(), sender=FROM, recipients=[user], at=AT).outcome is Outcome.SENT


def test_many_mails_share_one_connection(mail_servers: MailPeers, outgoing):
    user = mail_servers.new_user()

    with SmtpSender(outgoing) as sender:
        lines = []
        for number in range(20):
            assert sender.send(letter(number), sender=FROM, recipients=[user], at=AT).outcome is Outcome.SENT
            lines.append(sender._smtp)

    assert lines == [lines[0]] * 20
    assert len(mail_servers.await_inbox(user, 20)) == 20


def test_a_mail_of_25_megabytes_is_sent(mail_servers: MailPeers, outgoing):
    user = mail_servers.new_user()
    large = OutgoingAttachment("录像.mp4", "video/mp4", b"\x00\x01\x02\x03" * (25 * 1024 * 1024 // 4))

    with SmtpSender(outgoing) as sender:
        result = sender.send(letter(attachments=[large]), sender=FROM, recipients=[user], at=AT)

    assert result.outcome is Outcome.SENT
    (raw,) = mail_servers.await_inbox(user, 1)
    (attachment,) = parsed(raw).iter_attachments()
    assert attachment.get_content() == large.content


def test_a_busy_mailbox_is_tried_again_in_a_minute(outgoing):
    with SmtpSender(outgoing) as sender:
        result = sender.send(letter(), sender=FROM, recipients=["busy-wang@out.test"], at=AT)

    assert result.outcome is Outcome.LATER
    assert result.retry_at == AT + timedelta(minutes=1)
    assert "try again in a while" in result.answer
    assert not result.in_doubt


def test_an_address_that_does_not_exist_is_refused_for_ever_and_named(outgoing):
    with SmtpSender(outgoing) as sender:
        result = sender.send(letter(), sender=FROM, recipients=["nobody-li@out.test"], at=AT)

    assert (result.outcome, result.retry_at) == (Outcome.REFUSED, None)
    assert result.problem_code == "intake.mail_recipient_refused"
    assert result.sentence == (
        "The mail was not sent: the mail server does not accept nobody-li@out.test "
        "(550 5.1.1 no such person here). Check the address with the customer."
    )


def test_each_recipient_has_its_own_result(mail_servers: MailPeers, outgoing):
    user = mail_servers.new_user()
    to = [user, "busy-a@out.test", "full-b@out.test", "nobody-c@out.test", "x@elsewhere.test"]

    with SmtpSender(outgoing) as sender:
        result = sender.send(letter(), sender=FROM, recipients=to, at=AT, tries_count=2)

    assert (result.outcome, result.accepted) == (Outcome.PARTLY, (user,))
    assert [(one.address, one.temporary, one.code) for one in result.refused] == [
        ("busy-a@out.test", True, 451),
        ("full-b@out.test", False, 552),
        ("nobody-c@out.test", False, 550),
        ("x@elsewhere.test", False, 550),
    ]
    assert result.retry_at == AT + timedelta(minutes=15)
    assert len(mail_servers.await_inbox(user, 1)) == 1


def test_after_a_refused_mail_the_next_one_goes_out_on_the_same_line(mail_servers: MailPeers, outgoing):
    user = mail_servers.new_user()
    with SmtpSender(outgoing) as sender:
        refused = sender.send(letter(subject="FORBIDDEN"), sender=FROM, recipients=[user], at=AT)
        nobody = sender.send(letter(), sender=FROM, recipients=["nobody-c@out.test"], at=AT)
        sent = sender.send(letter(), sender=FROM, recipients=[user], at=AT)

    assert (refused.outcome, refused.problem_code) == (Outcome.REFUSED, "intake.mail_refused")
    assert "content not wanted" in refused.sentence
    assert nobody.outcome is Outcome.REFUSED
    assert sent.outcome is Outcome.SENT


def test_a_server_away_keeps_the_mail_for_later_and_the_same_sender_recovers(mail_servers: MailPeers, outgoing):
    user = mail_servers.new_user()
    with SmtpSender(outgoing) as sender:
        assert sender.send(letter(1), sender=FROM, recipients=[user], at=AT).outcome is Outcome.SENT
        mail_servers.smtp_down()
        # Exim lets the open line finish; the next mail needs a new one.
        sender.close()
        closed = sender.send(letter(2), sender=FROM, recipients=[user], at=AT, tries_count=1)
        mail_servers.smtp_up()
        back = sender.send(letter(2), sender=FROM, recipients=[user], at=AT, tries_count=2)

    assert (closed.outcome, closed.problem_code) == (Outcome.LATER, "intake.mail_unreachable")
    assert closed.retry_at == AT + timedelta(minutes=5)
    assert back.outcome is Outcome.SENT


def test_a_wrong_password_keeps_the_mail_and_says_what_to_do(outgoing):
    with SmtpSender(replace(outgoing, password="wrong")) as sender:
        result = sender.send(letter(), sender=FROM, recipients=["wang@out.test"], at=AT)
        with pytest.raises(WrongPassword):
            sender.check()

    assert (result.outcome, result.problem_code) == (Outcome.LATER, "intake.mail_wrong_password")
    assert "authorisation code" in result.sentence


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"ca_file": None}, CertificateNotTrusted),
        ({"security": Security.TLS}, EncryptionFailed),
        ({"host": "smtp.invalid"}, UnknownHost),
    ],
)
def test_a_setting_that_cannot_work_is_named(outgoing, change, kind):
    with SmtpSender(replace(outgoing, **change)) as sender, pytest.raises(kind):
        sender.check()


def test_an_address_with_chinese_letters_is_sent_in_utf8(mail_servers: MailPeers, outgoing):
    with SmtpSender(outgoing) as sender:
        message = letter(to=[Person("王@out.test")])
        result = sender.send(message, sender=FROM, recipients=["王@out.test"], at=AT)

    assert result.outcome is Outcome.SENT


def test_a_chinese_domain_is_sent_in_its_ascii_form(outgoing):
    with SmtpSender(outgoing) as sender:
        result = sender.send(letter(), sender=FROM, recipients=["li@例子.测试"], at=AT)

    assert result.refused[0].address == "li@xn--fsqu00a.xn--0zwm56d"


def test_a_blind_copy_is_not_told_to_the_others(mail_servers: MailPeers, outgoing):
    user = mail_servers.new_user()
    message = letter()
    message["Bcc"] = "secret@out.test"

    with SmtpSender(outgoing) as sender:
        sender.send(message, sender=FROM, recipients=[user], at=AT)

    assert b"secret" not in mail_servers.await_inbox(user, 1)[0]
    assert message["Bcc"] == "secret@out.test"


@pytest.mark.parametrize(
    "address", ["wang", "a@b@c", "a b@out.test", "a@out.test\r\nDATA", "<a@out.test>", "@out.test", "a@"]
)
def test_what_is_no_address_is_not_sent(outgoing, address):
    with SmtpSender(outgoing) as sender, pytest.raises(AddressNotValid):
        sender.send(letter(), sender=FROM, recipients=[address], at=AT)


def test_pauses_grow_to_four_hours():
    minutes = [(retry_at(at=AT, tries_count=count) - AT) // timedelta(minutes=1) for count in range(9)]

    assert minutes == [1, 5, 15, 30, 60, 120, 240, 240, 240]
