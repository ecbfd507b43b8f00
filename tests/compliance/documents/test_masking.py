import re

from averment.compliance.documents.masking import mask_document
from averment.compliance.pii.kinds import Kind, Level, Span
from averment.compliance.pii.masking import Masker
from tests.compliance.documents.builders import Place, peoples_yaml

FIELD = '{status: provided, text: "Write to anna.example@firm.test.", owner: "head@firm.test", date: 2026-10-01}'


def masker(level: Level) -> Masker:
    return Masker(addresses, level=level)


def addresses(text: str) -> list[Span]:
    found = re.finditer(r"[\w.]+@[\w.]+\w", text)
    return [Span(start=m.start(), end=m.end(), kind=Kind.EMAIL, score=1.0, recogniser="test") for m in found]


def test_peoples_words_are_masked_and_the_document_says_so(place: Place) -> None:
    place.people("annex-v.yaml", peoples_yaml("annex-v", {"1": FIELD}))
    document = place.make("annex-v")
    assert document.masking == "none"
    masked = mask_document(document, masker(Level.CONTACTS))
    assert masked.masking == "contacts"
    text = masked.to_json().decode()
    assert "firm.test" not in text
    assert "Write to [EMAIL 1]." in text
    assert masked.fields["1"].asks == document.fields["1"].asks


def test_at_no_level_nothing_changes(place: Place) -> None:
    place.people("annex-v.yaml", peoples_yaml("annex-v", {"1": FIELD}))
    document = place.make("annex-v")
    assert mask_document(document, masker(Level.NONE)) == document
