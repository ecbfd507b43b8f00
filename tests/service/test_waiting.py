import asyncio
import threading

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest
from averment.core.testing.backend import DoubleBackend
from averment.service.jobs import Jobs
from averment.service.waiting import wait_for

ASKED = AnalysisRequest(question="q", principal=Principal(subject="a", groups=("g",), tenant="t", roles=()))


def a_request(*, is_gone: bool) -> Request:
    async def receive() -> dict[str, str]:
        if not is_gone:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    return Request({"type": "http", "method": "POST", "headers": []}, receive)


@pytest.fixture
def jobs(client: TestClient) -> Jobs:
    found: Jobs = client.app.state.jobs  # type: ignore[attr-defined]  # a FastAPI
    return found


def test_a_client_that_hangs_up_cancels_its_analysis(jobs: Jobs, backend: DoubleBackend) -> None:
    backend.hold = threading.Event()  # ends by cancellation only
    job = jobs.submit(ASKED)
    asyncio.run(wait_for(job, a_request(is_gone=True)))
    assert job.status == "cancelled"


def test_the_first_events_can_be_waited_for_alone(jobs: Jobs, backend: DoubleBackend) -> None:
    backend.hold = threading.Event()
    job = jobs.submit(ASKED)
    asyncio.run(wait_for(job, a_request(is_gone=False), n_events=1))
    assert (len(job.events), job.is_over) == (1, False)
    backend.hold.set()
    asyncio.run(wait_for(job, a_request(is_gone=False)))
    assert job.status == "completed"
