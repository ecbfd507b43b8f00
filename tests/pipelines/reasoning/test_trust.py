"""A measured trust goes before a believed one, and holds for nothing but what was measured."""

from pathlib import Path
from typing import Any

import pytest

from averment.core.answers import SentenceKind
from averment.core.errors import ConfigurationError
from averment.pipelines.models.profiles import load_profile
from averment.pipelines.reasoning.trust import (
    LEAST_QUESTIONS,
    MEASURED,
    Decision,
    Gain,
    MeasuredCall,
    TrustRecord,
    read_trust,
)

LAW = "Which state's law governs the agreement?"
STATEMENT = '{"statement": "The laws of the State of Delaware govern.", "labels": ["S1"]}'
BETTER = Gain(questions=60, gain=0.2, interval=(0.05, 0.35))
NO_BETTER = Gain(questions=60, gain=0.1, interval=(0.0, 0.2))


def record(pipeline_hash: str = "sha256:01", **calls: Gain) -> TrustRecord:
    measured: dict[MeasuredCall, Gain] = {}
    for call in MEASURED:
        if call in calls:
            measured[call] = calls[call]
    return TrustRecord(
        created_at="2026-11-23T10:00:00Z", profile="p", profile_digest="sha256:0a", model="m", revision="r1",
        pipeline_hash=pipeline_hash, program="sha256:0b", made_from=(), calls=measured,
    )  # fmt: skip


def decision(made: TrustRecord, **changes: str) -> Decision:
    facts = {"profile_digest": "sha256:0a", "model": "m", "revision": "r1"} | changes
    return Decision(record=made, **facts)


@pytest.mark.parametrize(
    ("gain", "is_trusted"),
    [
        (BETTER, True),
        (NO_BETTER, False),
        (Gain(questions=0, gain=None, interval=None), False),
        (BETTER.model_copy(update={"questions": LEAST_QUESTIONS}), True),
        (BETTER.model_copy(update={"questions": LEAST_QUESTIONS - 1}), False),
    ],
)
def test_a_call_is_trusted_where_the_gain_is_more_than_chance(gain: Gain, is_trusted: bool) -> None:
    assert gain.is_trusted is is_trusted


def test_what_was_measured_goes_before_what_the_profile_says(trust: Any) -> None:
    held = decision(record(select=BETTER, write=NO_BETTER))
    applied = held.applied(trust(("plan", "write"), window_tokens=7, thinking=3), pipeline_hash="sha256:01")
    assert applied.trusted_for == ("plan", "select")
    assert (applied.window_tokens, applied.thinking_budget("plan")) == (7, 3)


@pytest.mark.parametrize(
    ("changes", "pipeline_hash", "other"),
    [
        ({}, "sha256:01", None),
        ({}, "sha256:02", "pipeline"),
        ({"profile_digest": "sha256:0c"}, "sha256:01", "profile"),
        ({"model": "n"}, "sha256:01", "model"),
        ({"revision": "r2"}, "sha256:01", "weights"),
    ],
)
def test_of_anything_else_a_record_says_nothing(
    trust: Any, changes: dict[str, str], pipeline_hash: str, other: str | None
) -> None:
    held = decision(record(select=BETTER, write=BETTER), **changes)
    assert held.stale(pipeline_hash) == other
    applied = held.applied(trust(("plan", "write")), pipeline_hash=pipeline_hash)
    assert applied.trusted_for == (("plan", "select", "write") if other is None else ("plan",))


def test_an_answer_rests_on_the_record(desk: Any, scripted: Any, trust: Any) -> None:
    untrusting = desk.answerer(model=scripted([]), profile=trust()).scoring_hash
    hashes = set()
    for pipeline_hash, gain, is_stated in (
        (untrusting, BETTER, True),
        (untrusting, NO_BETTER, False),
        ("sha256:00", BETTER, False),
    ):
        held = decision(record(pipeline_hash, write=gain))
        parts = {"model": scripted([STATEMENT]), "profile": trust(("write",)), "decision": held}
        answer = desk.ask(LAW, **parts)
        kinds = [sentence.kind for sentence in answer.sentences]
        assert (SentenceKind.STATEMENT in kinds) is is_stated
        assert bool(parts["model"].asked) is is_stated
        hashes.add(answer.pipeline_hash)
    assert hashes == {untrusting, desk.answerer(model=scripted([]), profile=trust(("write",))).scoring_hash}


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    path, made = tmp_path / "trust.json", record(select=BETTER)
    path.write_text(made.model_dump_json())
    assert read_trust(path) == made
    path.write_text(made.model_dump_json().replace('"calls"', '"callz"'))
    for bad in (path, tmp_path / "none.json"):
        with pytest.raises(ConfigurationError, match="record of trust"):
            read_trust(bad)


def test_the_digest_of_a_profile_without_its_trust_is_of_the_rest() -> None:
    profile = load_profile("qwen3-8b")
    assert profile.bare_digest == profile.model_copy(update={"trusted_for": ("select",)}).bare_digest
    assert profile.bare_digest != profile.model_copy(update={"window_tokens": 1}).bare_digest


def test_a_measured_threshold_goes_before_the_one_that_is_not(trust: Any) -> None:
    held = decision(record(yes_no=BETTER).model_copy(update={"yes_no_threshold": 0.8}))
    assert held.applied(trust(), pipeline_hash="sha256:01").yes_no_threshold == 0.8
    held = decision(record(select=BETTER))
    assert held.applied(trust(yes_no_threshold=0.4), pipeline_hash="sha256:01").yes_no_threshold == 0.4
