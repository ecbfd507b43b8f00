"""Scanned pages: read in the language of the document, and the right way up."""

from dataclasses import replace
from io import BytesIO
from typing import Any
from unittest.mock import Mock

import pytest

from averment.core.errors import PartitionFailed
from averment.pipelines.ingestion import scans
from averment.pipelines.ingestion.limits import ParseLimits, ParseOptions
from averment.pipelines.ingestion.ocr import find_tessdata
from averment.pipelines.ingestion.page_ink import PageInk, Unread
from averment.pipelines.ingestion.page_picture import Picture
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.ingestion.pdf_lines import Run
from averment.pipelines.ingestion.scans import ExtraReadings, Scan, ScanReader
from averment.pipelines.ingestion.tesseract import Tesseract

GERMAN = (
    "Der Mieter zahlt die Miete für die Räume im Voraus.\nDie Kündigung ist nur zum Ende des Jahres möglich und\n"
    "muss dem Vermieter schriftlich erklärt werden.\nDie Übergabe der Schlüssel ist nach dem Vertrag zu bestätigen."
)


def run(text: str, *, confidence: float = 0.95, tall: bool = False) -> Run:
    width, height = (10.0, 80.0) if tall else (80.0, 10.0)
    words = [(5.0, 5.0, 5.0 + width, 5.0 + height, text, False)]
    return Run(
        x0=5, y0=5, x1=5 + width, y1=5 + height, size=10, is_bold=False, rotation=0, words=words, n_chars=len(text),
        confidence=confidence,
    )  # fmt: skip


def moved(found: Run, right: float) -> Run:
    words = [(x0 + right, y0, x1 + right, y1, text, glued) for x0, y0, x1, y1, text, glued in found.words]
    return replace(found, x0=found.x0 + right, x1=found.x1 + right, words=words)


def reader(monkeypatch: pytest.MonkeyPatch, readings: dict[tuple[str, int], Run], languages: str) -> ScanReader:
    """Return a reader whose OCR gives a run by language and turn."""
    made = ScanReader(Mock(), ParseOptions(ocr_language=languages))

    def parse(self: ScanReader, pages: Any, *, language: str, turned: int = 0) -> dict[int, Scan]:
        return {page: Scan(100, 200, [readings[language, turned]]) for page in pages}

    monkeypatch.setattr(ScanReader, "_parse", parse)
    return made


def text_of(scan: Scan) -> str:
    return scan.runs[0].words[0][4]


def test_a_document_is_read_in_its_language(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = {("eng", 0): run(GERMAN.replace("ü", "u")), ("deu", 0): run(GERMAN)}
    found = reader(monkeypatch, readings, "eng+deu").read([1, 2])
    assert text_of(found[1]) == GERMAN


def test_the_text_of_other_pages_tells_the_language_without_a_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    found = reader(monkeypatch, {("deu", 0): run("Mietvertrag")}, "eng+deu").read([3], text=GERMAN)
    assert text_of(found[3]) == "Mietvertrag"


def test_a_language_that_is_not_allowed_is_read_in_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    made = reader(monkeypatch, {("eng", 0): run("une facture du client dans le lieu qui est indiqué " * 5)}, "eng+deu")
    assert text_of(made.read([1])[1]).startswith("une facture")
    assert made.warnings == {"pages_read_by_ocr": 1}


@pytest.mark.parametrize(("turn", "tall"), [(90, True), (270, True), (180, False)])
def test_the_better_of_two_readings_counts(monkeypatch: pytest.MonkeyPatch, turn: int, tall: bool) -> None:
    readings = {("eng", other): run("garbled text", confidence=0.4, tall=tall) for other in (0, 90, 180, 270)}
    readings["eng", turn] = run("readable text", confidence=0.9)
    made = reader(monkeypatch, readings, "eng")
    assert text_of(made.read([1])[1]) == "readable text"
    assert made.warnings["pages_turned_for_ocr"] == 1


@pytest.mark.parametrize(("marks", "n_words"), [((), 1), (((105.0, 15.0, 110.0, 20.0, 1),), 2)])
def test_letters_that_no_word_covers_are_read_by_themselves(
    monkeypatch: pytest.MonkeyPatch, marks: tuple[Any, ...], n_words: int
) -> None:
    monkeypatch.setattr(ScanReader, "_parse", lambda *_, **__: {4: Scan(600, 800, [run("Termination")], 90)})
    picture = Mock(Picture)
    picture.only.return_value.turned.return_value.runs.return_value = [
        run("Terminatior"),
        moved(run("leaseholder"), 100),
        moved(run("speck", confidence=0.6), 200),
    ]
    made = ScanReader(Mock(return_value=picture), ParseOptions(ocr_language="eng"))
    made._readers["eng"] = Mock(Tesseract)
    found = [Unread(marks=left, alone=(True,) * len(left), height=10.0) for left in (marks, marks, ())]
    ink = Mock(PageInk, unread=Mock(side_effect=found))
    scan = made.read([4], inks=lambda page: ink)[4]
    assert [word[4] for found in scan.runs for word in found.words] == ["Termination", "leaseholder"][:n_words]
    assert (scan.width, scan.height) == (800, 600)
    assert ink.unread.call_args_list[0].args == ([(785.0, 5.0, 795.0, 85.0)],)
    assert made.warnings["words_added_by_second_ocr"] == n_words - 1
    if marks:
        first, second = picture.only.call_args_list  # the third time nothing is left
        assert first.args == second.args == ([(97.0, 10.0, 118.0, 25.0)],)
        assert first.kwargs == {"without": [(785.0, 5.0, 795.0, 85.0)]}
        assert len(second.kwargs["without"]) == n_words
        assert [call.args[1] for call in made.pictures.call_args_list] == [300, 200]  # type: ignore[attr-defined] # a mock
        assert picture.only.return_value.turned.call_args.args == (90,)


def test_a_long_document_is_not_read_twice_beyond_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    made = reader(monkeypatch, {("eng", 0): run("Termination")}, "eng")
    signs = Mock()
    limits = ParseLimits(max_seconds=15.0, max_seconds_per_page=1.5)
    assert ExtraReadings.within(limits, n_pages=500).left == 102
    made.extra = ExtraReadings.within(limits, on_take=signs)
    assert made.extra.left == 2
    made.extra.left = 0
    ink = Mock(PageInk, unread=Mock(return_value=Unread(marks=((1.0, 1.0, 9.0, 9.0, 99),), alone=(True,), height=9.0)))
    assert text_of(made.read([1], inks=lambda page: ink)[1]) == "Termination"
    assert not made.extra.take()
    assert signs.call_count == 2


def test_every_page_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    made = reader(monkeypatch, {("eng", 0): run("Termination")}, "eng")
    made.on_read = Mock()
    made.read([1, 2, 3])
    assert made.on_read.call_count == 3


def test_boxes_come_back_to_the_page_as_it_is_shown() -> None:
    # A page of 100 by 200 points; a word at its upper left, as upright copies of the turned page show it.
    box = (10.0, 20.0, 30.0, 25.0)
    copies = {90: (20.0, 70.0, 25.0, 90.0), 180: (70.0, 175.0, 90.0, 180.0), 270: (175.0, 10.0, 180.0, 30.0)}
    for turn, copy in copies.items():
        assert scans._rectangle(copy, turn, (100.0, 200.0)) == box


@pytest.mark.slow
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_turned_german_page_is_read(turn: int) -> None:
    from PIL import Image, ImageDraw, ImageFont

    try:
        find_tessdata(ParseOptions(ocr_language="eng+deu"), page=1)
        font = ImageFont.truetype("DejaVuSans.ttf", 36)
    except (PartitionFailed, OSError) as error:
        pytest.skip(str(error))
    paper = Image.new("L", (1500, 700), 255)
    draw = ImageDraw.Draw(paper)
    for number, line in enumerate(GERMAN.splitlines()):
        draw.text((80, 80 + 70 * number), line, font=font, fill=0)
    stream = BytesIO()
    paper.rotate(turn, expand=True, fillcolor=255).save(stream, "PNG", dpi=(150, 150))
    parsed = partition(stream.getvalue(), name="a.png")
    assert parsed.language == "de"
    assert len(set(GERMAN.split()) - set(parsed.text.split())) <= 2
    assert parsed.warnings.get("pages_turned_for_ocr", 0) == (turn != 0)
