"""Check digits: published examples pass, and every change of one digit is refused."""

from collections.abc import Callable

import pytest

from averment.compliance.pii.checksums import (
    is_card,
    is_cusip,
    is_german_tax_id,
    is_german_vat_id,
    is_iban,
    is_isin,
    is_lei,
    luhn_digit,
)

PUBLISHED: list[tuple[Callable[[str], bool], str]] = [
    (is_iban, "DE89370400440532013000"),
    (is_iban, "GB29NWBK60161331926819"),
    (is_iban, "CH9300762011623852957"),
    (is_lei, "529900T8BM49AURSDO55"),
    (is_isin, "US0378331005"),
    (is_isin, "DE0007164600"),
    (is_cusip, "037833100"),
    (is_cusip, "17275R102"),
    (is_card, "4111111111111111"),
    (is_card, "378282246310005"),
    (is_german_tax_id, "86095742719"),
    (is_german_vat_id, "DE136695976"),
]


@pytest.mark.parametrize(("check", "text"), PUBLISHED)
def test_a_published_example_passes_and_no_other_last_digit_does(check: Callable[[str], bool], text: str) -> None:
    assert check(text)
    others = [text[:-1] + digit for digit in "0123456789" if digit != text[-1]]
    assert not any(map(check, others))


@pytest.mark.parametrize("check", [check for check, _ in PUBLISHED])
@pytest.mark.parametrize("text", ["", "-", "DE", "٣٤٥٦٧٨٩٠١٢٣", "0" * 40, "ABCDEFGHIJKL"])
def test_what_has_not_the_form_is_refused(check: Callable[[str], bool], text: str) -> None:
    assert not check(text)


def test_the_digit_that_is_made_is_the_one_that_is_asked_for() -> None:
    assert luhn_digit("411111111111111") == 1
