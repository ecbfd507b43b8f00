"""Headers over columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.ingestion.table_columns import Columns, header_over, overlap

PLAIN: list[Columns] = [(1, 2), (2, 3), (3, 4), (4, 5)]


@pytest.mark.parametrize(
    ("cell", "words", "place"),
    [
        ((2, 3), [(1, 2), (2, 3)], 1),
        ((2, 4), [(1, 3), (3, 5)], 0),
        ((2, 3), [(1, 2), (3, 4)], 0),
        ((4, 5), [(1, 2)], 0),
        ((1, 2), [(2, 3), (4, 5)], None),
        ((3, 4), [(2, 3), (4, 5)], None),
        ((1, 2), [], None),
    ],
)
def test_a_header_reaches_over_empty_cells_to_its_right_and_no_other_column(
    cell: Columns, words: list[Columns], place: int | None
) -> None:
    assert header_over(cell, words, figures=PLAIN) == place


def test_a_header_beside_its_column_is_taken_where_no_other_column_claims_it() -> None:
    assert header_over((3, 4), [(2, 3), (6, 7)], figures=[(3, 4), (7, 8)]) == 0


STRETCH = st.tuples(st.integers(0, 9), st.integers(1, 3)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(STRETCH, st.lists(STRETCH, max_size=5).map(sorted), st.lists(STRETCH, max_size=5).map(sorted))
def test_a_header_that_overlaps_is_never_passed_over(
    cell: Columns, words: list[Columns], figures: list[Columns]
) -> None:
    place = header_over(cell, words, figures=figures)
    most = max((overlap(word, cell) for word in words), default=0)
    if most > 0:
        assert place is not None
        assert overlap(words[place], cell) == most
