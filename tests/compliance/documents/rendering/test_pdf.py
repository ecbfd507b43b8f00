import json
import os
from io import BytesIO
from typing import Any

import pytest

from averment.compliance.documents.rendering.pdf import render_pdf
from tests.compliance.documents.builders import Place

pytest.importorskip("weasyprint")
pytestmark = pytest.mark.slow


def test_the_same_document_is_the_same_bytes_and_the_environment_is_left_alone(place: Place) -> None:
    before = dict(os.environ)
    document = place.make("annex-v")
    assert render_pdf(document) == render_pdf(document)
    assert dict(os.environ) == before


def test_a_pdf_is_tagged_archivable_and_carries_its_json(place: Place) -> None:
    pikepdf = pytest.importorskip("pikepdf")
    document = place.make("instructions", language="de")
    with pikepdf.open(BytesIO(render_pdf(document))) as pdf:
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        root: Any = pdf.Root
        assert str(root.Lang) == "de"
        assert bool(root.MarkInfo.Marked)
        assert str(root.OutputIntents[0].S) == "/GTS_PDFA1"
        assert str(root.AF[0].AFRelationship) == "/Source"
        assert json.loads(pdf.attachments["instructions.json"].get_file().read_bytes())["kind"] == "instructions"
        assert {"/Table", "/TH", "/TD", "/H1", "/H2", "/L"} <= tags(root.StructTreeRoot)
        assert str(pdf.docinfo["/Title"]).startswith("Betriebsanleitung")


def tags(element: Any) -> set[str]:
    """Return the types of all elements below an element of the structure tree."""
    import pikepdf

    if isinstance(element, pikepdf.Array):
        return set().union(*(tags(kid) for kid in element))
    if not isinstance(element, pikepdf.Dictionary):
        return set()  # a number: marked content
    own = {str(element.S)} if "/S" in element else set()
    return own | tags(element.get("/K", pikepdf.Array()))
