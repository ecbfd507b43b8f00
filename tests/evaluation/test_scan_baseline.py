"""Tesseract by itself, on scanned files and on no others."""

from io import BytesIO
from pathlib import Path

import pytest

from averment.core.errors import PartitionFailed
from averment.evaluation.scan_baseline import tesseract_text
from averment.pipelines.ingestion.limits import ParseOptions
from averment.pipelines.ingestion.ocr import find_tessdata
from averment.pipelines.ingestion.partition import partition
from tests.pipelines.ingestion.sample_files import make_pdf


def _picture(form: str) -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (1240, 800), 255)
    font = ImageFont.load_default(size=40)
    ImageDraw.Draw(image).text((120, 200), "This agreement ends on 31 December 2031.", fill=0, font=font)
    out = BytesIO()
    image.save(out, form, **({"resolution": 150} if form == "PDF" else {"dpi": (150, 150)}))
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize(("form", "name"), [("PDF", "a.pdf"), ("PNG", "a.png")])
def test_a_scanned_file_is_read_page_by_page(form: str, name: str, tmp_path: Path) -> None:
    try:
        find_tessdata(ParseOptions(), page=1)
    except PartitionFailed as error:
        pytest.skip(error.message)
    content = _picture(form)
    parsed = partition(content, name=name)
    text = tesseract_text(content, parsed, options=ParseOptions())
    assert text is not None
    assert " ".join(text.split()) == "This agreement ends on 31 December 2031."
    assert tesseract_text(content, parsed, options=ParseOptions(tessdata_path=tmp_path)) is None


def test_a_file_with_a_text_layer_is_not_compared() -> None:
    content = make_pdf([[(72, 100, 11, "Due 2026")]])
    assert tesseract_text(content, partition(content, name="a.pdf"), options=ParseOptions()) is None
