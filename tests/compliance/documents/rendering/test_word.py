from io import BytesIO

import pytest

from averment.compliance.documents.rendering.word import render_docx
from tests.compliance.documents.builders import Place

docx = pytest.importorskip("docx")


def test_a_docx_has_every_field_its_tables_have_heads_and_it_is_the_same_each_time(place: Place) -> None:
    document = place.make("fria")
    written = render_docx(document)
    assert written == render_docx(document)
    read = docx.Document(BytesIO(written))
    headings = [paragraph.text for paragraph in read.paragraphs if paragraph.style.name == "Heading 1"]
    assert headings[: len(document.fields)] == [f"{key} {field.title}" for key, field in document.fields.items()]
    assert "What this document does not establish" in headings
    assert all("tblHeader" in table.rows[0]._tr.xml for table in read.tables)
    assert read.core_properties.language == "en"
