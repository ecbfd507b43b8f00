from averment.compliance.documents.facts import EvaluationFacts
from averment.compliance.documents.filled import FileEvidence, Status
from tests.compliance.documents.builders import DIGEST, Place, facts


def test_figures_are_those_of_the_evaluation_named_in_the_settings(place: Place) -> None:
    file = FileEvidence(place="installation", path="result.json", sha256=DIGEST)
    run = EvaluationFacts(file=file, kind="answers", created="2026-10-01", figures=(("cuad", "right", "0.71"),))
    blocks = place.make("instructions", system=facts(evaluations=(run,))).fields["13.3.b.ii"].blocks
    assert [row for block in blocks for row in block.rows] == [("cuad", "right", "0.71")]


def test_what_a_machine_knows_is_provided_in_german_too(place: Place) -> None:
    document = place.make("instructions", language="de")
    provided = {key for key, field in document.fields.items() if field.status is Status.PROVIDED}
    assert provided == {"13.3.b.iv", "13.3.b.vi", "13.3.b.vii", "13.3.f"}
    assert document.fields["13.3.f"].title == "Protokolle"
    assert "averment-verify prüft" in document.fields["13.3.f"].blocks[1].text
