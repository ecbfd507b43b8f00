"""The gate refuses a regression, passes noise, and compares only what was measured alike."""

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from averment.core.errors import ConfigurationError, UsageError
from averment.evaluation.gate import p_worse, run_gate
from averment.evaluation.metrics import KS

Change = Callable[[dict[str, Any]], None]


def result(values: Sequence[float], *, documents: float = 1.0) -> dict[str, Any]:
    rows = [
        {
            "id": f"q{number}",
            "averment": {"recall": [value] * len(KS), "document_first": True, "gold_documents_ranked": documents},
        }
        for number, value in enumerate(values)
    ]
    run = {"questions_digest": "sha256:q", "documents_digest": "sha256:d", "rows": rows}
    settings = {"input": "pdf", "limit": None, "seed": 0, "budget_chars": 1350, "ks": list(KS)}
    return {"kind": "retrieval", "settings": settings, "benchmarks": {"cuad": run}}


def write(path: Path, content: object) -> Path:
    path.mkdir()
    (path / "result.json").write_text(json.dumps(content))
    return path


def gate(tmp_path: Path, before: object, after: object, **options: Any) -> bool:
    return run_gate(write(tmp_path / "before", before), write(tmp_path / "after", after), **options).passed


def noise(seed: int, n: int = 200) -> list[float]:
    dice = random.Random(seed)
    return [dice.random() for _ in range(n)]


def test_equal_results_pass(tmp_path: Path) -> None:
    found = run_gate(write(tmp_path / "a", result(noise(1))), write(tmp_path / "b", result(noise(1))) / "result.json")
    assert found.passed
    assert {entry.p_worse for entry in found.comparisons} == {1.0}
    assert {entry.changed for entry in found.comparisons} == {0}


def test_a_worse_order_of_the_same_passages_is_refused(tmp_path: Path) -> None:
    before, after = result(noise(5)), result(noise(5))
    for row in after["benchmarks"]["cuad"]["rows"]:
        row["averment"]["recall"][KS.index(1)] *= 0.8
    found = run_gate(write(tmp_path / "a", before), write(tmp_path / "b", after))
    assert {entry.measure for entry in found.worse} == {"recall_1"}


def test_a_regression_is_refused(tmp_path: Path) -> None:
    values = noise(2)
    found = run_gate(
        write(tmp_path / "a", result(values)), write(tmp_path / "b", result([max(0.0, v - 0.1) for v in values]))
    )
    assert not found.passed
    assert {entry.measure for entry in found.worse} == {"recall_1", "recall_8", "recall_32"}


def test_a_gain_passes(tmp_path: Path) -> None:
    values = noise(3)
    assert gate(tmp_path, result(values), result([min(1.0, v + 0.1) for v in values]))


def test_lists_that_got_worse_are_refused_though_recall_did_not(tmp_path: Path) -> None:
    assert not gate(tmp_path, result(noise(4)), result(noise(4), documents=0.5))


@pytest.mark.slow
def test_noise_is_refused_about_as_often_as_alpha_says() -> None:
    dice = random.Random(5)
    n_refused = sum(
        p_worse([dice.choice((-1, 1)) * dice.random() for _ in range(12)], seed=0) < 0.05 for _ in range(400)
    )
    assert 5 <= n_refused <= 40


def test_few_questions_are_counted_exactly() -> None:
    assert p_worse([-1.0, -1.0, -1.0], seed=0) == pytest.approx(1 / 8)
    assert p_worse([1.0, 1.0], seed=0) == 1.0
    assert p_worse([-0.2, 0.2], seed=0) == pytest.approx(3 / 4)
    assert p_worse([], seed=0) == 1.0


def test_many_questions_are_drawn_with_a_seed() -> None:
    values = [-0.3, 0.1, -0.2] * 20
    assert p_worse(values, seed=1) == p_worse(values, seed=1) < 0.001


def settings(name: str, value: object) -> Change:
    return lambda content: content["settings"].update({name: value})


def run_of(content: dict[str, Any]) -> dict[str, Any]:
    run: dict[str, Any] = content["benchmarks"]["cuad"]
    return run


CHANGES: dict[str, Change] = {
    "input is 'pdf' before and 'txt' after": settings("input", "txt"),
    "seed is 0 before and 1 after": settings("seed", 1),
    "limit is None before and 5 after": settings("limit", 5),
    "benchmarks are": lambda content: content["benchmarks"].update({"docx": run_of(content)}),
    "other questions": lambda content: run_of(content).update(questions_digest="sha256:x"),
    "other documents": lambda content: run_of(content).update(documents_digest="sha256:x"),
    "asked other questions": lambda content: run_of(content)["rows"].pop(),
}


@pytest.mark.parametrize("words", CHANGES)
def test_what_was_not_measured_alike_is_not_compared(tmp_path: Path, words: str) -> None:
    after = result(noise(6))
    CHANGES[words](after)
    with pytest.raises(UsageError, match=words):
        gate(tmp_path, result(noise(6)), after)


@pytest.mark.parametrize("content", [[], {}, {"kind": "robustness", "benchmarks": {}}, "x"])
def test_what_is_no_result_is_refused(tmp_path: Path, content: object) -> None:
    with pytest.raises(ConfigurationError, match="no result"):
        gate(tmp_path, content, content)


def test_a_result_of_an_older_version_is_refused(tmp_path: Path) -> None:
    old = result(noise(7))
    del run_of(old)["rows"][0]["averment"]["gold_documents_ranked"]
    with pytest.raises(ConfigurationError, match="lacks the rows of 'cuad'"):
        gate(tmp_path, old, old)


@pytest.mark.parametrize("alpha", [0.0, 1.0, -1.0, float("nan")])
def test_alpha_is_a_probability(tmp_path: Path, alpha: float) -> None:
    with pytest.raises(UsageError, match="alpha"):
        gate(tmp_path, result([]), result([]), alpha=alpha)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.json"):
        run_gate(tmp_path / "nowhere.json", tmp_path / "nowhere.json")


def test_other_texts_of_the_same_files_are_compared_and_said(tmp_path: Path) -> None:
    """A reader that loses words is caught here, and nobody takes its difference for one of retrieval."""
    before, after = result(noise(3)), result(noise(3))
    before["benchmarks"]["cuad"] |= {"texts_digest": "sha256:1", "corpus": {"ingested": 90}}
    after["benchmarks"]["cuad"] |= {"texts_digest": "sha256:2", "corpus": {"ingested": 89}}
    before["model"], after["model"] = {"id": "one"}, {"id": "two"}
    found = run_gate(write(tmp_path / "a", before), write(tmp_path / "b", after))
    assert found.passed
    assert found.notes == (
        "cuad: the files are the same, their texts are not: the difference is of reading as well",
        "cuad: 90 documents could be read before and 89 after",
        "the embedder is 'one' before and 'two' after",
    )
    worse = result([0.0] * 200)
    worse["benchmarks"]["cuad"]["texts_digest"] = "sha256:3"
    refused = run_gate(tmp_path / "a", write(tmp_path / "c", worse))
    assert not refused.passed
    assert refused.notes


def test_nothing_is_noted_where_only_retrieval_differs(tmp_path: Path) -> None:
    assert run_gate(write(tmp_path / "a", result(noise(4))), write(tmp_path / "b", result(noise(5)))).notes == ()
