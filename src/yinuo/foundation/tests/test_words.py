"""Pairs of Chinese characters: what the rule says and the database's function says is the same."""

import pytest
from django.db import connection

from yinuo.foundation.words import can_use_index, pairs_of

TEXTS = [
    ("退款", ["退款"]),
    ("退款单", ["退款", "款单"]),
    ("App 登录失败", ["登录", "录失", "失败"]),
    ("退x款", []),
    ("x", []),
    ("", []),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "pairs"), TEXTS)
def test_pairs_are_the_neighbouring_chinese_characters(text: str, pairs: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT foundation_pairs(%s)", [text])
        in_database = cursor.fetchone()[0]

    assert pairs_of(text) == pairs
    assert in_database == pairs


@pytest.mark.parametrize(
    ("word", "is_indexed"), [("退款", True), ("abc", True), ("ab", False), ("退a", False), ("退", False)]
)
def test_an_index_finds_two_chinese_characters_or_three_of_any_kind(word: str, is_indexed: bool) -> None:
    assert can_use_index(word) is is_indexed
