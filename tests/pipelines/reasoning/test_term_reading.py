"""The parts of a term are read where they are printed, and anew where an amendment in force changes them."""

from datetime import date
from typing import Any

import pytest

from averment.core.structure import PlacedFact
from averment.pipelines.anatomy.changes import find_changes
from averment.pipelines.anatomy.metadata import contract_facts, contract_parties
from averment.pipelines.reasoning.deadlines import Printed, TermParts
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.prepared import PreparedTexts
from averment.pipelines.reasoning.term_reading import read_term
from tests.pipelines.reasoning.contracts_in_force import MASTER


@pytest.fixture
def source_of(new_desk: type[Any]) -> Any:
    corpus = new_desk().corpus

    def made(text: str) -> Source:
        name = f"d{len(corpus.documents)}"
        corpus.add_contract(name, text)
        document = corpus.get(name)
        return Source(document, text=text, layout=corpus.layout(document.text_hash))

    return made


def read(source: Source, *amendments: Source) -> TermParts:
    facts: tuple[PlacedFact, ...] = tuple(contract_facts(source.text, contract_parties(source.text)))
    sentences = [(source, span) for span in PreparedTexts().sentences(source).spans]
    changes = [(one, change) for one in amendments for change in find_changes(one.text)]
    return read_term(source, facts, sentences=sentences, changes=changes)


def words(part: Printed | None) -> str | None:
    return None if part is None else " ".join(part.source.text[part.start : part.end].split())


def test_every_part_is_where_it_is_printed(source_of: Any) -> None:
    parts = read(source_of(MASTER))
    assert words(parts.begin) == words(parts.effective) == words(parts.made) == "January 10, 2022"
    assert (words(parts.initial), words(parts.renewal)) == ("three (3) years", "one (1) year")
    assert words(parts.notice) == "sixty (60) days"
    assert parts.end is None
    assert not parts.ambiguous


@pytest.mark.parametrize(
    ("change", "initial", "end"),
    [
        ("In Section 2.1 the words “three (3) years” are replaced by “five (5) years”.", "five (5) years", None),
        (
            "In Section 2.1 the words “three (3) years” are replaced by “five (5) years”, so that the term ends on "
            "January 9, 2027.",
            "three (3) years",
            "January 9, 2027",
        ),
        (
            "Section 2.1 of the Agreement is restated as follows: “2.1 Term. The term of this Agreement shall continue "
            "until June 30, 2028.”",
            "three (3) years",
            "June 30, 2028",
        ),
        ("The term of this Agreement is hereby extended until June 30, 2028.", "three (3) years", "June 30, 2028"),
        ("Section 2.1 of the Agreement is hereby deleted.", None, None),
        ("Section 2.1 of the Agreement is restated as follows: “2.1 The parties will speak about it.”", None, None),
    ],
)
def test_what_an_amendment_says_of_the_term_counts(source_of: Any, change: str, initial: str, end: str) -> None:
    parts = read(source_of(MASTER), source_of(f"AMENDMENT NO. 1\n\n1. {change}\n"))
    assert (words(parts.initial), words(parts.end)) == (initial, end)


def test_the_day_that_leads_to_the_printed_end_is_where_the_term_begins(source_of: Any) -> None:
    lease = (
        "LEASE\n\nThis Lease is made as of March 3, 2021 by and between Northwind Estates Inc. and Larkspur LLC.\n\n"
        "1. Term. The initial term of this Lease shall commence on April 1, 2021 and continue for a period of five (5) "
        "years.\n"
    )
    parts = read(source_of(lease))
    assert parts.begin is not None
    assert parts.begin.day == date(2021, 4, 1)
    assert words(parts.made) == "March 3, 2021"


def test_different_notice_periods_are_told_and_none_is_chosen(source_of: Any) -> None:
    clause = "3. Supplier shall give notice of non-renewal at least ninety (90) days before the end of the term.\n\n"
    other = MASTER.replace("4. Fees", f"{clause}4. Fees")
    parts = read(source_of(other))
    assert parts.notice is None
    assert parts.ambiguous == {"notice"}
