from averment.compliance.documents.facts import EvaluationFacts
from averment.compliance.documents.filled import FileEvidence, FilledDocument, Status
from averment.compliance.documents.thresholds import declare
from averment.core.audit import AuditEvent, EventType
from averment.core.ids import sha256_id
from tests.compliance.documents.builders import PROVIDED, Place, facts, peoples_yaml
from tests.compliance.documents.test_measured import run as log_run
from tests.compliance.documents.test_thresholds import signed_thresholds

RESULT = b'{"kind": "answers"}'


def made(place: Place, code: str = "annex-iv") -> FilledDocument:
    """Make a document that names a signed result."""
    (place.root / "result.json").write_bytes(RESULT)
    file = FileEvidence(place="installation", path="result.json", sha256=sha256_id(RESULT))
    figures = (("cuad", "right", "0.71"),)
    run = EvaluationFacts(
        file=file, kind="answers", created="2026-11-01", signed_by="Anna", signed_on="2026-11-02", figures=figures
    )
    return place.make(code, system=facts(evaluations=(run,)))


def run(place: Place) -> int:
    return log_run(place, result=sha256_id(RESULT))


def declare_now(place: Place) -> int:
    """Declare signed thresholds, and log them."""
    folder = place.installation.folder
    stated = declare(signed_thresholds(folder), folder)
    place.clock.advance(60)
    with place.recorder() as recorder:
        return recorder.append(AuditEvent(type=EventType.EVAL_THRESHOLDS, subject="anna@example.com", data=stated))


def test_a_result_without_its_run_in_the_log_is_not_enough(place: Place) -> None:
    place.people("annex-iv.yaml", peoples_yaml("annex-iv", {"IV.2.g": PROVIDED}))
    for field in ("IV.2.g", "IV.3.1"):
        assert "no entry of the runs that made these results" in made(place).fields[field].reason
    run(place)
    assert "no entry of the runs" not in made(place).fields["IV.2.g"].reason
    assert "No thresholds were declared before result.json" in made(place).fields["IV.2.g"].reason


def test_thresholds_after_the_run_are_refused_and_before_it_count(place: Place) -> None:
    place.people("annex-iv.yaml", peoples_yaml("annex-iv", {"IV.2.g": PROVIDED}))
    run(place)
    declare_now(place)
    refused = made(place).fields["IV.2.g"]
    assert "Thresholds not set before the run" in refused.reason
    assert refused.status is Status.MISSING


def test_thresholds_before_the_run_are_shown_with_their_signer_and_what_was_measured(place: Place) -> None:
    place.people("annex-iv.yaml", peoples_yaml("annex-iv", {"IV.2.g": PROVIDED}))
    entry = declare_now(place)
    index = run(place)
    document = made(place)
    field = document.fields["IV.2.g"]
    assert (field.status, field.reason) == (Status.PROVIDED, "")
    said = " ".join(block.text for block in field.blocks)
    assert f"declared in entry {entry}" in said
    assert "signed by Anna Example, Head of quality" in said
    verdicts = next(block for block in field.blocks if block.text == "Thresholds and what was measured")
    assert [row[-1] for row in verdicts.rows] == ["yes", "no"]  # of the second figure nothing was measured
    cited = {getattr(one, "index", None) for one in document.evidence.values()}
    assert {entry, index} <= cited
    (place.installation.folder / "signers.yaml").unlink()
    assert "carry no signature that counts" in made(place).fields["IV.2.g"].reason


def test_figures_of_the_instructions_cite_the_run(place: Place) -> None:
    index = run(place)
    document = made(place, "instructions")
    table = next(block for block in document.fields["13.3.b.ii"].blocks if ("cuad", "right", "0.71") in block.rows)
    assert index in {getattr(document.evidence[name], "index", None) for name in table.evidence}


def test_the_risk_register_lists_what_was_declared(place: Place) -> None:
    entry = declare_now(place)
    blocks = made(place, "risk-register").fields["9.8"].blocks
    assert (str(entry), "answers", "Anna Example, Head of quality") == blocks[0].rows[0][1:]
