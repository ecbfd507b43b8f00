"""Parsing in child processes: what happens to a document never happens to us."""

import os
import pickle
import signal
from io import BytesIO

import pytest

from averment.core.documents import ParsedDocument
from averment.core.errors import DocumentError, DocumentLimitExceeded, PartitionFailed
from averment.pipelines.ingestion.limits import ParseLimits
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.ingestion.partition_worker import PartitionPool, _ClosedUnpickler, partition_in_worker
from tests.pipelines.ingestion.sample_files import make_pdf, statement_pdf


def test_a_worker_gives_the_same_document() -> None:
    content = statement_pdf()
    assert partition_in_worker(content, name="a.pdf") == partition(content, name="a.pdf")


def test_errors_come_back_and_the_child_goes_on() -> None:
    with PartitionPool() as pool:
        with pytest.raises(DocumentError, match="empty file"):
            pool.submit(b"", name="a.pdf").result()
        assert pool.submit(b"Due now.", name="a.txt").result().text == "Due now."


def test_a_killed_child_is_an_error_of_its_document_only() -> None:
    with PartitionPool() as pool:
        pool.submit(b"Due now.", name="a.txt").result()
        child = pool._idle.queue[0]
        os.kill(child._process.pid, signal.SIGKILL)
        child._process.wait()
        with pytest.raises(PartitionFailed, match="SIGKILL"):
            pool.submit(b"Due now.", name="a.txt").result()
        assert pool.submit(b"Due now.", name="a.txt").result().text == "Due now."


def test_time_and_memory_limits_stop_a_child() -> None:
    pages = make_pdf([[(72, 80, 11, f"Clause {n}")] for n in range(3000)])
    with (
        PartitionPool(limits=ParseLimits(max_memory_bytes=8 << 20)) as pool,
        pytest.raises(DocumentLimitExceeded, match="memory"),
    ):
        pool.submit(pages, name="a.pdf").result()
    with PartitionPool(limits=ParseLimits(max_seconds=0.0)) as pool:
        pool.submit(b"Due now.", name="a.txt").result()
        with pytest.raises(DocumentLimitExceeded, match="seconds"):
            pool.submit(pages, name="a.pdf").result()


def test_a_child_cannot_make_us_run_code() -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return (os.system, ("true",))

    with pytest.raises(pickle.UnpicklingError):
        _ClosedUnpickler(BytesIO(pickle.dumps(Evil()))).load()


def test_what_a_document_costs_is_measured() -> None:
    with PartitionPool() as pool:
        measured = pool.measure(statement_pdf(), name="a.pdf")
        assert isinstance(measured.result, ParsedDocument)
        assert measured.seconds > 0
        assert measured.peak_bytes is None or measured.peak_bytes > 1 << 20
        assert isinstance(pool.measure(b"", name="a.pdf").result, DocumentError)
