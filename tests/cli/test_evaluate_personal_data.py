"""`averment eval pii` prints a row a kind and leaves result.json and report.html."""

import json
from pathlib import Path

import pytest

from averment.cli.main import main


@pytest.mark.slow
def test_planted_data_is_found_and_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("presidio_analyzer", reason="the extra 'pii' is not installed: pip install 'averment[pii]'")
    assert main(["eval", "pii", "--sentences", "44", "--out", str(tmp_path), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["rows"] == json.loads((tmp_path / "result.json").read_text("utf-8"))["rows"]
    whole = {row["language"]: row for row in printed["rows"] if row["kind"] == "all"}
    assert whole.keys() == {"de", "en"}
    for row in whole.values():
        assert row["recall"] > 0.9
        assert row["precision"] > 0.9
    assert (tmp_path / "report.html").stat().st_size > 1000
