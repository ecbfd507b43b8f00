"""Numbers of a workbook as their formats mean them."""

import pytest

from averment.pipelines.ingestion.number_formats import show_number


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (1234.5, "General", "1234.5"),
        (7, "0.00", "7"),
        (0.1234, "0.0%", "12.34%"),
        (1234.5, "#,##0.00 [$€-407]", "€1234.5"),
        (99.5, '"$"#,##0.00', "$99.5"),
        (99.5, "[$$-409]#,##0.00", "$99.5"),
        (7000, "#,##0 [$CHF-807]", "7000 CHF"),
        (7000, '#,##0 "Stück"', "7000 Stück"),
        (3, '"Q"0', "Q 3"),
        (-1234, "#,##0_);(#,##0)", "-1234"),
        (-5, '0 "gain";0 "loss"', "-5 loss"),
        (1234, "00000", "01234"),
        (12345678, '#,##0.0,,"M"', "12345678"),
        (1, '"paid";"open"', "paid (1)"),
        (0, '_(* #,##0_);_(* (#,##0);_(* "-"_)', "0"),
        (0.1 + 0.2, "General", "0.30000000000000004"),
        (5, '"a;b" 0', "a;b 5"),
    ],
)
def test_what_a_format_adds(value: float, form: str, text: str) -> None:
    assert show_number(value, form) == text


def test_a_hostile_format_takes_no_time() -> None:
    assert show_number(5, '"' * 100_000 + "0") == "5"
