import io
import zipfile

from averment.compliance.marks import docx_mark
from tests.compliance.marks.files import docx


def test_a_marked_document_still_opens_and_says_the_same() -> None:
    from docx import Document

    marked = docx_mark.embed(docx(), "a mark <&> of\ntwo lines\n")
    assert docx_mark.extract(marked) == "a mark <&> of\ntwo lines\n"
    assert docx_mark.canonical(marked) == docx_mark.canonical(docx())
    assert [paragraph.text for paragraph in Document(io.BytesIO(marked)).paragraphs] == ["The cap is EUR 5."]


def test_another_text_is_other_content() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx())) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"EUR 5", b"EUR 6"))
    assert docx_mark.canonical(stream.getvalue()) != docx_mark.canonical(docx())
