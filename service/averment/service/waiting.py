"""Waiting for an analysis while its client waits: one that hangs up cancels it, unless it can come back."""

import asyncio
from typing import Final

from fastapi import Request

from averment.service.job import Job, follow

HANG_UP_CHECK_S: Final = 0.5


async def wait_for(job: Job, request: Request, *, n_events: int | None = None) -> None:
    """Wait for the first events of a job, or for all; a client that hangs up leaves it."""
    news = asyncio.ensure_future(_listen(job, n_events))
    try:
        while not (await asyncio.wait({news}, timeout=HANG_UP_CHECK_S))[0]:
            if await request.is_disconnected():
                job.leave()
        await news
    finally:
        news.cancel()


async def _listen(job: Job, n_events: int | None) -> None:
    async for number, _, _ in follow(job):
        if n_events is not None and number + 1 >= n_events:
            return
