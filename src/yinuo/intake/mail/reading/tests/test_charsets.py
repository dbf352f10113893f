"""Every text comes out as it was written, whatever charset it is in and whatever the label says."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinuo.intake.mail.reading import parse_mail
from yinuo.intake.mail.reading.charsets import decode_text, known_charset
from yinuo.intake.mail.reading.guessing import guess_charset
from yinuo.intake.mail.reading.tests.letters import codes, letter

SIMPLIFIED = "您好，我上周买的空气净化器一直报警，显示E4。客服说会有师傅上门，可是等了三天也没有人联系我，请尽快处理。"
TRADITIONAL = "您好，我上週買的空氣清淨機一直發出警報，客服說會有師傅到府維修，可是等了三天也沒有人聯絡我，請儘快處理。"
JAPANESE = "先週購入した空気清浄機の電源が入りません。修理をお願いします。"
KOREAN = "지난주에 구입한 공기청정기가 켜지지 않습니다. 수리를 부탁드립니다."


@pytest.mark.parametrize("label", ["gb2312", "GBK", "gb18030", "x-gbk", "cp936", "GB_2312-80", "euc-cn"])
def test_every_label_of_the_gb_family_reads_all_of_gb18030(label):
    text = "镕基、喆、㐀：" + SIMPLIFIED  # 镕 and 喆 are not in GB2312, 㐀 only in GB18030

    mail = parse_mail(letter(f"Content-Type: text/plain; charset={label}", body=text.encode("gb18030")))

    assert mail.text == text
    assert mail.charsets == ("gb18030",)
    assert mail.language_hints == ("zh-Hans",)


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("big5", "cp950", TRADITIONAL),
        ("big5", "big5hkscs", "嘅喺咗嚟：" + TRADITIONAL),
        ("big5-hkscs", "big5hkscs", "嘅喺咗嚟"),
        ("hz-gb-2312", "hz", SIMPLIFIED),
        ("utf-8", "utf-8", SIMPLIFIED + "𠮷😀"),
        ("utf-7", "utf-7", SIMPLIFIED),
        ("unicode-1-1-utf-7", "utf-7", SIMPLIFIED),
        ("utf-16le", "utf-16-le", SIMPLIFIED),
        ("utf-16", "utf-16", SIMPLIFIED),
        ("iso-2022-jp", "iso2022_jp", JAPANESE),
        ("shift_jis", "cp932", JAPANESE + "①㈱"),
        ("euc-jp", "euc_jp", JAPANESE),
        ("ks_c_5601-1987", "cp949", KOREAN + "똠방각하"),  # 똠 is not in KS C 5601 itself
        ("euc-kr", "cp949", KOREAN),
        ("iso-8859-1", "cp1252", "Preis: 299 € – „günstig“"),
        ("us-ascii", "utf-8", SIMPLIFIED),
        ("koi8-r", "koi8-r", "Здравствуйте, не работает"),
        ("iso-8859-8-i", "iso8859-8", "שלום"),
    ],
)
def test_a_labelled_text_is_read_as_it_was_written(label, codec, text):
    assert decode_text(text.encode(codec), label).text == text


def test_iso_2022_jp_carries_the_signs_that_windows_adds():
    # ① is row 13 cell 1 of JIS, ｱ half-width kana: no codec of Python reads them under this label.
    raw = b"\x1b$B-!\x1b(B and \x1b(I1\x1b(B"

    assert decode_text(raw, "iso-2022-jp").text == "① and ｱ"


def test_utf8_bytes_under_a_big5_label_are_utf8():
    decoded = decode_text(TRADITIONAL.encode(), "big5")

    assert decoded.text == TRADITIONAL
    assert decoded.problem == "labelled big5, but the bytes are utf-8"


def test_utf8_bytes_under_a_gb2312_label_are_utf8():
    assert decode_text(SIMPLIFIED.encode(), "gb2312").text == SIMPLIFIED


def test_gbk_bytes_under_a_utf8_label_are_gb18030():
    assert decode_text(SIMPLIFIED.encode("gbk"), "utf-8").text == SIMPLIFIED


def test_gbk_bytes_under_a_western_default_label_are_gb18030():
    assert decode_text(SIMPLIFIED.encode("gbk"), "iso-8859-1").text == SIMPLIFIED


@pytest.mark.parametrize("text", ["联通", "一诺", "退款", "你好", "您的订单"])
def test_short_gbk_words_are_not_mistaken_for_utf8(text):
    assert decode_text(text.encode("gbk"), "gb2312").text == text


@pytest.mark.parametrize(
    "label", [None, "", "unknown-8bit", "x-unknown", "8bit", "no-such-charset", "base64", "punycode"]
)
@pytest.mark.parametrize(("codec", "text"), [("gb18030", SIMPLIFIED), ("utf-8", SIMPLIFIED), ("cp950", TRADITIONAL)])
def test_without_a_usable_label_the_charset_is_found(label, codec, text):
    assert decode_text(text.encode(codec), label).text == text


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp932", JAPANESE),
        ("iso2022_jp", JAPANESE),
        ("cp949", KOREAN),
        ("koi8-r", "Здравствуйте, у меня не работает кофеварка"),
        ("cp1251", "Здравствуйте, у меня не работает кофеварка"),
        ("cp1252", "Der Lüfter läuft, aber die Tür schließt nicht über Nacht"),
    ],
)
def test_unlabelled_texts_of_other_languages_are_found_too(codec, text):
    raw = text.encode(codec)

    assert decode_text(raw).text == text


def test_a_text_cut_in_the_middle_of_a_character_loses_only_that_character():
    assert decode_text(SIMPLIFIED.encode()[:-4], "utf-8").text == SIMPLIFIED[:-2] + "\ufffd"


def test_guessing_prefers_gb18030_when_nothing_speaks_for_anything():
    assert guess_charset(b"\xff\xfe\xfd"[::-1]) in {"gb18030", "cp1251"}
    assert guess_charset(b"plain") == "utf-8"


@pytest.mark.parametrize(
    "label", ["zip", "rot13", "hex", "idna", "unicode_escape", "undefined", "x" * 500, "\0", "utf-8\n"]
)
def test_a_label_that_is_no_charset_is_refused_or_read_as_meant(label):
    assert known_charset(label) in {None, "utf-8"}


def test_a_missing_label_is_noted_as_a_problem():
    mail = parse_mail(b"From: wang@example.com\r\n\r\n" + SIMPLIFIED.encode("gbk"))

    assert mail.text == SIMPLIFIED
    assert "charset" in codes(mail)


def test_html_names_its_own_charset_when_the_header_does_not():
    page = '<html><head><meta charset="gbk"></head><body>' + SIMPLIFIED + "</body></html>"
    raw = b"From: wang@example.com\r\nContent-Type: text/html\r\n\r\n" + page.encode("gbk")

    assert parse_mail(raw).text == SIMPLIFIED


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=40))
def test_any_labelled_gb18030_word_in_a_subject_survives(word):
    encoded = base64.b64encode(word.encode("gb18030")).decode()
    mail = parse_mail(letter(f"Subject: =?gb2312?B?{encoded}?="))

    # A text that is by accident also UTF-8 of three bytes a character is the one case nobody can tell.
    try:
        ambiguous = word.encode("gb18030").decode("utf-8")
    except UnicodeDecodeError:
        ambiguous = word
    assert mail.subject in {word, ambiguous}


@given(
    st.binary(max_size=400),
    st.one_of(st.none(), st.text(max_size=20), st.sampled_from(["gb2312", "big5", "utf-7", "iso-2022-jp", "hz"])),
)
def test_no_bytes_and_no_label_ever_raise(raw, label):
    assert isinstance(decode_text(raw, label).text, str)
