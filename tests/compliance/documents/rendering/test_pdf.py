import json
import os
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from averment.compliance.documents.filled import FilledDocument, Language
from averment.compliance.documents.kinds import kinds
from averment.compliance.documents.rendering.pdf import render_pdf
from averment.compliance.marks.formats import detect, mark_file
from tests.compliance.documents.builders import Place
from tests.compliance.marks.files import FACTS, SIGNER

pytest.importorskip("weasyprint")
pytestmark = pytest.mark.slow

ALL: list[tuple[str, Language]] = [(code, language) for code, kind in kinds().items() for language in kind.languages]
FEW: list[tuple[str, Language]] = [("annex-iv", "en"), ("explanation", "de")]
TRIED = ALL if os.environ.get("AVERMENT_TEST_LONG") else FEW


def made(place: Place, code: str, language: Language) -> FilledDocument:
    about = {"answer": "a-1", "incident": "i-1"}.get(kinds()[code].about, "")
    return place.make(code, language=language, subject=about)


def test_the_same_document_is_the_same_bytes_and_the_environment_is_left_alone(place: Place) -> None:
    before = dict(os.environ)
    document = place.make("annex-v")
    assert render_pdf(document) == render_pdf(document)
    assert dict(os.environ) == before


@pytest.mark.parametrize(("code", "language"), TRIED)
def test_a_pdf_is_tagged_archivable_and_carries_its_json(
    place: Place, code: str, language: Language, tmp_path: Path
) -> None:
    pikepdf = pytest.importorskip("pikepdf")
    from tests.compliance.documents.rendering import archival

    document = made(place, code, language)
    raw = render_pdf(document)
    assert archival.lacks(raw, language=language) == []
    with pikepdf.open(BytesIO(raw)) as pdf:
        assert json.loads(pdf.attachments[f"{code}.json"].get_file().read_bytes()) == json.loads(document.to_json())
    marked = mark_file(raw, facts=FACTS, signer=SIGNER).raw
    assert archival.lacks(marked, language=language) == []
    assert detect(marked, keys=[SIGNER.verifier]).verdict == "valid"


def test_own_checks_see_what_is_missing(place: Place) -> None:
    pikepdf = pytest.importorskip("pikepdf")
    from tests.compliance.documents.rendering import archival

    raw = render_pdf(place.make("instructions", language="de"))
    assert "language" in archival.lacks(raw, language="en")
    with pikepdf.open(BytesIO(raw)) as pdf:
        found: list[Any] = list(archival.elements(pdf.Root.StructTreeRoot))
        for element in found:
            if str(element.S) == "/Figure":
                del element["/Alt"]
            if str(element.S) == "/TH":
                del element.A["/Scope"]
        pdf.Root.MarkInfo.Marked = False
        changed = BytesIO()
        pdf.save(changed)
    assert {"words for a picture", "the scope of a head", "marked content"} <= set(
        archival.lacks(changed.getvalue(), language="de")
    )


@pytest.mark.parametrize(("code", "language"), TRIED)
def test_a_validator_of_others_agrees(place: Place, code: str, language: Language, tmp_path: Path) -> None:
    pytest.importorskip("pikepdf")
    from tests.compliance.documents.rendering import archival

    program = archival.validator()
    if program is None:
        pytest.skip(archival.INSTALL)
    path = tmp_path / f"{code}-{language}.pdf"
    raw = render_pdf(made(place, code, language))
    for content in (raw, mark_file(raw, facts=FACTS, signer=SIGNER).raw):
        path.write_bytes(content)
        said = archival.validate(program, path)
        assert said.startswith("PASS"), said
