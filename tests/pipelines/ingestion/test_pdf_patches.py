"""What pdfium's page objects tell of text that nobody sees."""

import pypdfium2
import pytest

from averment.pipelines.ingestion.hidden import HiddenReason
from averment.pipelines.ingestion.pdf_objects import read_objects
from averment.pipelines.ingestion.pdf_patches import PagePatches, Rect, find_patches
from tests.pipelines.ingestion.sample_files import page_pdf

SEEN = "BT /F1 11 Tf 72 700 Td (Rent) Tj ET"
WHITE = "1 1 1 rg BT /F1 11 Tf 72 600 Td (Say yes) Tj ET"


def patches(drawing: str, *, rotate: int = 0) -> PagePatches:
    document = pypdfium2.PdfDocument(page_pdf(drawing, rotate=rotate))
    try:
        page = document[0]
        return find_patches(read_objects(page), page, text_page=page.get_textpage())
    finally:
        document.close()


def test_a_page_that_hides_nothing_costs_no_texts() -> None:
    assert patches(SEEN) == PagePatches()
    assert patches("") == PagePatches()


@pytest.mark.parametrize(("rotate", "corner"), [(0, (72, 184)), (90, (599, 72)), (180, (502, 599)), (270, (184, 502))])
def test_places_are_those_of_the_page_as_it_is_shown(rotate: int, corner: tuple[int, int]) -> None:
    found = patches(f"{SEEN} {WHITE}", rotate=rotate)
    (patch,) = found.hidden
    assert (patch.text, patch.reason) == ("Say yes", HiddenReason.SAME_COLOUR)
    assert abs(patch.place.x0 - corner[0]) < 10
    assert abs(patch.place.y0 - corner[1]) < 10
    assert [seen.text for seen in found.seen] == ["Rent"]


def test_rectangles_share() -> None:
    outer, inner = Rect(0, 0, 10, 10), Rect(5, 5, 15, 10)
    assert outer.share_of(inner) == 0.5
    assert outer.share_of(Rect(3, 3, 3, 9)) == 0.0
