"""Uses outside are recognised (R14), measured as a user measures it, with the packaged embedder.

`python -m pytest -s` prints the figures.
"""

import json
import os
import random
from pathlib import Path

import pytest

from averment.compliance.purposes.gate import judge
from averment.compliance.purposes.screening import screening_rules
from averment.compliance.recording import screening_likeness
from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder
from averment.pipelines.likeness import open_likeness
from tests.e2e.installation import MODELS, Installation, make_installation

QUESTIONS = Path(__file__).parents[1] / "compliance" / "purposes"
SAMPLE = None if os.environ.get("AVERMENT_TEST_LONG") else 300


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return make_installation(tmp_path_factory.mktemp("screening"))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), [("prompts_held_out", 17), ("prompts_held_out_2", 27)])
def test_most_held_out_uses_outside_are_recognised_and_no_other_question_is_stopped(
    installation: Installation, name: str, least: int
) -> None:
    """When this was written 20 of 20 and 30 of 33 were recognised, and none of 86 others was stopped or flagged."""
    found = installation.ok("purpose", "screen", "--evaluate", str(QUESTIONS / f"{name}.yaml"), "--json").json()
    print(name, json.dumps({key: found[key] for key in ("recognised", "blocked", "right_point", "stopped", "flagged")}))
    assert found["recognised"]["count"] >= least
    assert found["stopped"]["count"] == 0
    assert found["flagged"]["count"] <= 2


@pytest.mark.slow
def test_a_question_is_judged_without_being_kept(installation: Installation) -> None:
    likened = installation.ok("purpose", "screen", "Whose work in bookkeeping would we miss least?", "--json").json()
    assert (likened["outcome"], likened["codes"]) == ("flagged", ["annex-iii.4.b", "likeness"])
    assert installation.ok("purpose", "screen", "Rank the candidates by their CVs.").stdout == (
        "blocked (annex-iii.4.a, decision.rate)\n"
    )
    assert installation.ok("purpose", "screen", "What is the term?", "--json").json()["outcome"] == "allowed"
    kept = b"".join(path.read_bytes() for path in (installation.root / ".averment").rglob("*") if path.is_file())
    assert b"bookkeeping" not in kept


def test_either_a_question_or_a_file_is_judged(tmp_path: Path) -> None:
    refused = make_installation(tmp_path).run("purpose", "screen", "--json")
    assert (refused.code, "--evaluate" in refused.json()["detail"]) == (2, True)


@pytest.mark.slow
def test_no_benchmark_question_about_contracts_and_filings_is_stopped_or_flagged(
    shared_data: Path, tmp_path: Path
) -> None:
    """Questions that others wrote for other measurements: 2,127 when this was, of which none was."""
    lines = [line for path in shared_data.glob("benchmarks/*/queries.jsonl") for line in path.open(encoding="utf-8")]
    questions = sorted({str(json.loads(line)["question"]) for line in lines})
    if SAMPLE is not None:
        questions = random.Random(14).sample(questions, SAMPLE)
    embedder = SentenceTransformerEmbedder(caches=[tmp_path, MODELS])
    likeness = screening_likeness(open_likeness(lambda: embedder, cache=tmp_path))
    judged = [judge(question, rules=screening_rules(), likeness=likeness) for question in questions]
    assert [each.outcome for each in judged if each.outcome == "blocked"] == []
    assert sum(each.outcome == "flagged" for each in judged) <= 2
