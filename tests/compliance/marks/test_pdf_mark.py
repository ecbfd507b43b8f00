"""Marks in PDF: the document stays as it was, and what is put behind the mark is seen."""

import io

import pytest
from pypdf import PdfReader, PdfWriter

from averment.compliance.marks import pdf_mark
from averment.compliance.marks.formats import detect, mark_file
from averment.compliance.marks.mark import content_digest, sign_mark
from tests.compliance.marks.files import FACTS, SIGNER, pdf

MARK = sign_mark(FACTS, content_digest(b""), signer=SIGNER)


def test_the_bytes_before_the_mark_stay_and_the_page_is_there() -> None:
    marked = pdf_mark.embed(pdf(), MARK)
    assert marked.startswith(pdf())
    assert pdf_mark.extract(marked) == MARK
    assert pdf_mark.canonical(marked) == pdf()
    assert len(PdfReader(io.BytesIO(marked)).pages) == 1


def test_metadata_that_was_there_is_kept() -> None:
    writer = PdfWriter(io.BytesIO(pdf()))
    writer.xmp_metadata = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" pdfaid:part="3"/>'
        b"</rdf:RDF></x:xmpmeta>"
    )
    stream = io.BytesIO()
    writer.write(stream)
    marked = pdf_mark.embed(stream.getvalue(), MARK)
    metadata = PdfReader(io.BytesIO(marked)).trailer["/Root"]["/Metadata"].get_data()  # type: ignore[index]  # a PDF's dictionaries are typed as objects
    assert b'pdfaid:part="3"' in metadata
    assert b"digitalsourcetype/compositeWithTrainedAlgorithmicMedia" in metadata
    assert b"pdfaExtension:schemas" in metadata


def test_what_is_changed_or_put_behind_the_mark_is_other_content() -> None:
    marked = pdf_mark.embed(pdf(), MARK)
    writer = PdfWriter(io.BytesIO(marked), incremental=True)
    writer.add_blank_page(width=100, height=100)
    stream = io.BytesIO()
    writer.write(stream)
    for changed in (stream.getvalue(), marked + b"\n", marked.replace(b"200", b"201", 1)):
        assert pdf_mark.canonical(changed) != pdf()


def test_a_document_without_a_mark_is_its_own_content() -> None:
    assert pdf_mark.extract(pdf()) is None
    assert pdf_mark.canonical(pdf()) == pdf()


def test_without_the_library_the_error_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from averment.core.errors import ConfigurationError

    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(ConfigurationError, match="pypdf"):
        pdf_mark.embed(pdf(), MARK)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:HarfBuzz-Subset:DeprecationWarning")
def test_an_archival_file_keeps_its_markers_and_its_tags() -> None:
    try:
        import weasyprint
    except (ImportError, OSError):
        pytest.skip("WeasyPrint or a library of its is not installed")
    page = "<html lang=en><title>Memo</title><table><tr><th>Cap<td>EUR 5</table></html>"
    raw = weasyprint.HTML(string=page).write_pdf(pdf_variant="pdf/a-3a", pdf_identifier=b"1" * 16)
    marked = mark_file(raw, facts=FACTS, signer=SIGNER).raw
    assert detect(marked, keys=[SIGNER.verifier]).verdict == "valid"
    root = PdfReader(io.BytesIO(marked)).trailer["/Root"]
    assert b'pdfaid:part="3"' in root["/Metadata"].get_data()  # type: ignore[index]  # as above
    assert {"/StructTreeRoot", "/OutputIntents", "/Lang"} <= set(root)  # type: ignore[call-overload]  # as above
