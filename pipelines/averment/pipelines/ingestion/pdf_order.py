"""Which words of a page stand in the text after one that the page shows, and pdfium's stream has, after them.

On a line the page shows what stands to the left first, else what stands above; lines that are turned by a right angle
are looked at in their own frame. Columns are left to the reader: far up and to the side is another column.
"""

from dataclasses import dataclass
from typing import Any, Final

# How far two words may run into each other and still stand apart, in points.
_SLACK: Final = 2.0
# A column is at least so many lines high.
_COLUMN_LINES: Final = 10
# A word is turned if it is so many times higher than wide.
_TURNED: Final = 1.2
# A turned word is so many times higher than letters are.
_HIGH: Final = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class WordOrder:
    """The words of a page that hold letters, in order of the text, as numpy arrays of one length.

    Args:
        met: The place of each word in the second reading.
        line: The line of the text that it stands in.
        start: Where it starts in the text.
        end: Where it ends.
        boxes: x0, y0, x1, y1 in points.
        is_single: Whether no letter of it is printed twice; the others say nothing about the order.
    """

    met: Any
    line: Any
    start: Any
    end: Any
    boxes: tuple[Any, Any, Any, Any]
    is_single: Any


def count_disordered(words: WordOrder) -> int:
    """Count the words that stand in the text after one that they come before, on the page and in the second reading.

    A text that follows neither of the two throughout is out of order as well, even where no single word is: it has to
    go by one of them. Words without a space between them are one word, for which the second reading alone counts; so
    it does on pages where most lines run against it, which is what a page turned upside down looks like.
    """
    import numpy as np

    if len(words.met) < 2:
        return 0
    goes_back = (words.met[1:] < words.met[:-1]) & words.is_single[1:] & words.is_single[:-1]
    if not goes_back.any():
        return 0
    on_line = words.line[1:] == words.line[:-1]
    against = int(np.count_nonzero(goes_back & on_line))
    if 2 * against > np.count_nonzero(on_line):
        return against
    is_glued = words.end[:-1] == words.start[1:]
    is_before = _comes_before(words)
    both = np.count_nonzero(goes_back & (is_glued | is_before))
    by_page = np.count_nonzero(is_before & words.is_single[1:] & words.is_single[:-1])
    return int(max(both, min(by_page, np.count_nonzero(goes_back))))


def _comes_before(words: WordOrder) -> Any:
    """Tell of each word but the first whether the page shows it before the one that it follows in the text."""
    import numpy as np

    x0, y0, x1, y1 = words.boxes
    size = np.median(np.minimum(x1 - x0, y1 - y0))  # of the letters, whichever way they are turned
    is_high = (y1 - y0 > _TURNED * (x1 - x0)) & (y1 - y0 > _HIGH * size)
    is_turned = _most_of_line(words.line, is_high, weights=words.end - words.start - 1)
    upright = _shown_before(words.line, (x0, y0, x1, y1))
    if not is_turned.any():
        return upright
    frames = (
        _shown_before(words.line, (y0, -x1, y1, -x0)),
        _shown_before(words.line, (-y1, x0, -y0, x1)),
    )
    both = is_turned[1:] & is_turned[:-1]
    # The text itself says which way its turned lines go: most of them are in order.
    turned = min(frames, key=lambda frame: int(np.count_nonzero(frame & both)))
    return np.where(both, turned, upright & ~is_turned[1:] & ~is_turned[:-1])


def _shown_before(line: Any, boxes: tuple[Any, Any, Any, Any]) -> Any:
    import numpy as np

    x0, y0, x1, y1 = boxes
    height = np.minimum(y1[1:] - y0[1:], y1[:-1] - y0[:-1])
    is_level = np.minimum(y1[1:], y1[:-1]) - np.maximum(y0[1:], y0[:-1]) > 0.5 * height
    is_next = line[1:] != line[:-1]
    left = ~is_next & is_level & (x1[1:] <= x0[:-1] + _SLACK)
    above = is_next & ~is_level & (y0[1:] + y1[1:] < y0[:-1] + y1[:-1])
    is_near = y0[:-1] - y1[1:] < _COLUMN_LINES * height
    return left | (above & (is_near | _is_same_column(line, boxes)[1:]))


def _is_same_column(line: Any, boxes: tuple[Any, Any, Any, Any]) -> Any:
    """Tell of each word whether its line stands in one column with the line before it, or below the one before that."""
    import numpy as np

    first, counts = _lines(line)
    left, top = (np.minimum.reduceat(column, first) for column in boxes[:2])
    right, bottom = (np.maximum.reduceat(column, first) for column in boxes[2:])
    is_same = np.zeros(len(first), dtype=bool)
    is_same[1:] = np.minimum(right[1:], right[:-1]) > np.maximum(left[1:], left[:-1])
    overlaps = np.minimum(right[2:], right[:-2]) > np.maximum(left[2:], left[:-2])
    is_same[2:] |= overlaps & (top[2:] >= bottom[:-2] - _SLACK)
    return np.repeat(is_same, counts)


def _most_of_line(line: Any, is_so: Any, *, weights: Any) -> Any:
    """Tell of each word whether most of its line is so."""
    import numpy as np

    first, counts = _lines(line)
    return np.repeat(np.add.reduceat(np.where(is_so, weights, -weights), first) > 0, counts)


def _lines(line: Any) -> tuple[Any, Any]:
    import numpy as np

    _, first, counts = np.unique(line, return_index=True, return_counts=True)
    return first, counts
