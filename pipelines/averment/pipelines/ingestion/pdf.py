"""PDF to canonical text with a box for every word.

LiteParse gives text items and word boxes; `pdf_lines` orders them, `pdf_second_reading` adds what it left out,
`pdf_text` writes the canonical text, `pdf_blocks` and `pdf_tables` find the structure. Pages without a text layer
that show a picture are read by Tesseract. Pages are handled in batches, so memory stays flat.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from averment.core.documents import Attachment, ElementKind, ParsedDocument
from averment.core.errors import DocumentCorrupt, DocumentEncrypted, DocumentLimitExceeded, PartitionFailed
from averment.pipelines.ingestion import ocr
from averment.pipelines.ingestion.collection import collection_paused
from averment.pipelines.ingestion.language import detect_language
from averment.pipelines.ingestion.limits import ParseLimits, ParseOptions
from averment.pipelines.ingestion.media_types import PDF
from averment.pipelines.ingestion.page_ink import read_ink
from averment.pipelines.ingestion.page_picture import render
from averment.pipelines.ingestion.partition_frames import OnPages
from averment.pipelines.ingestion.pdf_annotations import Annotations, read_annotations
from averment.pipelines.ingestion.pdf_blocks import build_elements, classify
from averment.pipelines.ingestion.pdf_certificate import PdfAccount, page_words
from averment.pipelines.ingestion.pdf_checks import WITHOUT_TEXT, certified
from averment.pipelines.ingestion.pdf_completeness import PageWords
from averment.pipelines.ingestion.pdf_hidden import mark_hidden
from averment.pipelines.ingestion.pdf_lines import Line, Run, Word, arrange, read_runs
from averment.pipelines.ingestion.pdf_marks import part_marks
from averment.pipelines.ingestion.pdf_parser import ParserAhead
from averment.pipelines.ingestion.pdf_patches import PagePatches
from averment.pipelines.ingestion.pdf_second_reading import PDFIUM_LOCK, SecondReading, differs
from averment.pipelines.ingestion.pdf_tables import PageText, find_tables
from averment.pipelines.ingestion.pdf_text import PdfText
from averment.pipelines.ingestion.scans import ExtraReadings, ScanReader
from averment.pipelines.ingestion.tables import number_cells

_BATCH: Final = 16
# A page with more text than this is not looked at for pictures that hold text.
_FULL_PAGE_CHARS: Final = 2500
_IMAGE: Final = re.compile(rb"/Subtype\s*/Image")


@dataclass(slots=True)
class _Page:
    number: int
    width: float
    height: float
    runs: list[Run]
    is_ocr: bool = False
    annotations: Annotations = field(default_factory=lambda: Annotations([], []))
    _letters: str | None = None

    def letters(self) -> str:
        """Return the words in one; a page has hundreds, so they are joined once."""
        if self._letters is None:
            self._letters = "".join([word[4] for run in self.runs for word in run.words])
        return self._letters

    def add(self, runs: Sequence[Run]) -> None:
        """Add runs."""
        self.runs.extend(runs)
        self._letters = None

    def lines(self) -> list[Line]:
        """Return the lines in reading order, comments last."""
        lines = arrange([*self.runs, *self.annotations.runs], width=self.width, height=self.height)
        return [*lines, *_lines_of(self.annotations.comments)]

    def words_beyond(self) -> list[Word]:
        """Return the words that stand on the page and are none of its characters."""
        return [word for run in (*self.annotations.runs, *self.annotations.comments) for word in run.words]


def _lines_of(runs: Sequence[Run]) -> list[Line]:
    return [Line(runs=[run], y0=run.y0, y1=run.y1) for run in runs]


@dataclass(slots=True)
class _Reading:
    """A PDF while it is read."""

    content: bytes
    limits: ParseLimits
    options: ParseOptions
    on_pages: OnPages | None = None
    warnings: Counter[str] = field(default_factory=Counter)
    account: PdfAccount | None = None
    patches: dict[int, PagePatches] = field(default_factory=dict)
    scans: ScanReader = field(init=False)
    _looks_for_pictures: bool = False
    _n_done: int = 0
    _n_pages: int = 0

    def __post_init__(self) -> None:
        # The dictionary of an image is never packed into an object stream, so its absence is certain.
        self._looks_for_pictures = self.options.second_reading and _IMAGE.search(self.content) is not None

    def pages(self) -> Iterator[_Page]:
        """Yield every page in order, each complete."""
        with self._open() as second, self._parser() as parser:
            self._n_pages = second.n_pages
            self.scans = ScanReader(
                lambda page, dpi: second.on_page(page, partial(render, dpi=dpi)),
                self.options,
                self.warnings,
                ExtraReadings.within(self.limits, n_pages=self._n_pages, on_take=self._tell),
                self._page_done,
            )
            if self.options.second_reading:
                self.account = PdfAccount(second, thresholds=self.options.thresholds)
            done = 0
            batches = parser.batches()
            while True:
                if self.options.second_reading:  # while the parser is at the same pages
                    second.read(range(done + 1, min(done + _BATCH, second.n_pages) + 1))
                natives = next(batches, None)
                if natives is None:
                    break
                yield from self._complete(natives, second)
                numbers = [native.page_num for native in natives]
                second.release(numbers)
                done = numbers[-1]
            if done < second.n_pages:
                raise PartitionFailed(
                    f"the parser stopped after page {done} of {second.n_pages}", details={"page": done + 1}
                )

    def account_for(self, page: _Page, result: PdfText) -> None:
        """Account for the page that was added to the text last; while the pages are read."""
        if self.account is None:
            return
        if page.is_ocr:
            n_read = sum(map(str.isalnum, page.letters())) + sum(
                char.isalnum() for word in page.words_beyond() for char in word[4]
            )
            self.account.note_ocr(page.number, _words_of(result), confidence=_confidence(page.runs), n_read=n_read)
        elif not self._compare(self.account, page, result):
            # The parser writes formulas its own way and mixes up right-to-left text: then the characters are the text.
            result.drop_page()
            found = page.annotations
            lines = [*self.account.lines(page.number), *_lines_of([*found.runs, *found.comments])]
            result.add_page(lines, page=page.number, width=page.width, height=page.height)
            self._compare(self.account, page, result)
            self.warnings["pages_read_by_characters"] += 1
        if not result.last_page.strip():
            self.account.note_textless(page.number)

    def _page_done(self) -> None:
        self._n_done += 1
        self._tell()

    def _tell(self) -> None:
        if self.on_pages is not None:
            self.on_pages(self._n_done, self._n_pages)

    def _compare(self, account: PdfAccount, page: _Page, result: PdfText) -> bool:
        return account.compare(page.number, _words_of(result), beyond=page.words_beyond())

    def _parser(self) -> ParserAhead:
        limits, options = self.limits, self.options
        return ParserAhead(self.content, batch_pages=_BATCH, max_pages=limits.max_pages, password=options.password)

    def _open(self) -> SecondReading:
        import pypdfium2
        import pypdfium2.raw as pdfium

        try:
            second = SecondReading(self.content, password=self.options.password)
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD:
                raise DocumentEncrypted(
                    "the PDF is encrypted and needs a password to open", hint="deliver it without a password"
                ) from error
            raise DocumentCorrupt(f"the PDF cannot be opened: {error}", hint="deliver the file again") from error
        if second.n_pages > self.limits.max_pages:
            n_pages = second.n_pages
            second.__exit__(None, None, None)
            raise DocumentLimitExceeded(
                f"the PDF has {n_pages} pages, the limit is {self.limits.max_pages}",
                hint="raise the limit of pages in the settings, or split the file",
                details={"pages": n_pages},
            )
        return second

    def _complete(self, natives: Sequence[Any], second: SecondReading) -> Iterator[_Page]:
        pages: list[_Page] = []
        for native in natives:
            runs = read_runs(native.text_items, width=native.width, height=native.height)
            page = _Page(native.page_num, native.width, native.height, runs)
            pages.append(page)
            if self.options.second_reading or differs(native.text, runs):
                self._add_missing(page, second)
                self._look_for_hidden(page, second)
            if self.options.second_reading:
                page.runs = part_marks(page.runs, second.marks(page.number))
        wanted = [page.number for page in pages if self._needs_ocr(page, second)]
        readings = self._ocr(wanted, pages, second) if wanted else {}
        for page in pages:
            shown = readings.get(page.number, page)
            if self.options.second_reading:
                self._add_annotations(shown, second)
            yield shown
            if page.number not in wanted:
                self._page_done()

    def _add_missing(self, page: _Page, second: SecondReading) -> None:
        if any(run.rotation for run in page.runs):
            page.runs = second.respace(page.number, page.runs)  # the letters stay the same
        added = second.missing(page.number, page.runs, letters=page.letters())
        if added is None:
            return
        self.warnings["words_added_by_second_reading"] += len(added)
        page.add(added)
        self.warnings["characters_printed_twice"] += second.surplus(page.number, page.runs)

    def _add_annotations(self, page: _Page, second: SecondReading) -> None:
        found = second.on_page(page.number, read_annotations)
        page.annotations = found
        for code, count in (
            ("form_values", len(found.runs)),
            ("comments", len(found.comments)),
            ("hidden_annotations", found.n_hidden),
        ):
            if count:
                self.warnings[code] += count

    def _look_for_hidden(self, page: _Page, second: SecondReading) -> None:
        if self.options.hidden_text:
            found = second.patches(page.number)
            if found.hidden or found.has_layer:
                self.patches[page.number] = found

    def _needs_ocr(self, page: _Page, second: SecondReading) -> bool:
        text = page.letters()
        if ocr.is_garbled(text):
            return True
        is_sparse = ocr.is_sparse(text)
        if not is_sparse and (len(text) > _FULL_PAGE_CHARS or not self._looks_for_pictures):
            return False
        least = ocr.MIN_PICTURE_SHARE if text else ocr.MIN_LONE_PICTURE_SHARE
        has_picture = second.has_picture(page.number, least=least)
        if has_picture and not is_sparse:
            self.warnings["pages_with_unread_pictures"] += 1
        return has_picture and is_sparse

    def _ocr(self, numbers: Sequence[int], pages: Sequence[_Page], second: SecondReading) -> dict[int, _Page]:
        if not self.options.ocr:
            self.warnings[WITHOUT_TEXT] += len(numbers)
            self._n_done += len(numbers)
            return {}
        text = " ".join(
            word[4] for page in pages if page.number not in numbers for run in page.runs for word in run.words
        )
        inks = (lambda number: second.on_page(number, read_ink)) if self.options.second_reading else None
        scans = self.scans.read(numbers, text=text, inks=inks)
        return {
            number: _Page(number, scan.width, scan.height, scan.runs, is_ocr=True) for number, scan in scans.items()
        }


def _words_of(result: PdfText) -> PageWords:
    """Return the words of the page that was added last."""
    span = result.pages[-1]
    return page_words(result.last_page, result.words, start=span.start, end=span.end)


def _confidence(runs: Sequence[Run]) -> float | None:
    """Return the mean confidence of an OCR's runs, weighted by their length."""
    known = [(run.confidence, run.n_chars) for run in runs if run.confidence is not None]
    n_chars = sum(weight for _, weight in known)
    return round(sum(confidence * weight for confidence, weight in known) / n_chars, 4) if n_chars else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfReading:
    """What was read of a PDF.

    Args:
        text: The canonical text with word boxes.
        warnings: What had to be done for it, code to count.
        patches: What pages hide.
        account: What the pages account for; None without a second reading.
        extra: How many pages may still be read once more.
    """

    text: PdfText
    warnings: Counter[str]
    patches: dict[int, PagePatches]
    account: PdfAccount | None
    extra: ExtraReadings


@collection_paused()
def read_text(
    content: bytes, *, limits: ParseLimits, options: ParseOptions, on_pages: OnPages | None = None
) -> PdfReading:
    """Read the canonical text of every page; `on_pages` is told of each, and of each that is read once more."""
    reading = _Reading(content, limits, options, on_pages)
    result = PdfText()
    for page in reading.pages():
        result.add_page(page.lines(), page=page.number, width=page.width, height=page.height, is_ocr=page.is_ocr)
        reading.account_for(page, result)
        if result.length > limits.max_chars:
            raise DocumentLimitExceeded(
                f"the text is longer than {limits.max_chars} characters", hint="raise the limit, or split the file"
            )
    return PdfReading(
        text=result,
        warnings=reading.warnings,
        patches=reading.patches,
        account=reading.account,
        extra=reading.scans.extra,
    )


@collection_paused()
def partition_pdf(
    content: bytes, *, limits: ParseLimits, options: ParseOptions, on_pages: OnPages | None = None
) -> ParsedDocument:
    """Partition a PDF; `on_pages` is told how many of its pages are done.

    Raises:
        DocumentEncrypted: It needs a password.
        DocumentCorrupt: It cannot be opened.
        DocumentLimitExceeded: It has too many pages or characters.
        PartitionFailed: A page cannot be read, or no page holds text.
    """
    # Junk before the header is common and harmless; the parser's own check of the file type is strict.
    content = content[max(content.find(b"%PDF-", 0, 1024), 0) :]
    reading = read_text(content, limits=limits, options=options, on_pages=on_pages)
    result = reading.text
    text = result.text
    if not text.strip():
        raise PartitionFailed(
            f"no text found on any of {len(result.pages)} pages",
            hint="the pages are blank, or are images and OCR is switched off",
            details={"pages": len(result.pages)},
        )
    language = detect_language(text)
    kinds = classify(result.lines, text=text, pages=result.pages)
    grids = find_tables(PageText(text, result.lines, result.words), kinds, is_german=language == "de")
    elements = build_elements(result.lines, kinds, text=text)
    title = next((element.text for element in elements if element.kind is ElementKind.HEADING), None)
    parsed = ParsedDocument(
        text=text,
        elements=tuple(elements),
        pages=tuple(result.pages),
        words=result.words,
        cells=tuple(number_cells(grids, language=language)),
        language=language,
        media_type=PDF,
        parser=_parser(),
        title=" ".join(title.split())[:200] if title else None,
        warnings={code: count for code, count in reading.warnings.items() if count},
        attachments=_attachments(content, options.password),
    )
    if options.hidden_text:
        parsed = mark_hidden(parsed, reading.patches)
    if reading.account is None:
        return parsed
    return certified(
        content, parsed, account=reading.account, hiding=reading.patches, options=options, extra=reading.extra
    )


def _parser() -> str:
    from importlib.metadata import version

    return f"liteparse {version('liteparse')}"


def _attachments(content: bytes, password: str | None) -> tuple[Attachment, ...]:
    if b"/EmbeddedFile" not in content and b"/ObjStm" not in content:
        return ()
    import pypdfium2

    found = []
    with PDFIUM_LOCK:
        document = pypdfium2.PdfDocument(content, password=password)
        try:
            for index in range(document.count_attachments()):
                attachment = document.get_attachment(index)
                data = bytes(attachment.get_data())
                name = attachment.get_name() or f"attachment {index + 1}"
                found.append(Attachment(name=name, media_type="application/octet-stream", content=data))
        finally:
            document.close()
    return tuple(found)
