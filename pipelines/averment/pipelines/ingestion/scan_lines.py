"""The lines of a page read by OCR: its words joined, and the page set level.

Tesseract gives words one by one. Words that follow each other are joined to runs, as a page
with a text layer has them, so that columns of prose can be told from rows of a table. A page that lay askew is turned
by the slope that most of its lines share: on one a degree off, words at both ends of a line stand a line apart.
Words that Tesseract passes over are taken from a second reading where that has them.

Words keep the place they have on the page. Only runs, by which lines are put together, are level: they lie along the
middle of what they hold.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from statistics import median
from typing import Final

from averment.pipelines.ingestion.pdf_lines import Run, Word

# A wider gap than this share of their height parts words that follow each other.
_MAX_GAP: Final = 1.5
# Words of one line differ in height and in what hangs below it; their middles lie closer than this share of it.
_MAX_STEP: Final = 0.6
# A slope is told by lines of so many words and so long, in points, and by so many of them.
_MIN_WORDS: Final = 4
_MIN_LENGTH: Final = 60.0
_MIN_LINES: Final = 3
_MIN_STEP: Final = 10.0
_MAX_PLACES: Final = 40
# Words of another reading that are less sure, 0-1, are more often bullets and specks than words.
_MIN_CONFIDENCE: Final = 0.75
# A letter alone is a part of a drawing still more often, and must be surer.
_MIN_CONFIDENCE_ALONE: Final = 0.93
# Between two words there is more room than this share of their height.
_MIN_GAP: Final = 0.3
# Two words that share more of their height, and any width, stand in one place.
_MAX_SHARED: Final = 0.3
# No scanner lets a page lie more askew; what rises more is no line of text.
_MAX_SLOPE: Final = 0.1


def join_words(runs: Sequence[Run], *, width: float, height: float) -> list[Run]:
    """Join runs of single words, in the order they were read, to level runs of words that follow each other.

    Args:
        runs: Upright runs as the parser gave them.
        width: Width of the page in points.
        height: Height of the page in points.
    """
    rows = list(_rows(runs))
    slope = _slope(rows)
    return [_join(row, slope, (width / 2, height / 2)) for row in rows]


def fill_in(runs: Sequence[Run], others: Sequence[Run]) -> list[Run]:
    """Add the words of another reading that stand where the first has none, each beside its neighbour in the line.

    What touches its neighbour is a part of the same word, of which the first reading has the other part.

    Args:
        runs: Upright runs of single words, in the order they were read.
        others: Those of the other reading of the same page.
    """
    filled = list(runs)
    for other in others:
        if not _is_sure(other) or any(_overlap(run, other) for run in runs):
            continue
        before = [place for place, run in enumerate(filled) if _stands_before(run, other)]
        behind = [place for place, run in enumerate(filled) if _stands_before(other, run)]
        left = max(before, key=lambda place: filled[place].x1) if before else None
        right = min(behind, key=lambda place: filled[place].x0) if behind else None
        if right is not None and _touch(other, filled[right]):
            filled[right] = _glued(filled[right])
        is_glued = left is not None and _touch(filled[left], other)
        at = left + 1 if left is not None else right if right is not None else len(filled)
        filled.insert(at, _glued(other) if is_glued else other)
    return filled


def _is_sure(run: Run) -> bool:
    text = run.words[0][4]
    is_lone = len(text) == 1 and text.isalpha()
    least = _MIN_CONFIDENCE_ALONE if is_lone else _MIN_CONFIDENCE
    return (run.confidence or 0.0) >= least and any(map(str.isalnum, text))


def _touch(run: Run, following: Run) -> bool:
    return following.x0 - run.x1 < _MIN_GAP * max(run.y1 - run.y0, following.y1 - following.y0)


def _glued(run: Run) -> Run:
    return replace(run, words=[(*run.words[0][:5], True), *run.words[1:]])


def _overlap(run: Run, other: Run) -> bool:
    across = min(run.x1, other.x1) - max(run.x0, other.x0)
    down = min(run.y1, other.y1) - max(run.y0, other.y0)
    return across > 0 and down > _MAX_SHARED * min(run.y1 - run.y0, other.y1 - other.y0)


def _stands_before(run: Run, other: Run) -> bool:
    size = max(run.y1 - run.y0, other.y1 - other.y0)
    return run.x1 <= other.x0 + 1 and abs(run.y0 + run.y1 - other.y0 - other.y1) / 2 < _MAX_STEP * size


def _rows(runs: Sequence[Run]) -> Iterator[list[Run]]:
    row: list[Run] = []
    for run in runs:
        if row and not _follows(row[-1], run):
            yield row
            row = []
        row.append(run)
    if row:
        yield row


def _follows(before: Run, run: Run) -> bool:
    size = max(before.y1 - before.y0, run.y1 - run.y0)
    step = abs(before.y0 + before.y1 - run.y0 - run.y1) / 2
    return step < _MAX_STEP * size and -size < run.x0 - before.x1 < _MAX_GAP * size and run.x0 > before.x0


def _slope(rows: Sequence[Sequence[Run]]) -> float:
    """Return by how much lines fall from left to right, in points per point; 0 where too few lines tell."""
    told = [row for row in rows if len(row) >= _MIN_WORDS and row[-1].x1 - row[0].x0 >= _MIN_LENGTH]
    slopes = [slope for row in told if (slope := _slope_of(row)) is not None]
    if len(slopes) < _MIN_LINES:
        return 0.0
    slope = median(slopes)
    return slope if abs(slope) <= _MAX_SLOPE else 0.0


def _slope_of(row: Sequence[Run]) -> float | None:
    """Return the median slope between the bottoms of any two words that stand well apart; None where none do."""
    places = [((run.x0 + run.x1) / 2, run.y1) for run in row[:: 1 + len(row) // _MAX_PLACES]]
    pairs = ((first, second) for first, second in combinations(places, 2) if second[0] - first[0] >= _MIN_STEP)
    slopes = [(second[1] - first[1]) / (second[0] - first[0]) for first, second in pairs]
    return median(slopes) if slopes else None


def _join(row: Sequence[Run], slope: float, middle: tuple[float, float]) -> Run:
    boxes = [_level((run.x0, run.y0, run.x1, run.y1), slope, middle) for run in row]
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    words: list[Word] = [word for run in row for word in run.words]
    n_chars = sum(run.n_chars for run in row)
    known = [(run.confidence, run.n_chars) for run in row if run.confidence is not None]
    weight = sum(n_of_run for _, n_of_run in known)
    return replace(
        row[0],
        x0=min(x0),
        y0=min(y0),
        x1=max(x1),
        y1=max(y1),
        size=max(y1) - min(y0),
        words=words,
        n_chars=n_chars,
        confidence=sum(confidence * n_of_run for confidence, n_of_run in known) / weight if weight else None,
    )


def _level(
    box: tuple[float, float, float, float], slope: float, middle: tuple[float, float]
) -> tuple[float, float, float, float]:
    """Turn the middle of a box about that of the page; it keeps its size."""
    right = slope * ((box[1] + box[3]) / 2 - middle[1])
    down = -slope * ((box[0] + box[2]) / 2 - middle[0])
    return box[0] + right, box[1] + down, box[2] + right, box[3] + down
