import asyncio
import threading
from concurrent.futures import CancelledError

import pytest

from averment.pipelines.models.loop_thread import LoopThread


async def name() -> str:
    return threading.current_thread().name


async def forever() -> None:
    await asyncio.sleep(3600)


def test_work_runs_in_one_thread_that_starts_with_the_first_and_ends_with_close() -> None:
    loop = LoopThread("test-loop")
    assert not any(thread.name == "test-loop" for thread in threading.enumerate())
    assert {loop.submit(name()).result(5.0) for _ in range(3)} == {"test-loop"}
    loop.close()
    assert not any(thread.name == "test-loop" for thread in threading.enumerate())
    loop.close()


def test_closing_cancels_what_runs() -> None:
    loop = LoopThread("test-loop")
    future = loop.submit(forever())
    loop.submit(name()).result(5.0)
    loop.close()
    with pytest.raises(CancelledError):
        future.result(5.0)
