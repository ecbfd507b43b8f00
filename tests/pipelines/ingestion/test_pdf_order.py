"""The order of words: what the page and the second reading both say, upright, turned, in columns."""

from itertools import accumulate

import numpy as np

from averment.pipelines.ingestion.pdf_order import WordOrder, count_disordered

_Row = list[tuple[float, float, float, float]]


def _count(rows: list[_Row], met: list[int], *, glued: bool = False) -> int:
    boxes = [box for row in rows for box in row]
    starts = list(accumulate([4 if glued else 5] * len(boxes), initial=0))[:-1]
    columns = [np.array([box[at] for box in boxes], dtype=float) for at in range(4)]
    return count_disordered(
        WordOrder(
            met=np.array(met),
            line=np.array([number for number, row in enumerate(rows) for _ in row]),
            start=np.array(starts),
            end=np.array(starts) + 4,
            boxes=(columns[0], columns[1], columns[2], columns[3]),
            is_single=np.ones(len(boxes), dtype=bool),
        )
    )


def _upright(row: int, at: int) -> tuple[float, float, float, float]:
    return 20.0 + 40 * at, 100.0 + 12 * row, 50.0 + 40 * at, 110.0 + 12 * row


def _turned(row: int, at: int) -> tuple[float, float, float, float]:
    """A page turned by 90 degrees: rows go to the left, words go down."""
    return 500.0 - 12 * row, 20.0 + 40 * at, 510.0 - 12 * row, 50.0 + 40 * at


def test_reading_order_is_in_order_whatever_the_second_reading_says() -> None:
    rows = [[_upright(row, at) for at in range(3)] for row in range(3)]
    by_column = [0, 3, 6, 1, 4, 7, 2, 5, 8]
    assert _count(rows, list(range(9))) == 0
    assert _count(rows, by_column) == 0


def test_rows_swapped_with_their_boxes_are_out_of_order_also_on_a_turned_page() -> None:
    for place in (_upright, _turned):
        rows = [[place(row, at) for at in range(3)] for row in (0, 2, 1, 3)]
        assert _count(rows, [0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11]) == 1


def test_a_turned_page_that_pdfium_reads_from_below_is_in_order() -> None:
    rows = [[_turned(row, at) for at in range(3)] for row in range(3)]
    assert _count(rows, [6, 7, 8, 3, 4, 5, 0, 1, 2]) == 0


def test_parts_of_a_word_have_one_order() -> None:
    row = [[_upright(0, 0), _upright(0, 1), _upright(0, 2)]]
    assert _count(row, [0, 2, 1], glued=True) == 1
    assert _count(row, [0, 2, 1]) == 0


def test_a_page_that_runs_against_the_second_reading_is_out_of_order() -> None:
    row = [[_upright(0, at) for at in range(4)]]
    assert _count(row, [3, 2, 1, 0]) == 3


def test_no_words_and_one_word_are_in_order() -> None:
    assert _count([], []) == 0
    assert _count([[_upright(0, 0)]], [0]) == 0


def test_a_text_that_follows_neither_page_nor_second_reading_is_out_of_order() -> None:
    rows = [[_upright(row, at) for at in range(2)] for row in range(4)]
    # The second reading has the last row, a page number, first.
    assert _count(rows, [2, 3, 4, 5, 6, 7, 0, 1]) == 0
    swapped = [rows[0], rows[1], rows[3], rows[2]]
    assert _count(swapped, [2, 3, 4, 5, 0, 1, 6, 7]) == 1
