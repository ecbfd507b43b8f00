"""Tesseract by its C interface: every word with its place, brackets around figures included."""

import ctypes
from pathlib import Path
from typing import Any

import pytest

from averment.core.errors import PartitionFailed
from averment.pipelines.ingestion import tesseract
from averment.pipelines.ingestion.limits import ParseOptions
from averment.pipelines.ingestion.ocr import find_tessdata, open_tesseract
from averment.pipelines.ingestion.tesseract import OcrWord, Tesseract, _words


def _picture(*lines: str) -> Any:
    import numpy as np
    from PIL import Image, ImageDraw, ImageFont

    paper = Image.new("L", (1600, 200 + 120 * len(lines)), 255)
    font = ImageFont.load_default(size=48)
    for number, line in enumerate(lines):
        ImageDraw.Draw(paper).text((100, 100 + 120 * number), line, fill=0, font=font)
    return np.asarray(paper)


@pytest.fixture
def reader() -> Tesseract:
    try:
        return open_tesseract(ParseOptions(), language="eng", page=1)
    except PartitionFailed as error:
        pytest.skip(error.message)


def test_words_have_places_and_lines_and_brackets_stay(reader: Tesseract) -> None:
    lines = ("Net loss (1,234) for the year", "Net income 5,678 before tax")
    words = reader.read(_picture(*lines), dpi=300)
    assert " ".join(word.text for word in words) == " ".join(lines)
    assert [word.line for word in words] == [0] * 6 + [1] * 5
    assert all(0 <= word.x0 < word.x1 <= 1600 and 0 < word.confidence <= 1 for word in words)
    assert max(word.y1 for word in words[:6]) < min(word.y0 for word in words[6:])


def test_the_version_of_the_library_is_told(reader: Tesseract) -> None:
    assert int(tesseract.tesseract_version().split(".")[0]) >= 4


def test_an_empty_page_has_no_words_and_the_reader_goes_on(reader: Tesseract) -> None:
    assert reader.read(_picture(""), dpi=300) == []
    assert [word.text for word in reader.read(_picture("Notice of default"), dpi=300)] == ["Notice", "of", "default"]


def test_a_part_of_a_larger_array_is_read(reader: Tesseract) -> None:
    picture = _picture("Notice of default", "Waiver of rights")
    (height, _) = picture.shape
    assert "Waiver" in [word.text for word in reader.read(picture[height // 2 :, 50:1200], dpi=300)]


def test_files_that_are_no_language_are_an_error(tmp_path: Path) -> None:
    try:
        find_tessdata(ParseOptions(), page=1)
    except PartitionFailed as error:
        pytest.skip(error.message)
    (tmp_path / "eng.traineddata").write_bytes(b"nothing of the kind")
    with pytest.raises(PartitionFailed, match="cannot load 'eng'"):
        Tesseract(tmp_path, "eng")


def test_a_machine_without_the_library_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", fail)
    tesseract._library.cache_clear()
    with pytest.raises(PartitionFailed, match=r"libtesseract\.so\.5") as caught:
        tesseract._library()
    assert caught.value.hint is not None
    assert "tesseract-ocr" in caught.value.hint


def test_rows_that_are_no_words_are_passed_over() -> None:
    rows = (
        "1\t1\t0\t0\t0\t0\t0\t0\t900\t900\t-1\t",
        "5\t1\t1\t1\t1\t1\t10\t20\t30\t40\t96.5\tLease",
        "5\t1\t1\t1\t1\t2\t50\t20\t5\t40\t-1\t ",
        "5\t1\t1\t1\t2\t1\t10\t80\t30\t40\t0\ta\tb",
        "",
    )
    assert list(_words("\n".join(rows))) == [
        OcrWord("Lease", 10, 20, 40, 60, 0, 0.965),
        OcrWord("a\tb", 10, 80, 40, 120, 1, 0.0),
    ]
