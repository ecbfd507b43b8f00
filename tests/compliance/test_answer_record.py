"""What the log states of an answer, whatever the answer looks like, and what the verifier reads out of it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from averment.compliance.answer_record import MAX_LISTED, answer_citations, answer_record, place_digest
from averment.compliance.averment_verify import EXIT_FAILED, EXIT_OK, main
from averment.compliance.recorder import EvidenceRecorder, open_evidence
from averment.core.answers import Answer, Calculation, Escalation, ModelCall, Operand, ReasoningStep, Sentence
from averment.core.audit import AuditEvent, EventType, Payload
from averment.core.clock import SystemClock
from averment.core.jsonable import to_json
from averment.core.testing.backend import an_answer
from tests.compliance.evidence import DIGEST, ORIGIN


def thorough_answer() -> Answer:
    """Return an answer with a computed value, model calls with awkward parameters, and odd names."""
    answer = an_answer("0198a1b2-aaaa")
    claim = answer.claims[1]
    assert claim.calculation is not None
    citation = replace(claim.citations[0], start=90, end=99)
    operand = Operand(
        name="c1", label="Revenue", value=claim.calculation.value, unit="USD", scale=1000, period="2025",
        citation=citation,
    )  # fmt: skip
    claim = replace(
        claim, calculation=Calculation(expression="c1", operands=(operand,), value=operand.value, unit=None)
    )
    call = ModelCall(
        purpose="write", model="/home/anna/models/qwen", revision=None, prompt_hash=DIGEST,
        parameters={"temperature": 0.6, "top_k": 20, "guided": True, "schema": '{"type": "object"}'}, seed=7,
        input_tokens=10, cached_tokens=None, output_tokens=3, duration_s=0.25, finish="stop", output_digest=DIGEST,
    )  # fmt: skip
    step = ReasoningStep(
        number=1, kind="write", summary="wrote", query="anna's question", passage_ids=(DIGEST, "short-id"),
        model_call=call, started_at=datetime(2026, 1, 2, tzinfo=UTC), duration_s=0.5,
    )  # fmt: skip
    sentences = (answer.sentences[0], Sentence(kind=answer.sentences[1].kind, text="1.50", claim=claim))
    return replace(
        answer,
        sentences=sentences,
        steps=(step,),
        receipt=None,
        pipeline_hash=DIGEST,
        warnings=("a sentence, no code",),
    )


def record(recorder: EvidenceRecorder, answer: Answer) -> int:
    content = json.dumps(to_json(answer)).encode()
    event = AuditEvent(
        type=EventType.ANALYSIS_COMPLETED,
        subject="anna",
        purpose=answer.purpose,
        data=answer_record(answer),
        payloads=(Payload(name="answer", content=content),),
    )
    return recorder.append(event)


def test_an_answer_its_receipt_and_its_record_belong_together(tmp_path: Path) -> None:
    answer = thorough_answer()
    with open_evidence(
        tmp_path / "evidence", tmp_path / "keys", clock=SystemClock(), origin=ORIGIN, must_exist=False
    ) as recorder:
        released = replace(answer, receipt=recorder.receipt(record(recorder, answer)))
        (tmp_path / "policy").write_text(recorder.vkey)
    for name, changed, expected in (
        ("as it is", released, EXIT_OK),
        ("another id", replace(released, id="other"), EXIT_FAILED),
        ("another status", replace(released, status="abstained"), EXIT_FAILED),
        ("a malformed sentence", replace(released, sentences=(5,)), EXIT_FAILED),  # type: ignore[arg-type] # hostile
        ("a sentence less", replace(released, sentences=released.sentences[:1]), EXIT_FAILED),
    ):
        path = tmp_path / "answer.json"
        path.write_text(json.dumps(to_json(changed)))
        assert main([str(path), "--policy", str(tmp_path / "policy")]) == expected, name
    entries = b"".join(path.read_bytes() for path in (tmp_path / "evidence/log").rglob("*") if path.is_file())
    for text in ("anna", "3 y", "Revenue", "object", "a sentence", "1.50"):
        assert text.encode() not in entries, text


def test_operands_of_computed_values_count_as_cited() -> None:
    answer = thorough_answer()
    assert len({place_digest(citation) for citation in answer_citations(answer)}) == 2
    assert answer_record(answer)["n_citations"] == 2


def test_long_lists_are_cut_and_still_counted(tmp_path: Path) -> None:
    answer = thorough_answer()
    claim = answer.claims[0]
    citations = tuple(replace(claim.citations[0], start=at, end=at + 1) for at in range(1_000))
    sentence = replace(answer.sentences[0], claim=replace(claim, citations=citations))
    steps = tuple(replace(answer.steps[0], number=at, passage_ids=(f"p{at}",)) for at in range(300))
    long = replace(answer, sentences=(sentence,), steps=steps)
    data = answer_record(long)
    assert (data["n_citations"], data["n_steps"], data["n_model_calls"], data["n_passages"]) == (1_000, 300, 300, 300)
    assert isinstance(data["citations"], list)
    assert len(data["citations"]) == MAX_LISTED
    with open_evidence(
        tmp_path / "evidence", tmp_path / "keys", clock=SystemClock(), origin=ORIGIN, must_exist=False
    ) as recorder:
        record(recorder, long)


def test_an_answer_with_nothing_in_it_is_recorded(tmp_path: Path) -> None:
    empty = replace(
        an_answer(), sentences=(), claims=(), value=None, status="abstained", method="none", pipeline_hash="",
        confidence=replace(an_answer().confidence, score=None, threshold=None), receipt=None,
    )  # fmt: skip
    with open_evidence(
        tmp_path / "evidence", tmp_path / "keys", clock=SystemClock(), origin=ORIGIN, must_exist=False
    ) as recorder:
        record(recorder, empty)


def test_an_escalation_is_recorded_by_model_codes_and_counts(tmp_path: Path) -> None:
    made = Escalation(
        reason="withheld", outcome="unused", code="a sentence, no code", model="larger", revision=None,
        is_external=True, model_calls=2, prompt_tokens=900, completion_tokens=30,
    )  # fmt: skip
    data = answer_record(replace(thorough_answer(), escalation=made))
    found = data["escalation"]
    assert isinstance(found, dict)
    assert str(found.pop("code")).startswith("sha256:")
    assert found == {
        "reason": "withheld", "outcome": "unused", "model": "larger", "revision": None, "external": True,
        "model_calls": 2, "prompt_tokens": 900, "completion_tokens": 30,
    }  # fmt: skip
    assert answer_record(thorough_answer())["escalation"] is None
    with open_evidence(
        tmp_path / "evidence", tmp_path / "keys", clock=SystemClock(), origin=ORIGIN, must_exist=False
    ) as recorder:
        record(recorder, replace(thorough_answer(), escalation=made))
