"""Parsing in child processes: what happens to a document never happens to us."""

import json
import os
import pickle
import signal
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from averment.core.documents import ParsedDocument
from averment.core.errors import DocumentEncrypted, DocumentError, DocumentLimitExceeded, PartitionFailed
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


def _is_right(expect: Mapping[str, Any], result: ParsedDocument | DocumentError) -> bool:
    """Tell whether a robustness file ended as its manifest says."""
    outcome = expect["outcome"]
    if isinstance(result, DocumentError):
        return outcome != "text" and (outcome != "password" or isinstance(result, DocumentEncrypted))
    wanted = [*expect.get("must_contain", []), *expect.get("ocr_contains", [])]
    unwanted = expect.get("must_not_contain", [])
    if outcome in ("reject", "password"):
        return False
    if outcome == "empty_ok":
        return not result.text.strip() or "mail_without_body" in result.warnings
    return all(s in result.text for s in wanted) and not any(s in result.text for s in unwanted)


@pytest.mark.slow
def test_hostile_and_broken_files_end_as_they_should(shared_data: Path) -> None:
    rows = (shared_data / "robustness/manifest.jsonl").read_text(encoding="utf-8").splitlines()
    wrong = []
    with PartitionPool(limits=ParseLimits(max_seconds=120)) as pool:
        for row in map(json.loads, rows):
            path = shared_data / row["file"]
            result: ParsedDocument | DocumentError
            try:
                result = pool.submit(path.read_bytes(), name=path.name).result()
            except DocumentError as error:
                result = error
                assert error.message
            if not _is_right(row["expect"], result):
                wrong.append((row["id"], row["kind"], repr(result)[:200]))
    assert wrong == []
