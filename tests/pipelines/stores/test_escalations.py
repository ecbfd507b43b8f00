"""Questions are counted for a whole data directory, whoever asks them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from averment.core.errors import StoreError
from averment.pipelines.stores.escalations import FILE, EscalationCounts


def tenth(n_escalated: int, n_questions: int) -> bool:
    return 10 * (n_escalated + 1) <= n_questions


def test_counting_goes_on_where_another_process_ended(tmp_path: Path) -> None:
    for _ in range(9):
        EscalationCounts(tmp_path / FILE, window=100).add()
    assert EscalationCounts(tmp_path / FILE, window=100).take(tenth) is not None
    assert EscalationCounts(tmp_path / FILE, window=100).take(tenth) is None


def test_what_is_given_back_can_be_taken_again(tmp_path: Path) -> None:
    counts = EscalationCounts(tmp_path / FILE, window=100)
    for _ in range(9):
        counts.add()
    taken = counts.take(tenth)
    assert taken is not None
    counts.give_back(taken)
    assert counts.take(tenth) is not None


def test_only_the_latest_questions_count(tmp_path: Path) -> None:
    counts = EscalationCounts(tmp_path / FILE, window=5)
    seen = []

    def always(n_escalated: int, n_questions: int) -> bool:
        seen.append((n_escalated, n_questions))
        return True

    for _ in range(7):
        counts.take(always)
    assert seen == [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (4, 5), (4, 5)]


def test_nobody_counts_in_between(tmp_path: Path) -> None:
    counts = EscalationCounts(tmp_path / FILE, window=1000)
    for _ in range(16):
        counts.add()
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: counts.take(tenth), range(24)))
    assert sum(one is not None for one in taken) == 4, "a tenth of forty"


def test_a_file_that_cannot_be_written_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(StoreError, match="not counted"):
        EscalationCounts(tmp_path / FILE, window=5).add()
