"""Case numbers with a check digit, tokens, and amounts with a currency."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinuo.foundation.money import CurrenciesDiffer, Money
from yinuo.foundation.references import case_reference, id_of, is_reference, new_token, references_in

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))


def test_the_38th_case_of_22_november_2026_carries_its_luhn_digit():
    # 261122038: from the right, doubled every second digit: 7+3+0+2+4+1+2+6+4 = 29; 30 - 29 = 1
    assert case_reference(date(2026, 11, 22), 38) == "YN-261122-0381"


def test_a_day_with_more_than_999_cases_gets_longer_numbers():
    assert case_reference(date(2026, 11, 11), 12345).startswith("YN-261111-12345")


@given(DAYS, st.integers(1, 10**7))
def test_every_number_we_give_is_recognised(day, count):
    assert is_reference(case_reference(day, count))


@given(DAYS, st.integers(1, 10**5), st.integers(0, 20), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(day, count, place, shift):
    number = case_reference(day, count)
    places = [index for index, sign in enumerate(number) if sign.isdigit()]
    index = places[place % len(places)]
    wrong = number[:index] + str((int(number[index]) + shift) % 10) + number[index + 1 :]

    assert not is_reference(wrong)


def test_numbers_are_found_in_running_text_and_false_ones_are_not():
    text = "您好，关于 yn-261122-0381 和 YN-261122-0384（抄错了），订单 XYN-261122-0381"

    assert references_in(text) == ["YN-261122-0381"]


def test_tokens_differ_and_are_long_enough():
    assert len({new_token() for _ in range(1000)}) == 1000
    assert len(new_token()) == 22


def test_amounts_round_half_to_even_to_the_minor_unit():
    assert [str(Money(Decimal(text)).amount) for text in ("0.125", "0.135")] == ["0.12", "0.14"]
    assert str(Money(Decimal("12.5"), "JPY").amount) == "12"


def test_yuan_and_dollars_do_not_add_up():
    with pytest.raises(CurrenciesDiffer, match="CNY"):
        Money(Decimal(1)) + Money(Decimal(1), "USD")


def test_an_id_is_what_a_bigint_can_hold_written_in_plain_digits() -> None:
    assert [id_of(text) for text in ("0", "12", "007", "9223372036854775807")] == [0, 12, 7, 2**63 - 1]
    assert [id_of(text) for text in ("", "-1", "1.0", " 1", "١", "9223372036854775808", "9" * 30)] == [None] * 7
