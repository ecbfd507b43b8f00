"""What the patterns recognise in sentences of contracts, and what they leave alone."""

import pytest

from averment.compliance.pii.kinds import Kind, settled
from averment.compliance.pii.patterns import find_patterns

RECOGNISED = [
    (Kind.EMAIL, "Notices go to <anna.heide+hr@mail.beispiel.de>.", "anna.heide+hr@mail.beispiel.de"),
    (Kind.IBAN, "Konto DE89 3704 0044 0532 0130 00 BIC COBADEFFXXX", "DE89 3704 0044 0532 0130 00"),
    (Kind.IBAN, "IBAN: DE89 3704 0044 0532 0130 01", "DE89 3704 0044 0532 0130 01"),
    (Kind.IBAN, "Account No. 123456789 at the Bank", "123456789"),
    (Kind.CARD, "charged to 4111 1111 1111 1111 monthly", "4111 1111 1111 1111"),
    (Kind.SOCIAL_SECURITY, "the Employee (123-45-6789) shall", "123-45-6789"),
    (Kind.SOCIAL_SECURITY, "Social Security No. 123456789", "123456789"),
    (Kind.SOCIAL_SECURITY, "Versicherungsnummer 15 070649 C 103", "15 070649 C 103"),
    (Kind.TAX_NUMBER, "Steuer-ID: 86 095 742 719", "86 095 742 719"),
    (Kind.TAX_NUMBER, "Steuernummer 21/815/08150", "21/815/08150"),
    (Kind.TAX_NUMBER, "USt-IdNr. DE136695976", "DE136695976"),
    (Kind.TAX_NUMBER, "94-2404110\n(I.R.S. Employer Identification No.)", "94-2404110"),
    (Kind.IDENTITY_DOCUMENT, "Personalausweis-Nr. L01X00T47", "L01X00T47"),
    (Kind.IDENTITY_DOCUMENT, "holder of passport no. C01X00T47,", "C01X00T47"),
    (Kind.DATE_OF_BIRTH, "Frau Heide, geb. am 12.03.1985,", "12.03.1985"),
    (Kind.DATE_OF_BIRTH, "born on March 3, 1971 in Ohio", "March 3, 1971"),
    (Kind.PHONE, "Telephone: (212) 555-0142.", "(212) 555-0142"),
    (Kind.PHONE, "Mobil +49 170 1234567", "+49 170 1234567"),
    (Kind.PHONE, "Tel.: 030/1234567-12", "030/1234567-12"),
    (Kind.ADDRESS, "at 12 Main Street, Springfield, IL 62704 (the", "12 Main Street, Springfield, IL 62704"),
    (Kind.ADDRESS, "wohnhaft Lindenstraße 12a,\n10969 Berlin", "Lindenstraße 12a,\n10969 Berlin"),
    (Kind.ADDRESS, "An der Alster 3, 20099 Hamburg", "An der Alster 3, 20099 Hamburg"),
    (Kind.BIC, "BIC COBADEFFXXX", "COBADEFFXXX"),
    (Kind.COMPANY_REGISTER, "Amtsgericht München, HRB 12345", "HRB 12345"),
    (Kind.SECURITY, "ISIN US0378331005", "US0378331005"),
    (Kind.SECURITY, "CUSIP No. 037833100", "037833100"),
    (Kind.LEI, "LEI 529900T8BM49AURSDO55", "529900T8BM49AURSDO55"),
]
LEFT_ALONE = [
    "Revenue was $1,234,567 in 2023 and 1.234.567,00 Euro in 2022.",
    "See Section 12.3, Exhibit 10.21 and Rule 12b-2 of the Exchange Act.",
    "Commission File Number 001-36743, dated as of September 30, 2023.",
    "Der Kaufpreis beträgt 50000 Euro, fällig am 12.03.2024, § 12 Abs. 3 BGB.",
    "between 3 to 5 Business Days; 2023-06-30; 100,000 shares; 12 months",
    "The AGREEMENT and the EMPLOYEE 12 345 678 901 units",
    "This Agreement was born of 10 years of work.",
]


def found(text: str) -> list[tuple[Kind, str]]:
    return [(span.kind, text[span.start : span.end]) for span in settled(find_patterns(text))]


@pytest.mark.parametrize(("kind", "text", "part"), RECOGNISED)
def test_a_sentence_gives_up_what_it_holds_exactly(kind: Kind, text: str, part: str) -> None:
    assert (kind, part) in found(text)


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_ordinary_numbers_of_contracts_are_left_alone(text: str) -> None:
    assert found(text) == []


def test_an_identifier_of_a_security_is_not_taken_for_one_of_a_person() -> None:
    for text in ("ISIN US0378331005", "CUSIP 037833100", "LEI 529900T8BM49AURSDO55"):
        assert not any(kind.is_personal for kind, _ in found(text))


def test_hostile_text_takes_no_time_to_speak_of() -> None:
    for text in ("A1 " * 20_000, "a." * 30_000 + "@", "1 " * 30_000, "Am A" * 20_000, "1 A" * 20_000):
        assert len(found(text)) < 20_000
