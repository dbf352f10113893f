"""Whose words a mail carries and whom it is about (field rules 9, 11, 12, 23, 24, 26)."""

# ruff: noqa: E501, Q003 - mails stand here as they are

import pytest

from yinuo.intake.mail.reading import (
    Address,
    ReplyToMode,
    classify_automatic,
    control_headers,
    customer_of,
    forwarded_customer,
    forwarded_subject,
    is_forward,
    parse_mail,
    participants,
    sender_of,
)
from yinuo.intake.mail.reading.tests.letters import multipart, read

OURS = ("service@yinuo.example",)
STAFF = ("chen@yinuo.example",)


@pytest.mark.parametrize(
    ("mode", "sender"),
    [
        (ReplyToMode.IGNORE, Address("Wang", "wang@example.com")),
        (ReplyToMode.USE, Address("Form", "li@example.com")),
        (ReplyToMode.USE_ADDRESS_KEEP_NAME, Address("Wang", "li@example.com")),
    ],
)
def test_reply_to_has_three_modes(mode, sender):
    mail = read("Reply-To: Form <li@example.com>")

    assert sender_of(mail, mode, classify_automatic(mail)) == sender


def test_reply_to_of_a_machine_is_never_believed():
    mail = read("Reply-To: li@example.com", "Auto-Submitted: auto-replied")

    assert sender_of(mail, ReplyToMode.USE, classify_automatic(mail)).address == "wang@example.com"


def test_our_own_mailboxes_and_the_author_are_no_participants():
    mail = read(
        "To: Service@Yinuo.example, li@example.com", "Cc: wang@example.com, Zhao <zhao@example.com>, li@example.com"
    )

    assert [person.address for person in participants(mail, OURS)] == ["li@example.com", "zhao@example.com"]


def test_a_mail_brings_at_most_forty_people():
    mail = read("Cc: " + ", ".join(f"p{number}@example.com" for number in range(100)))

    assert len(participants(mail, OURS)) == 40


def test_control_headers_count_only_from_trusted_channels():
    mail = read("X-Yinuo-Priority: urgent")

    assert control_headers(mail, is_trusted_channel=False) == {}
    assert control_headers(mail, is_trusted_channel=True) == {"priority": "urgent"}


@pytest.mark.parametrize(
    ("subject", "body", "customer"),
    [
        ("Fwd: 退款", "请处理\n\n---------- Forwarded message ---------\n发件人： 王芳 <wangfang@example.com>\nDate: 2026年11月22日周日 14:00\nSubject: 退款\nTo: <chen@yinuo.example>\n\n请退款", Address("王芳", "wangfang@example.com")),
        ("转发：退款", "------------------ 原始邮件 ------------------\n发件人: \"王芳\" <wangfang@qq.example>;\n发送时间: 2026年11月22日(星期天) 下午2:00\n收件人: \"陈\"<chen@yinuo.example>;\n主题: 退款\n\n请退款", Address("王芳", "wangfang@qq.example")),
        ("转发: 退款", "-------- 转发邮件信息 --------\n发件人：\"王芳\" <wangfang@163.example>\n发送日期：2026-11-22 14:00:00\n收件人：chen@yinuo.example\n主题：退款\n\n请退款", Address("王芳", "wangfang@163.example")),
        ("FW: Refund", "FYI\n\nFrom: Fang Wang [mailto:wangfang@example.com]\nSent: Sunday, November 22, 2026 2:00 PM\nTo: Chen\nSubject: Refund\n\nPlease refund.", Address("Fang Wang", "wangfang@example.com")),
        ("Fwd: Refund", "Begin forwarded message:\n\nFrom: Fang Wang <wangfang@example.com>\nSubject: Refund\nDate: 22. November 2026 at 14:00:00 GMT+8\nTo: Chen <chen@yinuo.example>\n\nPlease refund.", Address("Fang Wang", "wangfang@example.com")),
        ("WG: Erstattung", "-------- Weitergeleitete Nachricht --------\nVon: Fang Wang <wangfang@example.com>\nDatum: So., 22. Nov. 2026\nBetreff: Erstattung\nAn: chen@yinuo.example\n\nBitte.", Address("Fang Wang", "wangfang@example.com")),
        ("转发：退款", "只有一句话，没有原文", None),
        ("退款", "发件人: 王芳 <wangfang@example.com>\n发送时间: 2026年11月22日\n主题: 退款", None),
    ],
    ids=["gmail-zh", "qq", "163", "outlook", "apple", "thunderbird-de", "no-block", "no-forward"],
)  # fmt: skip
def test_the_customer_of_a_forward_is_who_wrote_the_mail_inside(subject, body, customer):
    mail = read(f"Subject: {subject}", body=body, sender="Chen <chen@yinuo.example>")

    assert forwarded_customer(mail) == customer


def test_a_mail_forwarded_as_an_attachment_names_its_author_too():
    inner = "Content-Type: message/rfc822\r\n\r\nFrom: =?utf-8?B?546L6Iqz?= <wangfang@example.com>\r\nSubject: x\r\n\r\nbody"
    mail = parse_mail(multipart("mixed", "Content-Type: text/plain\r\n\r\nplease handle", inner))

    assert is_forward(mail)
    assert forwarded_customer(mail) == Address("王芳", "wangfang@example.com")


def test_the_subject_of_a_forward_is_the_one_inside():
    mail = read(
        "Subject: 转发: 看一下",
        body="发件人: 王芳 <wangfang@example.com>\n发送时间: 2026年11月22日\n主题: 退款\n\n请退款",
    )

    assert forwarded_subject(mail) == "退款"


def test_staff_writing_to_a_customer_makes_the_recipient_the_customer():
    mail = read("To: Li <li@example.com>, service@yinuo.example", sender="Chen <chen@yinuo.example>")

    assert customer_of(mail, mail.author, OURS, STAFF) == Address("Li", "li@example.com")


def test_a_colleagues_forward_is_about_the_customer_inside():
    body = "发件人: 王芳 <wangfang@example.com>\n发送时间: 2026年11月22日\n主题: 退款\n\n请退款"
    mail = read("Subject: 转发: 退款", "To: service@yinuo.example", body=body, sender="Chen <chen@yinuo.example>")

    assert customer_of(mail, mail.author, OURS, STAFF).address == "wangfang@example.com"


def test_a_customers_own_forward_stays_theirs():
    body = "发件人: 物流 <kefu@shunda.example>\n发送时间: 2026年11月22日\n主题: 运单\n\n已拒收"
    mail = read("Subject: 转发: 运单", body=body)

    assert customer_of(mail, mail.author, OURS, STAFF).address == "wang@example.com"
