"""The second reading finds what the first left out."""

from averment.pipelines.ingestion.pdf_lines import Run
from averment.pipelines.ingestion.pdf_second_reading import SecondReading, differs
from tests.pipelines.ingestion.sample_files import make_pdf


def _run(x: float, y: float, text: str) -> Run:
    width = 6.6 * len(text)
    words = [(x, y, x + width, y + 12, text, False)]
    return Run(x0=x, y0=y, x1=x + width, y1=y + 12, size=11, is_bold=False, rotation=0, words=words, n_chars=len(text))


def test_a_missing_word_comes_back_with_its_place() -> None:
    content = make_pdf([[(72, 100, 11, "Term"), (300, 770, 11, "17")]])
    with SecondReading(content) as second:
        found = second.missing(1, [_run(72, 90, "Term")])
        assert found is not None
        (run,) = found
        assert run.words[0][4] == "17"
        assert 298 < run.x0 < 304
        assert 755 < run.y0 < run.y1 < 775


def test_a_missing_letter_at_the_end_of_a_word_comes_back() -> None:
    with SecondReading(make_pdf([[(72, 100, 11, "Management")]])) as second:
        found = second.missing(1, [_run(72, 90, "Managemen")])
        assert found is not None
        assert [run.words[0][4] for run in found] == ["t"]


def test_agreement_is_none_and_double_print_is_counted() -> None:
    with SecondReading(make_pdf([[(72, 100, 11, "Term"), (72.3, 100, 11, "Term")]])) as second:
        runs = [_run(72, 90, "Term")]
        assert second.missing(1, runs) in ([], None)
        assert second.surplus(1, runs) in (0, 4)
    with SecondReading(make_pdf([[(72, 100, 11, "Term")]])) as second:
        assert second.missing(1, [_run(72, 90, "Term")]) is None


def test_readings_are_compared_by_words() -> None:
    runs = [_run(0, 0, "Term"), _run(50, 0, "2024")]
    assert not differs("2024 Term", runs)
    assert differs("Term 2024 3", runs)
