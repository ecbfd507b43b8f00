"""The kind of a file is found from its bytes first."""

import pytest

from averment.core.errors import DocumentCorrupt, UnsupportedMediaType
from averment.pipelines.ingestion.media_types import DOCX, EML, HTML, MARKDOWN, PDF, PLAIN, PPTX, XLSX, sniff
from tests.pipelines.ingestion.sample_files import make_docx, make_pdf, make_pptx, make_xlsx


def test_bytes_win_over_the_name() -> None:
    assert sniff(make_pdf([[]]), name="a.docx") == PDF
    assert sniff(make_docx(["x"]), name="a.pdf") == DOCX
    assert sniff(make_xlsx([[1]]), name="a") == XLSX
    assert sniff(make_pptx("a", "b"), name="a.docx") == PPTX
    assert sniff(b"<!DOCTYPE html><html><body>x</body></html>", name="a.pdf") == HTML
    assert sniff(b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"></html>', name="a.xml") == HTML


def test_names_decide_among_texts() -> None:
    assert sniff(b"plain words", name="a.txt") == PLAIN
    assert sniff(b"# words", name="a.md") == MARKDOWN
    assert sniff(b"words", name="a.eml") == EML
    assert sniff(b"words", name="none") == PLAIN
    assert sniff(b"From: a@b.c\nTo: d@e.f\nSubject: x\n\nbody", name="none") == EML


def test_empty_and_broken_files_say_so() -> None:
    with pytest.raises(DocumentCorrupt, match="empty file"):
        sniff(b"", name="a.pdf")
    with pytest.raises(DocumentCorrupt, match="application/pdf"):
        sniff(bytes(range(256)) * 20, name="a.pdf")
    with pytest.raises(DocumentCorrupt, match="zip"):
        sniff(b"PK\x03\x04 cut", name="a.docx")


@pytest.mark.parametrize(
    "content", [b"{\\rtf1 x}", b"\x89PNG\r\n\x1a\n", b'<?xml version="1.0"?><a/>', bytes(range(256)) * 20]
)
def test_what_cannot_be_read_is_refused(content: bytes) -> None:
    with pytest.raises(UnsupportedMediaType):
        sniff(content, name="a.bin")
