"""Periods, scales and units from the words around a table."""

import pytest

from averment.pipelines.ingestion.headers import find_period, read_caption, unit_and_scale


@pytest.mark.parametrize(
    ("header", "period"),
    [
        ("Three Months Ended | June 30, 2023", "3 months ended 2023-06-30"),
        ("Nine Months Ended | June 25, | 2022", "9 months ended 2022-06-25"),
        ("As of | December 31, 2022", "as of 2022-12-31"),
        ("H1 2023", "6 months 2023"),
        ("1. Halbjahr 2023", "6 months 2023"),
        ("September 30, 2023", "2023-09-30"),
        ("Years ended | September 28, 2024", "12 months ended 2024-09-28"),
        ("31. März 2023", "2023-03-31"),
        ("Q2 2023", "Q2 2023"),
        ("2021", "2021"),
        ("Change", None),
        ("February 30, 2023", "2023"),
        ("Payments due by period | 2021 - 2022", "2021 to 2022"),
        ("FY19", "2019"),
        ("2019 and 2018", "2019"),
    ],
)
def test_periods(header: str, period: str | None) -> None:
    assert find_period(header) == period


@pytest.mark.parametrize(
    ("caption", "scale", "shares"),
    [
        ("(In millions, except per share amounts)", 10**6, None),
        ("(in thousands)", 1000, None),
        ("(In millions, except number of shares, which are reflected in thousands)", 10**6, 1000),
        ("$ million", 10**6, None),
        ("TEUR", 1000, None),
        ("Angaben in Millionen", 10**6, None),
        ("in Tsd. EUR", 1000, None),
        ("NZ$ MILLION", 10**6, None),
        ("US$m", 10**6, None),
        ("RMB'000", 1000, None),
        ("Sales\nMillions, Except Per Share Amounts", 10**6, None),
        ("(net income in millions and shares in thousands)", 10**6, 1000),
        ("Net sales rose by $3.8 billion.", 1, None),
        ("", 1, None),
    ],
)
def test_captions(caption: str, scale: int, shares: int | None) -> None:
    found = read_caption(caption)
    assert (found.scale, found.shares_scale) == (scale, shares)


def test_units_follow_row_and_caption() -> None:
    caption = read_caption("(In millions of dollars, except number of shares in thousands and per share amounts)")
    assert unit_and_scale("Net sales", "2023", printed=None, caption=caption) == ("USD", 10**6)
    assert unit_and_scale("Diluted earnings per share", "2023", printed="USD", caption=caption) == ("USD", 1)
    assert (
        unit_and_scale("Shares used in computing earnings per share", "", printed=None, caption=caption)[0] == "shares"
    )
    assert unit_and_scale("Gross margin", "2023", printed="%", caption=caption) == ("%", 1)


@pytest.mark.parametrize(
    ("column", "caption", "unit", "scale"),
    [
        ("Monthly Charge (£)", "", "GBP", 1),
        ("Before (CHF)", "", "CHF", 1),
        ("Cover (€)", "in thousands of dollars", "EUR", 1_000),
        ("2025, in millions", "€", "EUR", 1_000_000),
        ("2025", "£ in millions", "GBP", 1_000_000),
        ("2025", "", None, 1),
    ],
)
def test_the_nearest_header_that_names_a_currency_or_scale_wins(
    column: str, caption: str, unit: str | None, scale: int
) -> None:
    assert unit_and_scale("Hosting", column, printed=None, caption=read_caption(caption)) == (unit, scale)


@pytest.mark.parametrize(
    ("row", "column", "unit", "scale"),
    [
        ("2.85% Notes Due 2030", "2024", "USD", 10**6),
        ("Effect of exchange rate changes on cash", "2024", "USD", 10**6),
        ("Tax at federal statutory rate", "2024", "USD", 10**6),
        ("Effective tax rate", "2024", "%", 1),
        ("Balance at year end", "Common shares", "shares", 10**6),
        ("Common shares, $2.50 par value, 1,112 shares issued", "2024", "USD", 10**6),
        ("Granted", "Weighted-average exercise price", "USD", 1),
    ],
)
def test_what_a_figure_counts_is_told_by_its_words(row: str, column: str, unit: str, scale: int) -> None:
    caption = read_caption("(in millions of dollars)")
    printed = "USD" if unit == "USD" else None
    assert unit_and_scale(row, column, printed=printed, caption=caption) == (unit, scale)


@pytest.mark.parametrize(("caption", "currency"), [("NZ$ million", "NZD"), ("RMB in millions", "CNY"), ("$m", "USD")])
def test_dollars_are_told_apart(caption: str, currency: str) -> None:
    assert read_caption(caption).currency == currency
