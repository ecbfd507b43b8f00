import pytest

from averment.compliance.documents.filled import EntryEvidence, Language, Status
from averment.core.audit import EventType
from averment.core.errors import UsageError
from tests.compliance.documents.builders import Place, new_place


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_element_cites_the_entry_of_the_answer(place: Place, language: Language) -> None:
    document = place.make("explanation", subject="a-1", language=language)
    elements = document.fields["86.elements"]
    assert elements.status is Status.PROVIDED
    cited = [document.evidence[name] for block in elements.blocks for name in block.evidence]
    assert [evidence.type for evidence in cited if isinstance(evidence, EntryEvidence)] == ["analysis.completed"]
    assert document.fields["86.human"].status is Status.MISSING
    assert ("Sätze: quote", "2") in elements.blocks[0].rows or ("sentences: quote", "2") in elements.blocks[0].rows


def test_an_unknown_answer_is_refused_and_an_unfinished_one_said_to_be(place: Place, tmp_path: object) -> None:
    with pytest.raises(UsageError, match="no answer 'a-2'"):
        place.make("explanation", subject="a-2")
    unfinished = new_place(place.root / "other", [EventType.ANALYSIS_STARTED])
    assert "not finished" in unfinished.make("explanation", subject="a-1").fields["86.elements"].reason
