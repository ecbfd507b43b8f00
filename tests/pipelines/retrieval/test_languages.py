"""German questions in documents that speak German, and in such that do not."""

import pytest

from averment.core.access import AccessLabel, Filters, Principal
from averment.pipelines.retrieval.languages import spoken
from averment.pipelines.retrieval.question import read_question

from .conftest import Library
from .sample_contracts import contract

WHO = Principal(subject="p", groups=("everyone",))
BOARD = Principal(subject="b", groups=("board",))
LEASE = """MIETVERTRAG

§ 1 Miete. Die Miete beträgt 14.500 EUR im Monat und ist zum dritten Werktag fällig.

§ 2 Untervermietung. Die Mieterin darf die Halle nur mit Zustimmung der Vermieterin Dritten überlassen.

§ 3 Schluss. Es gilt das Recht der Schweiz. Gerichtsstand ist Basel.
"""
COURTS = "The courts of Ohio have exclusive jurisdiction and venue; disputes are submitted to arbitration. {n}"


@pytest.fixture(scope="module")
def filled(library: Library) -> Library:
    """Return a library with a German lease, and English contracts that speak of courts at length."""
    library.put("lease.txt", LEASE)
    library.put("secret.txt", LEASE.replace("Basel", "Vaduz") + "Kettensäge", access=AccessLabel(readers=("board",)))
    for number in range(8):
        library.put(f"court{number}.txt", COURTS.format(n=number))
        library.put(f"c{number}.txt", contract("SUPPLY AGREEMENT", f"Buyer{number} Ltd.", "Seller Ltd."))
    return library


def tell(library: Library, text: str, principal: Principal = WHO, filters: Filters | None = None) -> frozenset[str]:
    return spoken(read_question(text), principal=principal, filters=filters or Filters(), index=library.index)


@pytest.mark.slow
def test_documents_speak_german_where_they_hold_the_words_of_the_question(filled: Library) -> None:
    assert tell(filled, "Wo ist der Gerichtsstand?") == {"de"}
    assert tell(filled, "Gerichtsstand") == {"de"}
    assert tell(filled, "Which courts have jurisdiction?") == frozenset()
    assert tell(filled, "Kettensäge") == frozenset(), "a word that only others may read tells nothing"
    assert tell(filled, "Kettensäge", BOARD) == {"de"}
    assert tell(filled, "Gerichtsstand", filters=Filters(file_name=("c1.txt",))) == frozenset()


def test_a_word_that_a_document_holds_leads_before_what_may_be_meant(filled: Library) -> None:
    for question in ("Gerichtsstand", "Wo ist der Gerichtsstand?"):
        found = filled.retriever().retrieve(question, principal=WHO, top_k=5)
        assert "Gerichtsstand ist Basel" in found.passages[0].text


def test_of_english_documents_a_german_question_finds_the_clause_by_its_topic(filled: Library) -> None:
    only = Filters(file_name=tuple(f"c{number}.txt" for number in range(8)))
    found = filled.retriever().retrieve("Welchem Recht unterliegt der Vertrag?", principal=WHO, filters=only)
    assert "governed by and construed" in found.passages[0].text
