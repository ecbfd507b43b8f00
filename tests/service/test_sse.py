import asyncio
import json
from collections.abc import AsyncGenerator

import pytest

from averment.service import sse


def test_a_frame_is_one_event_whatever_the_data_hold() -> None:
    framed = sse.frame({"text": "a\nb\r\n\ndata: x"}, event="step", identity=3)
    lines = framed.split("\n")
    assert lines[:2] == ["id: 3", "event: step"]
    assert json.loads(lines[2].removeprefix("data: ")) == {"text": "a\nb\r\n\ndata: x"}
    assert lines[3:] == ["", ""]


def test_a_silent_stream_is_kept_alive_and_closed_when_the_client_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "KEEPALIVE_S", 0.02)
    ended: list[str] = []

    async def source() -> AsyncGenerator[str, None]:
        try:
            yield "one"
            await asyncio.sleep(3600)
            yield "never"
        finally:
            ended.append("closed")

    async def run() -> list[str]:
        stream = sse.with_keepalive(source())
        seen = [await anext(stream) for _ in range(3)]
        await stream.aclose()
        return seen

    assert asyncio.run(run()) == ["one", sse.KEEPALIVE, sse.KEEPALIVE]
    assert ended == ["closed"]


@pytest.mark.slow
def test_a_stream_left_between_two_events_is_closed_as_well() -> None:
    ended: list[str] = []

    async def source() -> AsyncGenerator[str, None]:
        try:
            yield "one"
            yield "two"
        finally:
            ended.append("closed")

    async def run() -> None:
        stream = sse.with_keepalive(source())
        await anext(stream)
        await stream.aclose()

    asyncio.run(run())
    assert ended == ["closed"]
