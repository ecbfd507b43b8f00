"""A decision is made of the rows of a run, all its benchmarks together."""

from collections.abc import Mapping
from typing import Any

import pytest

from averment.core.testing.clock import FixedClock
from averment.evaluation.answers.trusting import DECIDED, WITHOUT, decide, trusting
from averment.pipelines.models.profiles import load_profile

from .said import SayingModel

PROFILE = load_profile("smollm2-135m")


def rows(right: list[bool]) -> list[Mapping[str, Any]]:
    """Make the rows of one arm over questions that every benchmark numbers alike."""
    judged = {"is_answerable": True, "is_answered": True}
    return [
        {"id": f"q{number}", "type": "clause", "judged": {**judged, "is_right": is_right}}
        for number, is_right in enumerate(right)
    ]


def result(chosen: list[bool], stated: list[bool], without: list[bool]) -> dict[str, Any]:
    arms = {DECIDED["select"]: chosen, DECIDED["write"]: stated, WITHOUT: without}
    run = {
        "questions_digest": "sha256:01",
        "untrusting_hash": "sha256:02",
        "rows": {name: rows(right) for name, right in arms.items()},
    }
    return {
        "created_at": FixedClock().now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "settings": {"seed": 1},
        "configuration": {"program": "sha256:03"},
        "benchmarks": {"one": run, "two": run},
    }


def test_a_call_that_makes_answers_better_is_trusted_and_no_other() -> None:
    half = [True, False] * 10
    record = decide(result([True] * 20, half, half), model=SayingModel(lambda _: ""), profile=PROFILE)
    assert record.trusted == ("select",)
    assert record.calls["select"].questions == 40
    assert record.calls["select"].gain == pytest.approx(0.5)
    assert (record.calls["write"].gain, record.calls["write"].interval) == (0.0, (0.0, 0.0))
    assert record.profile_digest == trusting(PROFILE, "write").bare_digest == PROFILE.bare_digest
    assert (record.model, record.revision, record.pipeline_hash) == ("saying", None, "sha256:02")
    assert [one.name for one in record.made_from] == ["one", "two"]


def test_a_call_that_makes_answers_worse_is_not_trusted() -> None:
    record = decide(result([False] * 20, [True] * 20, [True] * 20), model=SayingModel(lambda _: ""), profile=PROFILE)
    assert not record.trusted
    assert record.calls["select"].gain == -1.0


def test_each_arm_trusts_its_model_with_one_call() -> None:
    assert {call: trusting(PROFILE, call).trusted_for for call in DECIDED} == {
        "select": ("select",),
        "write": ("write",),
    }
