"""Figures as printed: exact, signed, with their unit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.ingestion.figures import is_year, parse_figure


@pytest.mark.parametrize(
    ("printed", "value", "unit"),
    [
        ("1,234", "1234", None),
        ("1’234.5", "1234.5", None),
        ("$ (1,234.50)", "-1234.50", "USD"),
        ("($97)", "-97", "USD"),
        ("(97", "-97", None),
        ("-0.5%", "-0.5", "%"),
        ("12.5 %", "12.5", "%"),
        ("(3)%", "-3", "%"),
        ("€ 7", "7", "EUR"),
        (".25", "0.25", None),
        ("0", "0", None),
        ("1,234 1", "1234", None),
        ("$12.5 2", "12.5", "USD"),
    ],
)
def test_english_figures(printed: str, value: str, unit: str | None) -> None:
    figure = parse_figure(printed)
    assert figure is not None
    assert (figure.value, figure.unit) == (value, unit)


@pytest.mark.parametrize(
    "text", ["", "—", "-", "N/A", "12 months", "1,23", "1.234.5", "Note 4", "1,234 and 5", "10 2", "1,234 567"]
)
def test_what_is_no_figure(text: str) -> None:
    assert parse_figure(text) is None


def test_german_figures_only_in_german_documents() -> None:
    german = parse_figure("1.234,56", is_german=True)
    assert german is not None
    assert german.value == "1234.56"
    assert parse_figure("1.234,56") is None


@pytest.mark.parametrize(
    ("printed", "value", "unit"),
    [
        ("1.234.567", "1234567", None),
        ("1.234", "1234", None),
        ("1 234,50 €", "1234.50", "EUR"),
        ("1\u202f234,5", "1234.5", None),
        ("EUR 1.250,-", "1250", "EUR"),
        ("1.250,-- €", "1250", "EUR"),
        ("(1.234,5)", "-1234.5", None),
        ("-0,5 %", "-0.5", "%"),
        ("1’234,50", "1234.50", None),
        ("0,00", "0.00", None),
    ],
)
def test_german_figures(printed: str, value: str, unit: str | None) -> None:
    figure = parse_figure(printed, is_german=True)
    assert figure is not None
    assert (figure.value, figure.unit) == (value, unit)


@pytest.mark.parametrize("text", ["1.23.4", "12.345.6", "1,234.56", "—", "3. Mai", "§ 5"])
def test_what_is_no_german_figure(text: str) -> None:
    assert parse_figure(text, is_german=True) is None


@given(st.integers(-(10**12), 10**12), st.integers(0, 4))
def test_any_printed_number_is_read_back_exactly(digits: int, places: int) -> None:
    number = Decimal(digits).scaleb(-places)
    printed = f"{abs(number):,.{places}f}"
    figure = parse_figure(f"({printed})" if number < 0 else printed)
    assert figure is not None
    assert Decimal(figure.value) == number


def test_years_are_told_apart() -> None:
    assert is_year("2023")
    assert is_year("FY2023")
    assert not is_year("1,999")
