"""A decision is made of the rows of a run, all its benchmarks together."""

from collections.abc import Mapping
from typing import Any

import pytest

from averment.core.ids import sha256_id
from averment.core.testing.clock import FixedClock
from averment.evaluation.answers.trusting import ARMS, THRESHOLDS, WITHOUT, TrustedCall, decide, trusting
from averment.pipelines.models.profiles import load_profile
from averment.pipelines.reasoning.trust import TrustRecord

from .said import SayingModel

PROFILE = load_profile("smollm2-135m")


def rows(right: list[bool]) -> list[Mapping[str, Any]]:
    """Make the rows of one arm over questions that every benchmark numbers alike."""
    judged = {"is_answerable": True, "is_answered": True}
    return [
        {"id": f"q{number}", "type": "clause", "judged": {**judged, "is_right": is_right}}
        for number, is_right in enumerate(right)
    ]


def result(without: list[bool], **asked: list[bool]) -> dict[str, Any]:
    """Make a result; a call that is not given, and a threshold that is not, did as well as extraction alone."""
    arms = {arm: asked.get(_name(one), without) for arm, one in ARMS.items()}
    run = {
        "questions_digest": "sha256:01",
        "untrusting_hash": "sha256:02",
        "rows": {name: rows(right) for name, right in {**arms, WITHOUT: without}.items()},
    }
    return {
        "created_at": FixedClock().now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "settings": {"seed": 1},
        "configuration": {"program": "sha256:03"},
        "benchmarks": {"one": run, "two": run},
    }


def _name(asked: TrustedCall) -> str:
    return asked.call if asked.threshold is None else f"from_{asked.threshold * 10:.0f}"


def decided(made: dict[str, Any]) -> TrustRecord:
    return decide(made, model=SayingModel(lambda _: ""), profile=PROFILE)


HALF = [True, False] * 10
GOOD, BAD = [True] * 20, [False] * 20


def test_a_call_that_makes_answers_better_is_trusted_and_no_other() -> None:
    record = decided(result(HALF, select=GOOD))
    assert record.trusted == ("select",)
    assert record.calls["select"].questions == 40
    assert record.calls["select"].gain == pytest.approx(0.5)
    assert (record.calls["write"].gain, record.calls["write"].interval) == (0.0, (0.0, 0.0))
    assert record.profile_digest == PROFILE.bare_digest
    assert (record.model, record.revision, record.pipeline_hash) == ("saying", None, "sha256:02")
    assert [one.name for one in record.made_from] == ["one", "two"]


def test_a_call_that_makes_answers_worse_is_not_trusted() -> None:
    record = decided(result(GOOD, select=BAD))
    assert not record.trusted
    assert record.calls["select"].gain == -1.0


def test_of_two_ways_to_choose_sentences_the_better_one_is_trusted() -> None:
    some = [number % 4 != 1 for number in range(20)]
    assert decided(result(HALF, select=some, from_8=GOOD)).trusted == ("yes_no",)
    assert decided(result(HALF, select=GOOD, from_8=some)).trusted == ("select",)
    assert decided(result(HALF, select=GOOD, from_8=GOOD)).trusted == ("select",), "the one that asks less"


def test_the_threshold_is_the_best_one_and_its_gain_is_of_questions_that_did_not_choose_it() -> None:
    record = decided(result(HALF, from_3=GOOD))
    assert record.yes_no_threshold == 0.3
    assert record.calls["yes_no"].gain == pytest.approx(0.5)
    assert decided(result(HALF)).yes_no_threshold == 0.5
    # Each threshold is right on one half alone: chosen on that half, it is wrong on the other.
    made = result(BAD, from_3=BAD, from_8=BAD)
    halves = {
        name: [int(sha256_id(f"{name}/q{number}".encode())[-1], 16) % 2 == 0 for number in range(20)]
        for name in made["benchmarks"]
    }
    for name, half in halves.items():
        one = result(BAD, from_3=half, from_8=[not right for right in half])
        made["benchmarks"][name] = one["benchmarks"][name]
    assert decided(made).calls["yes_no"].gain == 0.0


def test_each_arm_trusts_its_model_with_one_call() -> None:
    trusted = {trusting(PROFILE, asked).trusted_for for asked in ARMS.values()}
    assert trusted == {("select",), ("yes_no",), ("write",)}
    thresholds = [trusting(PROFILE, one).yes_no_threshold for one in ARMS.values() if one.call == "yes_no"]
    assert thresholds == list(THRESHOLDS)
