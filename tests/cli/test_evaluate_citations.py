"""`averment eval citations` as a user runs it."""

import json
from pathlib import Path

import pytest

from averment.evaluation.citations import CLAIMS
from averment.evaluation.labels import read_labels
from tests.e2e.installation import Installation
from tests.evaluation.test_citations import write_claims

pytestmark = pytest.mark.slow


def test_claims_are_checked_and_labelled(empty_installation: Installation, tmp_path: Path) -> None:
    pack, out = write_claims(tmp_path / "pack"), tmp_path / "out"
    arguments = ("eval", "citations", "--pack", str(pack), "--out", str(out))
    result = empty_installation.ok(*arguments, "--json").json()
    assert result["claims"]["kinds"]["true"]["accepted"] == 1
    assert result["verifier"] is None
    assert json.loads((out / "result.json").read_text())["claims"] == result["claims"]
    assert [one.id for one in read_labels(out / "labels.jsonl")] == ["true"]
    assert "true\tsupported\t1\t1\t1.000" in empty_installation.ok(*arguments).stdout
    claims = pack / CLAIMS
    claims.write_text(claims.read_text().replace("the law of Utah", "the law of Ohio"))
    assert empty_installation.run(*arguments).code == 4
    assert empty_installation.run(*arguments, "--verifier", str(tmp_path)).code == 3
