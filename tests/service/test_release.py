"""The release rule with a real log: when the log cannot be written, no part of an answer leaves the service."""

import errno
import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from starlette.testclient import TestClient

from averment.compliance.answer_record import answer_record
from averment.compliance.audit import own_policy, show, verify_log
from averment.compliance.events import Leaf
from averment.compliance.index import EntryFilter
from averment.compliance.log import wal
from averment.compliance.log.durable import DurableFolder
from averment.compliance.recorder import EvidenceRecorder, init_evidence, open_evidence
from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer
from averment.core.clock import SystemClock
from averment.core.errors import AuditWriteFailed, AvermentError, ModelUnavailable
from averment.core.settings import Settings
from averment.core.testing.backend import DoubleBackend
from averment.core.testing.gate import plain_recording
from averment.pipelines.analysis import Analyst, Fingerprint, StepListener
from tests.service.conftest import Measured, serve

SEED = int(os.environ.get("AVERMENT_TEST_SEED") or random.randrange(1 << 30))
ANSWERS = 2000 if os.environ.get("AVERMENT_TEST_LONG") else 60
ADA = Principal(subject="ada", groups=("everyone",))
CHAT = {"model": "averment", "messages": [{"role": "user", "content": "What is the term?"}]}
PIPELINE = "sha256:" + "0" * 64


class LoggedBackend(DoubleBackend):
    """Answers through an analyst that writes a real log; `before_answer` runs when the log has the start."""

    def __init__(self, recorder: EvidenceRecorder):
        super().__init__()
        self.audit = recorder
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


class Faults:
    """Makes the disk of a log refuse, or signing fail, a few operations from now."""

    def __init__(self, patch: pytest.MonkeyPatch):
        self._counting: dict[str, int] = {}
        self._wrap(patch, wal, "_write_at")
        self._wrap(patch, DurableFolder, "write")
        self._wrap(patch, EvidenceRecorder, "receipt")

    def plan(self, name: str, after: int) -> None:
        """Let the operation of this name fail once, after so many that succeed."""
        self._counting = {name: after}

    def _wrap(self, patch: pytest.MonkeyPatch, owner: object, name: str) -> None:
        own = getattr(owner, name)

        def failing(*arguments: object, **named: object) -> object:
            left = self._counting.get(name)
            if left is not None:
                self._counting[name] = left - 1
            if left == 0:
                raise AuditWriteFailed("not signed") if name == "receipt" else OSError(errno.ENOSPC, "disk full")
            return own(*arguments, **named)

        patch.setattr(owner, name, failing)


def ask(client: TestClient, logged: LoggedBackend, way: str) -> str | None:
    """Ask in one of the ways there are; return the id of the answer that came out, or None where none did."""
    if way == "library":
        try:
            return logged.analyse(
                AnalysisRequest(question="What is the term?", principal=Principal(subject="ada", groups=("everyone",)))
            ).id
        except AvermentError:
            return None
    reply = client.post("/v1/chat/completions", json={**CHAT, "stream": way == "stream"})
    lines = reply.text.split("\n") if way == "stream" else ["data: " + reply.text]
    parts = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
    receipts = [part["averment"]["receipt"] for part in parts if "receipt" in part.get("averment", {})]
    assert ("3 y" in reply.text) == bool(receipts), "no part of an answer leaves without its receipt"
    return str(json.loads(receipts[0]["entry"])["data"]["answer_id"]) if receipts else None


@pytest.mark.slow
@pytest.mark.long
def test_what_left_the_system_is_what_the_log_completed_and_nothing_else(
    logged_client: TestClient, logged: LoggedBackend, monkeypatch: pytest.MonkeyPatch, evidence: Path
) -> None:
    """Many answers, with faults of the log at random operations: the ids released are those of completed entries."""
    chance, faults = random.Random(SEED), Faults(monkeypatch)
    released: list[str] = []
    n_refused = 0
    for _ in range(ANSWERS):
        fault = chance.choice(["none", "_write_at", "write", "receipt", "answering"])
        faults.plan(fault, 0 if fault == "receipt" else chance.randrange(3))
        logged.error = ModelUnavailable("no model") if fault == "answering" else None
        answer_id = ask(logged_client, logged, chance.choice(["chat", "stream", "library"]))
        released += [answer_id] if answer_id else []
        n_refused += answer_id is None
    faults.plan("none", 0)
    logged.audit.seal()
    leaves = list(show(evidence, EntryFilter()))
    found = {kind: [ids(leaf) for leaf in leaves if leaf["type"] == kind] for kind in {str(x["type"]) for x in leaves}}
    withheld = [ids(leaf) for leaf in leaves if leaf["type"] == "analysis.failed" and stage(leaf) == "release"]
    completed = found["analysis.completed"]
    assert len(released) == len(set(released)), SEED
    assert set(released) == set(completed) - set(withheld), SEED
    assert len(completed) == len(set(completed)), SEED
    assert set(completed) <= set(found["analysis.started"]), SEED
    assert withheld, SEED
    assert min(len(released), n_refused) > ANSWERS / 10, SEED
    report = verify_log(evidence, own_policy(evidence))
    assert report.is_ok, report.failures


def ids(leaf: Leaf) -> str:
    data = leaf["data"]
    assert isinstance(data, dict)
    return str(data.get("answer_id"))


def stage(leaf: Leaf) -> str:
    data = leaf["data"]
    assert isinstance(data, dict)
    return str(data["stage"])
