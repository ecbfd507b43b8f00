"""`averment eval answers` as a user runs it."""

import json
from pathlib import Path

import pytest

from tests.e2e.installation import Installation
from tests.evaluation.small_pack import write_pack

pytestmark = pytest.mark.slow


def test_without_a_model_the_answers_are_judged(empty_installation: Installation, tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack")
    asked = ("eval", "answers", "--pack", str(pack), "--out", str(tmp_path / "out"), "--benchmark", "small")
    result = empty_installation.ok(*asked, "--no-model", "--json").json()
    assert result["benchmarks"]["small"]["arms"]["Averment without the model"]["questions"] == 3
    assert json.loads((tmp_path / "out" / "result.json").read_text()) == result
    assert (tmp_path / "out" / "report.html").stat().st_size > 0
    unknown = empty_installation.run(*asked[:-1], "nothing", "--no-model")
    assert unknown.code == 2
    assert "'nothing'" in unknown.stderr


def test_a_model_that_is_nowhere_is_named_with_the_mend(empty_installation: Installation, tmp_path: Path) -> None:
    asked = ("eval", "answers", "--pack", str(write_pack(tmp_path / "pack")), "--out", str(tmp_path / "out"))
    missing = empty_installation.run(*asked, "--benchmark", "small")
    assert missing.code == 3
    assert "mend: " in missing.stderr
