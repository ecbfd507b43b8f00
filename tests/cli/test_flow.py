from pathlib import Path

import pytest

from tests.e2e.installation import Installation


def test_the_commands_run_the_flows_and_say_what_came_of_it(
    empty_installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = {"added": 1, "changed": 0, "unchanged": 2, "removed": 0, "quarantined": 1, "failed": 0}
    asked: list[object] = []

    def ingest(source: str, *, config: str | None, full: bool) -> dict[str, object]:
        asked.append((source, config, full))
        return {"status": "partial", **counts}

    def batch(file: str, out: str, *, config: str | None) -> dict[str, object]:
        asked.append((file, out, config))
        return {"cells": 6, "documents": 3, "answered_now": 2, "csv": "out/table.csv"}

    monkeypatch.setattr("averment.flows.ingest_corpus.ingest_corpus", ingest)
    monkeypatch.setattr("averment.flows.analyse_batch.analyse_batch", batch)
    partial = empty_installation.run("--config", "averment.yaml", "flows", "ingest", "contracts", "--full", "--json")
    assert (partial.code, partial.json()["added"]) == (1, 1)
    done = empty_installation.ok("flows", "batch", "b.yaml", "--out", "table")
    assert done.stdout == "out/table.csv\n"
    assert "2 answered now" in done.stderr
    assert asked == [("contracts", "averment.yaml", True), ("b.yaml", "table", None)]


def test_a_deployment_file_that_is_not_there_is_exit_2(empty_installation: Installation, tmp_path: Path) -> None:
    assert empty_installation.run("flows", "deploy", "--file", str(tmp_path / "none.yaml")).code == 2
