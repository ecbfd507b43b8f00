"""Parsing in child processes: what happens to a document never happens to us."""

import os
import pickle
import signal
import time
from io import BytesIO
from typing import Any

import pytest

from averment.core.completeness import Verdict
from averment.core.documents import ParsedDocument
from averment.core.errors import DocumentError, DocumentLimitExceeded, PartitionFailed
from averment.pipelines.ingestion.limits import ParseLimits
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.ingestion.partition_worker import PartitionPool, _ClosedUnpickler, partition_in_worker
from tests.pipelines.ingestion.sample_files import make_pdf, statement_pdf

pytestmark = pytest.mark.slow


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


def _report(n_pages: int) -> bytes:
    return make_pdf([[(72, 80 + 12 * row, 11, f"Clause {n}.{row} holds") for row in range(50)] for n in range(n_pages)])


class _Slow:
    """Holds a child up for a while whenever it tells of pages, as a slow machine would."""

    def __init__(self, pool: PartitionPool, *, seconds: float):
        pool.submit(b"Due now.", name="a.txt").result()  # starts the child
        self._pid = pool._idle.queue[0]._process.pid
        self._seconds = seconds
        self.told: list[tuple[int, int]] = []

    def __call__(self, done: int, total: int) -> None:
        self.told.append((done, total))
        os.kill(self._pid, signal.SIGSTOP)
        time.sleep(self._seconds)
        os.kill(self._pid, signal.SIGCONT)


def test_a_slow_document_that_makes_headway_is_not_stopped() -> None:
    limits = ParseLimits(max_seconds=2.5, max_seconds_per_page=5.0, max_idle_seconds=10.0)
    with PartitionPool(limits=limits) as pool:
        slow = _Slow(pool, seconds=1.3)  # at least twice: after the first page and after the last
        begin = time.monotonic()
        parsed = pool.submit(_report(4), name="a.pdf", on_pages=slow).result()
        assert time.monotonic() - begin > limits.max_seconds
    assert len(parsed.pages) == 4
    done = [pages for pages, _ in slow.told]
    assert done == sorted(done)
    assert slow.told[-1] == (4, 4)


def test_headway_that_is_too_slow_is_stopped() -> None:
    limits = ParseLimits(max_seconds=3.0, max_seconds_per_page=0.0, max_idle_seconds=10.0)
    with PartitionPool(limits=limits) as pool:
        slow = _Slow(pool, seconds=1.6)
        with pytest.raises(DocumentLimitExceeded, match="longer than 3 seconds") as caught:
            pool.submit(_report(100), name="a.pdf", on_pages=slow).result()
    assert int(caught.value.details["pages_done"]) > 0


def test_a_document_that_hangs_in_a_page_is_stopped_soon() -> None:
    limits = ParseLimits(max_seconds=300.0, max_seconds_per_page=20.0, max_idle_seconds=0.5)
    with PartitionPool(limits=limits) as pool:
        pool.submit(b"Due now.", name="a.txt").result()
        child = pool._idle.queue[0]._process.pid
        begin = time.monotonic()
        with pytest.raises(DocumentLimitExceeded, match=r"stood still for 0\.5 seconds after \d+ pages"):
            pool.submit(_report(100), name="a.pdf", on_pages=lambda *_: os.kill(child, signal.SIGSTOP)).result()
        assert time.monotonic() - begin < 10
        assert pool.submit(b"Due now.", name="a.txt").result().text == "Due now."


def test_pages_that_a_file_cannot_have_give_no_time() -> None:
    limits = ParseLimits(max_seconds=1.0, max_seconds_per_page=2.0, max_pages=10)
    assert limits.seconds_for(4) == 9.0
    assert limits.seconds_for(1 << 60) == 21.0


def test_a_child_cannot_make_us_run_code() -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return (os.system, ("true",))

    with pytest.raises(pickle.UnpicklingError):
        _ClosedUnpickler(BytesIO(pickle.dumps(Evil()))).load()


class _ByAttribute:
    """Pickles as an attribute of something, as members of enumerations do in Python 3.11.0 to 3.11.3."""

    def __init__(self, owner: object, name: str):
        self._taken = (owner, name)

    def __reduce__(self) -> tuple[Any, ...]:
        return getattr, self._taken


def test_a_member_of_an_enumeration_may_come_as_its_attribute() -> None:
    data = pickle.dumps(_ByAttribute(Verdict, "COMPLETE"))
    assert _ClosedUnpickler(BytesIO(data)).load() is Verdict.COMPLETE


@pytest.mark.parametrize(
    ("owner", "name"), [(Verdict, "__class__"), (Verdict, "NOTHING"), (ParsedDocument, "__init__"), ("text", "upper")]
)
def test_any_other_attribute_is_refused(owner: object, name: str) -> None:
    with pytest.raises(pickle.UnpicklingError, match="attribute"):
        _ClosedUnpickler(BytesIO(pickle.dumps(_ByAttribute(owner, name)))).load()


def test_what_a_document_costs_is_measured() -> None:
    with PartitionPool() as pool:
        measured = pool.measure(statement_pdf(), name="a.pdf")
        assert isinstance(measured.result, ParsedDocument)
        assert measured.seconds > 0
        assert measured.peak_bytes is None or measured.peak_bytes > 1 << 20
        assert isinstance(pool.measure(b"", name="a.pdf").result, DocumentError)
