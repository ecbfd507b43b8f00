import asyncio
import threading

from starlette.requests import Request

from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest
from averment.core.testing.backend import DoubleBackend
from averment.core.testing.clock import FixedClock
from averment.service.jobs import Jobs
from averment.service.waiting import wait_for
from tests.service.conftest import Measured

ASKED = AnalysisRequest(question="q", principal=Principal(subject="a", groups=("g",), tenant="t", roles=()))


def a_request(*, is_gone: bool) -> Request:
    async def receive() -> dict[str, str]:
        if not is_gone:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    return Request({"type": "http", "method": "POST", "headers": []}, receive)


def test_a_client_that_hangs_up_cancels_its_analysis(measured: Measured) -> None:
    backend = DoubleBackend()
    backend.hold = threading.Event()  # ends by cancellation only
    jobs = Jobs(backend, clock=FixedClock(), metrics=measured.metrics, limit=1)
    job = jobs.submit(ASKED)
    asyncio.run(wait_for(job, a_request(is_gone=True)))
    assert job.status == "cancelled"
    jobs.close()


def test_the_first_events_can_be_waited_for_alone(measured: Measured) -> None:
    backend = DoubleBackend()
    backend.hold = threading.Event()
    jobs = Jobs(backend, clock=FixedClock(), metrics=measured.metrics, limit=1)
    job = jobs.submit(ASKED)
    asyncio.run(wait_for(job, a_request(is_gone=False), n_events=1))
    assert (len(job.events), job.is_over) == (1, False)
    backend.hold.set()
    asyncio.run(wait_for(job, a_request(is_gone=False)))
    assert job.status == "completed"
    jobs.close()
