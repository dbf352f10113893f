"""Words, sentences, key phrases, languages, one form for texts."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yinuo.language.languages import is_mixed, language_of
from yinuo.language.normalising import Folded, clean, matching_form, simplified
from yinuo.language.words import content_words, key_phrases, rarities, search_words, sentences, words


def test_words_of_chinese_and_english_stand_in_their_order():
    assert words("我的ＷiFi路由器坏了，help! 3.5元") == ["我", "的", "wifi", "路由器", "坏", "了", "help", "3.5", "元"]


def test_words_of_content_leave_out_greetings_and_particles():
    assert content_words("你好，请问我的洗衣机为什么还没有到？") == ["洗衣机"]
    assert content_words("Hello, why is my order still late?") == ["order", "still", "late"]


def test_words_for_an_index_hold_the_words_inside_long_ones():
    assert search_words("中华人民共和国") == ["中华", "华人", "人民", "共和", "共和国", "中华人民共和国"]


def test_sentences_end_at_signs_but_not_inside_numbers_addresses_or_titles():
    text = "Mr. Li said no. It costs 3.5 yuan! 看 yinuo.cn 。我要退款！！好吗？"

    assert sentences(text) == ["Mr. Li said no.", "It costs 3.5 yuan!", "看 yinuo.cn 。", "我要退款！！", "好吗？"]


def test_a_sentence_without_end_is_cut_at_500_characters():
    assert [len(part) for part in sentences("长" * 1200)] == [500, 500, 200]


def test_key_phrases_say_what_the_text_is_about():
    assert key_phrases("我的洗衣机漏水了，洗衣机才买三天，客服一直不回复，要求退货退款。", most=2)[0] == "洗衣机漏水"
    assert key_phrases("The washing machine leaks. The washing machine is new.", most=1) == ["washing machine"]
    assert key_phrases("") == []


def test_rarer_words_weigh_more_in_key_phrases():
    house = rarities(["退款 退款", "退款 发票", "退款", "漏水"])

    assert house["退款"] < house["漏水"]
    assert key_phrases("退款，漏水", most=1, rarity=house) == ["漏水"]


@pytest.mark.parametrize(("text", "language"), [
    ("我的 order 还没到", "zh"),
    ("please check 退货 status", "en"),
    ("退", "zh"),
    ("OK", "en"),
    ("注文した商品が届きません", "ja"),
    ("주문이 안 왔어요", "ko"),
    ("Где мой заказ", "ru"),
    ("12345 ?!", "other"),
    ("", "other"),
])  # fmt: skip
def test_the_script_tells_the_language(text, language):
    assert language_of(text) == language


def test_mixed_texts_have_much_of_both():
    assert is_mixed("我的 order 还没到 please check")
    assert not is_mixed("我的洗衣机一直漏水，请尽快派人上门维修 OK")


def test_what_nobody_sees_is_taken_away():
    assert clean("退\u200b款\u202e！\x00\r\n\r\n\r\n  a\t b \ud800") == "退款！\n\na b"


def test_what_means_the_same_has_one_matching_form():
    assert matching_form("ＡＢＣ退貨") == matching_form("abc退货") == "abc退货"
    assert simplified("頭髮和發現") == "头发和发现"


def test_a_sign_that_becomes_eighteen_does_not_blow_a_text_up():
    assert matching_form("\ufdfa" * 1000) == ""


def test_folding_remembers_where_each_sign_stood():
    folded = Folded.of("a\u200b１①")

    assert folded.text == "a1①"
    assert folded.place(1, 2) == (2, 3)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_has_one_form_that_stays_what_it_is(text):
    once = clean(text)

    assert clean(once) == once
    once.encode()
    matching_form(text).encode()
    assert "".join(words(text)).replace(" ", "") in "".join(words(text))
    assert all(part.strip() == part and part for part in sentences(text))
    key_phrases(text)


@pytest.mark.parametrize("piece", ["。", ".", "a.", "的", "\n ", "字a", "'", "-a", "\u200b", "中华人民共和国"])
def test_a_megabyte_takes_a_moment_because_it_is_cut(piece):
    text = piece * (1_000_000 // len(piece)) + "x"
    began = time.process_time()

    words(text)
    sentences(text)
    key_phrases(text)
    language_of(text)

    assert time.process_time() - began < 5
