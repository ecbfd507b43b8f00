"""The completeness certificate of a PDF: page by page while it is read, or of a parsed document afterwards."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from averment.core.completeness import Certificate, Method, PageCount, Thresholds, certify
from averment.core.documents import PageSpan, ParsedDocument, Words
from averment.pipelines.ingestion.characters import Letters, n_apart, numbers
from averment.pipelines.ingestion.page_ink import read_ink
from averment.pipelines.ingestion.pdf_annotations import read_annotations
from averment.pipelines.ingestion.pdf_completeness import PageWords, compare_page
from averment.pipelines.ingestion.pdf_lines import Line, Word
from averment.pipelines.ingestion.pdf_marks import part_marks
from averment.pipelines.ingestion.pdf_second_reading import PDFIUM_LOCK, SecondReading

# Characters of private use, and those for no character; pdfium marks hyphens by control characters.
_UNMAPPED: Final = re.compile("[\ue000-\uf8ff\ufffd]")
# Where more of a scanned page's words stand on bare paper, they are not that page's.
_MAX_BARE_SHARE: Final = 0.5
_UNUSUAL_SHARE: Final = 0.02


class PdfAccount:
    """Collects the accounts of a PDF's pages.

    Args:
        second: The second reading.
        thresholds: How far a page may fall short.
    """

    def __init__(self, second: SecondReading, *, thresholds: Thresholds):
        self._second = second
        self._thresholds = thresholds
        self._counts: dict[int, PageCount] = {}
        self._n_digits: dict[int, int] = {}
        self._n_numbers: dict[int, int] = {}
        self._garbled: set[int] = set()

    def compare(self, page: int, ours: PageWords, *, beyond: Sequence[Word] = ()) -> bool:
        """Account for a page that has a text layer, and tell whether it may pass.

        A page that was compared before is compared anew.

        Args:
            page: 1-based number.
            ours: What the canonical text has of it.
            beyond: Words that stand on the page and are none of its characters: form values, comments.
        """
        with PDFIUM_LOCK:
            self._garbled.discard(page)
            characters = self._second.characters(page)
            count, n_digits = compare_page(ours, characters, page=page, beyond=beyond)
        mine = numbers(ours.text)
        is_alike = characters.text.split() == ours.text.split()  # told sooner than by their numbers
        apart = 0 if is_alike else n_apart(numbers(characters.text), mine)
        self._n_numbers[page] = len(mine)
        n_unmapped = 0 if characters.text.isascii() else len(_UNMAPPED.findall(characters.text))
        if n_unmapped + count.n_resolved > _UNUSUAL_SHARE * len(characters.text):
            self._garbled.add(page)
        self._counts[page] = replace(count, n_numbers_apart=apart) if apart else count
        self._n_digits[page] = n_digits
        return count.meets(self._thresholds)

    def lines(self, page: int) -> list[Line]:
        """Return the lines of a page (1-based) as the second reading has them, note marks apart from their figures."""
        with PDFIUM_LOCK:
            marks = self._second.marks(page)
            lines = self._second.characters(page).lines()
        return [replace(line, runs=part_marks(line.runs, marks)) for line in lines]

    def note_ocr(self, page: int, ours: PageWords, *, confidence: float | None, n_read: int | None = None) -> None:
        """Note a page (1-based) that was read from its picture, and count the letters there that no word covers.

        Args:
            page: 1-based number.
            ours: What the canonical text has of it.
            confidence: How sure OCR was, 0-1.
            n_read: Letters and digits that were read of it; None where that is not known.
        """
        self._n_numbers[page] = len(numbers(ours.text))
        n_ours = sum(map(str.isalnum, ours.text))
        n_chars = n_ours if n_read is None else n_read
        ink = self._second.on_page(page, read_ink)
        words = list(zip(ours.x0, ours.y0, ours.x1, ours.y1, strict=True))
        unread = ink.unread(words) if ink else None
        if ink is not None and ink.bare_share(words) > _MAX_BARE_SHARE:
            n_chars = 0  # the text of another page
        self._counts[page] = PageCount(
            page=page,
            n_chars=n_chars,
            n_accounted=min(n_ours, n_chars),
            n_unaccounted=max(n_chars - n_ours, 0),
            n_added=max(n_ours - n_chars, 0),
            is_ocr=True,
            ocr_confidence=confidence,
            n_unread=unread.n_letters if unread else 0,
            n_unread_lines=unread.n_lines if unread else 0,
        )

    def note_textless(self, page: int) -> None:
        """Note of a page (1-based) that was accounted for and has no text whether it is blank."""
        ink = self._second.on_page(page, read_ink)
        is_blank = ink is not None and ink.is_blank
        self._counts[page] = replace(self._counts[page], is_blank=is_blank, is_unread=not is_blank)

    def note_surplus(self, page: int, *, n_added: int) -> None:
        """Note a page (1-based) that the file does not have."""
        self._counts[page] = PageCount(page=page, n_added=n_added)

    def remarkable_pages(self) -> list[int]:
        """Return the pages with many glyphs that their fonts give no meaning, or a meaning of their own."""
        return sorted(self._garbled)

    def close(self, parsed: ParsedDocument) -> Certificate:
        """Judge all pages of a document together."""
        hidden = Counter[int | None]()
        for element in parsed.elements:
            if element.is_hidden:
                hidden[element.page] += sum(map(str.isalnum, element.text))
        counts = [
            replace(count, n_hidden=hidden[page]) if hidden[page] else count for page, count in self._counts.items()
        ]
        return certify(
            counts,
            method=Method.PDFIUM,
            thresholds=self._thresholds,
            n_digits=sum(self._n_digits.values()),
            n_numbers=sum(self._n_numbers.values()),
            n_cells=len(parsed.cells),
        )


def certify_pdf(
    content: bytes, parsed: ParsedDocument, *, thresholds: Thresholds, password: str | None = None
) -> Certificate:
    """Hold a parsed document against its file.

    Args:
        content: The PDF.
        parsed: What was made of it; of its own certificate only what OCR read of scanned pages is looked at.
        thresholds: How far a page may fall short.
        password: Opens it where it is encrypted.
    """
    known = {page.page: page for page in (parsed.certificate.pages if parsed.certificate else ()) if page.is_ocr}
    spans = _by_page(parsed.text, parsed.pages)
    scanned = {page for page, span in spans.items() if span.is_ocr}
    with SecondReading(content, password=password) as second:
        account = PdfAccount(second, thresholds=thresholds)
        for page in range(1, max(second.n_pages, *spans, 1) + 1):
            span = spans.get(page)
            if page > second.n_pages:
                account.note_surplus(page, n_added=_n_letters(parsed.text, span))
            else:
                start, end = (span.start, span.end) if span else (0, 0)
                ours = page_words(parsed.text[start:end], parsed.words, start=start, end=end)
                # A page that is missing was a scanned one where the others were and it has no text layer.
                if page in scanned or (scanned and span is None and not second.text(page).strip()):
                    was = known.get(page)
                    account.note_ocr(
                        page,
                        ours,
                        confidence=was.ocr_confidence if was else None,
                        n_read=was.n_chars if was else None,
                    )
                else:
                    account.compare(page, ours, beyond=_words_beyond(second, page))
                if not ours.text.strip():
                    account.note_textless(page)
                second.release((page,))
    return account.close(parsed)


def _words_beyond(second: SecondReading, page: int) -> list[Word]:
    found = second.on_page(page, read_annotations)
    return [word for run in (*found.runs, *found.comments) for word in run.words]


def page_words(text: str, words: Words, *, start: int, end: int) -> PageWords:
    """Give a page of canonical text its words.

    Args:
        text: The page's.
        words: The document's.
        start: Where the page begins in the document.
        end: Where it ends.
    """
    first, last = bisect_left(words.starts, start), bisect_left(words.starts, end)
    return PageWords(
        text=text,
        offset=start,
        starts=words.starts[first:last],
        ends=words.ends[first:last],
        x0=words.x0[first:last],
        y0=words.y0[first:last],
        x1=words.x1[first:last],
        y1=words.y1[first:last],
    )


def _by_page(text: str, pages: Sequence[PageSpan]) -> dict[int, PageSpan]:
    """Return the pages by number, each widened over text that belongs to none: pages cover a text without gaps."""
    spans: dict[int, PageSpan] = {}
    for number, page in enumerate(pages):
        following = pages[number + 1].start if number + 1 < len(pages) else len(text)
        start = 0 if number == 0 else page.start
        spans[page.page] = PageSpan(
            page=page.page,
            start=start,
            end=max(page.end, following),
            width=page.width,
            height=page.height,
            is_ocr=page.is_ocr,
        )
    return spans


def _n_letters(text: str, span: PageSpan | None) -> int:
    return len(Letters.of(text[span.start : span.end]).chars) if span else 0
