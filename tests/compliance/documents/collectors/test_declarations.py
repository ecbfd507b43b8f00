import pytest

from tests.compliance.documents.builders import Place


@pytest.mark.parametrize(
    ("code", "field"), [("annex-v", "1"), ("annex-viii-a", "A.4"), ("annex-viii-b", "B.4"), ("article-6-4", "6.4.date")]
)
def test_the_system_is_named_and_the_person_still_has_to_speak(place: Place, code: str, field: str) -> None:
    found = place.make(code).fields[field]
    assert "Averment 0.1.0" in found.blocks[0].text
    assert "people" in found.reason
