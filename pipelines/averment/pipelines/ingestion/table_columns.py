"""Which header stands over which column, where the grid of a table does not say it outright.

Filings set a currency sign, a figure and its closing parenthesis in columns of their own and let headers reach over
them; plain grids leave the cells right of a spanning header empty.
"""

from collections.abc import Sequence
from typing import Final

Columns = tuple[int, int]
"""A stretch of columns, half-open."""
_NEAR: Final = -3


def header_over(cell: Columns, words: Sequence[Columns], *, figures: Sequence[Columns]) -> int | None:
    """Return the place in `words` of the header over a cell, None where none stands over it.

    The one whose columns overlap most, else one near by that no other column of figures claims. A header that begins
    at the first column of figures reaches over the empty cells to its right.

    Args:
        cell: The columns of a figure.
        words: The columns of the words of one header row, ascending.
        figures: The columns of the table that hold figures, ascending.

    Example:
        >>> header_over((2, 3), [(1, 2), (3, 4)], figures=[(1, 2), (2, 3), (3, 4)])
        0
    """
    if not words:
        return None
    best = max(range(len(words)), key=lambda place: overlap(words[place], cell))
    if overlap(words[best], cell) > 0:
        return best
    free = [
        place
        for place, word in enumerate(words)
        if overlap(word, cell) > _NEAR and not _is_claimed(word, cell, figures)
    ]
    if free:
        return max(free, key=lambda place: overlap(words[place], cell))
    if figures and words[0][0] <= figures[0][0]:
        return next((place for place in reversed(range(len(words))) if words[place][0] < cell[0]), None)
    return None


def overlap(one: Columns, other: Columns) -> int:
    """Return how many columns two stretches share; zero or negative, how far they lie apart."""
    return min(one[1], other[1]) - max(one[0], other[0])


def _is_claimed(word: Columns, cell: Columns, figures: Sequence[Columns]) -> bool:
    """Say whether a header stands over figures of another column than the cell's."""
    return any(overlap(word, figure) > 0 and overlap(figure, cell) <= 0 for figure in figures)
