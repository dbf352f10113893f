"""No bytes break the reader, and none keep it busy: fuzzing, nesting, floods, sizes."""

# ruff: noqa: E501, Q003 - mails stand here as they are

import time
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yinuo.foundation.tests.data import data_folder
from yinuo.intake.mail.reading import (
    Unreadable,
    classify_automatic,
    forwarded_customer,
    html_to_text,
    parse_mail,
    split_html,
    split_html_reply,
    split_mail,
    split_reply,
    tool_thread,
)
from yinuo.intake.mail.reading.tests.letters import codes, letter, multipart

SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
FRAGMENTS = [
    b"From: a@b.example\r\n", b"Subject: =?gb2312?B?xOO6ww==?=\r\n", b"Subject: \xc4\xe3\xba\xc3\r\n", b"Content-Type: multipart/mixed; boundary=x\r\n",
    b"Content-Type: multipart/alternative; boundary=\"x\"\r\n", b"Content-Type: text/html; charset=big5\r\n", b"Content-Type: message/rfc822\r\n",
    b"Content-Type: message/delivery-status\r\n", b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: quoted-printable\r\n",
    b"Content-Transfer-Encoding: uuencode\r\n", b"Content-Disposition: attachment; filename*0*=utf-8''%E5; filename=\"\r\n", b"--x\r\n", b"--x--\r\n", b"\r\n", b"\n", b"\r",
    b"=E4=BD", b"5L2g5aW9", b"=", b"<p>", b"<blockquote>", b"<!--", b"</", b"begin 644 a\n#0V%T\n`\nend\n", b"\x78\x9f\x3e\x22\x01\x00\x01", b"\0", b"\xff\xfe",
    b"> quoted\n", b"Action: failed\r\nStatus: 5.1.1\r\n", b"Date: Sun, 99 Nov 99999 99:99:99 +9999\r\n", b"\x1b$B", b"~{",
]  # fmt: skip


def _read_wholly(raw: bytes) -> None:
    try:
        mail = parse_mail(raw)
    except Unreadable:
        assert not raw.strip(b"\0 \t\r\n")
        return
    assert "\0" not in mail.subject + mail.text + "".join(file.filename for file in mail.attachments)
    assert mail.derived_id
    classify_automatic(mail)
    forwarded_customer(mail)
    tool_thread(mail)
    split_mail(mail.text, mail.html, has_plain_text=mail.has_plain_text)
    split_html(mail.html or "")


@SLOW
@given(st.binary(max_size=2_000))
def test_arbitrary_bytes_never_break_the_reader(raw):
    _read_wholly(raw)


@SLOW
@given(st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.binary(max_size=12)), max_size=60).map(b"".join))
def test_pieces_of_mails_in_any_order_never_break_the_reader(raw):
    _read_wholly(raw)


@SLOW
@given(st.data())
def test_real_mails_with_flipped_cut_and_doubled_bytes_never_break_the_reader(data):
    folder = data_folder("emails") / "dev" / "mime"
    paths = sorted(path for path in folder.rglob("*.eml") if path.stat().st_size < 20_000)
    raw = bytearray(data.draw(st.sampled_from(paths)).read_bytes())
    for _ in range(data.draw(st.integers(1, 12))):
        if not raw:
            break
        place = data.draw(st.integers(0, len(raw) - 1))
        change = data.draw(st.sampled_from(["flip", "cut", "double", "insert"]))
        if change == "flip":
            raw[place] = data.draw(st.integers(0, 255))
        elif change == "cut":
            del raw[place : place + data.draw(st.integers(1, 200))]
        elif change == "double":
            raw[place:place] = raw[place : place + data.draw(st.integers(1, 200))]
        else:
            raw[place:place] = data.draw(st.sampled_from(FRAGMENTS))
    _read_wholly(bytes(raw))


@SLOW
@given(st.text(alphabet="<>/!-=\"' \n&;abdivpqtr", max_size=400))
def test_no_html_breaks_the_text_maker(source):
    html_to_text(source)
    split_html_reply(source)
    split_html(source)


def test_nesting_beyond_the_limit_is_kept_as_a_file():
    raw = b"From: a@b.example\r\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="n%d"\r\n\r\n--n%d\r\n' % (n, n) for n in range(500)
    )
    mail = parse_mail(raw + b"\r\ndeep down")

    assert "nested_too_deep" in codes(mail)
    assert b"deep down" in mail.attachments[-1].content


def test_more_parts_than_the_limit_are_kept_as_one():
    mail = parse_mail(
        multipart(
            "mixed", *["Content-Type: text/x-note\r\n\r\nx"] * 10_500, "Content-Type: text/x-note\r\n\r\nthe very last"
        )
    )

    assert "too_many_parts" in codes(mail)
    assert len(mail.attachments) <= 10_001
    assert b"the very last" in mail.attachments[-1].content


def _seconds(action) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a@b.example\r\nSubject: " + b"=?a?q?" * 100_000,
        b"From: a@b.example\r\nSubject: " + b"x" * 5_000_000,
        b"From: " + b"a:@b, " * 200_000,
        b"From: " + b'"' * 300_000,
        b"From: " + b"(" * 300_000,
        b"From: " + b"<" * 300_000,
        b"Content-Type: text/plain; " + b"a " * 300_000,
        b"Content-Type: text/plain; " + b"a=" * 300_000,
        b"Content-Type: text/plain; x=" + b'"\\' * 300_000,
        b"X: y\r\n" * 300_000,
        b"no header at all\n" * 300_000,
        b"Content-Type: text/html\r\n\r\n" + b"<" * 1_000_000,
        b"Content-Type: text/html\r\n\r\n" + b"<!--" * 300_000,
        b"Content-Type: text/html\r\n\r\n" + b"<div id=" * 200_000,
        b"Content-Type: text/html\r\n\r\n" + b"<script>" * 200_000,
        b"Content-Type: text/html\r\n\r\n" + b"<blockquote>" * 100_000 + b"x<br>" * 1000,
        b"Content-Type: text/html\r\n\r\n" + b"cid:" * 300_000,
        b"\r\n" + b"> x\n" * 200_000,
        b"\r\n" + b"\n" * 1_000_000,
        b"\r\n" + b" " * 1_000_000,
        b"\r\n" + b"--\n" * 200_000,
        b"\r\n" + b"-- \nx\n" * 100_000,
        b"\r\n" + b"_____\n" * 200_000,
        b"\r\n" + b"On Sun, Nov 22, 2026\n" * 50_000,
        b"\r\n" + b"From: a\n" * 100_000,
        b"\r\n" + b"From: a\nX\n" * 50_000,
        b"\r\n" + b"begin 644 x\n" * 100_000 + b"\nend",
        b"\r\n" + b"a@" * 300_000,
        b"\r\n" + b"wrote " * 200_000,
        b"\r\n" + b"Sent from my " * 100_000,
        b"From: MAILER-DAEMON@x.example\r\nSubject: failure notice\r\n\r\n" + b"recipient " * 100_000 + b"a@b.example",
        b"From: MAILER-DAEMON@x.example\r\nSubject: failure notice\r\n\r\n" + b"a.b" * 300_000,
        b"From: MAILER-DAEMON@x.example\r\nSubject: failure notice\r\n\r\n" + b"Subject: a\nx\n" * 100_000,
        b"Content-Type: multipart/mixed; boundary=-\r\n\r\n" + b"---\n" * 200_000,
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x" * 300_000,
        b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=" * 1_000_000,
        b"Content-Transfer-Encoding: base64\r\n\r\n" + b"YQ==\n" * 200_000,
        b"\r\n" + b"\xc4\xe3" * 500_000,
        b"\r\n" + b"\x1b$B!!\x1b(B" * 100_000,
        b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+AAA" * 250_000,
    ],
    ids=range(40),
)
def test_a_mail_made_to_keep_us_busy_does_not(raw):
    assert _seconds(lambda: _read_wholly(raw)) < 5


def test_an_attachment_of_25_megabytes_is_read_in_bounded_time_and_memory():
    import base64

    content = bytes(range(256)) * (25 * 4096)
    part = (
        b"Content-Type: application/octet-stream; name=big.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(content)
    )
    raw = multipart("mixed", b"Content-Type: text/plain\r\n\r\nhere", part)
    tracemalloc.start()
    seconds = _seconds(lambda: parse_mail(raw))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert parse_mail(raw).attachments[0].content == content
    assert seconds < 5
    assert peak < 4 * len(raw)


def test_a_long_text_is_split_in_bounded_time():
    text = "您好，这是一个很长的说明。\n发件人 说：\n" * 50_000

    assert _seconds(lambda: split_reply(text)) < 5


def test_a_mail_saved_as_utf16_is_read():
    raw = letter("Subject: 退款", body="您好").decode().encode("utf-16")

    assert parse_mail(raw).subject == "退款"
