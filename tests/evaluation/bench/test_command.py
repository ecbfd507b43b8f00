"""The command prints a table or one JSON object, writes the same to a file, and goes on after a failure."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from averment.core.errors import ConfigurationError
from averment.evaluation.bench import command
from averment.evaluation.bench.plan import Plan
from averment.evaluation.bench.rows import Figure, Row, measured


def test_a_benchmark_that_cannot_run_is_a_row_and_the_rest_goes_on(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_plan: Plan) -> list[Row]:
        raise ConfigurationError("no documents", hint="give --data")

    def work(_plan: Plan) -> list[Row]:
        return [measured(("log", "appends"), Figure(value=1, unit="entries/s"))]

    monkeypatch.setattr(command, "BENCHMARKS", {"parsing": fail, "log": work})
    said: list[str] = []
    rows, is_complete = command.measure_all(replace(plan, say=said.append), ["parsing", "log"])
    assert not is_complete
    assert [row.benchmark for row in rows] == ["parsing", "log"]
    assert "no documents (give --data)" in rows[0].note
    assert any(line.startswith("log: ") for line in said)


def test_an_unknown_benchmark_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.parse(["--only", "everything"])
    assert stopped.value.code == 2
    assert "ingestion" in capsys.readouterr().err


def test_every_benchmark_of_the_reference_page_exists(repo: Path) -> None:
    page = (repo / "docs" / "reference" / "benchmarks.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in command.BENCHMARKS)


@pytest.mark.slow
def test_a_run_writes_what_it_prints(
    tmp_path: Path, repo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(repo)
    arguments = ["--quick", "--only", "log", "--out", str(tmp_path), "--data", str(tmp_path / "none"), "--json"]
    assert command.run(arguments) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "bench.json").read_text("utf-8"))
    assert printed["schema_version"] == 1
    assert printed["configuration"]["cores"] >= 1
    assert {row["benchmark"] for row in printed["rows"]} == {"log"}
