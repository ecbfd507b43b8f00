import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.installation import Installation
from tests.evaluation.small_pack import write_pack

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

    def run(pack: Path, collections: list[str], *, out: Path, options: Any, embedder: Any) -> dict[str, object]:
        seen.append((collections, options.input, options.limit, embedder.max_tokens))
        return RESULT

    monkeypatch.setattr("averment.evaluation.retrieval.run_retrieval_eval", run)
    arguments = ("eval", "retrieval", "--pack", str(tmp_path), "--collection", "cuad", "--input", "txt")
    shown = empty_installation.ok(*arguments, "--limit", "3")
    assert shown.stdout == "cuad\taverment\t9\t–\t0.950\t0.100\t0.300\t0.400\t0.600\n"
    assert empty_installation.ok(*arguments, "--json").json()["benchmarks"]["cuad"]["questions"] == 9
    assert seen[0] == (["cuad"], "txt", 3, 256)
    assert empty_installation.run(*arguments[:-1], "docx").code == 2


def test_how_hostile_files_ended_is_a_table_and_a_failure_an_exit_code(
    empty_installation: Installation, tmp_path: Path
) -> None:
    folder = tmp_path / "robustness"
    folder.mkdir()
    (folder / "a.txt").write_text("Due now.")
    (folder / "b.txt").write_text("")
    lines: list[dict[str, Any]] = [
        {"id": "1", "file": "robustness/a.txt", "kind": "k", "expect": {"outcome": "text", "must_contain": ["Due"]}},
        {"id": "2", "file": "robustness/b.txt", "kind": "k", "expect": {"outcome": "reject"}},
    ]
    arguments = ("eval", "robustness", "--pack", str(tmp_path), "--out", str(tmp_path / "out"))
    (folder / "manifest.jsonl").write_text("\n".join(map(json.dumps, lines)))
    shown = empty_installation.ok(*arguments)
    assert [line.split("\t")[5] for line in shown.stdout.splitlines()] == ["yes", "yes"]
    lines[1]["expect"] = {"outcome": "text"}
    (folder / "manifest.jsonl").write_text("\n".join(map(json.dumps, lines)))
    failed = empty_installation.run(*arguments, "--json")
    assert (failed.code, failed.json()["passed"]) == (4, 1)
    assert json.loads((tmp_path / "out" / "result.json").read_text())["files"] == 2
    assert "1 of 2 ended as the manifest says" in (tmp_path / "out" / "report.html").read_text()


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
    assert worse == {"recall_8", "recall_32"}
    passed = empty_installation.ok("eval", "gate", after, before)
    assert passed.stdout.count("cuad\t") == 3
    assert "WORSE" not in passed.stdout
    assert empty_installation.run("eval", "gate", before, str(tmp_path)).code == 2


@pytest.mark.slow
def test_how_files_were_read_is_a_table_or_one_object(empty_installation: Installation, tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack")
    arguments = ("eval", "ingestion", "--pack", str(pack), "--out", str(tmp_path / "out"))
    shown = empty_installation.ok(*arguments)
    assert [line.split("\t")[:2] for line in shown.stdout.splitlines()] == [
        ["corpus/d1.txt", "complete"],
        ["corpus/d2.txt", "complete"],
    ]
    assert "100.0000 %" in shown.stderr
    totals = empty_installation.ok(*arguments, "--json", "--limit", "1").json()["totals"]
    assert (totals["files"], totals["accounted_share"]) == (1, 1.0)
    report = (tmp_path / "out" / "report.html").read_text()
    assert "corpus/d1.txt" in report
    assert "corpus/d2.txt" not in report


@pytest.mark.slow
def test_a_run_that_goes_on_reads_nothing_twice(empty_installation: Installation, tmp_path: Path) -> None:
    pack, out = write_pack(tmp_path / "pack"), tmp_path / "out"
    arguments = ("eval", "ingestion", "--pack", str(pack), "--out", str(out), "--json")
    before = empty_installation.ok(*arguments, "--limit", "1").json()["rows"]
    after = empty_installation.ok(*arguments, "--resume").json()["rows"]
    assert after[0] == before[0]
    assert len(after) == 2
