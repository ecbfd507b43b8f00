import asyncio
import signal
import socket
import threading
from pathlib import Path

import pytest

from averment.core.clock import SystemClock
from averment.core.errors import ConfigurationError
from averment.core.settings import ServiceSettings, Settings
from averment.core.testing.backend import DoubleBackend
from averment.service import server
from tests.service.conftest import Measured
from tests.service.test_jobs import REQUEST, jobs_of, until


def test_a_public_address_is_refused_before_anything_is_opened(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", service=ServiceSettings(host="0.0.0.0"))
    with pytest.raises(ConfigurationError, match="loopback only"):
        server.serve_forever(settings, clock=SystemClock(), announce=lambda _: None)
    assert not (tmp_path / "data").exists()


@pytest.mark.slow
def test_a_port_that_is_taken_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ConfigurationError, match=str(taken.getsockname()[1])):
            server._listen("127.0.0.1", taken.getsockname()[1])


def test_small_answers_are_sent_at_once() -> None:
    with server._listen("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP


def test_whoever_connects_to_an_announced_address_is_not_refused() -> None:
    with server._listen("127.0.0.1", 0) as listening:
        socket.create_connection(listening.getsockname(), timeout=5).close()


def test_signals_are_given_back_and_not_raised_again(measured: Measured) -> None:
    jobs = jobs_of(DoubleBackend(), measured)
    running = server.make_server(lambda *_: None, jobs=jobs, settings=ServiceSettings())
    before = signal.getsignal(signal.SIGTERM)
    with running.capture_signals():
        assert signal.getsignal(signal.SIGTERM) != before
        signal.raise_signal(signal.SIGTERM)
    assert running.should_exit
    assert signal.getsignal(signal.SIGTERM) == before
    jobs.close()


def test_a_stop_while_stores_are_opened_unwinds_the_stack() -> None:
    closed = []
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as ended, server._stops_in_order():
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            closed.append("stores")
    assert (ended.value.code, closed) == (0, ["stores"])
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_stop_waits_for_what_runs_and_leaves_the_rest(measured: Measured) -> None:
    backend = DoubleBackend()
    backend.hold = threading.Event()
    jobs = jobs_of(backend, measured, limit=1)
    running, waiting = jobs.submit(REQUEST), jobs.submit(REQUEST)
    until(lambda: jobs.n_running == 1)
    served = server.make_server(lambda *_: None, jobs=jobs, settings=ServiceSettings(stop_grace_s=60))

    async def stop() -> None:
        ending = asyncio.ensure_future(served.shutdown())
        while not jobs.is_stopping:
            await asyncio.sleep(0)
        assert not running.is_parked
        assert backend.hold is not None
        backend.hold.set()
        await asyncio.wait_for(ending, 30)

    served.servers, served.lifespan = [], _Lifespan()
    asyncio.run(stop())
    assert (running.status, waiting.status) == ("completed", "queued")
    jobs.close()


def test_a_stop_does_not_wait_longer_than_it_may(measured: Measured) -> None:
    backend = DoubleBackend()
    backend.hold = threading.Event()
    jobs = jobs_of(backend, measured, limit=1)
    job = jobs.submit(REQUEST)
    until(lambda: jobs.n_running == 1)
    served = server.make_server(lambda *_: None, jobs=jobs, settings=ServiceSettings(stop_grace_s=0))
    served.servers, served.lifespan = [], _Lifespan()
    asyncio.run(asyncio.wait_for(served.shutdown(), 30))
    jobs.close()
    assert (job.is_over, job.is_parked, job.answer) == (False, True, None)


class _Lifespan:
    """A life span that ends at once."""

    async def shutdown(self) -> None:
        """End."""
