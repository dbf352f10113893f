"""What an outgoing mail looks like on the wire, and that nothing in a value can break out of its header."""

import base64
import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinuo.intake.mail.transport.compose import (
    Automatic,
    OutgoingAttachment,
    OutgoingMail,
    Person,
    compose,
    recipients,
)
from yinuo.intake.mail.transport.refusals import AddressNotValid, HeaderNotAllowed

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PLAIN = OutgoingMail(
    sender=Person("support@yinuo.test", "Care"),
    to=[Person("wang@out.test")],
    subject="Your phone",
    text="Hello",
    message_id="<r1@yinuo.test>",
    sent_at=AT,
)
# Anything a person can type into one line.
one_line = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=200)


def wire(**changes: object) -> bytes:
    return compose(replace(PLAIN, **changes)).as_bytes(policy=email.policy.SMTP.clone(refold_source="none"))


def read(raw: bytes):
    return email.message_from_bytes(raw, policy=email.policy.default)


def test_a_plain_mail_is_written_plainly():
    assert wire() == (
        b"From: Care <support@yinuo.test>\r\n"
        b"To: wang@out.test\r\n"
        b"Subject: Your phone\r\n"
        b"Date: Sun, 22 Nov 2026 09:30:00 +0000\r\n"
        b"Message-ID: <r1@yinuo.test>\r\n"
        b'Content-Type: text/plain; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: 7bit\r\n"
        b"MIME-Version: 1.0\r\n"
        b"\r\n"
        b"Hello\r\n"
    )


@given(subject=one_line, name=one_line, file_name=one_line, text=st.text())
def test_every_text_arrives_as_typed_in_pure_ascii_lines_of_legal_length(subject, name, file_name, text):
    to = [Person("wang@out.test", name), Person("li@out.test", "李, 雪"), Person("chen@out.test", name)]
    attachment = OutgoingAttachment(file_name, "text/plain", b"x")

    raw = wire(subject=subject, to=to, text=text, attachments=[attachment])
    got = read(raw)

    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert people(raw, "To") == [
        (name.strip(), "wang@out.test"),
        ("李, 雪", "li@out.test"),
        (name.strip(), "chen@out.test"),
    ]
    assert decoded(raw, "Subject") == subject
    assert got.get_all("Bcc") is None
    assert [part.get_content_type() for part in got.walk()] == ["multipart/mixed", "text/plain", "text/plain"]


def decoded(raw: bytes, header: str) -> str:
    """Decode with the older, independent decoder of the library; the newer one keeps blanks between encoded words."""
    value = email.message_from_bytes(raw)[header] or ""
    return str(make_header(decode_header(value.replace("\r\n", "")))) if value else ""


def people(raw: bytes, header: str) -> list[tuple[str, str]]:
    pairs = getaddresses([email.message_from_bytes(raw)[header].replace("\r\n", "")])
    return [(str(make_header(decode_header(name))) if name else "", address) for name, address in pairs]


@pytest.mark.parametrize(
    "name",
    ["李雪", "李, 雪", 'O"Neill \\ Co.', "Dr. Li (Beijing)", "=?utf-8?q?x?=", "客" * 90, "a@b.example", "Li 雪 " * 20],
    ids=range(8),
)
def test_names_of_every_kind_stay_with_their_address(name):
    raw = wire(to=[Person("li@out.test", name), Person("wang@out.test", name)], cc=[Person("c@out.test", name)])

    assert people(raw, "To") == [(name.strip(), "li@out.test"), (name.strip(), "wang@out.test")]
    assert people(raw, "Cc") == [(name.strip(), "c@out.test")]


@pytest.mark.parametrize(
    "file_name", ["报价单.pdf", "a;b\"c'd.pdf", "发票" * 60 + ".pdf", "plain.pdf", "%41 é.pdf", ""]
)
def test_file_names_of_every_kind_survive(file_name):
    raw = wire(attachments=[OutgoingAttachment(file_name, "application/pdf", b"%PDF")])

    (part,) = read(raw).iter_attachments()
    assert part.get_filename() == (file_name or "attachment")
    assert part.get_content_type() == "application/pdf"
    assert part.get_content() == b"%PDF"


@pytest.mark.parametrize("bad", ["a\r\nBcc: spy@out.test", "a\nb", "a\rb", "a\x00b", "a\x85b", "a\u2028b", "a\x0bb"])
@pytest.mark.parametrize("where", ["subject", "sender", "to", "cc", "reply_to", "message_id", "references", "file"])
def test_a_line_break_in_any_value_is_refused(bad, where):
    person = Person("x@out.test", bad)
    changes = {
        "subject": {"subject": bad},
        "sender": {"sender": person},
        "to": {"to": [person]},
        "cc": {"cc": [person]},
        "reply_to": {"reply_to": person},
        "message_id": {"message_id": f"<{bad}@x>"},
        "references": {"references": [f"<{bad}@x>"]},
        "file": {"attachments": [OutgoingAttachment(bad, "text/plain", b"")]},
    }

    with pytest.raises(HeaderNotAllowed) as caught:
        wire(**changes[where])
    assert "Remove line breaks" in caught.value.sentence()


@pytest.mark.parametrize(
    "bad", ["x@out.test\r\nBcc: spy@out.test", "x", "x@", "<x@out.test>", "x y@out.test", "x,y@out.test"]
)
def test_an_address_that_is_none_is_refused(bad):
    with pytest.raises((HeaderNotAllowed, AddressNotValid)):
        wire(to=[Person(bad)])


def test_a_media_type_cannot_carry_a_header_either():
    raw = wire(attachments=[OutgoingAttachment("x", "text/html\r\nX-Evil: 1", b"x")])

    assert b"X-Evil" not in raw
    assert b"Content-Type: application/octet-stream" in raw


def test_text_and_html_are_alternatives_and_pictures_belong_to_the_html():
    picture = OutgoingAttachment("logo.png", "image/png", b"PNG", content_id="logo@yinuo.test")
    manual = OutgoingAttachment("manual.pdf", "application/pdf", b"PDF")

    got = read(wire(html="<p>好<img src='cid:logo@yinuo.test'></p>", attachments=[picture, manual]))

    assert [part.get_content_type() for part in got.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/pdf",
    ]
    image = next(part for part in got.walk() if part.get_content_type() == "image/png")
    assert (image["Content-ID"], image.get_content_disposition()) == ("<logo@yinuo.test>", "inline")


def test_a_forwarded_mail_travels_as_a_file():
    got = read(wire(attachments=[OutgoingAttachment("原邮件.eml", "message/rfc822", b"Subject: x\r\n\r\ny")]))

    (part,) = got.iter_attachments()
    assert (part.get_content_type(), part.get_filename()) == ("application/octet-stream", "原邮件.eml")


def test_an_automatic_mail_tells_other_machines_not_to_answer():
    got = read(wire(automatic=Automatic.REPLIED))

    assert (got["Auto-Submitted"], got["X-Auto-Response-Suppress"]) == ("auto-replied", "All")


def test_a_mail_by_a_person_carries_no_mark_of_a_machine():
    assert b"Auto-" not in wire()


def test_threading_headers_name_the_conversation():
    got = read(wire(in_reply_to="<c2@out.test>", references=["<c1@out.test>", "<c2@out.test>"]))

    assert got["In-Reply-To"] == "<c2@out.test>"
    assert got["References"].split() == ["<c1@out.test>", "<c2@out.test>"]


def test_long_references_keep_the_first_and_the_newest():
    references = [f"<{number:04}{'x' * 90}@out.test>" for number in range(100)]

    kept = read(wire(references=references))["References"].split()

    assert kept[0] == references[0]
    assert kept[1:] == references[-len(kept) + 1 :]
    assert 1200 < sum(map(len, kept)) <= 1500


def test_outlook_gets_the_same_conversation_index_for_all_mails_of_a_case():
    first = base64.b64decode(read(wire(thread_started_at=AT))["Thread-Index"])
    answer = read(
        wire(
            subject="回复: Your phone",
            references=["<r1@yinuo.test>"],
            message_id="<r2@yinuo.test>",
            thread_started_at=AT,
            sent_at=AT + timedelta(hours=1),
        )
    )

    assert len(first) == 22
    assert base64.b64decode(answer["Thread-Index"])[:22] == first
    assert len(base64.b64decode(answer["Thread-Index"])) == 27
    assert answer["Thread-Topic"] == "Your phone"


def test_each_recipient_is_listed_once():
    mail = replace(PLAIN, cc=[Person("wang@out.test", "again"), Person("li@例子.cn")])

    assert recipients(mail) == ["wang@out.test", "li@xn--fsqu00a.cn"]
