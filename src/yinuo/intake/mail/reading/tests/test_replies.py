"""What a customer wrote is told apart from what they quoted; the texts in `fixtures/` are our own."""

# ruff: noqa: E501, Q003 - mails stand here as they are

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinuo.intake.mail.reading import split_html, split_html_reply, split_reply
from yinuo.intake.mail.reading.tests.reply_fixtures import ReplyFixture, load_replies

QUOTED_MAIL = "<p>请问型号？</p>"
PIECES = [
    "您好，退款还没到账。\n", "\n", "> 引用\n", "发自我的iPhone\n", "-- \n", "在 2026-11-22 14:00:00，\"客服\" <a@b.example> 写道：\n",
    "发件人: a <a@b.example>\n", "发送时间: 2026年11月22日 14:00\n", "主题: x\n", "------------------ 原始邮件 ------------------\n", "________________\n",
    "On Sun, Nov 22, 2026 at 2:00 PM A <a@b.example> wrote:\n", "From: a@b.example\n", "\r\n", "a\x0bb\u2028c\x85", "Sent from my iPhone",
]  # fmt: skip


def test_there_are_at_least_forty_fixtures_of_our_own():
    fixtures = load_replies()

    assert len(fixtures) >= 40
    assert len({fixture.name for fixture in fixtures}) == len(fixtures)


@pytest.mark.parametrize("fixture", load_replies(), ids=lambda fixture: fixture.name)
def test_a_reply_is_cut_where_its_mail_program_put_the_quotation(fixture: ReplyFixture):
    split = split_reply(fixture.text)

    assert tuple((str(segment.kind), segment.text) for segment in split.segments) == fixture.segments


def test_a_mail_of_quotation_only_is_visible_as_a_whole():
    split = split_reply("> 只有引用\n> 没有别的\n")

    assert split.visible == "> 只有引用\n> 没有别的"
    assert split.quoted == ""


def test_an_empty_text_has_no_segments():
    assert split_reply("").segments == ()


def test_windows_line_ends_stay_as_they_are():
    split = split_reply("好的\r\n\r\n发自我的iPhone\r\n")

    assert [segment.text for segment in split.segments] == ["好的\r\n\r\n", "发自我的iPhone\r\n"]


@pytest.mark.parametrize(
    "opening",
    [
        '<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">a 于2026年11月22日周日 14:00写道：<br></div><blockquote>',
        '<div id="divRplyFwdMsg" dir="ltr"><font><b>发件人:</b> a</font></div><div>',
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p><b>发件人:</b> a</p></div><div>',
        "<includetail><div>------------------ 原始邮件 ------------------</div><div>",
        '<div id="isReplyContent">在 2026-11-22 14:00:00，"a" &lt;a@b.example&gt; 写道：<br>',
        '<div class="ntes-mailmaster-quote"><div>---- 回复的原邮件 ----</div>',
        '<div id="mail-editor-reference-message-container"><div>',
        '<div class="moz-cite-prefix">On 22.11.26 14:00, a wrote:</div><blockquote type="cite">',
        '<div class="yahoo_quoted" id="yahoo_quoted_1"><div>',
        '<blockquote style="margin-left:1ex">',
    ],
    ids=[
        "gmail",
        "outlook",
        "outlook-rule",
        "qq",
        "netease-web",
        "netease-master",
        "outlook-mobile",
        "thunderbird",
        "yahoo",
        "blockquote",
    ],
)
def test_the_marks_of_html_mail_programs_begin_the_quotation(opening):
    answer = "<div>型号是 KJ-350。</div>"

    assert split_html_reply(answer + opening + QUOTED_MAIL).visible == "型号是 KJ-350。"
    assert split_html(answer + opening + QUOTED_MAIL) == (answer, opening + QUOTED_MAIL)


def test_an_answer_below_an_html_quotation_is_visible():
    html = "<blockquote>请问型号？</blockquote><div>KJ-350</div>"

    assert split_html_reply(html).visible == "KJ-350"


def test_a_text_header_block_without_html_marks_folds_too():
    html = "<p>好的</p><p>发件人: a &lt;a@b.example&gt;<br>发送时间: 2026年11月22日 14:00<br>主题: x</p><p>旧</p>"

    assert split_html_reply(html).visible == "好的"
    assert split_html(html)[0] == "<p>好的</p><p>"


def test_html_without_a_quotation_is_whole():
    assert split_html("<p>好的</p>") == ("<p>好的</p>", "")


def test_html_that_only_quotes_stays_visible():
    assert split_html_reply("<blockquote>旧</blockquote>").visible == "> 旧"


@given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from(PIECES), max_size=25).map("".join)))
def test_a_split_never_loses_or_changes_a_character(text):
    split = split_reply(text)

    assert split.whole == text
    if text.strip():
        assert split.visible


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_text_before_a_quotation_never_becomes_part_of_it(text):
    split = split_reply("我的答复在这里。\n\n" + text)

    assert split.visible.startswith("我的答复在这里。")
