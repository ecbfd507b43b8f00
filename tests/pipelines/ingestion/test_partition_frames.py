"""What parser processes and their parent tell each other."""

import time
from io import BytesIO

import pytest

from averment.pipelines.ingestion.partition_frames import HEAD_BYTES, Head, PageNews, answer, read_head, receive, send


def test_what_is_sent_is_received_and_the_end_is_told() -> None:
    stream = BytesIO()
    send(stream, b"settings")
    send(stream, b"")
    stream.seek(0)
    assert [receive(stream), receive(stream), receive(stream)] == [b"settings", b"", None]


def test_an_answer_comes_with_its_length() -> None:
    stream = BytesIO()
    answer(stream, b"a document")
    stream.seek(0)
    assert read_head(stream.read(HEAD_BYTES)) == Head(is_answer=True, first=10, second=0)
    assert stream.read() == b"a document"


def test_pages_are_told_now_and_then_and_the_last_one_always(monkeypatch: pytest.MonkeyPatch) -> None:
    stream, now_s = BytesIO(), [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now_s[0])
    news = PageNews(stream)
    for done in range(1, 301):
        now_s[0] += 0.001
        news(done, 300)
    stream.seek(0)
    heads = [read_head(data) for data in iter(lambda: stream.read(HEAD_BYTES), b"")]
    assert [head.first for head in heads] == [1, 101, 201, 300]
    assert all(not head.is_answer and head.second == 300 for head in heads)
