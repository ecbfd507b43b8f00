"""Pages that are pictures, read by OCR: in the language of the document, and the right way up.

The languages allowed are tried in turn on a few pages until the text is in the language it was read for; the rest is
read in that one. A page whose words stand upright on their sides, or that is hardly readable, is read again turned,
and the better reading counts; its boxes are those of the page as it is shown. Where a page shows letters that no word
covers, they are read once more by themselves, and the words found there are added.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from averment.pipelines.ingestion.language import detect_language
from averment.pipelines.ingestion.limits import ParseLimits, ParseOptions
from averment.pipelines.ingestion.ocr import TESSERACT, open_tesseract
from averment.pipelines.ingestion.page_ink import PageInk
from averment.pipelines.ingestion.page_picture import Picture
from averment.pipelines.ingestion.pdf_lines import Run, Word
from averment.pipelines.ingestion.scan_lines import fill_in, join_words
from averment.pipelines.ingestion.tesseract import Tesseract

# Tesseract's name of a language by its ISO 639-1 code.
_PROBED_PAGES: Final = 2
_DOUBTFUL: Final = 0.75
_TALL_SHARE: Final = 0.5
_BETTER: Final = 0.1
_MIN_LETTERS: Final = 10
# What was passed over is read at these shares of the resolution: the scan's own may be lower.
_DPI_SHARES: Final = (1.0, 2 / 3, 1 / 2)

# Readings that a document could do without may take this share of its time, each so many seconds.
_EXTRA_SHARE: Final = 1 / 3
_EXTRA_SECONDS: Final = 2.5

Inks = Callable[[int], PageInk | None]
# Renders a page (1-based) at a resolution in dots per inch.
Pictures = Callable[[int, float], Picture]


@dataclass(slots=True)
class ExtraReadings:
    """Pages that may still be read by OCR besides those that must be: a long document must not run out of time.

    Args:
        left: How many.
        on_take: Called before each, for one who waits for a sign of life.
    """

    left: int
    on_take: Callable[[], None] | None = None

    @classmethod
    def within(
        cls, limits: ParseLimits, *, n_pages: int = 0, on_take: Callable[[], None] | None = None
    ) -> "ExtraReadings":
        """Return as many as the time of a document of so many pages allows."""
        return cls(int(limits.seconds_for(n_pages) * _EXTRA_SHARE / _EXTRA_SECONDS), on_take)

    def take(self) -> bool:
        """Take one; tell whether there was one left."""
        if self.on_take is not None:
            self.on_take()
        self.left -= 1
        return self.left >= 0


class Scan(NamedTuple):
    """A page read by OCR, in points from the top left: of the page as it is shown, turned back by `turned` degrees."""

    width: float
    height: float
    runs: list[Run]
    turned: int = 0


@dataclass(slots=True)
class ScanReader:
    """Reads the scanned pages of one PDF.

    Args:
        pictures: Renders a page.
        options: How it is read; `ocr_language` lists the languages allowed, joined by `+`.
        warnings: Where it is counted what had to be done.
        extra: How many pages may be read once more.
        on_read: Called after each page.
    """

    pictures: Pictures
    options: ParseOptions
    warnings: Counter[str] = field(default_factory=Counter)
    extra: ExtraReadings = field(default_factory=lambda: ExtraReadings.within(ParseLimits()))
    on_read: Callable[[], None] | None = None
    _language: str | None = None
    _readers: dict[str, Tesseract] = field(default_factory=dict)

    def read(self, pages: Sequence[int], *, text: str = "", inks: Inks | None = None) -> dict[int, Scan]:
        """Read pages, 1-based, with boxes of the page as it is shown.

        Args:
            pages: Their numbers.
            text: What other pages of the document say, to tell its language by.
            inks: Tells what a page shows, to find what was passed over; without it nothing is looked for.

        Raises:
            PartitionFailed: Tesseract's files are missing, or the parser gave up.
        """
        done: dict[int, Scan] = {}
        if self._language is None:
            self._language, done = self._choose(pages[:_PROBED_PAGES], text)
        self.warnings["pages_read_by_ocr"] += len(pages)
        shown: dict[int, Scan] = {}
        for page in pages:  # one at a time, so that it is seen how far the reading is; together they are no faster
            scan = done[page] if page in done else self._read((page,), self._language).get(page)
            if scan is not None:
                scan = self._filled(page, scan, inks(page)) if inks is not None else scan
                shown[page] = _as_shown(scan)
            if self.on_read is not None:
                self.on_read()
        return shown

    def _choose(self, pages: Sequence[int], text: str) -> tuple[str, dict[int, Scan]]:
        """Return the language to read in, that of the text there is or of a trial, and what of the trial can stay."""
        allowed = self.options.ocr_language.split("+")
        told = allowed[0] if len(allowed) == 1 else TESSERACT.get(detect_language(text) or "")
        if told in allowed:
            return str(told), {}
        before = self.warnings["pages_turned_for_ocr"]
        trial = self._read(pages, allowed[0])
        words = " ".join(word[4] for scan in trial.values() for run in scan.runs for word in run.words)
        told = TESSERACT.get(detect_language(words) or "")
        if told not in allowed or told == allowed[0]:
            return allowed[0], trial
        self.warnings["pages_turned_for_ocr"] = before
        return str(told), {}

    def _read(self, pages: Sequence[int], language: str) -> dict[int, Scan]:
        found = self._parse(pages, language=language)
        return {page: self._right_way_up(page, scan, language=language) for page, scan in found.items()}

    def _parse(self, pages: Sequence[int], *, language: str, turned: int = 0) -> dict[int, Scan]:
        if language not in self._readers:
            self._readers[language] = open_tesseract(self.options, language=language, page=pages[0])
        scans = {}
        for page in pages:
            picture = self.pictures(page, self.options.ocr_dpi).turned(turned)
            words = self._readers[language].read(picture.shades, dpi=picture.dpi)
            scans[page] = Scan(*picture.size, picture.runs(words), turned)
        return scans

    def _filled(self, page: int, scan: Scan, ink: PageInk | None) -> Scan:
        """Read by itself what the page shows and no word covers: what stands apart is passed over most often."""
        filled = scan
        for share in _DPI_SHARES:
            places = [word[:4] for run in _turned_back(filled) for word in run.words]
            unread = ink.unread(places) if ink is not None else None
            if unread is None or self._language is None or not unread.marks or not self.extra.take():
                break
            picture = self.pictures(page, self.options.ocr_dpi * share)
            rest = picture.only(unread.places(), without=places).turned(scan.turned)
            found = rest.runs(self._readers[self._language].read(rest.shades, dpi=rest.dpi, is_block=True))
            filled = filled._replace(runs=fill_in(filled.runs, found))
        self.warnings["words_added_by_second_ocr"] += len(filled.runs) - len(scan.runs)
        return filled

    def _right_way_up(self, page: int, scan: Scan, *, language: str) -> Scan:
        """Read a page again, turned, where its words look turned; keep the better reading."""
        best, best_score = scan, _score(scan.runs)
        is_tall = _tall_share(scan.runs) > _TALL_SHARE
        if not is_tall and best_score >= _DOUBTFUL:
            return scan
        if is_tall:
            best_score -= 2 * _BETTER  # Tesseract reads words on their sides, and loses the lines they stand in
        for turn in (90, 270) if is_tall else (180,):
            other = self._parse((page,), language=language, turned=turn).get(page)
            score = 0.0 if other is None else _score(other.runs)
            if other is not None and score > best_score + _BETTER:
                best, best_score = other, score
        if best is not scan:
            self.warnings["pages_turned_for_ocr"] += 1
        return best


def _as_shown(scan: Scan) -> Scan:
    """Join the words of a page to runs, and give them their places on the page as it is shown."""
    joined = scan._replace(runs=join_words(scan.runs, width=scan.width, height=scan.height))
    return Scan(*_size_shown(scan), _turned_back(joined))


def _turned_back(scan: Scan) -> list[Run]:
    size = _size_shown(scan)
    return [_turn_back(run, scan.turned, size) for run in scan.runs] if scan.turned else scan.runs


def _size_shown(scan: Scan) -> tuple[float, float]:
    return (scan.height, scan.width) if scan.turned in (90, 270) else (scan.width, scan.height)


def _turn_back(run: Run, turned: int, shown: tuple[float, float]) -> Run:
    """Give a run of an upright copy its place on the page as it is shown."""
    x0, y0, x1, y1 = _rectangle((run.x0, run.y0, run.x1, run.y1), turned, shown)
    words: list[Word] = [(*_rectangle(word[:4], turned, shown), word[4], word[5]) for word in run.words]
    return replace(run, x0=x0, y0=y0, x1=x1, y1=y1, words=words, rotation=turned)


def _rectangle(
    box: tuple[float, float, float, float], turned: int, shown: tuple[float, float]
) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = box
    width, height = shown
    if turned == 90:
        return width - y1, x0, width - y0, x1
    if turned == 270:
        return y0, height - x1, y1, height - x0
    return width - x1, height - y1, width - x0, height - y0


def _score(runs: Sequence[Run]) -> float:
    """Return how sure the reading is, weighted by letters, 0-1; little text is not sure."""
    letters = sum(run.n_chars for run in runs)
    if letters < _MIN_LETTERS:
        return 0.0
    return sum((run.confidence or 0.0) * run.n_chars for run in runs) / letters


def _tall_share(runs: Sequence[Run]) -> float:
    """Return the share of words that are higher than wide, as words on their sides are."""
    words = [word for run in runs for word in run.words if len(word[4]) >= 3]
    return sum(word[3] - word[1] > 1.2 * (word[2] - word[0]) for word in words) / len(words) if words else 0.0
