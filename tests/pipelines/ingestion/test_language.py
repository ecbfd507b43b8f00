"""Languages are told by their common words."""

import pytest

from averment.pipelines.ingestion.language import FOREIGN_SHARE, detect_language, foreign_share
from averment.pipelines.ingestion.partition import partition


def test_languages() -> None:
    assert (
        detect_language("The supplier shall deliver the goods to the customer in the place that is named. " * 3) == "en"
    )
    assert (
        detect_language("Der Lieferant liefert die Ware an den Kunden und trägt die Kosten der Lieferung nicht. " * 3)
        == "de"
    )
    assert detect_language("Le fournisseur livre les marchandises au client dans le lieu qui est indiqué. " * 3) == "fr"
    assert detect_language("Lorem ipsum") is None
    assert detect_language("xyzzy " * 50) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Настоящий договор заключен между сторонами и вступает в силу с даты подписания сторонами.", "ru"),
        ("本契約は、当事者が署名した日に効力を生じるものとし、いずれの当事者も書面により解約することができる。", "ja"),
        ("Umowa została zawarta na czas nieokreślony i może być rozwiązana przez każdą ze stron z zachowaniem "
         "okresu wypowiedzenia oraz na piśmie, o ile nie jest to sprzeczne z prawem.", "pl"),
        ("Avtalet gäller från och med den dag som anges och är inte giltigt om det inte har undertecknats av parterna "
         "vid den tidpunkt som ska gälla för båda.", "sv"),
    ],
)  # fmt: skip
def test_other_languages_are_told_by_words_or_script(text: str, language: str) -> None:
    assert detect_language(text) == language


ENGLISH = "The tenant shall pay the rent to the landlord in advance and is not entitled to any deduction from it. " * 8
GERMAN = "Der Mieter zahlt die Miete im Voraus an den Vermieter und ist nicht zu einem Abzug von der Miete befugt. " * 8
FRENCH = (
    "Le locataire paie le loyer au bailleur et ne peut pas en déduire une somme que le contrat ne prévoit pas. " * 8
)


def test_a_text_in_english_and_german_is_not_foreign_and_half_a_french_one_is() -> None:
    assert foreign_share(ENGLISH + GERMAN) == 0
    assert foreign_share(ENGLISH + FRENCH) > FOREIGN_SHARE
    assert foreign_share("1,234 5,678 " * 200) == 0


def test_a_document_in_another_language_is_flagged() -> None:
    for text, flags in ((ENGLISH, {}), (GERMAN, {}), (FRENCH, {"language_not_supported": 1})):
        parsed = partition(text.encode(), name="a.txt")
        assert parsed.warnings == flags
    assert partition(FRENCH.encode(), name="a.txt").language == "fr"


def test_hidden_text_does_not_change_the_language() -> None:
    page = f"<html><body><p>{ENGLISH}</p><p style='display:none'>{FRENCH * 20}</p></body></html>"
    parsed = partition(page.encode(), name="a.html")
    assert "language_not_supported" not in parsed.warnings
