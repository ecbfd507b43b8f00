"""The parser ahead: every page once and in order, errors as ours, no thread left behind."""

import threading

import pytest

from averment.core.errors import DocumentCorrupt, PartitionFailed
from averment.pipelines.ingestion.pdf_parser import ParserAhead
from tests.pipelines.ingestion.sample_files import make_pdf

_PAGES = [[(72, 100, 11, f"Page number {number}")] for number in range(1, 8)]


def _threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("liteparse")]


def test_pages_come_in_order_in_batches() -> None:
    with ParserAhead(make_pdf(_PAGES), batch_pages=3, max_pages=100) as parser:
        numbers = [[page.page_num for page in batch] for batch in parser.batches()]
    assert numbers == [[1, 2, 3], [4, 5, 6], [7]]
    assert not _threads()


def test_a_reader_who_leaves_early_leaves_no_thread() -> None:
    with ParserAhead(make_pdf(_PAGES), batch_pages=1, max_pages=100) as parser:
        assert next(parser.batches())[0].page_num == 1
    assert not _threads()


def test_the_parsers_error_is_ours() -> None:
    with (
        ParserAhead(b"%PDF-1.7 and nothing more", batch_pages=1, max_pages=100) as parser,
        pytest.raises((DocumentCorrupt, PartitionFailed), match="PDF"),
    ):
        list(parser.batches())
    assert not _threads()
