import asyncio
import threading
import time
from dataclasses import replace

import pytest

from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest
from averment.core.errors import AuditWriteFailed, QuotaExceeded, StoreBusy
from averment.core.testing.backend import DoubleBackend
from averment.core.testing.clock import FixedClock
from averment.service.jobs import Job, Jobs, follow
from tests.service.conftest import Measured

ADA = Principal(subject="ada", groups=("everyone",))
REQUEST = AnalysisRequest(question="q", principal=ADA)


def jobs_of(backend: DoubleBackend, measured: Measured, *, limit: int = 2) -> Jobs:
    return Jobs(backend, clock=FixedClock(), metrics=measured.metrics, limit=limit)


def wait(job: Job, *, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not job.is_over and time.monotonic() < deadline:
        time.sleep(0.01)
    assert job.is_over


def collect(job: Job, *, after: int = -1) -> list[tuple[int, str]]:
    async def run() -> list[tuple[int, str]]:
        return [(number, event) async for number, event, _ in follow(job, after=after)]

    return asyncio.run(asyncio.wait_for(run(), 10))


def test_events_are_numbered_followed_live_and_replayed(backend: DoubleBackend, measured: Measured) -> None:
    backend.hold = threading.Event()
    jobs = jobs_of(backend, measured)
    job = jobs.submit(REQUEST)
    threading.Timer(0.1, backend.hold.set).start()
    assert collect(job) == [(0, "step"), (1, "answer")]
    assert collect(job, after=0) == [(1, "answer")]
    assert collect(job, after=99) == []
    jobs.close()


def test_many_followers_of_silent_jobs_wait_without_a_thread_each(backend: DoubleBackend, measured: Measured) -> None:
    backend.hold = threading.Event()
    jobs = jobs_of(backend, measured, limit=1)
    job = jobs.submit(REQUEST)

    async def run() -> tuple[int, list[list[str]]]:
        async def names() -> list[str]:
            return [event async for _, event, _ in follow(job)]

        followers = [asyncio.ensure_future(names()) for _ in range(200)]
        await asyncio.sleep(0.2)
        n_threads = threading.active_count()
        assert backend.hold is not None
        backend.hold.set()
        return n_threads, await asyncio.wait_for(asyncio.gather(*followers), 10)

    before = threading.active_count()
    n_threads, seen = asyncio.run(run())
    assert n_threads <= before + 1
    assert all(events == ["step", "answer"] for events in seen)
    jobs.close()


def test_another_owners_job_does_not_exist(backend: DoubleBackend, measured: Measured) -> None:
    jobs = jobs_of(backend, measured)
    job = jobs.submit(REQUEST)
    ada = job.request.principal
    others = [replace(ada, subject="eve"), replace(ada, tenant="other"), replace(ada, groups=())]
    assert jobs.get(job.id, who=ada) is job
    assert jobs.of(replace(ada, groups=(*ada.groups, "more"))) == [job]
    for other in others:
        assert jobs.get(job.id, who=other) is None
        assert jobs.of(other) == []
    jobs.close()


def test_stopping_cancels_what_runs_and_what_waits_and_takes_no_more(
    backend: DoubleBackend, measured: Measured
) -> None:
    backend.hold = threading.Event()
    jobs = jobs_of(backend, measured, limit=1)
    running, waiting = jobs.submit(REQUEST), jobs.submit(REQUEST)
    with pytest.raises(QuotaExceeded):
        jobs.submit(REQUEST)
    jobs.stop()
    with pytest.raises(StoreBusy, match="stopping"):
        jobs.submit(REQUEST)
    jobs.close()
    assert (running.status, waiting.status) == ("cancelled", "cancelled")
    assert running.answer is not None
    assert waiting.answer is None
    assert len(backend.requests) == 1


def test_failures_end_a_job_with_a_problem_and_are_counted(backend: DoubleBackend, measured: Measured) -> None:
    jobs = jobs_of(backend, measured)
    backend.error = AuditWriteFailed("disk full")
    failed = jobs.submit(REQUEST)
    wait(failed)
    backend.error = None
    answered = jobs.submit(REQUEST)
    wait(answered)
    jobs.close()
    assert failed.problem is not None
    assert (failed.status, failed.problem["code"], failed.answer) == ("failed", "AUD002", None)
    points = measured.points()
    assert points["averment_analyses", (("status", "failed"),)] == 1
    assert points["averment_analyses", (("status", "answered"),)] == 1
    assert points["averment_active_analyses", ()] == 0
    assert points["averment_model_tokens", (("kind", "prompt"),)] == 7


def test_an_error_of_no_kind_of_ours_ends_the_job_too(backend: DoubleBackend, measured: Measured) -> None:
    class Exploding(DoubleBackend):
        def analyse(self, *_: object, **__: object) -> None:  # type: ignore[override]
            raise KeyError("words of a contract")

    jobs = jobs_of(Exploding(), measured)
    job = jobs.submit(REQUEST)
    wait(job)
    jobs.close()
    assert job.problem is not None
    assert job.status == "failed"
    assert "contract" not in str(job.problem)
