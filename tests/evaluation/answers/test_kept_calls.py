from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from averment.core.errors import ModelOutputInvalid, ModelUnavailable
from averment.core.ports import ChatMessage, Completion
from averment.evaluation.answers.kept_calls import KeptCalls
from averment.pipelines.reasoning.pipeline_identity import model_identity

from .said import SayingModel

MESSAGES = (ChatMessage(role="system", content="s"), ChatMessage(role="user", content="Grüße"))
REQUEST: dict[str, Any] = {"schema": {"type": "object"}, "max_tokens": 5, "seed": 0, "purpose": "write"}


def test_an_equal_request_is_asked_once_even_by_a_later_run(tmp_path: Path) -> None:
    model = SayingModel(lambda messages: messages[-1].content + "!")
    first = KeptCalls(model, tmp_path / "a" / "calls.sqlite", identity="one")
    made = first.complete(MESSAGES, **REQUEST)
    assert made == first.complete(MESSAGES, **REQUEST)
    first.close()
    later = KeptCalls(model, tmp_path / "a" / "calls.sqlite", identity="one")
    assert later.complete(MESSAGES, **REQUEST) == made
    assert (model.n_asked, later.n_kept, later.saved_s) == (1, 1, 1.5)


def test_an_adapter_stays_one(tmp_path: Path) -> None:
    model = SayingModel(lambda _: "x")
    assert model_identity(KeptCalls(model, tmp_path / "calls.sqlite", identity="one")) == "saying"
    model.adapter_digest = "sha256:0a"
    assert model_identity(KeptCalls(model, tmp_path / "calls.sqlite", identity="one")) == "saying@sha256:0a"


@pytest.mark.parametrize(
    "change", [{"max_tokens": 6}, {"seed": 1}, {"schema": None}, {"thinking": True}]
)  # fmt: skip
def test_another_request_is_another_call(tmp_path: Path, change: dict[str, Any]) -> None:
    model = SayingModel(lambda _: "x")
    kept = KeptCalls(model, tmp_path / "calls.sqlite", identity="one")
    kept.complete(MESSAGES, **REQUEST)
    kept.complete(MESSAGES, **{**REQUEST, **change})
    assert model.n_asked == 2


def test_another_serving_side_is_another_call_and_a_purpose_is_not(tmp_path: Path) -> None:
    model = SayingModel(lambda _: "x")
    KeptCalls(model, tmp_path / "calls.sqlite", identity="one").complete(MESSAGES, **REQUEST)
    KeptCalls(model, tmp_path / "calls.sqlite", identity="one").complete(MESSAGES, **{**REQUEST, "purpose": "plan"})
    KeptCalls(model, tmp_path / "calls.sqlite", identity="two").complete(MESSAGES, **REQUEST)
    assert model.n_asked == 2


def test_failures_are_not_kept(tmp_path: Path) -> None:
    outcomes = [ModelUnavailable("down"), None]

    def say(_: object) -> str:
        if error := outcomes.pop(0):
            raise error
        return "up"

    kept = KeptCalls(SayingModel(say), tmp_path / "calls.sqlite", identity="one")
    with pytest.raises(ModelUnavailable):
        kept.complete(MESSAGES, **REQUEST)
    assert kept.complete(MESSAGES, **REQUEST).text == "up"


def test_probabilities_are_kept_apart_from_texts(tmp_path: Path) -> None:
    class Telling(SayingModel):
        def first_token(self, messages: Sequence[ChatMessage], *, seed: int, purpose: str) -> Completion:
            made = self.complete(messages, max_tokens=1, seed=seed, purpose=purpose)
            return replace(made, first_token={"yes": 0.75, "no": 0.25})

    model = Telling(lambda _: "yes")
    kept = KeptCalls(model, tmp_path / "calls.sqlite", identity="one")
    assert kept.complete(MESSAGES, max_tokens=1, seed=0, purpose="yes_no").first_token is None
    made = kept.first_token(MESSAGES, seed=0, purpose="yes_no")
    assert made == kept.first_token(MESSAGES, seed=0, purpose="other")
    assert made.first_token == {"yes": 0.75, "no": 0.25}
    assert (model.n_asked, kept.n_kept) == (2, 1)


def test_a_model_that_tells_no_probabilities_says_so(tmp_path: Path) -> None:
    kept = KeptCalls(SayingModel(lambda _: "x"), tmp_path / "calls.sqlite", identity="one")
    with pytest.raises(ModelOutputInvalid, match="saying"):
        kept.first_token(MESSAGES, seed=0, purpose="yes_no")
