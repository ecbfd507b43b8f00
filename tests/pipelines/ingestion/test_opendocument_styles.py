"""List numbers in their forms, and counting through levels."""

import pytest

from averment.pipelines.ingestion.opendocument_styles import Counter, Level, write_number


@pytest.mark.parametrize(
    ("number", "form", "written"),
    [
        (3, "1", "3"),
        (1, "a", "a"),
        (27, "A", "AA"),
        (4, "i", "iv"),
        (1999, "I", "MCMXCIX"),
        (0, "a", "0"),
        (5000, "i", "5000"),
    ],
)
def test_forms_of_numbers(number: int, form: str, written: str) -> None:
    assert write_number(number, form) == written


def test_a_level_begins_anew_under_the_next_item_above_it() -> None:
    counter = Counter({1: Level(form="1"), 2: Level(form="1", shown_levels=2)})
    assert [counter.next(level) for level in (1, 2, 2, 1, 2)] == ["1", "1.1", "1.2", "2", "2.1"]
    assert counter.next(1, start=7) == "7"
    assert counter.next(3) == ""
