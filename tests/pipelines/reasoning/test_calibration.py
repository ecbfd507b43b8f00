"""A calibration is used as it was made: by group, with its own pipeline, and said with every answer."""

import json
from pathlib import Path
from typing import Any

import pytest

from averment.core.errors import ConfigurationError
from averment.core.settings import Settings
from averment.pipelines.reasoning.calibration import Calibration, Group, Threshold, read_calibration
from averment.pipelines.reasoning.notices import Language, percent

LAW = "Which law governs the lease?"
ESCROW = "Is there a most-favored-nation clause?"


def calibration(pipeline_hash: str, **thresholds: float) -> Calibration:
    groups: dict[Group, Threshold] = {}
    for group in ("quote", "named_quote", "figure", "absence"):
        if group in thresholds:
            groups[group] = Threshold(
                threshold=thresholds[group], risk=0.05, delta=0.05, n=120, n_answered=80, n_wrong=0
            )
    return Calibration(
        created_at="2026-11-23T10:00:00Z", pipeline_hash=pipeline_hash, model=None, made_from=(), groups=groups
    )


def ask(desk: Any, question: str, **thresholds: float) -> Any:
    return desk.ask(question, calibration=calibration(desk.answerer().scoring_hash, **thresholds))


def test_an_answer_above_the_threshold_carries_its_bound(desk: Any) -> None:
    answer = ask(desk, LAW, quote=0.3)
    assert answer.status == "answered"
    assert answer.confidence.calibrated
    assert (answer.confidence.threshold, answer.confidence.bound) == (0.3, 0.05)
    assert answer.confidence.score >= 0.3
    assert answer.text.endswith("at most 5 % are wrong, with 95 % confidence: measured on 120 labelled answers.")
    assert not answer.warnings


def test_an_answer_below_the_threshold_is_withheld_with_the_nearest_passages(desk: Any) -> None:
    answer = ask(desk, LAW, quote=1.0)
    assert answer.status == "abstained"
    assert answer.value is None
    assert not answer.claims
    assert answer.nearest
    assert answer.confidence.score < answer.confidence.threshold == 1.0
    assert "below the calibrated threshold" in answer.text


def test_an_absence_is_withheld_by_its_own_threshold(desk: Any) -> None:
    assert ask(desk, ESCROW, quote=1.0).status == "answered"
    withheld = ask(desk, ESCROW, absence=0.999)
    assert withheld.status == "abstained"
    assert withheld.value is None


def test_a_figure_is_withheld_by_its_own_threshold(reports: Any) -> None:
    question = "What was Harbor Bright Energy's net income in 2019?"
    assert ask(reports, question, quote=1.0, absence=1.0).status == "answered"
    score = reports.ask(question).confidence.score
    assert ask(reports, question, figure=score).confidence.calibrated
    assert ask(reports, question, figure=min(1.0, score + 0.01)).status == ("abstained" if score < 1 else "answered")


def test_a_group_without_a_threshold_is_not_calibrated(desk: Any) -> None:
    answer = ask(desk, LAW, figure=0.9)
    assert answer.status == "answered"
    assert not answer.confidence.calibrated
    assert answer.confidence.bound is None
    assert "not calibrated" in answer.text


def test_the_calibration_of_another_pipeline_is_refused_and_said(desk: Any) -> None:
    answer = desk.ask(LAW, calibration=calibration("sha256:00", quote=1.0))
    assert answer.status == "answered"
    assert not answer.confidence.calibrated
    assert "calibration_refused" in answer.warnings


def test_a_calibration_in_use_is_part_of_what_decides(desk: Any) -> None:
    plain = desk.answerer()
    used = desk.answerer(calibration=calibration(plain.scoring_hash, quote=0.5))
    other = desk.answerer(calibration=calibration(plain.scoring_hash, quote=0.6))
    refused = desk.answerer(calibration=calibration("sha256:00", quote=0.5))
    assert plain.pipeline_hash == plain.scoring_hash == used.scoring_hash == refused.pipeline_hash
    assert len({plain.pipeline_hash, used.pipeline_hash, other.pipeline_hash}) == 3


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = calibration("sha256:00", quote=0.5, absence=0.25)
    path = tmp_path / "calibration.json"
    path.write_text(made.model_dump_json())
    assert read_calibration(path) == made


@pytest.mark.parametrize(
    "content", ["", "[]", '{"schema_version": 2}', json.dumps({"schema_version": 1, "groups": {"quote": 0.5}})]
)
def test_anything_else_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(content)
    with pytest.raises(ConfigurationError, match="is no calibration"):
        read_calibration(path)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_calibration(tmp_path / "none.json")


def test_a_threshold_that_is_no_share_is_refused() -> None:
    with pytest.raises(ValueError, match="less than or equal to 1"):
        calibration("sha256:00", quote=1.5)


@pytest.mark.parametrize(("share", "language", "shown"), [(0.05, "en", "5 %"), (0.025, "de", "2,5 %")])
def test_shares_are_written_as_percentages(share: float, language: Language, shown: str) -> None:
    assert percent(share, language) == shown


def test_nothing_is_calibrated_by_default() -> None:
    assert Settings().reasoning.calibration_path is None
