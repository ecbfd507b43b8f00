"""`averment eval calibrate` as a user runs it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from averment.evaluation.found_shares import Sought, write_sought
from averment.evaluation.labels import LabelledAnswer, write_labels
from tests.e2e.installation import Installation
from tests.evaluation.small_pack import write_pack

pytestmark = pytest.mark.slow


def test_labels_become_a_calibration_that_the_installation_uses(
    empty_installation: Installation, tmp_path: Path
) -> None:
    labels, out = tmp_path / "labels.jsonl", tmp_path / "out"
    write_labels([LabelledAnswer(id=str(n), group="quote", score=0.9, right=True) for n in range(60)], labels)
    sought = tmp_path / "sought.jsonl"
    write_sought([Sought(id=str(n), topic="audit", outcome="found") for n in range(30)], sought)
    given = ("--labels", str(labels), "--sought", str(sought), "--out", str(out))
    shown = empty_installation.ok("eval", "calibrate", *given)
    assert shown.stdout.split("\t")[:4] == ["quote", "60", "0.000", "60"]
    assert ["audit", "30", "30", "0", "1.000", "0.905"] in [line.split("\t") for line in shown.stdout.splitlines()]
    report = (out / "report.html").read_text()
    assert "<svg" in report
    used = replace(empty_installation, extra={"AVERMENT_REASONING__CALIBRATION_PATH": str(out / "calibration.json")})
    found = {one["part"]: one for one in used.run("doctor", "--json").json()["findings"]}
    assert found["calibration of answers"]["state"] == "ok"


def test_a_pack_is_asked(empty_installation: Installation, tmp_path: Path) -> None:
    pack, out = write_pack(tmp_path / "pack"), tmp_path / "out"
    asked = ("eval", "calibrate", "--pack", str(pack), "--out", str(out), "--benchmark", "small", "--json")
    result = empty_installation.ok(*asked).json()
    assert result["groups"]["quote"]["n_needed"] == 59
    assert json.loads((out / "calibration.json").read_text())["groups"] == {}
    assert result["made_with"]["sets"].keys() == {"small"}


def test_either_a_pack_or_labels(empty_installation: Installation, tmp_path: Path) -> None:
    assert empty_installation.run("eval", "calibrate").code == 2
    asked = ("eval", "calibrate", "--pack", str(tmp_path), "--sought", str(tmp_path / "sought.jsonl"))
    assert empty_installation.run(*asked).code == 2
