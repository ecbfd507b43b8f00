"""pdfium's page objects as columns."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pypdfium2

from averment.pipelines.ingestion.pdf_objects import Clips, PageObjects, is_rectangle, places_of, read_objects, text_of
from tests.pipelines.ingestion.sample_files import page_pdf

TEXT = "0 0 1 rg BT /F1 11 Tf 72 700 Td (Rent) Tj ET"


@contextmanager
def objects(drawing: str) -> Iterator[tuple[PageObjects, pypdfium2.PdfTextPage]]:
    document = pypdfium2.PdfDocument(page_pdf(drawing))
    try:
        page = document[0]
        yield read_objects(page), page.get_textpage()
    finally:
        document.close()


def test_objects_are_told_apart_with_their_place_in_the_order_of_drawing() -> None:
    with objects(f"1 0 0 rg 10 20 30 40 re f {TEXT} 5 5 m 9 9 l S 3 Tr BT /F1 9 Tf 10 10 Td (no ink) Tj ET") as (
        found,
        text,
    ):
        assert found.boxes.numbers.tolist() == [0]
        assert found.boxes.colours.tolist() == [[255, 0, 0, 255]]
        assert places_of(found.boxes.items).tolist() == [[10, 20, 40, 60]]
        assert found.n_paths == 2
        assert [text_of(item, text) for item in found.texts.items] == ["Rent", "no ink"]
        assert found.texts.colours[0].tolist() == [0, 0, 255, 255]
        assert found.modes.tolist() == [0, 3]
        assert max(found.n_clips.tolist()) <= 0
        x0, y0, x1, y1 = places_of(found.texts.items)[0]
        assert 71 < x0 < x1 < 100
        assert 699 < y0 < y1 < 712


def test_a_page_without_objects_has_empty_columns() -> None:
    with objects("") as (found, _):
        assert (len(found.texts), len(found.boxes), len(found.pictures), found.n_paths) == (0, 0, 0, 0)
        assert places_of(found.texts.items).shape == (0, 4)


def test_rules_are_no_boxes_and_curves_are_no_rectangles() -> None:
    with objects("0 0 200 2 re f 0 50 40 40 re f 0 100 m 50 180 90 180 100 100 c f") as (found, _):
        assert found.boxes.numbers.tolist() == [1, 2]
        assert [is_rectangle(item) for item in found.boxes.items] == [True, False]


def test_what_clips_a_text_is_measured() -> None:
    with objects(f"q 10 10 20 30 re W n {TEXT} Q {TEXT}") as (found, _):
        assert [count > 0 for count in found.n_clips.tolist()] == [True, False]
        clips = Clips()
        (place,) = clips.of(found.texts.items[0])
        assert np.allclose(place, (10, 10, 30, 40))
        assert clips.of(found.texts.items[1]) == []
