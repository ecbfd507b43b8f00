"""Files of every format that a mark is put into, and what a mark says."""

import io
import zipfile
from functools import cache

from averment.compliance.log.note import SignerKey
from averment.compliance.marks.mark import MarkFacts

SIGNER, OTHER = SignerKey.generate("averment.test/marks"), SignerKey.generate("other")
FACTS = MarkFacts(
    source_type="compositeWithTrainedAlgorithmicMedia",
    generator="averment 0.1.0",
    model="Qwen/Qwen3-8B sha256:1",
    answer_id="a-1",
    entry="averment.test/evidence 7",
)
HTML = (
    b'<!DOCTYPE html>\n<html lang="en"><head><title>Memo</title></head><body><p>The cap is EUR 5.</p></body></html>\n'
)
JSON = b'{"title": "Memo", "text": "The cap is EUR 5 \xc3\xa4.", "share": 0.25}'


@cache
def docx(text: str = "The cap is EUR 5.") -> bytes:
    from docx import Document

    document = Document()
    document.add_paragraph(text)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


@cache
def pdf() -> bytes:
    """Return a PDF of one page as a library writes it, without metadata."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def archive(text: str = "The cap is EUR 5.") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as opened:
        opened.writestr("entries/1.json", text)
        opened.writestr("README.txt", "what is what")
    return stream.getvalue()


def every_file() -> dict[str, bytes]:
    return {"docx": docx(), "html": HTML, "json": JSON, "pdf": pdf(), "zip": archive()}
