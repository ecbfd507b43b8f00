"""The release rule with a real log: when the log cannot be written, no part of an answer leaves the service."""

import errno
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from starlette.testclient import TestClient

from averment.compliance.answer_record import answer_record
from averment.compliance.audit import own_policy, verify_log
from averment.compliance.recorder import EvidenceRecorder, init_evidence, open_evidence
from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer
from averment.core.clock import SystemClock
from averment.core.settings import Settings
from averment.core.testing.backend import DoubleBackend
from averment.core.testing.gate import plain_recording
from averment.pipelines.analysis import Analyst, Fingerprint, StepListener
from tests.service.conftest import Measured, serve

CHAT = {"model": "averment", "messages": [{"role": "user", "content": "What is the term?"}]}
PIPELINE = "sha256:" + "0" * 64


class LoggedBackend(DoubleBackend):
    """Answers through an analyst that writes a real log; `before_answer` runs when the log has the start."""

    def __init__(self, recorder: EvidenceRecorder):
        super().__init__()
        self.before_answer: Callable[[], None] = lambda: None
        self._analyst = Analyst(
            self,
            audit=recorder,
            recording=replace(plain_recording(), record=answer_record),
            clock=SystemClock(),
            fingerprint=Fingerprint(pipeline_hash=PIPELINE, index_version=None, model=None),
        )

    def answer(
        self,
        request: AnalysisRequest,
        *,
        on_event: StepListener | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Answer:
        self.before_answer()
        return super().analyse(request, on_event=on_event, cancelled=cancelled)

    def analyse(
        self,
        request: AnalysisRequest,
        *,
        answer_id: str | None = None,
        on_event: StepListener | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Answer:
        return self._analyst.analyse(request, answer_id=answer_id, on_event=on_event, cancelled=cancelled)


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    init_evidence(tmp_path / "evidence", tmp_path / "keys", origin="test.local/log", clock=SystemClock())
    return tmp_path / "evidence"


@pytest.fixture
def logged(evidence: Path) -> Iterator[LoggedBackend]:
    with open_evidence(evidence, evidence.parent / "keys", clock=SystemClock()) as recorder:
        yield LoggedBackend(recorder)


@pytest.fixture
def logged_client(logged: LoggedBackend, measured: Measured) -> Iterator[TestClient]:
    with serve(logged, Settings(), measured.metrics) as client:
        yield client


def full(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.ENOSPC, "No space left on device")


def lose_payloads(evidence: Path) -> None:
    """Put a file where the folder of payloads was, which no user may write into, not even root."""
    (evidence / "payload").rename(evidence.parent / "payload-moved")
    (evidence / "payload").write_bytes(b"")


def test_an_answer_that_is_logged_leaves_with_its_receipt(logged_client: TestClient, evidence: Path) -> None:
    body = logged_client.post("/v1/chat/completions", json=CHAT).json()
    assert "3 y" in body["choices"][0]["message"]["content"]
    assert body["averment"]["receipt"]["origin"] == "test.local/log"
    assert verify_log(evidence, own_policy(evidence)).is_ok


@pytest.mark.parametrize("stream", [False, True])
def test_a_log_that_takes_no_start_means_503_before_the_first_byte(
    logged_client: TestClient, logged: LoggedBackend, evidence: Path, stream: bool
) -> None:
    logged_client.post("/v1/chat/completions", json=CHAT)
    lose_payloads(evidence)
    refused = logged_client.post("/v1/chat/completions", json={**CHAT, "stream": stream})
    assert (refused.status_code, refused.json()["code"]) == (503, "AUD002")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["retry-after"]
    assert "3 y" not in refused.text
    assert len(logged.requests) == 1, "nothing is even looked for before the start is durable"


def test_a_disk_that_fills_up_before_the_end_withholds_the_answer(
    logged_client: TestClient, logged: LoggedBackend, monkeypatch: pytest.MonkeyPatch, evidence: Path
) -> None:
    logged.before_answer = lambda: monkeypatch.setattr("averment.compliance.log.wal._write_at", full)
    refused = logged_client.post("/v1/chat/completions", json=CHAT)
    assert (refused.status_code, refused.json()["code"]) == (503, "AUD002")
    assert "3 y" not in refused.text
    monkeypatch.undo()
    logged.before_answer = lambda: None
    assert logged_client.post("/v1/chat/completions", json=CHAT).status_code == 200, "there is room again"
    report = verify_log(evidence, own_policy(evidence))
    assert report.is_ok, report.failures


def test_a_stream_that_has_begun_ends_with_an_error_event_and_no_answer(
    logged_client: TestClient, logged: LoggedBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = DoubleBackend.analyse

    def then_full(*arguments: object, **named: object) -> Answer:
        answer = original(*arguments, **named)  # type: ignore[arg-type]  # passed on as it came
        monkeypatch.setattr("averment.compliance.log.wal._write_at", full)
        return answer

    monkeypatch.setattr(DoubleBackend, "analyse", then_full)
    response = logged_client.post("/v1/chat/completions", json={**CHAT, "stream": True})
    assert response.status_code == 200
    assert '"step"' in response.text
    assert '"AUD002"' in response.text
    assert "3 y" not in response.text
    assert response.text.endswith("data: [DONE]\n\n")
