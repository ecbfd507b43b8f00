"""Pages as pictures: whole, in bands and turned, with places that come back to the page."""

import numpy as np
import pypdfium2
import pytest

from averment.pipelines.ingestion.page_picture import Picture, render
from averment.pipelines.ingestion.tesseract import OcrWord
from tests.pipelines.ingestion.sample_files import make_pdf


def _page() -> pypdfium2.PdfPage:
    return pypdfium2.PdfDocument(make_pdf([[(72, 100, 12, "first line"), (72, 400, 12, "second line")]]))[0]


def test_a_page_is_rendered_and_places_are_in_points() -> None:
    page = _page()
    picture = render(page, dpi=144)
    assert picture.size == pytest.approx(page.get_size(), abs=1)
    rows = np.flatnonzero((picture.shades < 128).any(axis=1)) / 2
    assert 85 < rows.min() < 105
    (run,) = picture.runs([OcrWord("first", 144, 180, 204, 200, 0, 0.9)])
    assert (run.x0, run.y0, run.x1, run.y1, run.confidence) == (72, 90, 102, 100, 0.9)
    assert run.words == [(72, 90, 102, 100, "first", False)]


def test_a_band_of_a_page_begins_where_it_begins() -> None:
    picture = render(_page(), dpi=144, band=(300, 500))
    assert picture.size[1] == pytest.approx(200, abs=1)
    rows = np.flatnonzero((picture.shades < 128).any(axis=1)) / 2
    assert 385 < rows.min() + picture.top < rows.max() + picture.top < 410
    assert picture.runs([OcrWord("second", 0, 20, 40, 40, 0, 0.9)])[0].y0 == 310


def test_a_very_large_page_is_rendered_at_a_lower_resolution() -> None:
    page = _page()
    page.set_mediabox(0, 0, 14_400, 7_200)
    picture = render(page, dpi=300)
    assert max(picture.shades.shape) <= 10_001
    assert picture.size == pytest.approx((14_400, 7_200), abs=3)


def test_a_picture_is_turned_back() -> None:
    shades = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.uint8)
    picture = Picture(shades=shades, dpi=72.0)
    assert picture.turned(0) is picture
    # Content that was turned by a quarter clockwise is turned back counter-clockwise: the right side comes to the top.
    assert picture.turned(90).shades.tolist() == [[3, 6], [2, 5], [1, 4]]
    assert picture.turned(180).shades.tolist() == [[6, 5, 4], [3, 2, 1]]
    assert picture.turned(270).shades.tolist() == [[4, 1], [5, 2], [6, 3]]
    assert picture.turned(90).size == (2.0, 3.0)


def test_nothing_but_some_places_is_shown() -> None:
    shades = np.full((10, 10), 250, dtype=np.uint8)
    shades[2:5, 2:9] = 0
    picture = Picture(shades=shades, dpi=72.0, top=100.0)
    only = picture.only([(1.0, 101.0, 5.0, 106.0), (50.0, 50.0, 60.0, 60.0)], without=[(4.0, 100.0, 9.0, 109.0)])
    assert only.top == 100.0
    assert np.argwhere(only.shades == 0).tolist() == [[y, x] for y in (2, 3, 4) for x in (2, 3)]
    assert (picture.shades == 0).sum() == 21
