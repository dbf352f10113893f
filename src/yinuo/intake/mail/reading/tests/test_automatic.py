"""People and machines: who wrote it, and whether a machine of ours may answer (field rules 29 to 34)."""

# ruff: noqa: E501 - mails stand here as they are

from datetime import UTC, datetime, timedelta

import pytest

from yinuo.intake.mail.reading import (
    AutomaticKind,
    RecentSend,
    classify_automatic,
    may_auto_reply_to,
    may_send_more,
    parse_mail,
)
from yinuo.intake.mail.reading.tests.letters import multipart, read

OURS = ("service@yinuo.example",)
DOMAINS = ("yinuo.example",)
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)

STATUS = """Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Original-Recipient: rfc822;li@example.com
Final-Recipient: rfc822; li@mailbox.example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic}
"""
ORIGINAL = "Content-Type: message/rfc822\r\n\r\nMessage-ID: <yn.7.9.hash@yinuo.example>\r\nSubject: x\r\n\r\nour answer"


def report(action="failed", status="5.1.1", diagnostic="550 5.1.1 user unknown", original=ORIGINAL):
    raw = multipart(
        "report; report-type=delivery-status",
        "Content-Type: text/plain\r\n\r\nSorry.",
        STATUS.format(**locals()),
        original,
    )
    return parse_mail(raw.replace(b"Wang <wang@example.com>", b"MAILER-DAEMON@mx.example.com"))


def test_a_delivery_report_names_recipient_code_and_the_mail_it_is_about():
    verdict = classify_automatic(report())

    assert verdict.kind is AutomaticKind.BOUNCE
    assert verdict.original_message_id == "yn.7.9.hash@yinuo.example"
    assert verdict.bounce.recipients == ("li@example.com",)
    assert verdict.bounce.status == "5.1.1"
    assert (verdict.bounce.is_permanent, verdict.bounce.is_address_bad) == (True, True)


@pytest.mark.parametrize(
    ("status", "diagnostic", "is_bad"),
    [
        ("5.1.1", "550 user unknown", True),
        ("5.2.2", "552 mailbox full", False),
        ("5.7.1", "554 message rejected as spam", False),
        ("5.3.4", "552 message too big", False),
        ("5.0.0", "550 no such user here", True),
    ],
)
def test_only_a_bad_address_is_a_reason_to_stop_writing_to_it(status, diagnostic, is_bad):
    bounce = classify_automatic(report(status=status, diagnostic=diagnostic)).bounce

    assert (bounce.is_permanent, bounce.is_address_bad) == (True, is_bad)


def test_a_delay_is_no_bounce():
    verdict = classify_automatic(report(action="delayed", status="4.4.1", diagnostic="connection timed out"))

    assert verdict.kind is AutomaticKind.DELAY
    assert not verdict.bounce.is_permanent


def test_a_success_report_is_no_bounce():
    assert (
        classify_automatic(report(action="delivered", status="2.0.0", diagnostic="250 ok")).kind
        is AutomaticKind.DELIVERED
    )


def test_attached_headers_alone_name_the_mail_too():
    headers = "Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <a@yinuo.example>\r\nSubject: x"

    assert classify_automatic(report(original=headers)).original_message_id == "a@yinuo.example"


def test_a_quoted_copy_in_the_text_names_the_mail_too():
    body = "Hi. This is the qmail-send program.\n\n<li@example.com>:\nNo mailbox here. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReceived: by x\nSubject: a\nMessage-ID: <a@yinuo.example>\n\nhello"
    quoted = (
        body.replace("Received:", "> Received:")
        .replace("Subject:", "> Subject:")
        .replace("Message-ID:", "> Message-ID:")
    )

    for text in (body, quoted):
        verdict = classify_automatic(read("Subject: failure notice", body=text, sender="MAILER-DAEMON@mx.example"))
        assert verdict.original_message_id == "a@yinuo.example"


@pytest.mark.parametrize(
    ("sender", "subject", "body", "recipient", "status"),
    [
        ("<PostMaster@qq.example>", "系统退信/Systems bounce", "您的邮件未能送达：收件人不存在。\n收件人：li@qq.example\n550 Mailbox not found", "li@qq.example", "5.0.0"),
        ("Postmaster <postmaster@163.example>", "系统退信", "很抱歉，您发送的邮件被退回。\n收件人地址: li@163.example\nSMTP error, RCPT TO: 550 User not found", "li@163.example", "5.0.0"),
        ("MAILER-DAEMON@mx.example", "failure notice", "Hi. This is the qmail-send program at mx.example.\n\n<li@example.com>:\nSorry, no mailbox here by that name. (#5.1.1)", "li@example.com", "5.1.1"),
        ("Mail Delivery System <Mailer-Daemon@mx.example>", "Mail delivery failed: returning message to sender", "A message that you sent could not be delivered.\n\n  li@example.com\n    Unrouteable address", "li@example.com", None),
    ],
    ids=["qq", "163", "qmail", "exim"],
)  # fmt: skip
def test_bounces_in_prose_are_recognised(sender, subject, body, recipient, status):
    verdict = classify_automatic(read(f"Subject: {subject}", body=body, sender=sender))

    assert verdict.kind is AutomaticKind.BOUNCE
    assert verdict.bounce.recipients == (recipient,)
    assert verdict.bounce.status == status
    assert verdict.bounce.is_address_bad


def test_a_customer_who_writes_about_a_returned_mail_is_no_bounce():
    mail = read("Subject: 我的邮件被退回了", body="我发给你们的邮件被退回，提示邮箱已满，请问怎么办？")

    assert classify_automatic(mail).kind is AutomaticKind.NONE


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (["Auto-Submitted: auto-replied"], AutomaticKind.AUTO_REPLY),
        (["Auto-Submitted: auto-generated (x)"], AutomaticKind.AUTO_REPLY),
        (["Auto-Submitted: no"], AutomaticKind.NONE),
        (["X-Autoreply: yes"], AutomaticKind.AUTO_REPLY),
        (["X-Autorespond: yes"], AutomaticKind.AUTO_REPLY),
        (["X-Loop: li@example.com"], AutomaticKind.AUTO_REPLY),
        (["X-Loop: service@yinuo.example"], AutomaticKind.OWN_LOOP),
        (["Precedence: auto_reply"], AutomaticKind.AUTO_REPLY),
        (["Precedence: bulk"], AutomaticKind.BULK),
        (["Precedence: junk"], AutomaticKind.BULK),
        (["Precedence: list"], AutomaticKind.LIST),
        (["List-Id: <news.example.com>"], AutomaticKind.LIST),
        (["List-Unsubscribe: <mailto:x@example.com>"], AutomaticKind.BULK),
        (["Return-Path: <>"], AutomaticKind.AUTO_REPLY),
        (["Message-ID: <yn.1.2.abc@yinuo.example>"], AutomaticKind.OWN_LOOP),
        (["Auto-Submitted: auto-replied", "Subject: Automatic reply: Refund"], AutomaticKind.OUT_OF_OFFICE),
        (["Auto-Submitted: auto-replied", "Subject: 自动回复: 退款"], AutomaticKind.OUT_OF_OFFICE),
        (["Subject: 自动回复: 退款"], AutomaticKind.OUT_OF_OFFICE),
        (["X-Auto-Response-Suppress: All"], AutomaticKind.NONE),
        (["Subject: 休假期间机器坏了"], AutomaticKind.NONE),
        ([], AutomaticKind.NONE),
    ],
)
def test_every_header_that_some_desk_checks_is_checked(headers, kind):
    assert classify_automatic(read(*headers), DOMAINS, OURS).kind is kind


def test_an_absence_note_does_not_count_as_the_customers_word():
    mail = read("Auto-Submitted: auto-replied", "Subject: 自动回复: 退款", body="本人休假，12月1日返回。")

    assert not classify_automatic(mail).counts_as_customer_reply
    assert classify_automatic(read()).counts_as_customer_reply


def test_read_receipts_and_spam_reports_name_the_mail_they_are_about():
    receipt = multipart(
        "report; report-type=disposition-notification",
        "Content-Type: text/plain\r\n\r\nRead.",
        "Content-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822;wang@example.com\r\nOriginal-Message-ID: <a@yinuo.example>\r\nDisposition: manual-action/MDN-sent-manually; displayed",
    )
    complaint = multipart(
        "report; report-type=feedback-report",
        "Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse",
        ORIGINAL,
    )

    assert classify_automatic(parse_mail(receipt)).kind is AutomaticKind.READ_RECEIPT
    assert classify_automatic(parse_mail(receipt)).original_message_id == "a@yinuo.example"
    assert classify_automatic(parse_mail(complaint)).kind is AutomaticKind.FEEDBACK_REPORT
    assert classify_automatic(parse_mail(complaint)).original_message_id == "yn.7.9.hash@yinuo.example"


def test_a_person_may_be_answered():
    assert may_auto_reply_to(read("Subject: 退款"), OURS, own_domains=DOMAINS).is_allowed


@pytest.mark.parametrize(
    ("headers", "sender", "reason"),
    [
        (["Auto-Submitted: auto-replied"], "wang@example.com", "auto_reply: Auto-Submitted: auto-replied"),
        (["X-Auto-Response-Suppress: DR, OOF, AutoReply"], "wang@example.com", "X-Auto-Response-Suppress"),
        (["Return-Path: <>"], "wang@example.com", "auto_reply: empty Return-Path"),
        ([], "service@yinuo.example", "own mailbox"),
        ([], "noreply@example.com", "address noreply is never answered"),
        ([], "no-reply+77@example.com", "address no-reply+77 is never answered"),
        ([], "Abuse@example.com", "address abuse is never answered"),
        ([], "root@example.com", "address root is never answered"),
        ([], "postmaster@example.com", "address postmaster is never answered"),
        ([], "Wang", "no sender address"),
    ],
)
def test_a_machine_is_never_answered_and_the_reason_is_told(headers, sender, reason):
    answer = may_auto_reply_to(read(*headers, sender=sender), OURS, own_domains=DOMAINS)

    assert (answer.is_allowed, answer.reason) == (False, reason)


def test_spam_and_imports_are_never_answered():
    assert may_auto_reply_to(read(), OURS, is_spam=True).reason == "spam"
    assert may_auto_reply_to(read(), OURS, is_import=True).reason == "imported"


def test_a_person_called_rooter_may_be_answered():
    assert may_auto_reply_to(read(sender="rooter@example.com"), OURS).is_allowed


def _sends(count, *, every, subject="x{}", is_automatic=False):
    return [
        RecentSend("wang@example.com", NOON - every * number, subject.format(number), is_automatic)
        for number in range(1, count + 1)
    ]


@pytest.mark.parametrize(
    ("count", "every", "is_allowed"),
    [
        (9, timedelta(seconds=30), True),
        (10, timedelta(seconds=30), False),  # 10 within 5 minutes
        (14, timedelta(minutes=2), True),  # 14 within 28 minutes, 4 within 10
        (15, timedelta(minutes=1.9), False),  # 15 within 28.5 minutes
        (25, timedelta(minutes=2.3), False),  # 25 within 57.5 minutes
        (24, timedelta(minutes=2.6), True),
        (50, timedelta(minutes=3.5), False),  # 50 within 175 minutes
        (100, timedelta(minutes=5.9), False),  # 100 within 590 minutes
        (99, timedelta(minutes=6), True),
    ],
)
def test_no_more_mails_go_to_one_address_than_the_limits_allow(count, every, is_allowed):
    answer = may_send_more(_sends(count, every=every), to="wang@example.com", subject="y", at=NOON, is_automatic=False)

    assert answer.is_allowed is is_allowed


def test_mails_to_others_do_not_count():
    assert may_send_more(_sends(50, every=timedelta(seconds=1)), to="li@example.com", subject="y", at=NOON).is_allowed


def test_the_third_automatic_answer_with_the_same_subject_is_held_back():
    twice = _sends(2, every=timedelta(minutes=50), subject="Re: 退款", is_automatic=True)

    assert not may_send_more(twice, to="wang@example.com", subject="回复：退款", at=NOON).is_allowed
    assert may_send_more(twice, to="wang@example.com", subject="安装", at=NOON).is_allowed
    assert may_send_more(twice[:1], to="wang@example.com", subject="退款", at=NOON).is_allowed


def test_ten_automatic_answers_in_three_hours_are_enough():
    ten = _sends(10, every=timedelta(minutes=17), is_automatic=True)

    assert not may_send_more(ten, to="wang@example.com", subject="y", at=NOON).is_allowed
    assert may_send_more(ten, to="wang@example.com", subject="y", at=NOON + timedelta(minutes=11)).is_allowed
