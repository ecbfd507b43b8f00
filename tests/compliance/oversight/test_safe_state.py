"""The safe state: seen by every process, kept over a restart, and stopping where it cannot be read."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from averment.compliance.oversight.safe_state import FOLDER, HeldSystem, SafeState
from averment.core.errors import AnalysisStopped, ChangeBlocked, StoreError
from averment.core.oversight import Stop


def stop(purpose: str | None = None, *, reason: str = "x", since: str = "2026-01-01T00:00:00.000Z") -> Stop:
    return Stop(reason=reason, purpose=purpose, since=since)


def test_a_stop_is_seen_by_another_process_and_after_a_restart(tmp_path: Path) -> None:
    SafeState(tmp_path).refuse("trial")
    SafeState(tmp_path).add(stop())
    with pytest.raises(AnalysisStopped) as caught:
        SafeState(tmp_path).refuse("trial")
    assert (caught.value.details["reason"], caught.value.hint is not None) == ("x", True)


def test_stops_of_a_purpose_and_of_all_are_lifted_each_by_itself(tmp_path: Path) -> None:
    state = SafeState(tmp_path)
    for one in (stop(), stop("credit"), stop("credit", reason="y")):
        state.add(one)
    state.add(stop("credit", since="2026-02-01T00:00:00.000Z"))
    assert len(state.stops()) == 3
    assert [lifted.reason for lifted in state.lift("credit")] == ["x", "y"]
    assert state.is_stopped("credit")
    state.lift(None)
    assert not state.is_stopped("credit")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"stops": [{"odd": 1}], "held": []}'])
def test_a_damaged_file_stops_everything(tmp_path: Path, content: bytes) -> None:
    SafeState(tmp_path).add(stop("credit"))
    next((tmp_path / FOLDER).glob("*.json")).write_bytes(content)
    with pytest.raises(AnalysisStopped, match="unreadable"):
        SafeState(tmp_path).refuse("trial")


def test_a_held_system_answers_as_it_is_or_not_at_all(tmp_path: Path) -> None:
    state = SafeState(tmp_path)
    state.refuse_change("sha256:b")
    state.hold(HeldSystem(case="c-1", digest="sha256:a"))
    state.refuse_change("sha256:a")
    with pytest.raises(ChangeBlocked, match="c-1"):
        state.refuse_change("sha256:b")
    state.release("c-1")
    state.refuse_change("sha256:b")


def test_stops_that_come_at_once_are_all_kept(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: SafeState(tmp_path).add(stop(f"p{number}")), range(24)))
    assert len(SafeState(tmp_path).stops()) == 24


def test_a_stop_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("in the way")
    with pytest.raises(StoreError, match="cannot be written"):
        SafeState(tmp_path).add(stop())
