"""Printed numbers are read exactly, and what is no number is left alone."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.reasoning.figures import find_figures, normal, parse_digits


@pytest.mark.parametrize(
    ("text", "value", "scale", "unit"),
    [
        ("revenue of $1,234.5 million", "1234.5", 1_000_000, "USD"),
        ("(16.6)", "-16.6", 1, None),
        ("$(1.11)", "-1.11", 1, "USD"),
        ("($0.40)", "-0.40", 1, "USD"),
        ("−3.2%", "-3.2", 1, "%"),
        ("12 percent", "12", 1, "%"),
        ("€ 1.234,56 Mio. Umsatz", "1234.56", 1_000_000, "EUR"),
        ("2,5 % Zinsen", "2.5", 1, "%"),
        ("1,234 shares", "1234", 1, None),
        ("100 dollars", "100", 1, "USD"),
    ],
)
def test_reads_sign_scale_and_unit(text: str, value: str, scale: int, unit: str | None) -> None:
    (figure,) = find_figures(text)
    assert (figure.value, figure.scale, figure.unit) == (Decimal(value), scale, unit)
    assert text[figure.start : figure.end] == figure.text


@pytest.mark.parametrize("text", ["Section 12.3.1", "on Form 10-K", "the 3rd party", "word2vec", "24/7", "A4"])
def test_what_is_no_number_is_not_found(text: str) -> None:
    assert find_figures(text) == []


def test_a_range_has_no_negative_end() -> None:
    assert [figure.value for figure in find_figures("2017-2019")] == [2017, 2019]


def test_digits_in_brackets_after_words_are_no_negative() -> None:
    assert [figure.value for figure in find_figures("thirty (30) units")] == [30]


def test_brackets_after_other_words_are_negative() -> None:
    assert [figure.value for figure in find_figures("a loss of (30)")] == [-30]


@given(st.integers(min_value=0, max_value=10**15), st.integers(min_value=0, max_value=99))
def test_english_and_german_grouping_agree(whole: int, cents: int) -> None:
    exact = Decimal(whole) + Decimal(cents).scaleb(-2)
    english = f"{whole:,}.{cents:02}"
    assert parse_digits(english) == exact
    if whole >= 1000:
        german = english.replace(",", "\0").replace(".", ",").replace("\0", ".")
        assert parse_digits(german) == exact


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_normal_is_one_key_per_number(value: Decimal) -> None:
    assert normal(value) == value
    assert str(normal(value)) == str(normal(value + Decimal("0.00000")))
