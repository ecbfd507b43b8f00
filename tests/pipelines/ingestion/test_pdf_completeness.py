"""Two readings of a page, written by hand: what is lost, added, out of order, and what is not."""

from dataclasses import dataclass

from averment.core.completeness import LeftOut, PageCount
from averment.pipelines.ingestion.pdf_completeness import PageWords, compare_page

_Word = tuple[str, float, float]


@dataclass
class _Characters:
    """A second reading: words at places, five points a character, ten points high."""

    lines: list[list[_Word]]
    size: tuple[float, float] = (600.0, 800.0)

    @property
    def text(self) -> str:
        return "\r\n".join(" ".join(word for word, _, _ in line) for line in self.lines)

    def place(self, index: int) -> tuple[float, float] | None:
        places: list[tuple[float, float] | None] = []
        for line in self.lines:
            for word, x, y in line:
                places += [(x + 5 * at + 2.5, y + 5) for at in range(len(word))]
                places.append(None)
            places.append(None)
        return places[index]


def _ours(lines: list[list[_Word]], *, offset: int = 0) -> PageWords:
    text, starts, ends = "", [], []
    for number, line in enumerate(lines):
        text += "\n" if number else ""
        for place, (word, _, _) in enumerate(line):
            text += " " if place else ""
            starts.append(offset + len(text))
            text += word
            ends.append(offset + len(text))
    words = [word for line in lines for word in line]
    return PageWords(
        text=text,
        offset=offset,
        starts=starts,
        ends=ends,
        x0=[x for _, x, _ in words],
        y0=[y for _, _, y in words],
        x1=[x + 5 * len(word) for word, x, _ in words],
        y1=[y + 10 for _, _, y in words],
    )


def _compare(ours: list[list[_Word]], theirs: list[list[_Word]]) -> PageCount:
    count, _ = compare_page(_ours(ours, offset=70), _Characters(theirs), page=1)
    return count


_Rows = list[list[_Word]]
_ROWS: _Rows = [
    [("Fee", 20, 100), ("1,200", 200, 100), ("1,100", 300, 100)],
    [("Rent", 20, 120), ("1,200", 200, 120), ("900", 300, 120)],
    [("Total", 20, 140), ("2,400", 200, 140), ("2,000", 300, 140)],
]
_CLEAN = PageCount(page=1, n_chars=35, n_accounted=35)


def test_equal_readings_account_for_everything() -> None:
    assert _compare(_ROWS, _ROWS) == _CLEAN


def test_a_table_read_column_by_column_is_the_same_table() -> None:
    columns = [[row[number]] for number in range(3) for row in _ROWS]
    assert _compare(_ROWS, columns) == _CLEAN
    count = _compare(columns, _ROWS)  # ours has rows on one line: a table in columns is complete, and out of order
    assert (count.n_unaccounted, count.n_added) == (0, 0)
    assert count.n_disordered == 2


def test_ligatures_are_compared_as_the_letters_they_stand_for() -> None:
    assert _compare([[("office", 20, 100)]], [[("oﬃce", 20, 100)]]).n_unaccounted == 0
    assert _compare([[("oﬃce", 20, 100)]], [[("office", 20, 100)]]).n_added == 0


def test_a_missing_digit_of_a_pair_is_missing() -> None:
    ours: _Rows = [[("Rule", 20, 100), ("10-4", 50, 100)]]
    theirs: _Rows = [[("Rule", 20, 100), ("10-44", 50, 100)]]
    assert _compare(ours, theirs).n_unaccounted == 1
    assert _compare(theirs, ours).n_added == 1


def test_figures_that_changed_places_are_found() -> None:
    swapped = [
        [_ROWS[0][0], ("900", 200, 100), _ROWS[0][2]],
        [_ROWS[1][0], _ROWS[1][1], ("1,200", 300, 120)],
        _ROWS[2],
    ]
    count = _compare(swapped, _ROWS)
    assert count.n_unaccounted > 0
    assert count.n_added > 0


def test_rows_and_words_that_changed_places_with_their_boxes_are_out_of_order() -> None:
    assert _compare([_ROWS[1], _ROWS[0], _ROWS[2]], _ROWS).n_disordered == 1
    assert _compare([_ROWS[0][::-1], _ROWS[1], _ROWS[2]], _ROWS).n_disordered == 2


def test_an_order_that_both_readings_share_is_in_order() -> None:
    upwards = _ROWS[::-1]
    assert _compare(upwards, upwards).n_disordered == 0


def test_the_parts_of_a_word_and_the_words_of_a_page_read_backwards_are_out_of_order() -> None:
    parts = PageWords(
        text="1203", offset=0, starts=[0, 1], ends=[1, 4], x0=[20, 25], y0=[100, 100], x1=[25, 40], y1=[110, 110]
    )
    count, _ = compare_page(parts, _Characters([[("203", 25, 100)], [("1", 20, 100)]]), page=1)
    assert count.n_disordered == 1
    rows = [[(f"word{row}{at}", 20.0 + 40 * at, 100.0 + 12 * row) for at in range(6)] for row in range(5)]
    backwards = [[(word, 220.0 - x, 300.0 - y) for word, x, y in row] for row in rows]
    read = [row[::-1] for row in backwards][::-1]
    assert _compare(read, backwards).n_disordered == 25


def test_columns_of_prose_may_come_one_after_the_other() -> None:
    left = [[(f"left{row}", 20.0, 100.0 + 12 * row)] for row in range(20)]
    right = [[(f"right{row}", 320.0, 100.0 + 12 * row)] for row in range(20)]
    across = [one + other for one, other in zip(left, right, strict=True)]
    assert _compare(left + right, across).n_disordered == 0
    assert _compare(left + right, right + left).n_disordered == 0


def test_what_is_printed_twice_or_outside_the_page_is_left_out_with_its_reason() -> None:
    theirs: _Rows = [*_ROWS, [("Fee", 20.4, 100.2)], [("bleed", 20, 900)]]
    count = _compare(_ROWS, theirs)
    assert count.left_out == {LeftOut.PRINTED_TWICE: 3, LeftOut.OUTSIDE_PAGE: 5}
    assert (count.n_accounted, count.n_unaccounted, count.n_added) == (35, 0, 0)


def test_an_empty_page_lacks_all_and_an_invented_one_adds_all() -> None:
    assert _compare([], _ROWS).n_unaccounted == 35
    assert _compare(_ROWS, []).n_added == 35
    assert _compare([], []) == PageCount(page=1)
