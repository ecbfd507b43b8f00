"""Documents that are not what the question names are not read."""

from dataclasses import replace
from typing import Any
from unittest.mock import Mock

from averment.core.access import Filters
from averment.core.completeness import Method, PageCount, Thresholds, certify
from averment.core.documents import PageSpan
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.identity import read_scope
from averment.pipelines.reasoning.scoping import choose_sources, count_sections, count_unreadable, open_sources

PLAIN = "Which law governs?"
MEANT = "Consider the Master Lease Agreement of Larkspur Tools Inc. Which law governs?"
OTHER = "Consider the Supply Agreement of Copper Valley Mining Corp. Which law governs?"


def test_only_visible_documents_are_opened(desk: Any) -> None:
    corpus = desk.corpus
    passages = corpus.retrieve(PLAIN, principal=_reader()).passages
    assert open_sources(passages, {}, corpus) == []
    (source,) = open_sources(passages, corpus.documents, corpus)
    assert source.document.document_id == "lease"
    assert open_sources([], corpus.documents, corpus)[0].document.document_id == "lease"
    without_text = {"lease": replace(corpus.documents["lease"], text_hash=None)}
    assert open_sources(passages, without_text, corpus) == []


def test_the_named_document_is_kept_and_another_is_refused(desk: Any) -> None:
    sources = open_sources([], desk.corpus.documents, desk.corpus)
    assert choose_sources(read_scope(MEANT), sources, filters=Filters(), named=()).sources == tuple(sources)
    assert choose_sources(read_scope(OTHER), sources, filters=Filters(), named=()).refusal == "wrong_company"
    assert choose_sources(read_scope(PLAIN), [], filters=Filters(), named=()).refusal == "nothing_in_scope"


def test_a_document_picked_by_hand_is_the_one_meant(desk: Any) -> None:
    sources = open_sources([], desk.corpus.documents, desk.corpus)
    picked = Filters(document_id=("lease",))
    assert choose_sources(read_scope(OTHER), sources, filters=picked, named=()).sources == tuple(sources)


def test_coverage_counts(desk: Any) -> None:
    (source,) = open_sources([], desk.corpus.documents, desk.corpus)
    assert count_sections(source) == 1
    assert count_unreadable([source]) == 0


def test_pages_without_text_could_not_be_read_unless_they_are_known_to_be_blank(desk: Any) -> None:
    (source,) = open_sources([], desk.corpus.documents, desk.corpus)
    text = source.text
    spans = [(1, 0, len(text)), (2, len(text), len(text)), (3, len(text), len(text))]
    pages = tuple(PageSpan(page=page, start=start, end=end, width=612.0, height=792.0) for page, start, end in spans)
    layout = Mock(source.layout, pages=lambda: pages)
    counts = [PageCount(page=1), PageCount(page=2, is_blank=True), PageCount(page=3, is_unread=True)]
    made = certify(counts, method=Method.PDFIUM, thresholds=Thresholds(), n_digits=0, n_numbers=0, n_cells=0)
    assert count_unreadable([Source(source.document, text=text, layout=layout)]) == 2
    known = replace(source.document, certificate=made)
    assert count_unreadable([Source(known, text=text, layout=layout)]) == 1


def _reader() -> Any:
    from averment.core.access import Principal

    return Principal(subject="alice", groups=("everyone",))
