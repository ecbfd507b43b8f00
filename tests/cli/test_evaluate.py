import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.installation import Installation

RECALL = {
    name: {"mean": mean}
    for name, mean in zip(("1", "2", "4", "8", "16", "32"), (0.1, 0.2, 0.3, 0.4, 0.5, 0.6), strict=True)
}
RESULT = {
    "schema_version": 1,
    "benchmarks": {
        "cuad": {
            "questions": 9,
            "systems": {"averment": {"recall": RECALL, "document_first": None, "gold_documents_ranked": 0.95}},
        }
    },
}


def test_a_result_is_a_table_or_one_object(
    empty_installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []

    def run(pack: Path, collections: list[str], *, out: Path, options: Any, parts: Any) -> dict[str, object]:
        seen.append((collections, options.input, options.limit, parts.embedder.max_tokens))
        out.mkdir(parents=True, exist_ok=True)
        (out / "result.json").write_text(json.dumps(RESULT))
        return RESULT

    monkeypatch.setattr("averment.evaluation.retrieval.run_retrieval_eval", run)
    arguments = ("eval", "retrieval", "--pack", str(tmp_path), "--collection", "cuad", "--input", "txt")
    shown = empty_installation.ok(*arguments, "--limit", "3")
    assert shown.stdout == "cuad\taverment\t9\t–\t0.950\t0.100\t0.300\t0.400\t0.600\n"
    assert empty_installation.ok(*arguments, "--json").json()["benchmarks"]["cuad"]["questions"] == 9
    assert seen[0] == (["cuad"], "txt", 3, 256)
    assert empty_installation.run(*arguments[:-1], "docx").code == 2


def test_a_change_that_made_retrieval_worse_is_refused_with_an_exit_code(
    empty_installation: Installation, tmp_path: Path
) -> None:
    for name, value in (("before", 0.9), ("after", 0.4)):
        row = {"recall": [value] * 7, "document_first": True, "gold_documents_ranked": 1.0}
        rows = [{"id": str(number), "averment": row} for number in range(20)]
        run = {"questions_digest": "q", "documents_digest": "d", "rows": rows}
        found = {"kind": "retrieval", "settings": {"input": "pdf"}, "benchmarks": {"cuad": run}}
        (tmp_path / f"{name}.json").write_text(json.dumps(found))
    before, after = str(tmp_path / "before.json"), str(tmp_path / "after.json")
    refused = empty_installation.run("eval", "gate", before, after, "--json")
    assert (refused.code, refused.json()["passed"]) == (4, False)
    worse = {entry["measure"] for entry in refused.json()["comparisons"] if entry["p_worse"] < 0.01}
    assert worse == {"recall_1", "recall_8", "recall_32"}
    passed = empty_installation.ok("eval", "gate", after, before)
    assert passed.stdout.count("cuad\t") == 4
    assert "WORSE" not in passed.stdout
    assert empty_installation.run("eval", "gate", before, str(tmp_path)).code == 2
