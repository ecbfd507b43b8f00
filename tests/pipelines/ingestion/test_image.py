"""Images of pages: a frame is a page, a word has a box."""

from io import BytesIO
from typing import Any

import pytest

from averment.core.errors import DocumentCorrupt, DocumentLimitExceeded, PartitionFailed
from averment.pipelines.ingestion import image
from averment.pipelines.ingestion.image import to_pdf
from averment.pipelines.ingestion.limits import ParseLimits, ParseOptions
from averment.pipelines.ingestion.ocr import find_tessdata
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.rendering.page_image import page_png


@pytest.fixture
def tessdata() -> None:
    try:
        find_tessdata(ParseOptions(), page=1)
    except PartitionFailed as error:
        pytest.skip(str(error))


def sheet(text: str, *, mode: str = "L", size: tuple[int, int] = (1240, 500)) -> Any:
    from PIL import Image, ImageDraw, ImageFont

    paper = Image.new(mode, size, "white" if len(mode) > 1 else 255)
    draw = ImageDraw.Draw(paper)
    font = ImageFont.load_default(size=44)
    for number, line in enumerate(text.splitlines()):
        draw.text((100, 90 + 70 * number), line, font=font, fill="black" if len(mode) > 1 else 0)
    return paper


def saved(paper: Any, form: str, **options: Any) -> bytes:
    stream = BytesIO()
    paper.save(stream, form, **options)
    return stream.getvalue()


@pytest.mark.slow
def test_every_frame_of_a_tiff_is_a_page_with_boxes_in_points(tessdata: None) -> None:
    frames = [sheet("The rent is 1,250 euros"), sheet("Second page of the lease", mode="1"), sheet("Third", mode="RGB")]
    content = saved(frames[0], "TIFF", save_all=True, append_images=frames[1:], dpi=(150, 150))
    parsed = partition(content, name="scan.tif")
    assert parsed.text.split("\f") == ["The rent is 1,250 euros", "Second page of the lease", "Third"]
    assert parsed.media_type == "image/tiff"
    assert [(page.page, round(page.width), round(page.height), page.is_ocr) for page in parsed.pages] == [
        (number, 595, 240, True) for number in (1, 2, 3)
    ]
    (box,) = parsed.words.boxes(0, 8)
    assert (round(box.x0 / 72 * 150, -1), box.page) == (100, 1)


@pytest.mark.slow
@pytest.mark.parametrize(("form", "mode"), [("PNG", "RGBA"), ("JPEG", "RGB"), ("PNG", "L")])
def test_png_and_jpeg_are_read_by_ocr(tessdata: None, form: str, mode: str) -> None:
    parsed = partition(saved(sheet("The word is ORCHID here", mode=mode), form), name="scan")
    assert parsed.text == "The word is ORCHID here"
    assert parsed.warnings["pages_read_by_ocr"] == 1


def test_an_image_turned_by_its_orientation_tag_is_shown_upright() -> None:
    from PIL import Image

    paper = sheet("x", size=(400, 200))
    exif = Image.Exif()
    exif[0x0112] = 6
    upright = page_png(to_pdf(saved(paper, "JPEG", exif=exif, dpi=(100, 100)), max_pages=1), page=1, dots_per_inch=100)
    with Image.open(BytesIO(upright)) as shown:
        assert shown.size == (200, 400)


def test_the_page_shown_is_the_image_without_loss() -> None:
    from PIL import Image, ImageChops, ImageStat

    paper = sheet("Due", mode="RGB", size=(300, 200))
    shown = Image.open(
        BytesIO(page_png(to_pdf(saved(paper, "PNG", dpi=(100, 100)), max_pages=1), page=1, dots_per_inch=100))
    )
    assert abs(shown.width - paper.width) <= 1
    difference = ImageChops.difference(
        shown.convert("L").crop((0, 0, 299, 199)), paper.convert("L").crop((0, 0, 299, 199))
    )
    assert ImageStat.Stat(difference).mean[0] < 4  # edges of letters, where the picture is drawn anew


def test_sixteen_bits_and_transparency_become_grey_and_white() -> None:
    from PIL import Image

    deep = Image.frombytes("I;16", (2, 1), (65535).to_bytes(2, "little") + (0).to_bytes(2, "little"))
    (frame,) = image._frames(saved(deep, "PNG"), max_pages=1)
    assert (frame.samples, frame.is_grey) == (b"\xff\x00", True)
    clear = Image.new("RGBA", (1, 1), (0, 0, 0, 0))
    (frame,) = image._frames(saved(clear, "PNG"), max_pages=1)
    assert frame.samples == b"\xff\xff\xff"


def test_damaged_and_oversized_images_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = saved(sheet("x"), "PNG")
    with pytest.raises(DocumentCorrupt, match="frame 1"):
        partition(whole[:200], name="a.png")
    with pytest.raises(DocumentCorrupt):
        partition(b"\x89PNG\r\n\x1a\nnonsense", name="a.png")
    frames = saved(sheet("x"), "TIFF", save_all=True, append_images=[sheet("y")])
    with pytest.raises(DocumentLimitExceeded, match="2 frames"):
        partition(frames, name="a.tif", limits=ParseLimits(max_pages=1))
    monkeypatch.setattr(image, "MAX_PIXELS", 1000)
    with pytest.raises(DocumentLimitExceeded, match="pixels"):
        partition(whole, name="a.png")
