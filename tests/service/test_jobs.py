import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest
from averment.core.errors import AuditWriteFailed, QuotaExceeded, StoreBusy, UsageError
from averment.core.settings import ServiceSettings
from averment.core.testing.backend import DoubleBackend, an_answer
from averment.core.testing.clock import FixedClock
from averment.core.testing.sealing import PlainTexts
from averment.service.analysis_store import AnalysisStore
from averment.service.backend import Backend
from averment.service.idempotency import GivenKey, given_key
from averment.service.job import Job, follow
from averment.service.jobs import Jobs
from tests.service.conftest import Measured

ADA = Principal(subject="ada", groups=("everyone",))
REQUEST = AnalysisRequest(question="q", principal=ADA)


def a_store() -> AnalysisStore:
    return AnalysisStore(None, sealing=PlainTexts())


def jobs_of(
    backend: Backend,
    measured: Measured,
    *,
    limit: int = 2,
    store: AnalysisStore | None = None,
    clock: FixedClock | None = None,
) -> Jobs:
    settings = ServiceSettings(max_concurrent_analyses=limit, max_analysis_runs=3, idempotency_hours=1)
    return Jobs(
        backend, store=store or a_store(), clock=clock or FixedClock(), metrics=measured.metrics, settings=settings
    )


def wait(job: Job, *, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not job.is_over and time.monotonic() < deadline:
        time.sleep(0.01)
    assert job.is_over


def until(is_so: Callable[[], bool], *, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert is_so()


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
    backend.hold = threading.Event()
    jobs = jobs_of(backend, measured)
    job = jobs.submit(REQUEST)
    ada = job.request.principal
    others = [replace(ada, subject="eve"), replace(ada, tenant="other"), replace(ada, groups=())]
    assert jobs.get(job.id, who=ada) is job
    assert list(jobs.of(replace(ada, groups=(*ada.groups, "more")))) == [job]
    for other in others:
        assert jobs.get(job.id, who=other) is None
        assert list(jobs.of(other)) == []
        assert jobs.page(other, after=None, limit=10) == ([], None)
    jobs.close()


def test_a_stop_leaves_what_waits_and_lets_what_runs_end(backend: DoubleBackend, measured: Measured) -> None:
    backend.hold = threading.Event()
    store = a_store()
    jobs = jobs_of(backend, measured, limit=1, store=store)
    running, waiting = jobs.submit(REQUEST), jobs.submit(REQUEST)
    with pytest.raises(QuotaExceeded):
        jobs.submit(REQUEST)
    until(lambda: bool(running.events))
    jobs.stop()
    with pytest.raises(StoreBusy, match="stopping"):
        jobs.submit(REQUEST)
    assert collect(waiting) == []
    assert not running.is_parked
    backend.hold.set()
    wait(running)
    jobs.close()
    assert (running.status, waiting.status) == ("completed", "queued")
    assert [one.id for one in store.unfinished()] == [waiting.id]
    assert len(backend.requests) == 1


def test_what_takes_too_long_at_a_stop_ends_without_an_answer_and_goes_on_at_the_next_start(
    backend: DoubleBackend, measured: Measured
) -> None:
    backend.hold = threading.Event()
    store = a_store()
    jobs = jobs_of(backend, measured, store=store)
    job = jobs.submit(REQUEST)
    until(lambda: bool(job.events))
    jobs.close()
    assert (job.answer, job.is_over, collect(job)) == (None, False, [(0, "step")])
    assert measured.points()["averment_analyses", (("status", "interrupted"),)] == 1
    backend.hold.set()
    after = jobs_of(backend, measured, store=store)
    assert after.resume() == 1
    until(lambda: not list(store.unfinished()))
    again = after.get(job.id, who=ADA)
    assert again is not None
    assert collect(again, after=0) == [(1, "restarted"), (2, "step"), (3, "answer")]
    assert backend.recoveries == [job.id]
    after.close()


def killed_while_running(store: AnalysisStore, request: AnalysisRequest = REQUEST, *, runs: int = 1) -> str:
    """Leave a store as a killed service does, with one analysis under way that told of one step."""
    store.add("0197", request)
    for _ in range(runs):
        store.begin("0197")
    store.note("0197", "step", data={"number": 1})
    return "0197"


def test_an_answer_that_the_log_holds_is_not_made_twice(backend: DoubleBackend, measured: Measured) -> None:
    store = a_store()
    identity = killed_while_running(store)
    backend.logged[identity] = an_answer(identity)
    jobs = jobs_of(backend, measured, store=store)
    jobs.resume()
    until(lambda: not list(store.unfinished()))
    found = jobs.get(identity, who=ADA)
    assert found is not None
    assert (found.status, found.answer) == ("completed", an_answer(identity))
    assert collect(found) == [(0, "step"), (1, "answer")]
    assert backend.requests == []
    jobs.close()


def test_what_was_begun_too_often_what_was_cancelled_and_what_nobody_waits_for_ends(
    backend: DoubleBackend, measured: Measured
) -> None:
    def outcome(request: AnalysisRequest = REQUEST, *, runs: int = 1, is_cancelled: bool = False) -> tuple[str, str]:
        store = a_store()
        identity = killed_while_running(store, request, runs=runs)
        if is_cancelled:
            store.cancel(identity)
        jobs = jobs_of(backend, measured, store=store)
        jobs.resume()
        until(lambda: not list(store.unfinished()))
        found = jobs.get(identity, who=ADA)
        assert found is not None
        jobs.close()
        return found.status, str((found.problem or {}).get("code"))

    assert outcome(runs=2) == ("completed", "None")
    assert outcome(runs=3) == ("failed", "SVC001")
    assert outcome(is_cancelled=True) == ("cancelled", "None")
    assert outcome(replace(REQUEST, channel="chat")) == ("failed", "SVC001")
    assert len(backend.requests) == 1
    assert len(backend.recoveries) == 4


def a_key(value: str = "k", question: str = "q") -> GivenKey:
    found = given_key(value, route="analyses", content=question)
    assert found is not None
    return found


def test_a_key_does_a_request_once_and_no_other(backend: DoubleBackend, measured: Measured) -> None:
    jobs = jobs_of(backend, measured)
    first = jobs.submit(REQUEST, key=a_key())
    wait(first)
    assert jobs.submit(REQUEST, key=a_key()).id == first.id
    assert jobs.submit(REQUEST, key=a_key("other")).id != first.id
    eve = replace(REQUEST, principal=replace(ADA, subject="eve"))
    assert jobs.submit(eve, key=a_key(question="hers")).id != first.id
    with pytest.raises(UsageError, match="another request"):
        jobs.submit(REQUEST, key=a_key(question="changed"))
    jobs.close()
    assert len(backend.requests) <= 3


def test_a_key_is_known_for_its_time_and_free_after_a_failure_that_may_pass(
    backend: DoubleBackend, measured: Measured
) -> None:
    clock = FixedClock()
    jobs = jobs_of(backend, measured, clock=clock)
    backend.error = AuditWriteFailed("disk full")
    failed = jobs.submit(REQUEST, key=a_key())
    wait(failed)
    backend.error = None
    done = jobs.submit(REQUEST, key=a_key())
    wait(done)
    assert done.id != failed.id
    clock.advance(3599)
    assert jobs.submit(REQUEST, key=a_key()).id == done.id
    clock.advance(1)
    assert jobs.submit(REQUEST, key=a_key()).id != done.id
    jobs.close()


def test_a_history_goes_on_page_by_page_and_forgets_what_is_removed(backend: DoubleBackend, measured: Measured) -> None:
    clock = FixedClock()
    jobs = jobs_of(backend, measured, clock=clock)
    made = []
    for _ in range(5):
        clock.advance(1)
        made.append(jobs.submit(REQUEST))
        wait(made[-1])
    seen, cursor = jobs.page(ADA, after=None, limit=2)
    while cursor is not None:
        more, cursor = jobs.page(ADA, after=cursor, limit=2)
        assert len(more) <= 2
        seen += more
    assert [one.id for one in seen] == [job.id for job in reversed(made)]
    jobs.remove(made[0])
    assert jobs.get(made[0].id, who=ADA) is None
    assert len(jobs.page(ADA, after=None, limit=10)[0]) == 4
    jobs.close()


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

    jobs = jobs_of(Exploding(), measured)  # type: ignore[arg-type]  # its analyse takes anything
    job = jobs.submit(REQUEST)
    wait(job)
    jobs.close()
    assert job.problem is not None
    assert job.status == "failed"
    assert "contract" not in str(job.problem)
