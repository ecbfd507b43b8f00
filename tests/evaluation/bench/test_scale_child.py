"""The watched process ingests a folder and tells what it took and what it left."""

import json
from pathlib import Path

import pytest

from averment.evaluation.bench.scale_child import main


@pytest.mark.slow
def test_it_prints_seconds_memory_and_bytes_on_disk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "note.txt").write_text("1. TERM\n\nThe term is one year.", encoding="utf-8")
    assert main([str(source), str(tmp_path / "installation"), str(tmp_path / "cache")]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["documents"], told["chunks"]) == (1, 1)
    assert told["processor_s"] > 0
    assert 0 < told["before_bytes"] <= told["peak_bytes"]
    assert set(told["stored_bytes"]) == {"blobs", "index", "evidence", "catalog"}
    assert all(told["stored_bytes"].values())


@pytest.mark.slow
def test_a_document_that_was_not_ingested_is_a_failure(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "empty.pdf").write_bytes(b"")
    assert main([str(source), str(tmp_path / "installation"), str(tmp_path / "cache")]) == 1
