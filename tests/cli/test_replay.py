import json

import pytest

from averment.cli import replay
from averment.cli.main import main
from averment.core.oversight import Standing
from averment.pipelines.reasoning.replay import Replay, StepReplay, Verdict
from tests.cli.double import use_runtime


class DoubleRuntime:
    """Replays as a test tells it."""

    def __init__(self) -> None:
        self.verdict: Verdict = "same"
        self.asked: list[str] = []
        self.review: Standing | None = None

    def review_of(self, answer_id: str) -> Standing | None:
        return self.review

    def replay(self, answer_id: str, *, subject: str) -> Replay:
        self.asked.append(answer_id)
        is_same = self.verdict == "same"
        return Replay(
            answer_id=answer_id,
            verdict=self.verdict,
            steps=(
                StepReplay(number=1, kind="plan", verdict="same"),
                StepReplay(
                    number=2,
                    kind="search",
                    verdict=self.verdict,
                    reason=None if is_same else "index_version",
                    recorded=None if is_same else "v1",
                    replayed=None if is_same else "v2",
                ),
            ),
            same_status=True,
            same_evidence=is_same,
            same_calculations=True,
            same_sentences=True,
            stack=() if is_same else ("index_version",),
        )


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> DoubleRuntime:
    return use_runtime(replay, DoubleRuntime(), monkeypatch=monkeypatch)


def test_an_answer_that_comes_out_the_same_is_exit_0(
    runtime: DoubleRuntime, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", "0198"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "same: answer 0198"
    assert main(["replay", "0198", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["verdict"], found["same_evidence"], len(found["steps"])) == ("same", True, 2)
    assert runtime.asked == ["0198", "0198"]


def test_an_answer_that_does_not_is_exit_4_with_the_step_and_the_reason(
    runtime: DoubleRuntime, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime.verdict = "retrieval_drift"
    assert main(["replay", "0198"]) == 4
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "retrieval drift: answer 0198"
    assert lines[2].split("\t") == ["2", "search", "retrieval drift", "index_version", "v1", "v2"]
    assert lines[3] == "status same; evidence differ; calculations same; sentences same"
    assert lines[4] == "the stack differs in index_version"
    assert main(["replay", "0198", "--json"]) == 4
    assert json.loads(capsys.readouterr().out)["steps"][1]["reason"] == "index_version"


def test_what_became_of_the_answer_in_review_is_said(
    runtime: DoubleRuntime, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime.review = Standing(
        answer_id="0198", state="reject", reason="figure", decided_at="t", correction=None, entry=4
    )
    assert main(["replay", "0198"]) == 0
    assert "answer 0198 was REJECTED by review" in capsys.readouterr().err
    assert main(["replay", "0198", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["review"]["state"] == "reject"
