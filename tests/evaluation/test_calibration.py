"""From labels to a file that an installation reads."""

import json
from pathlib import Path

import pytest

from averment.core.errors import UsageError
from averment.core.testing.clock import FixedClock
from averment.evaluation.calibration import Levels, MadeWith, calibrate, write_calibration
from averment.evaluation.found_shares import Sought
from averment.evaluation.labels import LabelledAnswer
from averment.evaluation.risk_control import Bound, Refusal
from averment.pipelines.reasoning.calibration import Group, read_calibration

LEVELS = Levels(splits=3)
MADE_WITH = MadeWith(pipeline_hash="sha256:11", model="m", sets={"small": "sha256:22"})


def labels(group: Group, right: int, wrong: int) -> list[LabelledAnswer]:
    high = [LabelledAnswer(id=f"{group}-r{number}", group=group, score=0.8, right=True) for number in range(right)]
    low = [LabelledAnswer(id=f"{group}-w{number}", group=group, score=0.2, right=False) for number in range(wrong)]
    return high + low


def test_groups_are_bounded_apart(tmp_path: Path) -> None:
    result = write_calibration(
        labels("quote", 100, 30) + labels("figure", 40, 0),
        out=tmp_path,
        made_with=MADE_WITH,
        levels=LEVELS,
        clock=FixedClock(),
    )
    made = read_calibration(tmp_path / "calibration.json")
    assert set(made.groups) == {"quote"}
    assert made.pipeline_hash == "sha256:11"
    assert (made.groups["quote"].threshold, made.groups["quote"].n_answered) == (0.21, 100)
    assert [(one.name, one.digest) for one in made.made_from] == [("small", "sha256:22")]
    assert result == json.loads((tmp_path / "result.json").read_text())
    assert result["groups"]["quote"]["coverage"] == pytest.approx(100 / 130)
    assert result["groups"]["figure"]["n_needed"] == 59
    report = (tmp_path / "report.html").read_text()
    assert report.count("<svg") == 2
    assert "59 answers at one threshold are needed" in report


def test_groups_come_in_one_order_with_what_became_of_them() -> None:
    found = calibrate(labels("absence", 70, 0) + labels("quote", 30, 70), LEVELS)
    assert list(found) == ["quote", "absence"]
    assert isinstance(found["absence"].found, Bound)
    assert isinstance(found["quote"].found, Refusal)
    assert found["quote"].found.n_needed is None
    assert found["absence"].curve == ((1.0, 0.0),)


def test_the_share_of_marked_clauses_found_stands_beside_the_thresholds(tmp_path: Path) -> None:
    clauses = [Sought(id=str(n), topic="audit", outcome="found" if n else "denied") for n in range(10)]
    result = write_calibration(
        labels("quote", 9, 0), sought=clauses, out=tmp_path, made_with=MADE_WITH, levels=LEVELS, clock=FixedClock()
    )
    made = read_calibration(tmp_path / "calibration.json")
    assert (made.recall["audit"].n, made.recall["audit"].n_found, made.recall["audit"].n_denied) == (10, 9, 1)
    assert result["recall"]["audit"]["lower"] == pytest.approx(0.606, abs=1e-3)
    assert "Marked clauses that were found" in (tmp_path / "report.html").read_text()


def test_nothing_labelled_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no answer is labelled"):
        write_calibration([], out=tmp_path, made_with=MADE_WITH, levels=LEVELS, clock=FixedClock())
