"""The index finds entries, follows the log, and is worth nothing by itself."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from averment.compliance.index import EntryFilter, EntryIndex
from averment.compliance.recorder import open_evidence
from averment.core.clock import SystemClock
from averment.core.errors import UsageError
from tests.compliance.evidence import ORIGIN, document_event, question_event


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    fill(tmp_path, 3)
    return tmp_path / "evidence"


def fill(folder: Path, count: int) -> None:
    clock = SystemClock()
    with open_evidence(folder / "evidence", folder / "keys", clock=clock, origin=ORIGIN, must_exist=False) as recorder:
        recorder.append_many([document_event(number) for number in range(count)])
        recorder.append(question_event())


def find(evidence: Path, query: EntryFilter, path: Path | None = None) -> list[int]:
    with EntryIndex(evidence, path=path) as index:
        index.update()
        return index.find(query)


def test_filters_select(evidence: Path) -> None:
    everything = find(evidence, EntryFilter())
    parsed = find(evidence, EntryFilter(types=("ingest.document.parsed",)))
    assert everything == list(range(len(everything)))
    assert len(parsed) == 3
    assert find(evidence, EntryFilter(document_id="doc-1")) == [parsed[1]]
    asked = find(evidence, EntryFilter(answer_id="0198a1b2"))
    assert find(evidence, EntryFilter(purpose="trial")) == asked == [everything[-1]]
    assert find(evidence, EntryFilter(first=parsed[1], limit=2)) == parsed[1:3]
    assert find(evidence, EntryFilter(time_from="2999-01-01")) == []
    assert find(evidence, EntryFilter(time_to="2999-01-01")) == everything
    assert find(evidence, EntryFilter(time_to="2999-01-01T00:00:00+02:00")) == everything
    with pytest.raises(UsageError, match="'yesterday' is no time"):
        find(evidence, EntryFilter(time_from="yesterday"))
    assert find(evidence, EntryFilter(actor="x' OR '1'='1")) == []


def test_many_make_and_update_one_index_at_once(evidence: Path, tmp_path: Path) -> None:
    for attempt in range(5):
        path, ready = tmp_path / f"{attempt}.sqlite", Barrier(8)

        def ask(path: Path = path, ready: Barrier = ready) -> list[int]:
            ready.wait(10)
            return find(evidence, EntryFilter(), path)

        with ThreadPoolExecutor(8) as pool:
            found = [asked.result() for asked in [pool.submit(ask) for _ in range(8)]]
        assert found == [find(evidence, EntryFilter())] * 8


def test_the_index_follows_the_log_and_can_be_deleted(evidence: Path, tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    before = find(evidence, EntryFilter(), path)
    fill(tmp_path, 4)
    after = find(evidence, EntryFilter(), path)
    assert len(after) == len(before) + 5
    path.unlink()
    assert find(evidence, EntryFilter(), path) == after


def test_many_ask_at_once_for_an_index_that_is_not_there_yet(evidence: Path, tmp_path: Path) -> None:
    expected = find(evidence, EntryFilter())
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(find, evidence, EntryFilter(), tmp_path / "index.sqlite") for _ in range(32)]
    assert [one.result() for one in asked] == [expected] * 32


def test_the_newest_come_first_below_an_index(evidence: Path) -> None:
    everything = find(evidence, EntryFilter())
    assert find(evidence, EntryFilter(newest_first=True)) == everything[::-1]
    assert find(evidence, EntryFilter(newest_first=True, before=3, limit=2)) == [2, 1]
    assert find(evidence, EntryFilter(before=2)) == [0, 1]


def test_an_index_of_another_log_or_of_rubbish_is_made_anew(evidence: Path, tmp_path: Path) -> None:
    fill(tmp_path / "other", 9)
    path = tmp_path / "index.sqlite"
    find(tmp_path / "other/evidence", EntryFilter(), path)
    expected = find(evidence, EntryFilter())
    assert find(evidence, EntryFilter(), path) == expected
    path.write_bytes(b"no database" * 100)
    assert find(evidence, EntryFilter(), path) == expected
