"""PDF to canonical text with a box for every word.

LiteParse gives text items and word boxes; `pdf_lines` orders them, `pdf_second_reading` adds what it left out,
`pdf_text` writes the canonical text, `pdf_blocks` and `pdf_tables` find the structure. Pages without a text layer
that show a picture are read by Tesseract, inside LiteParse. Pages are handled in batches, so memory stays flat.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from averment.core.documents import Attachment, ElementKind, ParsedDocument
from averment.core.errors import DocumentCorrupt, DocumentEncrypted, DocumentLimitExceeded, PartitionFailed
from averment.pipelines.ingestion import ocr
from averment.pipelines.ingestion.language import detect_language
from averment.pipelines.ingestion.limits import ParseLimits, ParseOptions
from averment.pipelines.ingestion.media_types import PDF
from averment.pipelines.ingestion.pdf_blocks import build_elements, classify
from averment.pipelines.ingestion.pdf_certificate import PdfAccount, page_words
from averment.pipelines.ingestion.pdf_lines import Run, arrange, read_runs
from averment.pipelines.ingestion.pdf_parser import ParserAhead, parse_by_ocr
from averment.pipelines.ingestion.pdf_second_reading import PDFIUM_LOCK, SecondReading, differs
from averment.pipelines.ingestion.pdf_tables import PageText, find_tables
from averment.pipelines.ingestion.pdf_text import PdfText
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


@dataclass(slots=True)
class _Reading:
    """A PDF while it is read."""

    content: bytes
    limits: ParseLimits
    options: ParseOptions
    warnings: Counter[str] = field(default_factory=Counter)
    account: PdfAccount | None = None
    _looks_for_pictures: bool = False

    def __post_init__(self) -> None:
        # The dictionary of an image is never packed into an object stream, so its absence is certain.
        self._looks_for_pictures = self.options.second_reading and _IMAGE.search(self.content) is not None

    def pages(self) -> Iterator[_Page]:
        """Yield every page in order, each complete."""
        with self._open() as second, self._parser() as parser:
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
            self.account.note_ocr(page.number, confidence=_confidence(page.runs))
        elif not self._compare(self.account, page, result):
            # The parser writes formulas its own way and mixes up right-to-left text: then the characters are the text.
            result.drop_page()
            lines = self.account.lines(page.number)
            result.add_page(lines, page=page.number, width=page.width, height=page.height)
            self._compare(self.account, page, result)
            self.warnings["pages_read_by_characters"] += 1

    def _compare(self, account: PdfAccount, page: _Page, result: PdfText) -> bool:
        span = result.pages[-1]
        ours = page_words(result.last_page, result.words, start=span.start, end=span.end)
        return account.compare(page.number, ours)

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
        wanted = [page.number for page in pages if self._needs_ocr(page, second)]
        readings = self._ocr(wanted) if wanted else {}
        for page in pages:
            yield readings.get(page.number, page)

    def _add_missing(self, page: _Page, second: SecondReading) -> None:
        if any(run.rotation for run in page.runs):
            page.runs = second.respace(page.number, page.runs)
        added = second.missing(page.number, page.runs)
        if added is None:
            return
        self.warnings["words_added_by_second_reading"] += len(added)
        page.runs.extend(added)
        self.warnings["characters_printed_twice"] += second.surplus(page.number, page.runs)

    def _needs_ocr(self, page: _Page, second: SecondReading) -> bool:
        text = "".join([word[4] for run in page.runs for word in run.words])
        if ocr.is_garbled(text):
            return True
        is_sparse = ocr.is_sparse(text)
        if not is_sparse and (len(text) > _FULL_PAGE_CHARS or not self._looks_for_pictures):
            return False
        has_picture = second.on_page(page.number, ocr.has_picture)
        if has_picture and not is_sparse:
            self.warnings["pages_with_unread_pictures"] += 1
        return has_picture and is_sparse

    def _ocr(self, numbers: Sequence[int]) -> dict[int, _Page]:
        if not self.options.ocr:
            self.warnings["pages_without_text"] += len(numbers)
            return {}
        readings = {}
        for native in parse_by_ocr(self.content, pages=numbers, options=self.options):
            runs = read_runs(native.text_items, width=native.width, height=native.height)
            readings[native.page_num] = _Page(native.page_num, native.width, native.height, runs, is_ocr=True)
        self.warnings["pages_read_by_ocr"] += len(numbers)
        return readings


def _confidence(runs: Sequence[Run]) -> float | None:
    """Return the mean confidence of an OCR's runs, weighted by their length."""
    known = [(run.confidence, run.n_chars) for run in runs if run.confidence is not None]
    n_chars = sum(weight for _, weight in known)
    return round(sum(confidence * weight for confidence, weight in known) / n_chars, 4) if n_chars else None


def read_text(
    content: bytes, *, limits: ParseLimits, options: ParseOptions
) -> tuple[PdfText, Counter[str], PdfAccount | None]:
    """Read the canonical text with word boxes, what had to be done for it (code to count), and the pages' accounts.

    There is no account without a second reading.
    """
    reading = _Reading(content, limits, options)
    result = PdfText()
    for page in reading.pages():
        lines = arrange(page.runs, width=page.width, height=page.height)
        result.add_page(lines, page=page.number, width=page.width, height=page.height, is_ocr=page.is_ocr)
        reading.account_for(page, result)
        if result.length > limits.max_chars:
            raise DocumentLimitExceeded(
                f"the text is longer than {limits.max_chars} characters", hint="raise the limit, or split the file"
            )
    return result, reading.warnings, reading.account


def partition_pdf(content: bytes, *, limits: ParseLimits, options: ParseOptions) -> ParsedDocument:
    """Partition a PDF.

    Raises:
        DocumentEncrypted: It needs a password.
        DocumentCorrupt: It cannot be opened.
        DocumentLimitExceeded: It has too many pages or characters.
        PartitionFailed: A page cannot be read, or no page holds text.
    """
    # Junk before the header is common and harmless; the parser's own check of the file type is strict.
    content = content[max(content.find(b"%PDF-", 0, 1024), 0) :]
    result, warnings, account = read_text(content, limits=limits, options=options)
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
    cells = tuple(number_cells(grids, language=language))
    title = next((element.text for element in elements if element.kind is ElementKind.HEADING), None)
    return ParsedDocument(
        text=text,
        elements=tuple(elements),
        pages=tuple(result.pages),
        words=result.words,
        cells=cells,
        language=language,
        media_type=PDF,
        parser=_parser(),
        title=" ".join(title.split())[:200] if title else None,
        warnings={code: count for code, count in warnings.items() if count},
        attachments=_attachments(content, options.password),
        certificate=account.close(text, n_cells=len(cells)) if account else None,
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
