"""A stop reaches every running analysis within its step, keeps what was done, and outlives the process."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from averment.compliance.answer_record import answer_record
from averment.compliance.overseer import Oversight
from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer, ReasoningStep
from averment.core.audit import EventType
from averment.core.clock import SystemClock
from averment.core.data_dir import DataDir
from averment.core.errors import AnalysisStopped
from averment.core.settings import Settings
from averment.core.testing.backend import DoubleBackend, an_answer
from averment.core.testing.gate import plain_recording
from averment.pipelines.analysis import Analyst, Fingerprint, StepListener
from averment.pipelines.overseen import OverseenAnalyst
from tests.compliance.oversight.office import Office, open_office
from tests.service.conftest import Measured
from tests.service.test_jobs import jobs_of

SAFE_S = 5
REQUEST = AnalysisRequest(question="What is the term?", principal=Principal(subject="ada", groups=("everyone",)))


class Stepping:
    """Answers in small steps until it is cancelled, and then gives what it has."""

    def __init__(self) -> None:
        self.has_begun = Event()

    def answer(
        self,
        request: AnalysisRequest,
        *,
        on_event: StepListener | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Answer:
        assert cancelled is not None
        while not cancelled():
            self.has_begun.set()
            Event().wait(0.01)
        return replace(an_answer(question=request.question), status="truncated", receipt=None)


class Overseen(DoubleBackend):
    """A backend whose analyses step over a real log until they are stopped."""

    def __init__(self, office: Office, root: Path) -> None:
        super().__init__()
        self.stepping = Stepping()
        self.oversight = open_oversight(office, root)
        analyst = Analyst(
            self.stepping,
            audit=office.recorder,
            recording=replace(plain_recording(), record=answer_record),
            clock=SystemClock(),
            fingerprint=Fingerprint(pipeline_hash="sha256:" + "1" * 64, index_version=None, model=None),
        )
        self.analyst = OverseenAnalyst(analyst, overseer=self.oversight)

    def analyse(
        self,
        request: AnalysisRequest,
        *,
        answer_id: str | None = None,
        on_event: Callable[[ReasoningStep], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Answer:
        return self.analyst.analyse(request, answer_id=answer_id, cancelled=cancelled)

    def refuse_if_stopped(self, purpose: str) -> None:
        self.oversight.refuse(purpose)


def open_oversight(office: Office, root: Path) -> Oversight:
    return Oversight(DataDir(root=root, format=1), audit=office.recorder, settings=Settings(), clock=SystemClock())


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = open_office(tmp_path)
    yield opened
    opened.recorder.close()


def test_running_work_ends_and_is_kept_and_new_work_is_refused(
    office: Office, measured: Measured, tmp_path: Path
) -> None:
    backend = Overseen(office, tmp_path)
    jobs = jobs_of(backend, measured)
    job = jobs.submit(REQUEST)
    assert backend.stepping.has_begun.wait(10)
    began = time.monotonic()
    backend.oversight.stops.stop("wrong-figures", purpose=None, subject="anna")
    while not job.is_over and time.monotonic() - began < SAFE_S:
        Event().wait(0.01)
    assert job.is_over, f"still running {SAFE_S} s after the stop"
    assert job.answer is not None
    assert (job.answer.status, job.answer.receipt is not None) == ("truncated", True)
    assert [data["status"] for data in office.data(EventType.ANALYSIS_COMPLETED)] == ["truncated"]
    with pytest.raises(AnalysisStopped):
        jobs.submit(REQUEST)
    with pytest.raises(AnalysisStopped):
        open_oversight(office, tmp_path).refuse("trial")
    jobs.close()
