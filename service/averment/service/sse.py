"""Server-sent events: framing, and a bridge from a worker thread to an async stream."""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Final

from averment.core.jsonable import Json

MEDIA_TYPE: Final = "text/event-stream"
HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
DONE: Final = "data: [DONE]\n\n"
RETRY_MS: Final = 2000
COME_BACK: Final = f"retry: {RETRY_MS}\n\n"
"""What a stream ends with that is to be taken up again."""
KEEPALIVE: Final = ": keep-alive\n\n"
KEEPALIVE_S: Final = 10.0


def frame(data: Json, *, event: str | None = None, identity: int | None = None) -> str:
    """Write one event; JSON escapes line breaks, so the data is one line."""
    lines = []
    if identity is not None:
        lines.append(f"id: {identity}")
    if event is not None:
        lines.append(f"event: {event}")
    lines.append(f"data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}")
    return "\n".join(lines) + "\n\n"


async def with_keepalive(source: AsyncGenerator[str, None]) -> AsyncGenerator[str, None]:
    """Pass a stream on, with a comment whenever it is silent for ten seconds; closes the stream in the end."""
    pending = asyncio.ensure_future(anext(source, None))
    try:
        while True:
            done, _ = await asyncio.wait({pending}, timeout=KEEPALIVE_S)
            if not done:
                yield KEEPALIVE
                continue
            item = pending.result()
            if item is None:
                return
            yield item
            pending = asyncio.ensure_future(anext(source, None))
    finally:
        pending.cancel()
        await asyncio.gather(pending, return_exceptions=True)
        await source.aclose()
