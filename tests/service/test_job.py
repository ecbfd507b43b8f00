import asyncio

from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest
from averment.service.analysis_store import KeptAnalysis
from averment.service.job import Job, follow, opened

REQUEST = AnalysisRequest(question="q", principal=Principal(subject="ada", groups=()))


def test_a_parked_job_ends_its_followers_but_is_not_over() -> None:
    job = Job(id="1", request=REQUEST)

    async def run() -> list[int]:
        return [number async for number, _, _ in follow(job)]

    async def both() -> list[int]:
        waiting = asyncio.ensure_future(run())
        await asyncio.sleep(0)
        job.note("step", {})
        job.park()
        return await asyncio.wait_for(waiting, 10)

    assert asyncio.run(both()) == [0]
    assert not job.is_over
    assert (job.listed.n_events, job.listed.status) == (1, "queued")


def test_a_kept_analysis_waits_for_its_next_run_unless_it_is_over() -> None:
    kept = KeptAnalysis(
        id="1",
        status="running",
        n_runs=2,
        is_cancelled=True,
        has_key=True,
        request=REQUEST,
        events=(("step", {"number": 1}),),
        answer=None,
        problem=None,
    )
    job = opened(kept)
    job.leave()
    assert job.has_key
    assert (job.status, job.n_runs, job.is_cancelled.is_set(), len(job.events)) == ("queued", 2, True, 1)
