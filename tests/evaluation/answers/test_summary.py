from typing import Any

import pytest

from averment.evaluation.answers.summary import compare, known_before, summarise


def row(
    number: int, *, right: bool, answered: bool = True, answerable: bool = True, joules: int | None = None, **more: Any
) -> dict[str, Any]:
    judged = {
        "is_answerable": answerable, "is_answered": answered, "is_right": right, "quality": float(right),
        "is_wrong_number": answered and not right, "is_falsely_absent": False, "n_places": 2, "n_on_gold": 1,
        "n_explained": 0, "set_precision": None, "set_recall": None,
    }  # fmt: skip
    cost = dict.fromkeys(("seconds", "model_s", "model_calls", "prompt_tokens", "completion_tokens"), 2)
    cost["joules"] = joules  # type: ignore[assignment]  # None where no counter was read
    return {"id": f"q{number}", "type": "count", "judged": judged, "n_fabricated": 0, "cost": cost, **more}


def test_rates_say_of_what_they_are_rates() -> None:
    rows = [
        row(1, right=True),
        row(2, right=False),
        row(3, right=False, answered=False),
        row(4, right=True, answered=False, answerable=False),
        row(5, right=False, answered=True, answerable=False, n_fabricated=1),
    ]
    found = summarise(rows, seed=0)
    assert found["right"] == 2 / 5
    assert found["coverage"] == 2 / 3
    assert found["right_among_answered"] == 1 / 2
    assert found["falsely_found"] == 1 / 2
    assert found["citation_precision"] == 1 / 2
    assert found["wrong_numbers"] == pytest.approx(2 / 3)
    assert found["fabricated_quotations"] == 1
    assert found["cost"] == {**dict.fromkeys(rows[0]["cost"], 2.0), "joules": None, "outside_model_s": 0.0}


def test_energy_is_that_of_the_questions_it_is_known_of() -> None:
    rows = [row(1, right=True, joules=6), row(2, right=True), row(3, right=True, joules=2)]
    cost = summarise(rows, seed=0)["cost"]
    assert isinstance(cost, dict)
    assert cost["joules"] == 4.0


def test_absence_that_is_false_is_a_share_of_the_answerable() -> None:
    rows = [row(number, right=False, answered=False) for number in range(4)] + [row(9, right=True, answerable=False)]
    rows[0]["judged"]["is_falsely_absent"] = True
    assert summarise(rows, seed=0)["falsely_absent"] == 1 / 4


def test_nothing_counted_is_no_rate() -> None:
    found = summarise([row(1, right=False, answered=False)], seed=0)
    assert (found["falsely_found"], found["wrong_numbers"], found["right_among_answered"]) == (None, None, None)


def test_sets_of_documents_have_precision_recall_and_f1() -> None:
    rows = [row(number, right=False) for number in range(4)]
    for one, (precision, recall, f1) in zip(
        rows, ((1.0, 0.5, 2 / 3), (0.5, 1.0, 2 / 3), (None, 0.0, 0.0)), strict=False
    ):
        one["judged"] |= {"set_precision": precision, "set_recall": recall, "quality": f1}
        one["type"] = "multi_doc_and"
    found = summarise(rows, seed=0)
    sets = found["sets"]
    assert isinstance(sets, dict)
    assert (sets["questions"], sets["precision"], sets["recall"]) == (3, 0.75, 0.5)
    assert sets["f1"] == pytest.approx(4 / 9)
    by_type = found["by_type"]
    assert isinstance(by_type, dict)
    assert by_type["multi_doc_and"]["sets"] == sets
    assert by_type["count"]["sets"] is None


def test_arms_are_compared_question_by_question() -> None:
    ours = [row(1, right=True), row(2, right=True), row(3, right=False)]
    theirs = [row(2, right=False), row(1, right=True), row(9, right=True)]
    found = compare(ours, theirs, seed=0)
    assert (found["questions"], found["gain"]) == (2, 0.5)
    assert found["by_type"]["count"]["gain"] == 0.5  # type: ignore[index]  # it is a table
    assert (found["coverage"], found["coverage_of_other"]) == (1.0, 1.0)


def test_what_the_model_knew_before_is_told_from_what_it_read() -> None:
    plain = [row(1, right=True), row(2, right=True), row(3, right=False), row(4, right=True, answered=False)]
    closed = [row(1, right=True), row(2, right=False), row(3, right=True), row(4, right=True, answered=False)]
    assert known_before(plain, closed) == {
        "answered_rightly_without_documents": 2,
        "share_of_what_plain_rag_has_right": 0.5,
    }
