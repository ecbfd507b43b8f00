"""A second reading of a PDF: pdfium's own characters, to find what the parser left out.

The parser's word boxes silently lack characters on many pages: page numbers, text at the edge, single glyphs. Here
every page's letters and digits are counted against pdfium's; on pages that differ, the words that are missing are
looked up with their place and handed back as runs. Text printed twice in one place (poor man's bold) is one text.

pdfium is not safe under threads: whoever calls it in this process holds `PDFIUM_LOCK`.
"""

import ctypes
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from averment.core.errors import PartitionFailed
from averment.pipelines.ingestion.characters import surplus
from averment.pipelines.ingestion.ocr import has_picture
from averment.pipelines.ingestion.pdf_characters import PdfiumCharacters
from averment.pipelines.ingestion.pdf_lines import Run, Word
from averment.pipelines.ingestion.pdf_marks import find_marks
from averment.pipelines.ingestion.pdf_objects import PageObjects, read_objects
from averment.pipelines.ingestion.pdf_patches import PagePatches, find_patches

PDFIUM_LOCK: Final = threading.RLock()
_TOKEN: Final = re.compile(r"[^\W_]+")
# How far off a character may stand from the word that it belongs to, in points.
_X_SLACK: Final = 1
_Y_SLACK: Final = 2
_T = TypeVar("_T")


class SecondReading:
    """Reads pages with pdfium.

    Args:
        content: The PDF.
        password: Opens it where it is encrypted.
    """

    def __init__(self, content: bytes, *, password: str | None = None):
        import pypdfium2

        with PDFIUM_LOCK:
            self._document: Any = pypdfium2.PdfDocument(content, password=password)
            if self._document.get_formtype():
                self._document.init_forms()  # before any page is loaded, or values of fields stay unknown
            self.n_pages = len(self._document)
        self._texts: dict[int, str] = {}
        self._objects: dict[int, PageObjects] = {}
        self._open: dict[int, tuple[Any, Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release(tuple(self._open))
        with PDFIUM_LOCK:
            self._document.close()

    def read(self, pages: Iterable[int]) -> None:
        """Read pages (1-based) and hold them open until they are released."""
        for page in pages:
            if page not in self._texts:
                self._texts[page] = self._read(page)

    def text(self, page: int) -> str:
        """Return pdfium's text of a page; empty where pdfium cannot load it."""
        self.read((page,))
        return self._texts[page]

    def release(self, pages: Iterable[int]) -> None:
        """Forget pages."""
        for page in pages:
            self._texts.pop(page, None)
            self._objects.pop(page, None)
            handles = self._open.pop(page, None)
            if handles is not None:
                with PDFIUM_LOCK:
                    handles[1].close()
                    handles[0].close()

    def on_page(self, page: int, work: Callable[[Any], _T]) -> _T:
        """Run `work` on pdfium's page object, alone.

        Raises:
            PartitionFailed: pdfium cannot load the page.
        """
        self.text(page)
        if page not in self._open:
            raise PartitionFailed(f"page {page} cannot be loaded", details={"page": page})
        with PDFIUM_LOCK:
            return work(self._open[page][0])

    def has_picture(self, page: int, *, least: float) -> bool:
        """Tell whether a picture covers so much (0-1) of a page (1-based), or letters may be drawn as paths there."""
        return self.on_page(page, lambda handle: has_picture(self._read_objects(page), handle.get_size(), least=least))

    def patches(self, page: int) -> PagePatches:
        """Find the text of a page (1-based) that is not seen; empty where pdfium cannot load it."""
        self.text(page)
        if page not in self._open:
            return PagePatches()
        with PDFIUM_LOCK:
            handle, text_page = self._open[page]
            return find_patches(self._read_objects(page), handle, text_page=text_page)

    def marks(self, page: int) -> dict[str, str]:
        """Find the figures of a page (1-based) with a raised mark at their end; none where pdfium cannot load it."""
        text = self.text(page)
        if page not in self._open:
            return {}
        with PDFIUM_LOCK:
            return find_marks(text, self._open[page][1])

    def _read_objects(self, page: int) -> PageObjects:
        if page not in self._objects:
            self._objects[page] = read_objects(self._open[page][0])
        return self._objects[page]

    def characters(self, page: int) -> PdfiumCharacters:
        """Return pdfium's characters of a page (1-based), to be used under the lock and before the page is released.

        Raises:
            PartitionFailed: pdfium cannot load the page.
        """
        text = self.text(page)
        if page not in self._open:
            raise PartitionFailed(f"page {page} cannot be loaded", details={"page": page})
        return PdfiumCharacters(*self._open[page], text)

    def _read(self, page: int) -> str:
        import pypdfium2

        with PDFIUM_LOCK:
            try:
                handle = self._document[page - 1]
                text_page = handle.get_textpage()
            except pypdfium2.PdfiumError:
                return ""
            self._open[page] = (handle, text_page)
            return str(text_page.get_text_range())

    def missing(self, page: int, runs: Sequence[Run], *, letters: str | None = None) -> list[Run] | None:
        """Return the words of a page that `runs` lack, as runs with their place; None when all letters are there.

        What stands at the place of a word with the same letters is printed twice and is not returned.

        Args:
            page: 1-based number.
            runs: What was read of it.
            letters: The words of `runs` in one, where the caller has them.
        """
        text = self.text(page)
        letters, wanted = _letters(runs) if letters is None else letters, "".join(text.split())
        if page not in self._open:
            return None
        differences = surplus(wanted, letters)
        if not differences:
            return None
        # Where every letter and digit is there often enough, no word can be missing and another one too much at once
        # but by the hand of chance, and the certificate looks at every place.
        if not any(count > 0 and char.isalnum() for char, count in differences.items()):
            return None
        lacking = _lacking(text, runs)
        if not lacking:
            return None
        with PDFIUM_LOCK:
            return _Finder(self._open[page], text).find(lacking, runs)

    def surplus(self, page: int, runs: Sequence[Run]) -> int:
        """Count the letters and digits that pdfium has more than `runs`; what is missing was added before."""
        more = surplus(self.text(page), _letters(runs))
        return sum([count for char, count in more.items() if count > 0 and char.isalnum()])

    def respace(self, page: int, runs: Sequence[Run]) -> list[Run]:
        """Set the words of turned runs anew: the parser cuts them into letters and guesses the spaces."""
        text = self.text(page)
        marks = [index for index, char in enumerate(text) if not char.isspace()]
        letters = "".join(text[index] for index in marks)
        return [_respaced(run, letters, marks) if run.rotation else run for run in runs]


def differs(text: str, runs: Sequence[Run]) -> bool:
    """Tell whether the parser's own text of a page has words that its items, and so `runs`, lack."""
    return len("".join(text.split())) != len(_letters(runs)) and bool(_lacking(text, runs))


def _letters(runs: Sequence[Run]) -> str:
    return "".join([word[4] for run in runs for word in run.words])


def _lacking(text: str, runs: Sequence[Run]) -> Counter[str]:
    """Count the tokens of a text that `runs` lack; only the words in which the two differ are cut into tokens."""
    have = "".join([word[4] if word[5] else f" {word[4]}" for run in runs for word in run.words])
    wanted, given = Counter(text.split()), Counter(have.split())
    return _tokens((wanted - given).elements()) - _tokens((given - wanted).elements())


def _tokens(words: Iterable[str]) -> Counter[str]:
    return Counter(_TOKEN.findall(" ".join(words)))


def _respaced(run: Run, letters: str, marks: Sequence[int]) -> Run:
    compact = "".join(word[4] for word in run.words)
    at = letters.find(compact)
    if at < 0:
        return run
    words: list[Word] = []
    position = at
    for x0, y0, x1, y1, token, _ in run.words:
        stands_apart = position == at or marks[position] != marks[position - 1] + 1
        position += len(token)
        if stands_apart or not words:
            words.append((x0, y0, x1, y1, token, False))
        else:
            first = words[-1]
            box = (min(first[0], x0), min(first[1], y0), max(first[2], x1), max(first[3], y1))
            words[-1] = (*box, first[4] + token, False)
    return replace(run, words=words)


class _Finder:
    """Looks for tokens of one page that no word box covers."""

    def __init__(self, handles: tuple[Any, Any], text: str):
        import pypdfium2.raw as pdfium

        self._pdfium = pdfium
        self._page = handles[0].raw
        self._text_page = handles[1].raw
        self._text = text
        self._width, self._height = handles[0].get_size()

    def find(self, lacking: Counter[str], runs: Sequence[Run]) -> list[Run]:
        words = [word for run in runs for word in run.words]
        found: list[Run] = []
        for match in _TOKEN.finditer(self._text):
            if match.group() not in lacking:
                continue
            found.extend(self._uncovered(match.start(), match.end(), words))
        return found

    def _uncovered(self, start: int, end: int, words: list[Word]) -> list[Run]:
        start, end = self._whole_word(start, end)
        kept: list[tuple[str, tuple[float, float, float, float]]] = []
        runs: list[Run] = []
        for index in range(start, end):
            box = self._box(index)
            if box is None or _cover(words, self._text[index], box):
                if kept:
                    runs.append(_run(kept))
                    kept = []
                continue
            kept.append((self._text[index], box))
        if kept:
            runs.append(_run(kept))
        words.extend(word for run in runs for word in run.words)
        return [run for run in runs if any(char.isalnum() for char in run.words[0][4])]

    def _whole_word(self, start: int, end: int) -> tuple[int, int]:
        """Widen a token to the signs that stick to it."""
        while start > 0 and not self._text[start - 1].isspace() and not self._text[start - 1].isalnum():
            start -= 1
        while end < len(self._text) and not self._text[end].isspace() and not self._text[end].isalnum():
            end += 1
        return start, end

    def _box(self, index: int) -> tuple[float, float, float, float] | None:
        """Return a character's box from the top left of the page as shown."""
        char = self._pdfium.FPDFText_GetCharIndexFromTextIndex(self._text_page, index)
        if char < 0:
            return None
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        if not self._pdfium.FPDFText_GetCharBox(self._text_page, char, left, right, bottom, top):
            return None
        # Pages turn by right angles only, so two opposite corners make the box.
        first, second = self._to_page(left.value, bottom.value), self._to_page(right.value, top.value)
        (x0, x1), (y0, y1) = sorted((first[0], second[0])), sorted((first[1], second[1]))
        return x0, y0, x1, y1

    def _to_page(self, x: float, y: float) -> tuple[float, float]:
        """Turn page coordinates into points from the top left of the rotated, cropped page."""
        scale = 100
        column, row = ctypes.c_int(), ctypes.c_int()
        self._pdfium.FPDF_PageToDevice(
            self._page, 0, 0, round(self._width * scale), round(self._height * scale), 0, x, y, column, row
        )
        return column.value / scale, row.value / scale


def _cover(words: Sequence[Word], char: str, box: tuple[float, float, float, float]) -> bool:
    """Tell whether a word with this character stands where the character does."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    near = [word for word in words if word[1] - _Y_SLACK <= y <= word[3] + _Y_SLACK]
    return any(word[0] - _X_SLACK <= x <= word[2] + _X_SLACK and char in word[4] for word in near)


def _run(chars: Sequence[tuple[str, tuple[float, float, float, float]]]) -> Run:
    x0, y0 = min(box[0] for _, box in chars), min(box[1] for _, box in chars)
    x1, y1 = max(box[2] for _, box in chars), max(box[3] for _, box in chars)
    text = "".join(char for char, _ in chars)
    words: list[Word] = [(x0, y0, x1, y1, text, False)]
    return Run(x0=x0, y0=y0, x1=x1, y1=y1, size=y1 - y0, is_bold=False, rotation=0, words=words, n_chars=len(text))
