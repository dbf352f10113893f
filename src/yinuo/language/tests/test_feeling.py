"""Sentiment by the model that is shipped, urgency by rules; both say by which words."""

import csv
from pathlib import Path

import pytest

from yinuo.foundation.tests.data import data_folder
from yinuo.language.model_files import Card, ModelFiles
from yinuo.language.sentiment import Sentiment, sentiment, sentiments
from yinuo.language.training import examples_checksum
from yinuo.language.urgency import Concern, urgency


@pytest.fixture(autouse=True)
def _fresh_home(monkeypatch, tmp_path):
    monkeypatch.setenv("YINUO_HOME", str(tmp_path))


@pytest.mark.parametrize(("text", "feeling"), [
    ("师傅非常准时，机器也装得很好，点赞", "positive"),
    ("冰箱又不制冷了，你们到底管不管", "negative"),
    ("请问保修期几年", "neutral"),
    ("Thanks a lot, that was really fast!", "positive"),
    ("I am fed up with your broken machine", "negative"),
    ("Where can I download the manual?", "neutral"),
])  # fmt: skip
def test_the_shipped_model_knows_common_words_in_both_languages(text, feeling):
    found = sentiment(text)

    assert found.feeling == feeling
    assert -1 <= found.score <= 1
    assert (found.score > 0.2) == (feeling == "positive")
    assert (found.score < -0.2) == (feeling == "negative")


def test_the_words_that_say_so_are_named():
    assert "点赞" in sentiment("装得很好，点赞").because


def test_an_empty_text_is_neutral_and_others_keep_their_places():
    assert sentiments(["", "太差了"])[0] == Sentiment("neutral", 0.0, 1.0, ())
    assert sentiments(["", "太差了"])[1].feeling == "negative"


def test_the_shipped_model_was_learnt_from_our_sentences_as_they_are_now():
    (card,) = ModelFiles(Path("/nowhere")).cards("sentiment")

    assert isinstance(card, Card)
    assert examples_checksum() in card.learnt_from, "run: python tools/ship_models.py"


def test_the_shipped_model_does_on_real_reviews_what_its_card_may_claim():
    reviews = data_folder("waimai_10k_zh") / "dev" / "reviews.csv"
    with reviews.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))[::40]

    found = sentiments([row["review"] for row in rows])

    right = sum((one.score > 0) == (row["label"] == "1") for one, row in zip(found, rows, strict=True))
    assert right / len(rows) > 0.75  # 0.82 was measured; 0.67 is the share of the larger class


@pytest.mark.parametrize(("text", "level", "words"), [
    ("洗衣机冒烟了，家里有孩子", 3, ("冒烟", "孩子")),
    ("插座漏电", 2, ("漏电",)),
    ("有煤气味", 2, ("煤气味",)),
    ("今天必须给我处理，不然打12315", 1, ("今天必须", "12315")),
    ("请问怎么退货", 0, ()),
    ("我的孩子喜欢这个颜色", 0, ("孩子",)),
    ("The heater sparks and my kid got a shock", 3, ("sparks", "kid", "got a shock")),
    ("The charger caught fire", 2, ("caught fire",)),
    ("Please call me urgently", 1, ("urgently",)),
    ("How do I reset it?", 0, ()),
])  # fmt: skip
def test_danger_comes_before_pressure(text, level, words):
    found = urgency(text)

    assert (found.level, found.because) == (level, words)
    assert found.is_safety == (level >= 2)


@pytest.mark.parametrize("text", [
    "没有冒烟，就是不转", "会不会着火啊", "没有再发生爆炸", "如果着火怎么办", "这个防火吗", "无烟",
    "there was no smoke", "it never caught fire", "No one was hurt", "what if it catches fire",
])  # fmt: skip
def test_what_is_denied_or_only_asked_is_no_danger(text):
    assert not urgency(text).is_safety


@pytest.mark.parametrize("text", [
    "不是没有冒烟", "不停冒烟", "不能用了，冒烟", "not only smoke but flames", "No one helps and it is burning",
])  # fmt: skip
def test_a_denial_of_something_else_takes_no_danger_away(text):
    assert urgency(text).is_safety


@pytest.mark.parametrize(
    "text", ["油烟机声音大", "火锅店", "坐火车", "my firewall blocks it", "the gas station", "press the button"]
)
def test_everyday_words_that_hold_a_dangerous_one_are_none(text):
    assert urgency(text).level == 0


def test_traditional_and_wide_characters_are_read_too():
    assert urgency("洗衣機冒煙").mentions[0].concern is Concern.SMOKE
    assert urgency("ＳＭＯＫＥ everywhere").mentions[0].word == "smoke"
