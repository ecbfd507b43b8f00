"""Check digits of identifiers: what tells an identifier from any other number.

Every function takes the identifier without separators and returns False for anything that has not its form.
Sources: ISO 13616 (IBAN), ISO 17442 (LEI), ISO 6166 (ISIN), ANSI X9.6 (CUSIP), ISO/IEC 7812 (cards), ISO 7064
MOD 11,10 (Steuer-Identifikationsnummer, Umsatzsteuer-Identifikationsnummer).
"""

import re
from typing import Final

# Lengths of account numbers by country, from the register of ISO 13616.
IBAN_LENGTHS: Final = {
    "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18,
    "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20,
    "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24,
    "SM": 27, "TR": 26,
}  # fmt: skip


def is_iban(text: str) -> bool:
    """Tell whether it is an account number: its country's length, remainder 1 modulo 97.

    Example:
        >>> is_iban("DE89370400440532013000"), is_iban("DE89370400440532013001")
        (True, False)
    """
    return (
        re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]+", text) is not None
        and IBAN_LENGTHS.get(text[:2]) == len(text)
        and _modulo_97(text[4:] + text[:4]) == 1
    )


def is_lei(text: str) -> bool:
    """Tell whether it is the identifier of a legal entity.

    Example:
        >>> is_lei("529900T8BM49AURSDO55")
        True
    """
    return re.fullmatch(r"[A-Z0-9]{18}[0-9]{2}", text) is not None and _modulo_97(text) == 1


def is_isin(text: str) -> bool:
    """Tell whether it is the number of a security.

    Example:
        >>> is_isin("US0378331005"), is_isin("US0378331006")
        (True, False)
    """
    if re.fullmatch(r"[A-Z]{2}[A-Z0-9]{9}[0-9]", text) is None:
        return False
    return _is_luhn("".join(str(int(char, 36)) for char in text))


def is_cusip(text: str) -> bool:
    """Tell whether it is the North American number of a security.

    Example:
        >>> is_cusip("037833100"), is_cusip("037833101")
        (True, False)
    """
    if re.fullmatch(r"[0-9A-Z]{8}[0-9]", text) is None:
        return False
    values = [int(char, 36) * (2 if place % 2 else 1) for place, char in enumerate(text[:8])]
    return (10 - sum(value // 10 + value % 10 for value in values) % 10) % 10 == int(text[8])


def is_card(text: str) -> bool:
    """Tell whether it is the number of a payment card of one of the large networks.

    Example:
        >>> is_card("4111111111111111"), is_card("4111111111111112")
        (True, False)
    """
    prefixes = r"(?:4|5[1-5]|2[2-7]|3[47]|6011|65)[0-9]+"
    return 13 <= len(text) <= 19 and re.fullmatch(prefixes, text) is not None and _is_luhn(text)


def is_german_tax_id(text: str) -> bool:
    """Tell whether it is the tax number that a person in Germany has for life.

    Example:
        >>> is_german_tax_id("86095742719"), is_german_tax_id("86095742710")
        (True, False)
    """
    return re.fullmatch(r"[1-9][0-9]{10}", text) is not None and iso_7064_digit(text[:-1]) == int(text[-1])


def is_german_vat_id(text: str) -> bool:
    """Tell whether it is a German number for value added tax.

    Example:
        >>> is_german_vat_id("DE136695976"), is_german_vat_id("DE136695978")
        (True, False)
    """
    return re.fullmatch(r"DE[1-9][0-9]{8}", text) is not None and iso_7064_digit(text[2:-1]) == int(text[-1])


def iso_7064_digit(digits: str) -> int:
    """Return the check digit of ISO 7064 MOD 11,10 for digits."""
    product = 10
    for digit in digits:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10


def luhn_digit(digits: str) -> int:
    """Return the check digit of ISO/IEC 7812 for digits."""
    return next(digit for digit in range(10) if _is_luhn(f"{digits}{digit}"))


def _is_luhn(digits: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _modulo_97(text: str) -> int:
    return int("".join(str(int(char, 36)) for char in text)) % 97
