from dataclasses import replace

from averment.cli.answer_text import answer_lines
from averment.core.testing.backend import an_answer


def test_an_answer_shows_kinds_places_checks_and_receipt() -> None:
    text = "\n".join(answer_lines(an_answer()))
    assert "1. [quote] “<b>3 y”" in text
    assert "a.pdf, page 2, characters 3-9" in text
    assert "supported, 1 of 1 checks passed" in text
    assert "= a" in text
    assert "Receipt   o entry 4, leaf sha256:bb" in text


def test_document_text_does_not_steer_the_terminal() -> None:
    hostile = replace(an_answer(), question="\x1b]0;owned\x07 what?\n\u202etxt")
    text = "\n".join(answer_lines(hostile))
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
