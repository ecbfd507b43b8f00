from typing import Any

from averment.evaluation.calibration_report import HEAD, group_row

GROUP: dict[str, Any] = {
    "is_bounded": False, "n": 40, "n_answered": 40, "n_wrong": 1, "threshold": None, "coverage": None, "upper": None,
    "n_needed": 93, "splits": {"n_splits": 9, "n_bounded": 0, "n_broken": 0, "coverage": None}, "curve": [],
}  # fmt: skip


def test_a_refusal_says_what_is_needed() -> None:
    row = group_row("named_quote", GROUP)
    assert len(row) == len(HEAD)
    assert row[0] == "named quote"
    assert row[-1] == "refused: with 1 wrong, 93 answers at one threshold are needed"


def test_more_labels_do_not_help_where_too_many_are_wrong() -> None:
    assert str(group_row("quote", GROUP | {"n_needed": None})[-1]).endswith("more labels alone do not help")


def test_halves_are_counted_where_they_gave_a_threshold() -> None:
    splits = {"n_splits": 9, "n_bounded": 8, "n_broken": 1, "coverage": 0.5}
    row = group_row("quote", GROUP | {"is_bounded": True, "splits": splits})
    assert row[-2:] == ("1 of 9 (8 bounded)", "bounded")
