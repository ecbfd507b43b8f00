import pytest

from averment.compliance.documents.filled import EntryEvidence, FilledDocument, Language, Status
from averment.compliance.explanation import Element, Explanation
from averment.core.errors import UsageError
from tests.compliance.documents.builders import Place, an_explanation


def texts(document: FilledDocument, field: str) -> list[str]:
    blocks = document.fields[field].blocks
    return [part for block in blocks for part in (block.text, *(cell for row in block.rows for cell in row))]


@pytest.mark.parametrize(
    ("language", "told"), [("en", {"quotation", "supported", "0.812"}), ("de", {"Zitat", "belegt", "0.812"})]
)
def test_every_element_cites_the_entry_of_the_answer(place: Place, language: Language, told: set[str]) -> None:
    document = place.make("explanation", subject="a-1", language=language)
    elements = document.fields["86.elements"]
    assert elements.status is Status.PROVIDED
    cited = {document.evidence[name] for block in elements.blocks for name in block.evidence}
    assert {evidence.type for evidence in cited if isinstance(evidence, EntryEvidence)} == {"analysis.completed"}
    assert told <= set(texts(document, "86.elements"))
    assert document.fields["86.human"].status is Status.MISSING
    assert document.is_generated is False


def test_words_stand_in_it_only_where_they_were_given_and_are_shown_as_quoted(place: Place) -> None:
    withheld = place.make("explanation", subject="a-1")
    assert "answer" not in {block.made_by for block in withheld.fields["86.elements"].blocks}
    given = place.make("explanation", subject="a-1", explanation=an_explanation(words="So it is.", kind="statement"))
    (quoted,) = [block for block in given.fields["86.elements"].blocks if block.made_by == "answer"]
    assert ("1", "So it is.") in quoted.rows
    assert given.is_generated


def test_what_people_decided_is_told(place: Place) -> None:
    decision = Element(
        name="human_decision",
        value={"reviewer": "hmac-sha256:" + "c" * 64, "decision": "override", "reason": "wrong-figures",
               "seconds_viewed": 40, "decided_at": "2026-11-01T10:00:00Z", "flags": []},
        entry=8,
    )  # fmt: skip
    made: Explanation = an_explanation(human="decided", more=(decision,))
    told = texts(place.make("explanation", subject="a-1", explanation=made), "86.human")
    assert told[0] == "People reviewed the answer and decided on it."
    assert {"overridden", "wrong-figures", "40", "c" * 12} <= set(told)


def test_without_a_recorded_answer_there_is_none(place: Place) -> None:
    with pytest.raises(UsageError, match="from a recorded answer"):
        place.make("explanation", subject="a-1", explanation=None)
