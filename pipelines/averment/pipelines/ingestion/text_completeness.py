"""The completeness certificate of formats without pages: the canonical text held against the texts of the file.

`raw_text` and its neighbours read the texts of a file without the readers; `text_walk` looks for each of them in the
canonical text. Here both are put together, and what came of it becomes the certificate.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from averment.core.completeness import Certificate, Method, PageCount, Thresholds, certify
from averment.core.documents import ElementKind, ParsedDocument
from averment.pipelines.ingestion import media_types
from averment.pipelines.ingestion.archive import OfficeArchive
from averment.pipelines.ingestion.characters import inner_numbers as inner
from averment.pipelines.ingestion.characters import n_apart, numbers
from averment.pipelines.ingestion.limits import ParseLimits
from averment.pipelines.ingestion.plain import decode
from averment.pipelines.ingestion.raw_mail import mail_texts
from averment.pipelines.ingestion.raw_opendocument import open_texts
from averment.pipelines.ingestion.raw_sheet import sheet_texts
from averment.pipelines.ingestion.raw_text import markup_texts
from averment.pipelines.ingestion.raw_word import slide_texts, word_texts
from averment.pipelines.ingestion.text_walk import RawText, TextWalk
from averment.pipelines.ingestion.visibility import cover, hidden_spans

_RUNNING: Final = frozenset({ElementKind.HEADER, ElementKind.FOOTER})
_OFFICE_TEXTS: Final[Mapping[str, Callable[[OfficeArchive], Iterator[RawText]]]] = {
    media_types.DOCX: word_texts,
    media_types.PPTX: slide_texts,
    media_types.XLSX: sheet_texts,
    **dict.fromkeys(media_types.OPEN_DOCUMENTS, open_texts),
}


def certify_texts(
    texts: Iterable[RawText], parsed: ParsedDocument, *, method: Method, thresholds: Thresholds
) -> Certificate:
    """Account for every letter and digit of a file's texts.

    Args:
        texts: The second reading, in its order.
        parsed: The document.
        method: What the second reading was.
        thresholds: How much it may fall short of.
    """
    texts = list(texts)
    has_running = any(found.is_running for found in texts)
    heads = [(e.start, e.end) for e in parsed.elements if has_running and e.kind in _RUNNING and not e.is_hidden]
    walk = TextWalk(cover(parsed.text, heads), unseen=hidden_spans(parsed.elements))
    running = TextWalk(cover(parsed.text, _between(heads, len(parsed.text))))
    for found in texts:
        (running if found.is_running else walk).take(found)
    walk.finish()
    running.finish()
    ours = numbers(parsed.text)
    told = [number for found in texts if found.left_out is None and not found.others for number in inner(found.text)]
    count = PageCount(
        page=None,
        n_numbers_apart=n_apart(told, ours),
        n_chars=walk.n_chars + running.n_chars,
        n_accounted=walk.n_accounted + running.n_accounted,
        left_out=dict(walk.left_out + running.left_out),
        n_unaccounted=walk.n_lost + running.n_lost,
        n_hidden=sum(sum(map(str.isalnum, element.text)) for element in parsed.elements if element.is_hidden),
        n_added=walk.n_added(),
        n_disordered=walk.n_disordered(),
        n_moved=walk.n_moved + running.n_moved,
        n_generated=walk.n_generated() + running.n_generated(),
    )
    return certify(
        [count],
        method=method,
        thresholds=thresholds,
        n_digits=walk.n_digits + running.n_digits,
        n_numbers=len(ours),
        n_cells=len(parsed.cells),
    )


def _between(spans: Sequence[tuple[int, int]], end: int) -> list[tuple[int, int]]:
    """Return what lies between spans, which are in order."""
    edges = [0, *(edge for span in spans for edge in span), end]
    return list(zip(edges[::2], edges[1::2], strict=True))


def certify_file(
    parsed: ParsedDocument, content: bytes, *, limits: ParseLimits, thresholds: Thresholds
) -> Certificate | None:
    """Hold a document against its file; None for kinds of files that have no second reading.

    Args:
        parsed: The document.
        content: The file.
        limits: What its parts may cost.
        thresholds: How much it may fall short of.
    """
    kind = parsed.media_type
    if kind == media_types.HTML:
        return certify_texts(markup_texts(content), parsed, method=Method.MARKUP_TREE, thresholds=thresholds)
    if kind in _OFFICE_TEXTS:
        texts = _OFFICE_TEXTS[kind](OfficeArchive(content, limits=limits))
        return certify_texts(texts, parsed, method=Method.OFFICE_XML, thresholds=thresholds)
    if kind == media_types.EML:
        return certify_texts(mail_texts(content), parsed, method=Method.MARKUP_TREE, thresholds=thresholds)
    if kind in (media_types.PLAIN, media_types.MARKDOWN, media_types.CSV):
        texts = iter([RawText(decode(content)[0])])
        return certify_texts(texts, parsed, method=Method.CHARACTERS, thresholds=thresholds)
    return None
