"""Recall and precision of planted data: what counts as found, what as right, and how sure the shares are."""

from collections.abc import Sequence

import pytest

from averment.compliance.pii.kinds import Kind, Span
from averment.evaluation.personal_data import interval, measure, shown
from averment.evaluation.planted import Plant, PlantedText

TEXT = "Ada Lowe, 030 1234, writes."


def span(start: int, end: int, kind: Kind) -> Span:
    return Span(start=start, end=end, kind=kind, score=1.0, recogniser="test")


def planted(*, is_ours: bool = True) -> PlantedText:
    plants = (Plant(kind=Kind.PERSON, start=0, end=8), Plant(kind=Kind.PHONE, start=10, end=18))
    return PlantedText(text=TEXT, language="en", plants=plants, is_ours=is_ours)


def rows(spans: Sequence[Span], *, is_ours: bool = True) -> dict[str, tuple[object, object]]:
    result = measure([planted(is_ours=is_ours)], lambda text, language: spans)
    found = result["rows"]
    assert isinstance(found, list)
    return {row["kind"]: (row["recall"], row["precision"]) for row in found}


def test_a_value_counts_when_nothing_of_it_would_stay_whatever_it_was_taken_for() -> None:
    parts = [span(0, 3, Kind.PERSON), span(4, 8, Kind.ADDRESS), span(10, 18, Kind.IBAN)]
    assert rows(parts) == {
        "person": (1.0, 1.0),
        "phone": (1.0, None),
        "address": (None, 1.0),
        "iban": (None, 1.0),
        "all": (1.0, 1.0),
    }


def test_a_digit_that_stays_is_a_miss_and_what_touches_nothing_is_wrong() -> None:
    assert rows([span(0, 8, Kind.PERSON), span(10, 17, Kind.PHONE), span(20, 26, Kind.PERSON)]) == {
        "person": (1.0, 0.5),
        "phone": (0.0, 1.0),
        "all": (0.5, pytest.approx(2 / 3)),
    }


def test_identifiers_of_companies_hide_nothing_and_are_not_judged() -> None:
    assert rows([span(0, 27, Kind.SECURITY)])["all"] == (0.0, None)


def test_of_documents_only_recall_is_told() -> None:
    assert rows([span(20, 26, Kind.PERSON), span(0, 8, Kind.PERSON)], is_ours=False)["person"] == (1.0, None)


def test_intervals_are_exact() -> None:
    assert interval(0, 0) is None
    assert interval(10, 10) == pytest.approx((0.6915, 1.0), abs=1e-4)
    assert interval(5, 10) == pytest.approx((0.1871, 0.8129), abs=1e-4)


def test_a_row_is_printed_with_its_interval_and_a_blank_where_nothing_is_known() -> None:
    result = measure([planted(is_ours=False)], lambda text, language: [span(0, 8, Kind.PERSON)])
    assert ("documents", "en", "person", 1, "1.000 (0.025-1.000)", None, None) in list(shown(result))
