from averment.compliance.documents.facts import DecisionFacts, EvaluationFacts
from averment.compliance.documents.filled import FileEvidence, FilledDocument
from averment.core.audit import EventType
from tests.compliance.documents.builders import DIGEST, EVENTS, Place, facts


def said(document: FilledDocument, field: str) -> str:
    blocks = document.fields[field].blocks
    return "\n".join([block.text for block in blocks] + [" ".join(row) for block in blocks for row in block.rows])


def test_points_that_a_machine_knows_are_filled_from_facts_and_log(place: Place) -> None:
    prompt = FileEvidence(place="software", path="pipelines/reasoning/prompts/plan.j2", sha256=DIGEST)
    decision = DecisionFacts(file=FileEvidence(place="installation", path="0001.md", sha256=DIGEST), title="Layout")
    document = place.make("annex-iv", system=facts(prompts=(prompt,), decisions=(decision,)))
    for field, words in {
        "IV.1.a": "trial", "IV.1.b": "edge", "IV.1.c": "pydantic", "IV.1.e": "16 GiB", "IV.1.g": "GET /healthz",
        "IV.2.a": "Qwen/Qwen3-8B", "IV.2.b": "plan.j2", "IV.2.c": "1 trainings", "IV.2.d": "filesystem",
        "IV.3.4": "application/pdf", "IV.6": "retriever.index.changed", "IV.7.2": "EN 18286:2026",
    }.items():  # fmt: skip
        assert words in said(document, field), field
    assert "Layout" in said(document, "IV.2.b")


def test_figures_are_those_of_the_evaluation_and_its_lack_is_said(place: Place) -> None:
    assert "No result of an evaluation" in place.make("annex-iv").fields["IV.2.g"].reason
    file = FileEvidence(place="installation", path="result.json", sha256=DIGEST)
    run = EvaluationFacts(file=file, kind="answers", created="2026-10-01", figures=(("cuad", "right", "0.71"),))
    document = place.make("annex-iv", system=facts(evaluations=(run,)))
    assert "cuad right 0.71" in said(document, "IV.3.1")
    assert "not signed" in said(document, "IV.2.g")
    assert "No responsible person signed these results" in document.fields["IV.2.g"].reason
    by_whom = run.model_copy(update={"signed_by": "Anna Example, Head of quality", "signed_on": "2026-10-02"})
    document = place.make("annex-iv", system=facts(evaluations=(by_whom,)))
    assert "signed by Anna Example, Head of quality on 2026-10-02" in said(document, "IV.2.g")
    assert "signed these" not in document.fields["IV.2.g"].reason


def test_every_change_in_the_log_is_counted(place: Place) -> None:
    changes = [kind for kind in EVENTS if kind in {EventType.CONFIG_CHANGED, EventType.MODEL_LOADED,
               EventType.MODEL_TRAINED, EventType.INDEX_CHANGED, EventType.PURPOSE_CREATED}]  # fmt: skip
    assert f"names {len(changes)} changes" in said(place.make("annex-iv"), "IV.6")
    place.append(EventType.CONFIG_CHANGED)
    assert f"names {len(changes) + 1} changes" in said(place.make("annex-iv"), "IV.6")
