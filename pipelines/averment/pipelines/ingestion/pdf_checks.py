"""A look at pages of a PDF by other means, to find a text layer that does not say what the page shows.

A share of the pages, chosen by the content of the file, and every page with glyphs that mean nothing or with invisible
text, is rendered by pdfium and read by OCR: of the former some lines, chosen likewise, of the latter all. Of scanned
pages the same share is read by OCR again at another resolution.
poppler, where it is asked for, reads every page. What is told is the share of a page's words that the other reading
has too. Words of hidden text count for nothing: nobody sees them on the page either.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Final

from averment.core.completeness import Means, PageCheck
from averment.core.documents import PageSpan, ParsedDocument
from averment.core.errors import PartitionFailed
from averment.pipelines.ingestion.limits import ParseOptions
from averment.pipelines.ingestion.ocr import TESSERACT, language_for, open_tesseract
from averment.pipelines.ingestion.page_picture import Picture, render
from averment.pipelines.ingestion.pdf_certificate import PdfAccount, page_words
from averment.pipelines.ingestion.pdf_second_reading import PDFIUM_LOCK
from averment.pipelines.ingestion.poppler import read_by_poppler
from averment.pipelines.ingestion.scans import ExtraReadings
from averment.pipelines.ingestion.tesseract import Tesseract
from averment.pipelines.ingestion.visibility import seen

NOT_CHECKED: Final = "pages_not_checked"
WITHOUT_TEXT: Final = "pages_without_text"
_DISAGREEMENT: Final = "pages_showing_other_text"
_WORD: Final = re.compile(r"[^\W_]{3,}")
# With fewer words than this, one misread word would decide.
_MIN_WORDS: Final = 12
# Words are told apart at this share of the resolution that reading takes, in two thirds of the time.
_DPI_SHARE: Final = 1 / 2
# So many words of a page of the sample are looked at, in lines that follow each other: a text layer that lies shows
# in sixty words as well as in six hundred, and OCR takes its time by the word.
_BAND_WORDS: Final = 60
_BAND_MARGIN: Final = 2.0
_HASH_RANGE: Final = 1 << 64


@dataclass(frozen=True, kw_only=True)
class PageChecker:
    """Checks pages of one PDF.

    Args:
        content: The PDF.
        parsed: What was made of it.
        options: How it is read, and which share of the pages is checked.
        language: Tesseract's name of the language.
        extra: How many pages may be read by OCR; those beyond are told.
    """

    content: bytes
    parsed: ParsedDocument
    options: ParseOptions
    language: str
    extra: ExtraReadings

    def check(self, remarkable: Iterable[int]) -> tuple[list[PageCheck], dict[str, int]]:
        """Check pages; return what was found, in order of the pages, and warnings as codes with counts.

        Args:
            remarkable: Pages (1-based) that are checked whatever the sample is.

        Raises:
            PartitionFailed: poppler is asked for and is not there, or fails.
        """
        wanted = set(remarkable)
        pages = [page for page in self.parsed.pages if page.page in wanted or self._is_chosen(page.page)]
        checks: list[PageCheck] = []
        warnings: Counter[str] = Counter()
        text = seen(self.parsed).text
        reader: Tesseract | None = None
        for page in pages if self.options.ocr else ():
            is_whole = page.is_ocr or page.page in wanted
            words, band = (_words(text[page.start : page.end]), None) if is_whole else self._band(page, text)
            if words.total() < _MIN_WORDS:
                continue
            if not self.extra.take():
                warnings[NOT_CHECKED] += 1
                continue
            try:
                reader = reader or open_tesseract(self.options, language=self.language, page=page.page)
            except PartitionFailed:
                warnings[NOT_CHECKED] += 1  # the language files of OCR are missing
                continue
            picture = self._render(page, band)
            other = " ".join(word.text for word in reader.read(picture.shades, dpi=picture.dpi))
            means = Means.SECOND_OCR if page.is_ocr else Means.RENDERED
            checks.append(_compared(page.page, means, words, other))
        if self.options.poppler:
            checks.extend(self._check_by_poppler(text))
        return sorted(checks, key=lambda check: (check.page, check.means)), dict(warnings)

    @property
    def _dpi(self) -> int:
        return round(self.options.ocr_dpi * _DPI_SHARE)

    @cached_property
    def _seed(self) -> bytes:
        return sha256(self.content).digest()

    def _digest(self, page: int) -> bytes:
        return sha256(self._seed + page.to_bytes(8, "big")).digest()

    def _is_chosen(self, page: int) -> bool:
        return int.from_bytes(self._digest(page)[:8], "big") < self.options.checked_share * _HASH_RANGE

    def _band(self, page: PageSpan, text: str) -> tuple[Counter[str], tuple[float, float] | None]:
        """Return the words of some lines of a page, and between which heights they stand; None for all of the page."""
        found = page_words("", self.parsed.words, start=page.start, end=page.end)
        rows = sorted(zip(found.y0, found.y1, found.starts, found.ends, strict=True))
        if len(rows) < 2 * _BAND_WORDS:
            return _words(text[page.start : page.end]), None
        first = int.from_bytes(self._digest(page.page)[8:16], "big") % (len(rows) - _BAND_WORDS)
        top, bottom = rows[first][0], max(row[1] for row in rows[first : first + _BAND_WORDS])
        inside = (text[start:end] for y0, y1, start, end in rows if top <= y0 and y1 <= bottom)
        return _words(" ".join(inside)), (top - _BAND_MARGIN, bottom + _BAND_MARGIN)

    def _render(self, page: PageSpan, band: tuple[float, float] | None) -> Picture:
        import pypdfium2

        with PDFIUM_LOCK:
            document = pypdfium2.PdfDocument(self.content, password=self.options.password)
            try:
                return render(document[page.page - 1], dpi=self._dpi, band=band)
            finally:
                document.close()

    def _check_by_poppler(self, text: str) -> Iterator[PageCheck]:
        texts = read_by_poppler(self.content, password=self.options.password)
        for page in self.parsed.pages:
            words = _words(text[page.start : page.end])
            if not page.is_ocr and words.total() >= _MIN_WORDS and page.page <= len(texts):
                yield _compared(page.page, Means.POPPLER, words, texts[page.page - 1])


def certified(
    content: bytes,
    parsed: ParsedDocument,
    *,
    account: PdfAccount,
    hiding: Iterable[int],
    options: ParseOptions,
    extra: ExtraReadings,
) -> ParsedDocument:
    """Add the certificate to a parsed PDF, with what a look by other means at some pages found.

    Args:
        content: The PDF.
        parsed: What was made of it.
        account: What its pages account for.
        hiding: Pages (1-based) that hide text.
        options: How it is read.
        extra: How many pages may be read by OCR; those beyond are told.
    """
    language = language_for(parsed.language, options)
    checker = PageChecker(content=content, parsed=parsed, options=options, language=language, extra=extra)
    # A text in a language that OCR was not set up for cannot be checked by it.
    can_check = parsed.language is None or TESSERACT.get(parsed.language, language) == language
    checks, warnings = checker.check({*account.remarkable_pages(), *hiding}) if can_check else ([], {})
    made = account.close(parsed).with_checks(checks)
    if made.disagreeing_pages:
        warnings[_DISAGREEMENT] = len(made.disagreeing_pages)
    if options.ocr and made.unread_pages:
        warnings[WITHOUT_TEXT] = len(made.unread_pages)
    if made.whole.n_unread:
        warnings["letters_not_read_by_ocr"] = made.whole.n_unread
    return replace(parsed, certificate=made, warnings={**parsed.warnings, **warnings})


def _words(text: str) -> Counter[str]:
    return Counter(map(str.casefold, _WORD.findall(text)))


def _compared(page: int, means: Means, words: Counter[str], other: str) -> PageCheck:
    shared = (words & _words(other)).total()
    return PageCheck(page=page, means=means, n_words=words.total(), agreement=round(shared / words.total(), 4))
