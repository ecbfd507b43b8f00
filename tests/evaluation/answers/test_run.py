"""The whole evaluation of answers on a small pack, with a model that says what it is told to."""

import json
import multiprocessing
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from averment.core.analysis import AnalysisRequest
from averment.core.errors import UsageError
from averment.core.ids import content_hash
from averment.core.ports import ChatMessage
from averment.core.testing.clock import FixedClock
from averment.core.testing.embedder import HashEmbedder
from averment.evaluation.answers.averment_arm import AvermentArm
from averment.evaluation.answers.reply import Reply
from averment.evaluation.answers.run import (
    CLOSED,
    PLAIN,
    WITH,
    AnswersOptions,
    ServedModel,
    Setup,
    plain_answerer,
    run_answers_eval,
)
from averment.evaluation.answers.trusting import ARMS, TRUST, WITHOUT
from averment.evaluation.corpus import EVALUATOR, EvaluationStores
from averment.evaluation.pack import PackQuestion
from averment.pipelines.models.profiles import load_profile
from averment.pipelines.models.verifier import Uses, Verdict
from averment.pipelines.reasoning.answerer import Answerer
from averment.pipelines.reasoning.entailment import EntailmentCheck
from averment.pipelines.reasoning.trust import read_trust
from tests.evaluation.small_pack import write_pack

from .said import SayingModel

pytestmark = pytest.mark.slow


def say(messages: Sequence[ChatMessage]) -> str:
    """Answer plain questions with Ohio, and choose the first sentence."""
    if "numbered passages" in messages[0].content:
        return json.dumps(
            {"found": True, "answer": "Governed by and construed in accordance with the laws of Ohio", "passages": [1]}
        )
    return json.dumps({"labels": ["S1"]} if "choose" in messages[0].content else {"queries": []})


def run(folder: Path, model: SayingModel | None, **options: Any) -> dict[str, Any]:
    pack = folder / "pack"
    if not pack.exists():
        write_pack(pack)
    profile = load_profile("smollm2-135m").model_copy(update={"trusted_for": ("select",)})
    served = None if model is None else ServedModel(model=model, profile=profile)
    setup = Setup(embedder=HashEmbedder(), served=served, clock=FixedClock())
    return run_answers_eval(pack, ["small"], out=folder / "out", setup=setup, options=AnswersOptions(**options))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("answers")
    return folder, run(folder, SayingModel(say), closed_book=True)


def test_every_arm_answers_the_same_questions(first: tuple[Path, dict[str, Any]]) -> None:
    folder, result = first
    assert json.loads((folder / "out" / "result.json").read_text()) == json.loads(json.dumps(result))
    small = result["benchmarks"]["small"]
    assert set(small["arms"]) == {WITHOUT, WITH, PLAIN, CLOSED}
    ids = [[row["id"] for row in rows] for rows in small["rows"].values()]
    assert all(one == ids[0] for one in ids)
    assert small["arms"][WITHOUT]["by_type"]["value"]["right"] == 1.0
    assert small["arms"][PLAIN]["by_type"]["value"]["right"] == 0.5  # one of two contracts is governed by Ohio's
    assert small["arms"][PLAIN]["falsely_found"] == 1.0
    assert all(arm["fabricated_quotations"] == 0 for arm in small["arms"].values())
    assert f"{WITH} against {PLAIN}" in small["differences"]
    report = (folder / "out" / "report.html").read_text()
    assert "<table" in report
    assert all(arm in report for arm in (WITHOUT, WITH, PLAIN, CLOSED))


def test_a_decision_has_an_arm_for_every_call_and_is_written_down(first: tuple[Path, dict[str, Any]]) -> None:
    folder, before = first
    result = run(folder, SayingModel(say), decide=True, resume=True)
    small = result["benchmarks"]["small"]
    assert set(ARMS) < set(small["arms"])
    assert small["arms"][WITHOUT] == before["benchmarks"]["small"]["arms"][WITHOUT]
    record = read_trust(folder / "out" / TRUST)
    assert record.model_dump(mode="json") == result["trust"]
    assert (record.pipeline_hash, record.program) == (small["untrusting_hash"], result["configuration"]["program"])
    assert not record.trusted, "three questions decide nothing"
    assert {gain.questions for gain in record.calls.values()} == {3}
    assert "What the model may do" in (folder / "out" / "report.html").read_text()
    with pytest.raises(UsageError, match="without one"):
        run(folder, None, decide=True)


def test_a_resumed_run_asks_nothing_again(first: tuple[Path, dict[str, Any]]) -> None:
    folder, result = first
    model = SayingModel(say)
    again = run(folder, model, closed_book=True, resume=True)
    assert model.n_asked == 0
    assert again["benchmarks"]["small"]["arms"] == result["benchmarks"]["small"]["arms"]


class Answering:
    """A verifier that holds every sentence to answer."""

    model_id = "answering@sha256:aa"

    def answers(self, question: str, sentences: Sequence[str]) -> list[float]:
        return [1.0] * len(sentences)

    def entails(self, claim: str, premises: Sequence[str]) -> list[Verdict]:
        return [Verdict(contradiction=0.0, neutral=0.0, entailment=1.0)] * len(premises)


def test_a_verifier_works_in_the_product_and_is_named(tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack")
    check = EntailmentCheck(Answering(), threshold=0.5, uses=Uses(answers=True))

    def make(stores: EvaluationStores, **_: object) -> Answerer:
        found = {"texts": stores.texts, "catalog": stores.catalog, "embedder": stores.embedder, "clock": stores.clock}
        return Answerer(stores.retriever(), entailment=check, **found)  # type: ignore[arg-type]

    setup = Setup(embedder=HashEmbedder(), make_answerer=make, verifier=check.identity, clock=FixedClock())
    held = content_hash((pack / "corpus" / "d2.txt").read_bytes())
    options = AnswersOptions(held_out=(held,))
    result = run_answers_eval(pack, ["small"], out=tmp_path / "out", setup=setup, options=options)
    assert result["verifier"] == result["configuration"]["verifier"] == "answering@sha256:aa 0.5000 answers"
    (row,) = result["benchmarks"]["small"]["rows"][WITHOUT]
    assert row["id"] == "q-d2"
    assert row["judged"]["is_right"]


def killed_at(folder: Path, call: int) -> None:
    """Run until the model is asked for the given time, and die then as no handler can see."""

    def say_or_die(messages: Sequence[ChatMessage]) -> str:
        if model.n_asked == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return say(messages)

    model = SayingModel(say_or_die)
    run(folder, model, closed_book=True)


def test_a_run_that_was_killed_goes_on_where_it_was(first: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    _, whole = first
    n_all = whole["model"]["calls_made"]
    child = multiprocessing.get_context("spawn").Process(target=killed_at, args=(tmp_path, n_all // 2))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    assert not (tmp_path / "out" / "result.json").exists()
    model = SayingModel(say)
    resumed = run(tmp_path, model, closed_book=True, resume=True)
    assert model.n_asked == n_all - (n_all // 2 - 1)
    for name, arm in whole["benchmarks"]["small"]["arms"].items():
        again = resumed["benchmarks"]["small"]["arms"][name]
        assert {**again, "cost": None} == {**arm, "cost": None}
    assert resumed["configuration_digest"] == whole["configuration_digest"]


def test_replies_of_another_program_are_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def reply(_: AvermentArm, question: PackQuestion) -> Reply:
        asked.append(question.id)
        return Reply(is_answered=False)

    monkeypatch.setattr(AvermentArm, "reply", reply)
    run(tmp_path, None)
    run(tmp_path, None, resume=True)
    assert len(asked) == 3
    monkeypatch.setattr("averment.evaluation.answers.run.program_digest", lambda: "sha256:other")
    run(tmp_path, None, resume=True)
    assert len(asked) == 6


def test_without_a_model_only_the_arm_that_needs_none_runs(tmp_path: Path) -> None:
    result = run(tmp_path, None, limit=2)
    assert result["model"] is None
    assert list(result["benchmarks"]["small"]["arms"]) == [WITHOUT]
    assert result["benchmarks"]["small"]["differences"] == {}


def test_naming_no_benchmark_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no benchmark"):
        run_answers_eval(tmp_path, [], out=tmp_path / "out", setup=Setup(embedder=HashEmbedder()))


CHANGED = b"""SUPPLY AGREEMENT

This Supply Agreement is made this 6t h day of March, 2006 by and between Halden Music Inc. and Opal Works LLC.

1. Effect. This Agreement shall become effective on the date first written above, by which both parties are bound.
"""


@pytest.mark.slow
def test_what_is_evaluated_knows_how_documents_are_built_as_installations_do(tmp_path: Path) -> None:
    stores = EvaluationStores(tmp_path / "stores", embedder=HashEmbedder(), clock=FixedClock())
    try:
        stores.add("supply.txt", CHANGED)
        request = AnalysisRequest(question="On what date does the contract become effective?", principal=EVALUATOR)
        answer = plain_answerer(stores, model=None, profile=None).answer(request)
    finally:
        stores.close()
    assert answer.value is not None
    assert answer.value.value == "2006-03-06"
