"""OCR: which pages need it, and what is said when its files are missing."""

from io import BytesIO
from pathlib import Path

import pytest

from averment.core.errors import PartitionFailed
from averment.pipelines.ingestion.limits import ParseOptions
from averment.pipelines.ingestion.ocr import find_tessdata, is_garbled, is_sparse, language_for
from averment.pipelines.ingestion.partition import partition


def _scan() -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (1240, 1754), 255)
    font = ImageFont.load_default(size=40)
    ImageDraw.Draw(image).text((120, 200), "This agreement ends on 31 December 2031.", fill=0, font=font)
    out = BytesIO()
    image.save(out, "PDF", resolution=150)
    return out.getvalue()


def test_missing_language_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(PartitionFailed, match=r"page 3 .*deu\.traineddata") as caught:
        find_tessdata(ParseOptions(tessdata_path=tmp_path, ocr_language="deu"), page=3)
    assert caught.value.hint is not None
    assert "make setup-system" in caught.value.hint


def test_a_scan_without_language_files_fails_with_its_page(tmp_path: Path) -> None:
    with pytest.raises(PartitionFailed, match=r"eng\.traineddata"):
        partition(_scan(), name="a.pdf", options=ParseOptions(tessdata_path=tmp_path))


@pytest.mark.slow
def test_a_scanned_page_is_read() -> None:
    try:
        find_tessdata(ParseOptions(), page=1)
    except PartitionFailed as error:
        pytest.skip(error.message)
    parsed = partition(_scan(), name="a.pdf")
    assert "31 December 2031" in parsed.text
    assert parsed.pages[0].is_ocr
    assert parsed.warnings["pages_read_by_ocr"] == 1
    assert all(element.confidence is not None and element.confidence > 0.5 for element in parsed.elements)
    assert all(0 <= word.x0 < word.x1 <= parsed.pages[0].width for word in parsed.words)


def test_sparse_and_garbled_texts() -> None:
    assert is_sparse("17")
    assert not is_sparse("a" * 41)
    assert is_garbled("\ue001" * 50 + "abc")
    assert not is_garbled("plain words " * 9)


def test_a_document_is_read_again_in_its_language_where_ocr_has_that() -> None:
    options = ParseOptions(ocr_language="eng+deu")
    assert [language_for(told, options) for told in ("de", "en", "fr", "zh", None)] == [
        "deu",
        "eng",
        "eng",
        "eng",
        "eng",
    ]
