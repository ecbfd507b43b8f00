from dataclasses import replace

from averment.cli.answer_text import answer_lines
from averment.core.answers import Escalation, RecallEstimate
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


def test_what_a_question_was_understood_as_is_shown() -> None:
    answer = replace(an_answer(), asked_as="Regarding the lease, \x1bwho pays?")
    assert "Asked as  Regarding the lease,  who pays?" in list(answer_lines(answer))
    assert not any(line.startswith("Asked as") for line in answer_lines(an_answer()))


def test_what_an_absence_is_worth_stands_with_the_coverage() -> None:
    known = RecallEstimate(share=0.9, lower=0.8, level=0.95, n=40, n_found=36, n_denied=1)
    answer = an_answer()
    shown = list(answer_lines(replace(answer, coverage=replace(answer.coverage, recall=known))))
    assert any(
        line.startswith("Coverage") and "recall 0.900 (at least 0.800, 36 of 40 clauses)" in line for line in shown
    )
    assert not any("recall" in line for line in answer_lines(answer))


def test_an_escalation_is_a_line_that_says_where_to_and_what_became_of_it() -> None:
    made = Escalation(
        reason="withheld", outcome="refused", code="share_spent", model="larger", revision=None, is_external=True
    )
    assert "Escalated larger, outside the company: not asked (share_spent); the question was hard (withheld)" in list(
        answer_lines(replace(an_answer(), escalation=made))
    )
    assert not any(line.startswith("Escalated") for line in answer_lines(an_answer()))
