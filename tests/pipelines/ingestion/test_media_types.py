"""The kind of a file is found from its bytes first."""

import zipfile
from io import BytesIO

import pytest

from averment.core.errors import DocumentCorrupt, UnsupportedMediaType
from averment.pipelines.ingestion.media_types import (
    DOCX,
    EML,
    HTML,
    MARKDOWN,
    ODS,
    ODT,
    PDF,
    PLAIN,
    PPTX,
    XLSX,
    ZIP,
    sniff,
)
from tests.pipelines.ingestion.open_document_files import make_open_document
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
    ("content", "kind", "mend"),
    [
        (b'<?xml version="1.0"?><a/>', "application/xml", "style sheet"),
        (bytes(range(256)) * 20, "application/octet-stream", "exclude it"),
        (b"7z\xbc\xaf\x27\x1c rest", "application/x-7z-compressed", "ZIP"),
        (b"GIF89a rest", "image/gif", "png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp", "png"),
        (b"BM\x00\x01\x02", "image/bmp", "png"),
        (b"%!PS-Adobe", "application/postscript", "pdf"),
        (b"\x00" * 257 + b"ustar\x0000", "application/x-tar", "ZIP"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_type_and_a_mend(content: bytes, kind: str, mend: str) -> None:
    with pytest.raises(UnsupportedMediaType, match=kind) as caught:
        sniff(content, name="a.bin")
    assert caught.value.details == {"media_type": kind}
    assert caught.value.hint is not None
    assert mend in caught.value.hint


def test_a_text_may_begin_with_the_letters_of_a_signature() -> None:
    assert sniff(b"BM is the maker of the goods.", name="a.txt") == PLAIN


def test_a_text_without_a_suffix_is_a_text_whatever_the_source_calls_it() -> None:
    assert sniff(b"Due now.", name="NOTICE", declared="application/octet-stream") == PLAIN


def test_open_documents_say_what_they_are() -> None:
    assert sniff(make_open_document("spreadsheet", ""), name="a.odt") == ODS
    assert sniff(make_open_document("text-template", ""), name="a.ott") == ODT
    with pytest.raises(UnsupportedMediaType, match="graphics"):
        sniff(make_open_document("graphics", ""), name="a.odg")


def test_a_pdf_inside_an_archive_or_a_text_about_pdf_is_no_pdf() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.pdf", b"%PDF-1.4 stored as it is")
    assert sniff(stream.getvalue(), name="a.zip") == ZIP
    assert sniff(b"A PDF begins with %PDF-1.4, says the clause.", name="a.txt") == PLAIN
    assert sniff(b"\x01\x02junk\n%PDF-1.4\n", name="a.pdf") == PDF
