"""A question in one wording finds clauses in the other that the document defined for it."""

import pytest

from averment.core.access import AccessLabel, Principal
from averment.pipelines.anatomy.terms import find_terms
from averment.pipelines.ingestion.sparse import terms
from averment.pipelines.retrieval.defined_names import chosen_pairs, name_pairs

from .conftest import Library

WHO = Principal(subject="p", groups=("everyone",))
HEAD = (
    'LICENCE AGREEMENT\n\nThis Licence Agreement (the "Agreement") is made as of March 3, 2021 between Quorvex Ltd., '
    'an English company (the "Licensor"), and Brindlemere GmbH, a German company (the "Licensee").\n\n'
)
CLAUSES = """1. Support. Help is given by a network operations center ("NOC") that is staffed at all hours of all days.

2. Reports. The Licensor shall keep books on every copy that was made and shall hand over a report of them.

3. Royalties. The Licensee shall owe four hundredths of all receipts, due at the end of each month without deduction.

4. Hours. Calls to the NOC are answered within the hour, whatever the day may be, and are noted in a list.
"""
CONTRACT = HEAD + CLAUSES


def pairs(text: str) -> set[tuple[str, str]]:
    return {(pair.name, pair.short) for pair in name_pairs(text, find_terms(text))}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('Acme Corp., a Delaware corporation (the "Licensee"), pays.', {("Acme Corp.", "Licensee")}),
        ("between Acme, Inc. (“Buyer”) and others.", {("Acme, Inc.", "Buyer")}),
        ("die Halden AG mit Sitz in Basel (nachfolgend „Verkäuferin“) liefert.", {("Halden AG", "Verkäuferin")}),
        ('by the Securities and Exchange Commission ("SEC").', {("Securities and Exchange Commission", "SEC")}),
        ('"Net Sales" means all receipts less returns.', set()),
        ('this Supply Agreement (the "Agreement") is made.', set()),
        ('each of whatever the long and winding clause before it may happen to speak of here (a "Thing").', set()),
    ],
)
def test_short_definitions_put_one_name_for_another(text: str, found: set[tuple[str, str]]) -> None:
    assert pairs(text) == found


def chosen(question: str, names: str) -> list[tuple[str, str]]:
    known = list(name_pairs(CONTRACT, find_terms(CONTRACT)))
    picked = chosen_pairs(known, asked=question, names=frozenset(terms(names)))
    return [(one.said, one.means) for one in picked]


def test_a_party_is_what_the_contract_calls_it() -> None:
    assert chosen("What must pay?", "Brindlemere") == [("Brindlemere GmbH", "Licensee")]


def test_the_names_of_both_parties_only_tell_which_contract_is_meant() -> None:
    assert chosen("What must be paid?", "Brindlemere Quorvex") == []
    assert chosen("What must be paid?", "") == []


def test_an_acronym_is_known_both_ways() -> None:
    assert chosen("When does the network operations center answer?", "") == [("network operations center", "NOC")]
    assert chosen("When does the NOC answer?", "") == [("NOC", "network operations center")]
    assert chosen("When does the network answer?", "") == []


def test_a_clause_on_the_licensee_answers_what_the_company_owes(library: Library) -> None:
    library.put("licence.txt", CONTRACT)
    for number in range(3):
        library.put(
            f"other{number}.txt", CONTRACT.replace("Brindlemere", f"Osterquell{number}").replace("Licensee", "Taker")
        )
    found = library.retriever().retrieve("What does Brindlemere owe?", principal=WHO, top_k=4)
    assert "The Licensee shall owe" in found.passages[0].text
    assert [(one.said, one.means) for one in found.interpretation.synonyms] == [("Brindlemere GmbH", "Licensee")]
    said = {item.id: item.says for item in found.interpretation.understood}
    assert said["synonym:licensee"] == "Brindlemere GmbH is called Licensee there"
    for ignore in (("synonym:licensee",), ("synonyms",), ("all",), ("documents",)):
        again = library.retriever().retrieve("What does Brindlemere owe?", principal=WHO, top_k=4, ignore=ignore)
        assert again.interpretation.synonyms == ()


def test_only_documents_that_the_question_names_and_the_caller_may_read_define(library: Library) -> None:
    hidden = CONTRACT.replace("Brindlemere", "Tannhavel").replace("Licensee", "Secretive")
    library.put("hidden.txt", hidden, access=AccessLabel(readers=("board",)))
    found = library.retriever().retrieve("What does Tannhavel owe?", principal=WHO)
    assert found.interpretation.synonyms == ()
    board = Principal(subject="b", groups=("board",))
    seen = library.retriever().retrieve("What does Tannhavel owe?", principal=board)
    assert [one.means for one in seen.interpretation.synonyms] == ["Secretive"]
