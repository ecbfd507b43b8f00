"""Languages are told by their common words."""

from averment.pipelines.ingestion.language import detect_language


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
