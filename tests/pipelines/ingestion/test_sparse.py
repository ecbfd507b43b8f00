"""Terms and their weights."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.ingestion.sparse import (
    SparseSettings,
    document_vector,
    iso_dates,
    query_vector,
    stem,
    term_id,
    terms,
    to_vector,
)

SETTINGS = SparseSettings()


@pytest.mark.parametrize(
    "family",
    [
        ("terminate", "terminates", "terminated", "termination", "terminating"),
        ("expire", "expires", "expired", "expiration"),
        ("govern", "governs", "governed", "governing"),
        ("assign", "assigns", "assigned", "assignment"),
        ("kündigung", "kündigungen", "kündigen"),
    ],
)
def test_inflections_share_a_stem(family: tuple[str, ...]) -> None:
    assert len({stem(word) for word in family}) == 1


def test_numbers_dates_and_clause_numbers_are_terms() -> None:
    found = set(terms("On December 31, 2024, § 12.4(b) applies to $1,875 million; am 31.12.2024 zu 1.234,5."))
    assert {"@2024-12-31", "12.4(b)", "1875", "1234.5", "§"} <= found


def test_dates_in_both_languages() -> None:
    text = "3rd day of March, 2021; March 3, 2021; 3. März 2021; 03.03.2021; 2021-03-03; 31.13.2021"
    assert set(iso_dates(text)) == {"2021-03-03"}


def test_the_id_of_a_term_never_changes() -> None:
    assert term_id("termin") == 865287147
    assert 0 <= term_id("x") < 2**32


@given(st.text(max_size=300), st.text(max_size=60))
def test_a_vector_ascends_and_is_positive(text: str, header: str) -> None:
    vector = document_vector(text, settings=SETTINGS, header=header, tags=["~tag"])
    assert list(vector.indices) == sorted(set(vector.indices))
    assert len(vector.indices) == len(vector.values)
    assert all(value > 0 for value in vector.values)


def test_frequency_saturates_and_length_counts() -> None:
    def weight(text: str) -> float:
        vector = document_vector(text, settings=SETTINGS)
        return dict(zip(vector.indices, vector.values, strict=True))[term_id("audit")]

    assert weight("audit") < weight("audit audit") < SETTINGS.k1 + 1
    assert weight("audit") > weight("audit " + "other words " * 200)


def test_a_query_weighs_terms_once_or_as_told() -> None:
    assert set(query_vector("audit audits").values) == {1.0}
    assert query_vector({"a": 0.0, "b": 2.0}).values == (2.0,)
    assert to_vector({}).indices == ()
