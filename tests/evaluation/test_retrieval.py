"""The whole evaluation, on a small pack and, slowly, on real contracts."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from averment.core.errors import ConfigurationError, UsageError
from averment.core.ids import content_hash
from averment.core.testing.clock import FixedClock
from averment.core.testing.embedder import HashEmbedder
from averment.evaluation.ablations import ABLATIONS
from averment.evaluation.retrieval import EvaluatedParts, EvaluationOptions, run_retrieval_eval
from averment.pipelines.retrieval.reranking import RerankingStep

from .small_pack import write_pack

pytestmark = pytest.mark.slow


def run(tmp_path: Path, *, reranking: RerankingStep | None = None, **changes: Any) -> dict[str, Any]:
    pack = tmp_path / "pack"
    if not pack.exists():
        write_pack(pack)
    options = EvaluationOptions(**{"input": "txt", **changes})
    parts = EvaluatedParts(embedder=HashEmbedder(), clock=FixedClock(), reranking=reranking)
    return run_retrieval_eval(pack, ["small"], out=tmp_path / "out", options=options, parts=parts)


def test_result_and_report_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = run(tmp_path)
    assert json.loads((tmp_path / "out" / "result.json").read_text()) == json.loads(json.dumps(result))
    assert "<svg" in (tmp_path / "out" / "report.html").read_text()
    small = result["benchmarks"]["small"]
    assert (small["questions"], small["questions_without_gold"]) == (2, 1)
    ours = small["systems"]["averment"]
    assert ours["document_first"] == 1.0
    assert ours["recall"]["8"]["mean"] == 1.0
    assert small["alignment"] == {"spans": 2, "well_aligned": 2, "not_found": 0, "mean_share": 1.0}
    assert set(small["systems"]) == {"averment", "dense", "bm25", "fused"}
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "small: ingest: 2/2" in captured.err


def test_it_goes_on_where_it_was(tmp_path: Path) -> None:
    first = run(tmp_path)
    again = run(tmp_path, resume=True)
    for result in (first, again):
        result["benchmarks"]["small"].pop("query_ms")
        for row in result["benchmarks"]["small"]["rows"]:
            row.pop("ms")
        result["benchmarks"]["small"]["corpus"].pop("ingest_s")
        result["settings"].pop("resume")
    assert first == again


def test_a_sample_is_seeded(tmp_path: Path) -> None:
    rows = [run(tmp_path, limit=1, seed=4)["benchmarks"]["small"]["rows"] for _ in range(2)]
    assert [row["id"] for row in rows[0]] == [row["id"] for row in rows[1]]
    assert len(rows[0]) == 1


def test_each_part_of_retrieval_is_left_out_in_turn(tmp_path: Path) -> None:
    found = run(tmp_path, ablations=True)["benchmarks"]["small"]
    assert set(found["ablations"]) == set(ABLATIONS)
    for measured in found["ablations"].values():
        assert 0 <= measured["recall_8"] <= measured["recall_32"] <= 1
    assert "What each part is worth" in (tmp_path / "out" / "report.html").read_text()


def test_no_benchmark_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no benchmark named"):
        run_retrieval_eval(tmp_path, [], out=tmp_path / "out")


def test_a_kind_of_file_that_is_missing_is_found_before_anything_is_ingested(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="'d1' has no pdf file"):
        run(tmp_path, input="pdf")
    assert not (tmp_path / "out" / "work").exists()


@pytest.mark.slow
def test_real_templates_are_told_apart(shared_data: Path, tmp_path: Path) -> None:
    """Words alone, no model: near-identical DOCX templates, each clause in the template that was named."""
    result: dict[str, Any] = run_retrieval_eval(
        shared_data,
        ["docx"],
        out=tmp_path,
        options=EvaluationOptions(input="native", limit=40),
        parts=EvaluatedParts(embedder=HashEmbedder(), clock=FixedClock()),
    )
    docx = result["benchmarks"]["docx"]
    assert docx["systems"]["averment"]["recall"]["8"]["mean"] > docx["systems"]["bm25"]["recall"]["8"]["mean"] + 0.3


class Turning:
    """Likes the last passage best."""

    model_id = "turning@sha256:aa"

    def warm_up(self) -> None:
        """Need nothing."""

    def scores(self, question: str, texts: Sequence[str], *, budget_s: float) -> list[float]:
        return [number / len(texts) for number in range(len(texts))]


def test_a_reranker_is_measured_and_named(tmp_path: Path) -> None:
    step = RerankingStep(reranker=Turning(), candidates=8, budget_s=1.0, clock=FixedClock())
    plain, turned = run(tmp_path / "a"), run(tmp_path / "b", reranking=step)
    assert plain["reranker"] is None
    assert turned["reranker"] == {"id": "turning@sha256:aa", "candidates": 8, "budget_ms": 1000}
    assert plain["benchmarks"]["small"]["retriever"] != turned["benchmarks"]["small"]["retriever"]


def test_only_documents_held_out_are_asked_about(tmp_path: Path) -> None:
    whole = run(tmp_path)["benchmarks"]["small"]
    assert len(whole["asked_documents"]) == 2
    held = content_hash((tmp_path / "pack" / "corpus" / "d2.txt").read_bytes())
    found = run(tmp_path, held_out=(held,))["benchmarks"]["small"]
    assert [row["id"] for row in found["rows"]] == ["q-d2"]
    assert found["asked_documents"] == [held]
    assert found["corpus"]["ingested"] == 2
    with pytest.raises(UsageError, match="none of 2 questions is about 1 documents held out"):
        run(tmp_path, held_out=("sha256:other",))


def test_a_model_of_other_documents_is_refused_before_anything_is_ingested(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="held out"):
        run(tmp_path, held_out=(content_hash(b"another"),))
    assert not (tmp_path / "out" / "work").exists()
