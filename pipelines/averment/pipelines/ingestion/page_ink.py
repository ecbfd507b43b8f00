"""What a page of a PDF shows, as marks: whether it is blank, and which letters a reading of its picture passed over.

A page is rendered small, and what differs from its ground is a mark. Rules, frames and specks say nothing: a page that
a word processor left with the rule above its footer is blank. Marks that are as high as the words read are letters;
those that no word covers were not read. This tells how many there are, not what they say: handwriting and stamps
count, pictures and signatures mostly do not, as they are higher or finer than letters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

_DPI: Final = 100
_POINTS_PER_INCH: Final = 72
# Larger pages are not rendered: their letters would vanish, or the picture would take too much memory.
_MAX_SIDE_POINTS: Final = 3_000
# A mark differs so much from the ground, of 255; scanned paper is less even than that.
_CONTRAST: Final = 40
# The outermost share of a page, where scanners leave shadows.
_EDGE: Final = 0.02
# A line of at least this length and at most this thickness is a rule, in pixels.
_RULE_LENGTH: Final = 50
_RULE_THICKNESS: Final = 7
_SPECKS: Final = 12
# Letters of one word height: shares of it, for the height of a mark, and for the width that one letter takes.
_HEIGHTS: Final = (0.35, 1.8)
_LETTER_WIDTH: Final = 0.6
_USUAL_HEIGHT_POINTS: Final = 6.0
# Letters that run into each other are no wider than so many times their height; a rule is.
_MAX_FLATNESS: Final = 12
# Words cover more than their box by these shares of their height.
_MARGIN: Final = (0.3, 0.35)
# Marks whose middles lie closer than this share of the word height are of one line; so many letters make a word.
_SAME_LINE: Final = 0.6
_WORD_LETTERS: Final = 3
# Words farther aside than so many times their height may be of another line, on a page askew, or of another column.
_NEAR: Final = 20
# What is looked at around a mark that was not read, aside and above, in shares of the word height.
_AROUND: Final = (0.8, 0.5)

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Letters of a page that no word covers.

    Args:
        marks: Their places in points, and how many letters each is, as some run into each other.
        alone: Of each whether no word was read near it in its line.
        height: Height of the page's words in points.
    """

    marks: tuple[tuple[float, float, float, float, int], ...]
    alone: tuple[bool, ...]
    height: float

    @property
    def n_letters(self) -> int:
        """Count the letters, roughly."""
        return sum(mark[4] for mark in self.marks)

    @property
    def n_lines(self) -> int:
        """Count the lines of which nothing was read and that have a short word at least.

        A single mark may be a bullet or a speck, and a number in front of a line is no line.
        """
        lines: list[list[float]] = []  # the middle of the last mark, and letters
        alone = (mark for mark, is_alone in zip(self.marks, self.alone, strict=True) if is_alone)
        for middle, count in sorted(((mark[1] + mark[3]) / 2, mark[4]) for mark in alone):
            if lines and middle - lines[-1][0] < _SAME_LINE * self.height:
                lines[-1] = [middle, lines[-1][1] + count]
            else:
                lines.append([middle, count])
        return sum(count >= _WORD_LETTERS for _, count in lines)

    def places(self) -> list[Box]:
        """Return the places with so much around them as their words may take."""
        aside, above = (share * self.height for share in _AROUND)
        return [(x0 - aside, y0 - above, x1 + aside, y1 + above) for x0, y0, x1, y1, _ in self.marks]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageInk:
    """The marks of a page.

    Args:
        marks: A numpy array of truth values, rows from the top.
        per_point: Pixels per point.
    """

    marks: Any
    per_point: float

    @property
    def is_blank(self) -> bool:
        """Tell whether there is nothing but specks, rules and frames."""
        if _has_block(self.marks, _RULE_THICKNESS + 1):
            return False
        rest = self.marks & ~_runs(self.marks, _RULE_LENGTH) & ~_runs(self.marks.T, _RULE_LENGTH).T
        return int(rest.sum()) <= _SPECKS

    def unread(self, words: Sequence[Box]) -> "Unread":
        """Find the letters that no word covers.

        Args:
            words: Places of the words read, in points from the top left of the page as shown; they tell how high
                letters are.
        """
        import numpy as np
        from scipy import ndimage

        boxes = np.asarray(words, dtype=float).reshape(-1, 4) * self.per_point
        height = _height(boxes) or _USUAL_HEIGHT_POINTS * self.per_point
        labels, count = ndimage.label(self.marks, structure=np.ones((3, 3)))
        if not count:
            return Unread(marks=(), alone=(), height=height / self.per_point)
        places = np.array([(x.start, y.start, x.stop, y.stop) for y, x in ndimage.find_objects(labels)])
        widths, heights = (places[:, 2:] - places[:, :2]).T
        numbers = np.arange(1, count + 1)
        sizes = ndimage.sum_labels(self.marks, labels, numbers)
        outside = ndimage.sum_labels(~self._covered(boxes, height), labels, numbers)
        is_letter = (heights >= _HEIGHTS[0] * height) & (heights <= _HEIGHTS[1] * height)
        is_letter &= widths <= _MAX_FLATNESS * heights
        is_unread = is_letter & (outside > sizes / 2)
        n_letters = np.maximum(1, np.rint(widths[is_unread] / (_LETTER_WIDTH * height))).astype(int)
        found = zip((places[is_unread] / self.per_point).tolist(), n_letters.tolist(), strict=True)
        marks = tuple((*box, count) for box, count in found)
        alone = tuple(_stand_alone(places[is_unread], boxes, height).tolist())
        return Unread(marks=marks, alone=alone, height=height / self.per_point)

    def bare_share(self, words: Sequence[Box]) -> float:
        """Return the share (0-1) of words that stand where the page shows nothing; places as those of `unread`."""
        import numpy as np

        boxes = np.asarray(words, dtype=float).reshape(-1, 4) * self.per_point
        starts, ends = np.floor(boxes[:, :2]).astype(int), np.ceil(boxes[:, 2:]).astype(int)
        bare = [
            not self.marks[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)].any()
            for (left, top), (right, bottom) in zip(starts.tolist(), ends.tolist(), strict=True)
        ]
        return sum(bare) / len(bare) if bare else 0.0

    def _covered(self, boxes: Any, height: float) -> Any:
        import numpy as np

        covered = np.zeros(self.marks.shape, dtype=bool)
        aside, above = (share * height for share in _MARGIN)
        starts = np.maximum(np.floor(boxes[:, :2] - (aside, above)), 0).astype(int)
        ends = np.maximum(np.ceil(boxes[:, 2:] + (aside, above)), 0).astype(int)
        for (left, top), (right, bottom) in zip(starts.tolist(), ends.tolist(), strict=True):
            covered[top:bottom, left:right] = True
        return covered


def read_ink(page: Any) -> PageInk | None:
    """Render a page and return its marks; None for one too large.

    Args:
        page: pypdfium2's page; the caller holds `pdf_second_reading.PDFIUM_LOCK`.
    """
    import numpy as np

    if max(page.get_size()) > _MAX_SIDE_POINTS:
        return None
    scale = _DPI / _POINTS_PER_INCH
    bitmap = page.render(scale=scale, grayscale=True)
    shades = bitmap.to_numpy().reshape(bitmap.height, -1)[:, : bitmap.width]
    ground = int(np.bincount(shades.ravel(), minlength=256).argmax())
    marks = np.abs(shades.astype(np.int16) - ground) > _CONTRAST
    rows, columns = (max(round(_EDGE * side), 1) for side in marks.shape)
    marks[:rows] = marks[-rows:] = False
    marks[:, :columns] = marks[:, -columns:] = False
    return PageInk(marks=marks, per_point=scale)


def _height(boxes: Any) -> float | None:
    """Return the height that words have most often: their smaller side, as some stand on their sides."""
    import numpy as np

    sides = np.minimum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    sides = sides[sides > 1]
    return float(np.median(sides)) if len(sides) else None


def _stand_alone(marks: Any, words: Any, height: float) -> Any:
    """Tell of each mark whether no word was read near it in its line."""
    import numpy as np

    alone = np.ones(len(marks), dtype=bool)
    middles = (words[:, 1] + words[:, 3]) / 2
    for place, (x0, y0, x1, y1) in enumerate(marks.tolist()):
        is_beside = np.abs(middles - (y0 + y1) / 2) < _SAME_LINE * height
        is_beside &= (words[:, 0] < x1 + _NEAR * height) & (words[:, 2] > x0 - _NEAR * height)
        alone[place] = not is_beside.any()
    return alone


def _has_block(marks: Any, side: int) -> bool:
    """Tell whether a square of so many pixels is all marks."""
    return bool(_full(_full(marks, side).T, side).any())


def _runs(marks: Any, length: int) -> Any:
    """Return the marks that lie in rows of at least so many."""
    import numpy as np

    full = np.pad(_full(marks, length), ((0, 0), (length - 1, length - 1)))
    sums = np.pad(np.cumsum(full, axis=1, dtype=np.int32), ((0, 0), (1, 0)))
    return sums[:, length:] > sums[:, :-length]


def _full(marks: Any, length: int) -> Any:
    """Tell for every stretch of so many pixels of a row whether it is all marks."""
    import numpy as np

    if marks.shape[1] < length:
        return np.zeros((marks.shape[0], 0), dtype=bool)
    sums = np.pad(np.cumsum(marks, axis=1, dtype=np.int32), ((0, 0), (1, 0)))
    return sums[:, length:] - sums[:, :-length] == length
