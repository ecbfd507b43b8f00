import io
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from averment.core.documents import Box
from averment.core.errors import DocumentLimitExceeded, PartitionFailed, UsageError
from averment.pipelines.rendering.page_image import MARK_RGB, MAX_PIXELS, page_png


@pytest.fixture(scope="module")
def contract(repo: Path) -> bytes:
    return (repo / "examples" / "documents" / "master-services-agreement.pdf").read_bytes()


def colours(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


@pytest.mark.slow
def test_a_box_is_marked_where_it_is_and_nowhere_else(contract: bytes) -> None:
    plain = colours(page_png(contract, page=3, dots_per_inch=72))
    box = Box(page=3, x0=100, y0=200, x1=200, y1=220)
    marked = colours(page_png(contract, page=3, boxes=[box], dots_per_inch=72))
    assert marked.size == plain.size
    differing = [
        (x, y)
        for x in range(plain.width)
        for y in range(plain.height)
        if plain.getpixel((x, y)) != marked.getpixel((x, y))
    ]
    assert differing
    assert all(97 <= x <= 203 and 197 <= y <= 223 for x, y in differing)
    assert MARK_RGB in {marked.getpixel(point) for point in differing}


def test_boxes_of_other_pages_are_left_out(contract: bytes) -> None:
    box = Box(page=4, x0=100, y0=200, x1=200, y1=220)
    assert page_png(contract, page=3, boxes=[box]) == page_png(contract, page=3)


def test_bad_pages_and_files_are_named(contract: bytes) -> None:
    with pytest.raises(UsageError, match="24 pages, there is no page 25"):
        page_png(contract, page=25)
    with pytest.raises(PartitionFailed):
        page_png(b"no pdf", page=1)


def test_a_page_that_takes_too_long_is_given_up(contract: bytes) -> None:
    with pytest.raises(DocumentLimitExceeded, match="longer than 0 s"):
        page_png(contract, page=3, max_seconds=0)
    assert page_png(contract, page=3, dots_per_inch=40, max_seconds=60) == page_png(contract, page=3, dots_per_inch=40)


@pytest.mark.parametrize("size", [(14_400, 14_400), (2_000_000, 1), (3, 500_000)])
def test_a_page_of_any_size_is_a_picture_of_bounded_size(size: tuple[int, int]) -> None:
    document = pypdfium2.PdfDocument.new()
    document.new_page(*size)
    stream = io.BytesIO()
    document.save(stream)
    width, height = colours(page_png(stream.getvalue(), page=1, dots_per_inch=220)).size
    assert width * height <= MAX_PIXELS + width + height
    assert max(width, height) <= 20_000
