"""Marked clauses: counted by topic with exact limits, written and read back."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.errors import ConfigurationError
from averment.evaluation.found_shares import OUTCOMES, Outcome, Sought, found_shares, read_sought, write_sought
from averment.pipelines.reasoning.recall import CLAUSES, STATEMENTS


def sought(topic: str, found: int, denied: int, left_open: int) -> list[Sought]:
    counts: dict[Outcome, int] = {"found": found, "denied": denied, "open": left_open}
    outcomes = [outcome for outcome, count in counts.items() for _ in range(count)]
    return [Sought(id=f"{topic}-{n}", topic=topic, outcome=outcome) for n, outcome in enumerate(outcomes)]


def test_topics_are_counted_apart_and_clauses_together() -> None:
    shares = found_shares(
        sought("audit", 8, 1, 1) + sought("escrow", 5, 0, 0) + sought(STATEMENTS, 2, 2, 0), delta=0.05
    )
    counted = {topic: (one.n, one.n_found, one.n_denied) for topic, one in shares.items()}
    assert counted == {"audit": (10, 8, 1), "escrow": (5, 5, 0), CLAUSES: (15, 13, 1), STATEMENTS: (4, 2, 2)}
    # The exact limit of all of n found is delta ** (1 / n).
    assert shares["escrow"].lower == pytest.approx(0.05 ** (1 / 5))


def test_a_question_on_several_topics_counts_once() -> None:
    assert found_shares(sought(CLAUSES, 3, 0, 1), delta=0.05)[CLAUSES].n == 4


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_limit_lies_below_the_share_and_rises_with_it(found: int, missed: int) -> None:
    if not found + missed:
        assert not found_shares([], delta=0.05)
        return
    share = found_shares(sought("audit", found, 0, missed), delta=0.05)["audit"]
    assert 0 <= share.lower <= found / (found + missed)
    more = found_shares(sought("audit", found + 1, 0, missed), delta=0.05)["audit"]
    assert more.lower > share.lower


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    rows = sought("audit", 1, 1, 1)
    write_sought(rows, tmp_path / "sought.jsonl")
    assert read_sought(tmp_path / "sought.jsonl") == rows
    assert {one.outcome for one in rows} == set(OUTCOMES)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{", "no JSON object"),
        ('{"id": "a"}', "expected an object of id, topic and outcome"),
        ('{"id": "a", "topic": "", "outcome": "found"}', "expected the name of one"),
        ('{"id": "a", "topic": "audit", "outcome": "lost"}', "expected one of found, denied, open"),
        ('{"id": "a", "topic": "audit", "outcome": "open"}\n' * 2, "occurs twice"),
    ],
)
def test_anything_else_is_refused(tmp_path: Path, line: str, expected: str) -> None:
    (tmp_path / "sought.jsonl").write_text(line)
    with pytest.raises(ConfigurationError, match=expected):
        read_sought(tmp_path / "sought.jsonl")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_sought(tmp_path / "none.jsonl")
