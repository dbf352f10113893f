"""Headers as senders really write them."""

# ruff: noqa: Q003 - mails stand here as they are

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinuo.intake.mail.reading import Address, normal_address, parse_addresses, parse_mail, subject_base
from yinuo.intake.mail.reading.dates import parse_date
from yinuo.intake.mail.reading.tests.letters import codes, letter, read
from yinuo.intake.mail.reading.words import decode_words, parse_parameters

TEXT = "空气净化器滤网更换申请"


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def test_a_subject_split_before_encoding_is_joined():
    value = f"=?utf-8?B?{_b64(TEXT[:5].encode())}?=\r\n =?utf-8?B?{_b64(TEXT[5:].encode())}?="

    assert decode_words(value.replace("\r\n", "")) == TEXT


def test_a_subject_cut_inside_a_character_is_joined():
    raw = TEXT.encode("gbk")
    value = f"=?gb2312?B?{_b64(raw[:7])}?= =?gb2312?B?{_b64(raw[7:])}?="

    assert decode_words(value) == TEXT


def test_a_subject_cut_after_base64_encoding_is_joined():
    whole = _b64(TEXT.encode())
    value = f"=?utf-8?B?{whole[:13]}?= =?utf-8?B?{whole[13:]}?="

    assert decode_words(value) == TEXT


def test_quoted_printable_words_cut_inside_a_character_are_joined():
    raw = "".join(f"={byte:02X}" for byte in "退款".encode())
    value = f"=?UTF-8?Q?{raw[:6]}?= =?UTF-8?Q?{raw[6:]}?="

    assert decode_words(value) == "退款"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Re: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= aus Bonn", "Re: Grüße aus Bonn"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        ("=?iso-8859-1*de?q?=FCber?=", "über"),
        ("=?utf-8?Q?two words?=", "two words"),
        ("=?gb2312?B?xOO6ww==?= =?utf-8?B?5aW9?=", "你好好"),
        ("=?unknown?B?xOO6ww==?=", "你好"),
        ("=?utf-8?B?not closed", "=?utf-8?B?not closed"),
        ("=?utf-8?B??=", ""),
        ("100=?25", "100=?25"),
    ],
)
def test_encoded_words(value, text):
    assert decode_words(value) == text


def test_a_raw_8bit_subject_is_read_and_noted():
    mail = parse_mail(b"From: wang@example.com\r\nSubject: " + TEXT.encode("gbk") + b"\r\n\r\nx")

    assert mail.subject == TEXT
    assert "raw_8bit_header" in codes(mail)


def test_nul_bytes_never_reach_the_database_and_the_subject_fits_its_column():
    mail = read("Subject: a\0b" + "长" * 1200, body="x\0y")

    assert mail.subject == "ab" + "长" * 996
    assert mail.text == "xy"
    assert "subject_too_long" in codes(mail)


@pytest.mark.parametrize(
    ("subject", "base"),
    [
        ("Re: 退款", "退款"),
        ("RE: FW: 回复：答复: 转发：退款", "退款"),
        ("回复：[YN-261122-0386] 退款", "[YN-261122-0386] 退款"),
        ("Re[2]: Re(3): Aw: WG: SV: VS: TR: R: x", "x"),
        ("自动回复: 退款", "退款"),
        ("[外部邮件] 回复: 退款", "退款"),
        ("Automatic reply: Refund", "Refund"),
        ("Report: numbers", "Report: numbers"),
        ("Re: ", ""),
        ("回收站：说明", "回收站：说明"),
        ("RE：退款", "退款"),
    ],
)
def test_prefixes_of_mail_programs_are_no_part_of_the_subject(subject, base):
    assert subject_base(subject) == base


@pytest.mark.parametrize(
    ("written", "people"),
    [
        ("wang@example.com", [("", "wang@example.com")]),
        ("Wang Fang <Wang@Example.COM>", [("Wang Fang", "wang@example.com")]),
        ('"Wang, Fang" <w@example.com>, li@example.com', [("Wang, Fang", "w@example.com"), ("", "li@example.com")]),
        ("=?utf-8?B?546L6Iqz?= <w@example.com>", [("王芳", "w@example.com")]),
        ('"=?utf-8?B?546L6Iqz?=" <w@example.com>', [("王芳", "w@example.com")]),
        ("w@example.com (Wang Fang)", [("Wang Fang", "w@example.com")]),
        ("Team: a@example.com, b@example.com; c@example.com", [("", x + "@example.com") for x in "abc"]),
        ("undisclosed-recipients:;", []),
        ("a@example.com; b@example.com", [("", "a@example.com"), ("", "b@example.com")]),
        ("<mailto:w@example.com>", [("", "w@example.com")]),
        ("王芳 <w@例子.中国>", [("王芳", "w@xn--fsqu00a.xn--fiqs8s")]),
        ("w＠example.com", [("", "w@example.com")]),
        ("Wang <sales> <w@example.com>", [("Wang <sales>", "w@example.com")]),
        ("w@example.com <w@example.com>", [("", "w@example.com")]),
        ("Wang Fang", [("Wang Fang", "")]),
        ('"Wang <w@example.com>', [("Wang", "w@example.com")]),
        ("<@relay.example:w@example.com>", [("", "w@example.com")]),
        (",,;", []),
    ],
)
def test_addresses(written, people):
    assert parse_addresses(written) == tuple(Address(name, address) for name, address in people)


def test_a_big5_name_whose_last_byte_is_a_backslash_does_not_eat_the_quote():
    raw = b'From: "' + "許功蓋".encode("big5") + b'" <hsu@example.com>\r\n\r\nx'

    assert parse_mail(raw).from_ == (Address("許功蓋", "hsu@example.com"),)


@pytest.mark.parametrize("written", ["", "x", "@", "a@", "@b", "a@b c", "<>"])
def test_what_is_no_address_has_no_normal_form(written):
    assert normal_address(written) == ""


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("Sun, 22 Nov 2026 14:00:00 +0800", datetime(2026, 11, 22, 6, 0, tzinfo=UTC)),
        ("Sun, 22 Nov 2026 14:00:00 +0800 (CST)", datetime(2026, 11, 22, 6, 0, tzinfo=UTC)),
        ("22 Nov 26 14:00 GMT", datetime(2026, 11, 22, 14, 0, tzinfo=UTC)),
        ("2026-11-22 14:00:00 +0800", datetime(2026, 11, 22, 6, 0, tzinfo=UTC)),
        ("Thu, 01 Jan 1970 00:00:00 +0000", None),
        ("Sun, 22 Nov 3026 14:00:00 +0800", None),
        ("Sun, 99 Nov 2026 14:00:00 +0800", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_are_utc_or_nothing(written, date):
    assert parse_date(written) == date


def test_a_date_far_after_its_arrival_is_absurd():
    mail = parse_mail(letter("Date: Sun, 22 Nov 2026 14:00:00 +0800"), received_at=datetime(2026, 11, 19, tzinfo=UTC))

    assert mail.date is None
    assert "no_date" in codes(mail)


@pytest.mark.parametrize(
    ("value", "filename"),
    [
        ('attachment; filename="发票.pdf"', "发票.pdf"),
        ("attachment; filename*=UTF-8''%E5%8F%91%E7%A5%A8.pdf", "发票.pdf"),
        ("attachment; filename*=GB2312''%B7%A2%C6%B1.pdf", "发票.pdf"),
        ("attachment; filename*0*=utf-8''%E5%8F%91; filename*1*=%E7%A5%A8; filename*2=.pdf", "发票.pdf"),
        ("attachment; filename*1*=%E7%A5%A8.pdf; filename*0*=utf-8''%E5%8F%91", "发票.pdf"),
        ("attachment; filename*0=invoice; filename*1=.pdf", "invoice.pdf"),
        ('attachment; filename="=?utf-8?B?5Y+R56WoLnBkZg==?="', "发票.pdf"),
        ("attachment; filename==?utf-8?B?5Y+R56WoLnBkZg==?=", "发票.pdf"),
        ("attachment; filename*=utf-8''=?utf-8?B?5Y+R56WoLnBkZg==?=", "发票.pdf"),
        ("attachment; filename*=utf-8''%3D%3Futf-8%3FB%3F5Y+R56WoLnBkZg%3D%3D%3F%3D", "发票.pdf"),
        ("attachment; filename=\"=?utf-8?Q?utf-8''%E5%8F%91%E7%A5%A8.pdf?=\"", "发票.pdf"),
        ('attachment; filename="a;b.pdf"', "a;b.pdf"),
        ('attachment; filename="never closed.pdf', "never closed.pdf"),
        ("attachment; FILENAME = spaced.pdf", "spaced.pdf"),
        ('attachment; filename="C:\\Users\\wang\\a.pdf"', "C:\\Users\\wang\\a.pdf"),
        ('attachment; filename="a \\"b\\".pdf"', 'a "b".pdf'),
        ("attachment filename=a.pdf", "a.pdf"),
    ],
)
def test_file_names_in_every_encoding_and_order(value, filename):
    assert parse_parameters(value)[1]["filename"] == filename


def test_raw_gbk_file_names_are_read():
    raw = (
        b"From: w@example.com\r\nContent-Type: application/pdf; name=\"" + "发票.pdf".encode("gbk")
        + b"\"\r\nContent-Disposition: attachment\r\n\r\n%PDF-1.4"
    )  # fmt: skip

    assert [file.filename for file in parse_mail(raw).attachments] == ["发票.pdf"]


def test_a_broken_header_line_between_others_does_not_end_the_headers():
    mail = parse_mail(b"From: w@example.com\r\nthis is no field\r\nSubject: still here\r\n\r\nbody")

    assert (mail.subject, mail.text) == ("still here", "body")
    assert "broken_header_line" in codes(mail)


def test_headers_with_lone_line_feeds_or_carriage_returns_are_read():
    for line_end in (b"\n", b"\r"):
        mail = parse_mail(line_end.join([b"From: w@example.com", b"Subject: a", b"", b"body"]))
        assert (mail.subject, mail.text) == ("a", "body")


def test_ids_are_read_without_brackets_and_folding():
    mail = read(
        "Message-ID: <a.1\r\n @example.com>",
        "In-Reply-To: Message of today <b@example.com>",
        "References: <c@example.com>\r\n\t<d@example.com> e@example.com <c@example.com>",
    )

    assert mail.message_id == "a.1@example.com"
    assert mail.in_reply_to == ("b@example.com",)
    assert mail.references == ("c@example.com", "d@example.com", "e@example.com")


@given(st.text(max_size=200))
def test_no_header_value_ever_raises(value):
    decode_words(value)
    parse_parameters(value)
    parse_addresses(value)
    parse_date(value)
    subject_base(value)
