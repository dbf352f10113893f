"""Personal data is found and masked, and nothing else is touched."""

import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yinuo.language.personal import Kind, Span, find, masked
from yinuo.language.personal.checksums import is_identity_card, looks_like_identity_card, passes_luhn
from yinuo.language.tests.personal_examples import examples

SURE = ("mobile", "id-card", "bank-card", "mail")


def counted() -> tuple[dict[str, Counter[str]], list[str]]:
    """Found exactly (kind, begin and end), missed, and wrong, for each kind; and the texts with a mistake."""
    table: dict[str, Counter[str]] = {kind.value: Counter() for kind in Kind}
    mistakes = []
    for text, wanted in examples():
        expected = Counter((kind, value) for kind, value in wanted)
        found = Counter((span.kind.value, text[span.begin : span.end]) for span in find(text))
        for kind, value in expected & found:
            table[kind]["right"] += (expected & found)[kind, value]
        for kind, _ in (expected - found).elements():
            table[kind]["missed"] += 1
        for kind, _ in (found - expected).elements():
            table[kind]["wrong"] += 1
        if expected != found:
            mistakes.append(f"{text!r}: wanted {sorted(expected)}, found {sorted(found)}")
    return table, mistakes


def as_text(table: dict[str, Counter[str]], mistakes: list[str]) -> str:
    rows = [f"{'kind':12}{'right':>7}{'missed':>8}{'wrong':>7}{'recall':>8}{'precision':>11}"]
    for kind, row in table.items():
        rows.append(
            f"{kind:12}{row['right']:7}{row['missed']:8}{row['wrong']:7}{recall(row):8.3f}{precision(row):11.3f}"
        )
    return "\n".join([*rows, *mistakes])


def recall(row: Counter[str]) -> float:
    return row["right"] / max(row["right"] + row["missed"], 1)


def precision(row: Counter[str]) -> float:
    return row["right"] / max(row["right"] + row["wrong"], 1)


def test_personal_data_is_found_in_our_examples():
    table, mistakes = counted()
    shown = as_text(table, mistakes)

    assert len(examples()) >= 500
    assert all(recall(table[kind]) >= 0.98 and precision(table[kind]) >= 0.95 for kind in SURE), shown
    assert all(recall(row) >= 0.9 and precision(row) >= 0.9 for row in table.values()), shown


def test_identity_numbers_need_their_check_sign():
    # The example of GB 11643: 110105 1949-12-31 002, check sign X.
    assert is_identity_card("11010519491231002X")
    assert is_identity_card("11010519491231002x")
    assert not is_identity_card("110105194912310021")
    assert not is_identity_card("110105194913310021")  # there is no 13th month
    assert looks_like_identity_card("110105491231002")  # 15 digits, as before 1999


def test_bank_cards_need_their_check_digit():
    assert passes_luhn("4111111111111111")
    assert not passes_luhn("4111111111111112")


def test_an_announced_card_with_a_slip_is_still_masked_but_less_surely():
    assert find("银行卡号 6222021001000000001")[0].confidence == 0.6
    assert find("身份证110105194912310021")[0].kind is Kind.IDENTITY_CARD


def test_spans_count_the_characters_as_they_were_written():
    text = "电话１３８\u200b００１３８０００，谢谢"

    assert find(text) == [Span(2, 14, Kind.MOBILE, 0.95)]
    assert masked(text) == "电话[mobile]，谢谢"


def test_only_the_kinds_asked_for_are_masked():
    text = "13800138000 wang@example.com"

    assert masked(text, kinds=[Kind.MAIL]) == "13800138000 [mail]"


def test_lines_of_companies_are_no_personal_data():
    assert find("400-800-1234") == []


PIECES = ["13800138000", "138", "0013 8000", "wang@",
          "example.com", "11010519491231002X", "4111 1111 1111 1111", "北京市",
          "朝阳区", "建国路", "88号", "501室", "订单号", "order ",
          "SF1234567890123", "京A", "12345", "护照", "E12345678",
          "微信号：", "wangli_88", " ", "-", "，", "\u200b", "[mobile]", "+86",
          "(555) ", "12 Oak Street", "电话", "X", "@", "卡", "\n", "１２"]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=10).map("".join))
def test_masking_is_idempotent_and_touches_nothing_outside_the_spans(text):
    spans = find(text)
    once = masked(text, least=0)

    assert masked(once, least=0) == once
    outside, at = [], 0
    for span in spans:
        assert at <= span.begin < span.end <= len(text)
        outside.append(text[at : span.begin])
        at = span.end
    outside.append(text[at:])
    rebuilt = "".join(part + f"[{span.kind}]" for part, span in zip(outside, spans, strict=False)) + outside[-1]
    assert once == rebuilt


HOSTILE = ["1", "1 ", "12-", "@", "a", "a@", "路1号", "我", "北京市",
          "order ", "京A", "1 A ", "13812345678 ", "微信:", "\u200b1", "a.b@c.d",
           "1 Oak Street ", "号一", "在", "P.O.Box"]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_with_the_length_and_no_faster(piece):
    def seconds(length: int) -> float:
        text = (piece * (length // len(piece) + 1))[:length]
        began = time.process_time()
        find(text)
        return time.process_time() - began

    # Ten times the text may take ten times as long; quadratic would be a hundred times. Half a second stands for noise.
    assert seconds(60_000) <= 30 * seconds(6_000) + 0.5


@pytest.mark.parametrize("piece", ["1", "我"])
def test_a_megabyte_of_one_sign_is_done_in_seconds(piece):
    began = time.process_time()

    assert find(piece * 1_000_000) == []
    assert time.process_time() - began < 10
