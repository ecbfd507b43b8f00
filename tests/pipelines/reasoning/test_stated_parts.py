"""The day asked for is taken from the metadata only where a place prints it, or points to one that does."""

from datetime import date
from typing import Any

import pytest

from averment.core.structure import Basis, FactField, PlacedFact
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.stated_parts import placed_day

TEXT = "This Lease is made as of May 2, 2020. It takes effect on the date hereof. Rent is due from June 1, 2020."


@pytest.fixture
def source(new_desk: type[Any]) -> Source:
    corpus = new_desk().corpus
    corpus.add_contract("lease", TEXT)
    document = corpus.get("lease")
    return Source(document, text=TEXT, layout=corpus.layout(document.text_hash))


def fact(field: FactField, words: str, value: str, *, basis: Basis = "stated") -> PlacedFact:
    start = TEXT.index(words)
    return PlacedFact(field=field, value=value, start=start, end=start + len(words), basis=basis)


MADE = fact(FactField.AGREEMENT_DATE, "May 2, 2020", "2020-05-02")


def test_a_printed_day_is_placed(source: Source) -> None:
    found = placed_day([MADE], "made", source=source)
    assert found is not None
    assert (found.value, TEXT[found.start : found.end]) == (date(2020, 5, 2), "May 2, 2020")
    assert (found.saying, found.is_assumed) == (None, False)


def test_words_that_point_to_a_printed_day_are_kept(source: Source) -> None:
    pointing = fact(FactField.EFFECTIVE_DATE, "the date hereof", "2020-05-02", basis="computed")
    found = placed_day([MADE, pointing], "effective", source=source)
    assert found is not None
    assert (TEXT[found.start : found.end], found.saying) == ("May 2, 2020", pointing.start)
    assert not found.is_assumed


def test_a_day_taken_from_another_is_said_to_be_assumed(source: Source) -> None:
    taken = fact(FactField.EFFECTIVE_DATE, "May 2, 2020", "2020-05-02", basis="computed")
    found = placed_day([MADE, taken], "effective", source=source)
    assert found is not None
    assert found.is_assumed


@pytest.mark.parametrize(
    "facts",
    [
        (),
        (PlacedFact(field=FactField.EFFECTIVE_DATE, value="2020-05-02"),),
        (fact(FactField.EFFECTIVE_DATE, "June 1, 2020", "2020-05-02"),),
        (MADE, fact(FactField.EFFECTIVE_DATE, "the date hereof", "2021-01-01")),
    ],
)
def test_a_day_that_no_place_prints_is_none(source: Source, facts: tuple[PlacedFact, ...]) -> None:
    assert placed_day(facts, "effective", source=source) is None
