"""Partition: a file's bytes to canonical text, elements, pages, word boxes and table cells.

The kind of file is found from its bytes (`media_types`), then one module reads each kind: `pdf` (LiteParse), `markup`
(HTML and inline XBRL, lxml), `office` (DOCX, PPTX, XLSX: unstructured, completed), `opendocument` (ODT, ODS, ODP),
`rtf`, `mail` (EML, MSG), `image` (TIFF, PNG, JPEG, by OCR), `folder` (ZIP), `plain`.
Whatever is wrong with a document ends as a `DocumentError` with its reason; other exceptions are bugs.
`partition_worker` runs the same in a child process with limits on time and memory.
"""

from dataclasses import replace

from averment.core.documents import ParsedDocument
from averment.core.errors import DocumentLimitExceeded
from averment.pipelines.ingestion import media_types
from averment.pipelines.ingestion.instructions import mark_instructions
from averment.pipelines.ingestion.language import FOREIGN_SHARE, SUPPORTED, detect_language, foreign_share
from averment.pipelines.ingestion.limits import ParseLimits, ParseOptions
from averment.pipelines.ingestion.partition_frames import OnPages
from averment.pipelines.ingestion.visibility import mark_unseen, seen

_DEFAULT_LIMITS = ParseLimits()
_DEFAULT_OPTIONS = ParseOptions()


def partition(
    content: bytes,
    *,
    name: str,
    media_type: str | None = None,
    limits: ParseLimits = _DEFAULT_LIMITS,
    options: ParseOptions = _DEFAULT_OPTIONS,
    on_pages: OnPages | None = None,
) -> ParsedDocument:
    """Partition one document in this process.

    Args:
        content: The whole file.
        name: Its name, for the suffix; never opened.
        media_type: What the source says it is; believed only where bytes and name leave it open.
        limits: What it may cost.
        options: How it is read.
        on_pages: Told how many pages are done, of a document whose pages are read one by one.

    Raises:
        UnsupportedMediaType: No parser is known for it.
        DocumentEncrypted: It needs a password.
        DocumentCorrupt: It is empty, damaged, or not what its name promises.
        DocumentLimitExceeded: It is larger than the limits allow.
        PartitionFailed: Its parser failed, or found no text.

    Example:
        >>> partition(b"1. TERM\\n\\nOne year.", name="a.txt").elements[0].text
        '1. TERM'
    """
    if len(content) > limits.max_bytes:
        raise DocumentLimitExceeded(
            f"the file has {len(content)} bytes, the limit is {limits.max_bytes}",
            hint="raise the limit of bytes in the settings, or split the file",
            details={"bytes": len(content)},
        )
    kind = media_types.sniff(content, name=name, declared=media_type)
    parsed = _name_language(mark_instructions(mark_unseen(_read(content, kind, limits, options, on_pages=on_pages))))
    return _certified(parsed, content, limits=limits, options=options) if options.second_reading else parsed


def _certified(parsed: ParsedDocument, content: bytes, *, limits: ParseLimits, options: ParseOptions) -> ParsedDocument:
    """Add the completeness certificate where the reader, as that of PDFs, did not; mail and archives have none."""
    if parsed.certificate is not None:
        return parsed
    from averment.pipelines.ingestion.text_completeness import certify_file

    made = certify_file(parsed, content, limits=limits, thresholds=options.thresholds)
    return replace(parsed, certificate=made)


def _name_language(parsed: ParsedDocument) -> ParsedDocument:
    """Tell the language of what is seen, and flag a document that is not, or not only, in a language we know."""
    if parsed.media_type == media_types.ZIP:
        return parsed
    text = seen(parsed).text
    language = detect_language(text) if text is not parsed.text else parsed.language or detect_language(text)
    is_foreign = language not in (None, *SUPPORTED) or foreign_share(text) > FOREIGN_SHARE
    warnings = {**parsed.warnings, "language_not_supported": 1} if is_foreign else parsed.warnings
    if language == parsed.language and warnings is parsed.warnings:
        return parsed
    return replace(parsed, language=language, warnings=warnings)


def _read(
    content: bytes, kind: str, limits: ParseLimits, options: ParseOptions, *, on_pages: OnPages | None
) -> ParsedDocument:
    """Hand a file to the reader of its kind; readers are imported when they are first needed."""
    if kind == media_types.PDF:
        from averment.pipelines.ingestion.pdf import partition_pdf

        return partition_pdf(content, limits=limits, options=options, on_pages=on_pages)
    if kind in media_types.IMAGES:
        from averment.pipelines.ingestion.image import partition_image

        return partition_image(content, media_type=kind, limits=limits, options=options, on_pages=on_pages)
    if kind == media_types.HTML:
        from averment.pipelines.ingestion.markup import partition_markup

        return partition_markup(content, limits=limits)
    if kind in (media_types.EML, media_types.MSG):
        from averment.pipelines.ingestion.mail import partition_mail

        return partition_mail(content, media_type=kind, limits=limits)
    if kind in (media_types.DOCX, media_types.PPTX, media_types.XLSX):
        from averment.pipelines.ingestion.office import partition_office

        return partition_office(content, media_type=kind, limits=limits)
    return _read_other(content, kind, limits, options)


def _read_other(content: bytes, kind: str, limits: ParseLimits, options: ParseOptions) -> ParsedDocument:
    if kind == media_types.ZIP:
        from averment.pipelines.ingestion.folder import partition_folder

        return partition_folder(content, limits=limits, options=options)
    if kind in media_types.OPEN_DOCUMENTS:
        from averment.pipelines.ingestion.opendocument import partition_opendocument

        return partition_opendocument(content, media_type=kind, limits=limits)
    if kind == media_types.RTF:
        from averment.pipelines.ingestion.rtf import partition_rtf

        return partition_rtf(content, limits=limits)
    from averment.pipelines.ingestion.plain import partition_plain

    return partition_plain(content, media_type=kind, limits=limits)
