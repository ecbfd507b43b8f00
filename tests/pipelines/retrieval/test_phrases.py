"""What is quoted is found word for word, and stands first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.access import Principal
from averment.pipelines.ingestion.sparse import terms
from averment.pipelines.retrieval.phrases import MAX_PHRASES, folded, holds_all, sought_phrases

from .conftest import Library
from .sample_contracts import contract

WHO = Principal(subject="p", groups=("everyone",))
FILLER = (
    "The efforts that are best for the parties are commercially sensible, and reasonable efforts are the best ones."
)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("shall use “Best\n  Efforts” to", '"best efforts"'),
        ("in no\u00a0event shall", "in no event"),
        ("the non-exclu-\nsive licence", "non-exclusive"),
        ("a change–of–control clause", "change-of-control"),
        ("Licensor’s rights", "licensor's rights"),
        ("soft\u00adware", "software"),
    ],
)
def test_how_it_is_printed_does_not_matter(text: str, phrase: str) -> None:
    assert holds_all(text, (phrase,))


def test_words_in_another_order_or_parts_of_words_are_no_phrase() -> None:
    assert not holds_all(FILLER, ("commercially reasonable efforts",))
    assert not holds_all("the termination", ("term",))
    assert not holds_all("in any event", ("in no event",))
    assert holds_all("anything", ())


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    once = folded(text)
    assert folded(once) == once


@given(
    before=st.text(max_size=20), phrase=st.text(alphabet="abc (.*+[", min_size=1, max_size=8), after=st.text(max_size=9)
)
def test_signs_of_patterns_stand_for_themselves(before: str, phrase: str, after: str) -> None:
    assert holds_all(f"{before} {phrase} {after}", (phrase,)) or not folded(phrase)


def test_names_and_periods_are_no_phrases() -> None:
    title = frozenset(terms("Master Service Agreement"))
    quoted = ["Master Service", "in no event", "the fiscal year ended May 1, 2024", "?", "In  no event"]
    assert sought_phrases(quoted, called=[title]) == ("in no event",)
    assert len(sought_phrases([f"phrase {n}" for n in range(20)], called=())) == MAX_PHRASES


def test_passages_that_hold_it_stand_first_and_are_counted(library: Library) -> None:
    for number in range(6):
        library.put(f"filler{number}.txt", f"{FILLER} {number} efforts, commercially reasonable as they are.")
    library.put("real.txt", "Each side shall use commercially\nreasonable   efforts in whatever it undertakes here.")
    question = 'Which clause speaks of "commercially reasonable efforts"?'
    found = library.retriever().retrieve(question, principal=WHO, top_k=3)
    assert "reasonable   efforts" in found.passages[0].text
    assert len(found.passages) == 3
    assert [passage.score for passage in found.passages] == sorted((p.score for p in found.passages), reverse=True)
    (phrase,) = found.interpretation.phrases
    assert (phrase.text, phrase.n_passages) == ("commercially reasonable efforts", 1)
    (said,) = (item for item in found.interpretation.understood if item.id.startswith("phrase:"))
    assert said.id == "phrase:commercially_reasonable_efforts"
    dropped = library.retriever().retrieve(question, principal=WHO, top_k=3, ignore=(said.id,))
    assert dropped.interpretation.phrases == ()
    every = library.retriever().retrieve(question, principal=WHO, top_k=3, ignore=("phrases",))
    assert every.interpretation.phrases == ()


def test_a_phrase_that_stands_nowhere_changes_nothing(library: Library) -> None:
    question = 'clause on efforts "qqqq zzzz"'
    plain = library.retriever().retrieve(question, principal=WHO, ignore=("phrases",)).passages
    found = library.retriever().retrieve(question, principal=WHO)
    assert [passage.chunk_id for passage in found.passages] == [passage.chunk_id for passage in plain]
    assert [phrase.n_passages for phrase in found.interpretation.phrases] == [0]


def test_a_list_counts_the_documents_that_hold_it(library: Library) -> None:
    found = library.retriever().retrieve('Which contracts say "commercially reasonable efforts"?', principal=WHO)
    survey = found.interpretation.survey
    assert survey is not None
    assert survey.documents_matched == 1
    assert found.passages[0].document_id == survey.matches[0].document_id


def test_the_document_named_stays_before_others_that_hold_it(library: Library) -> None:
    library.put("quorvex.txt", contract("SUPPLY AGREEMENT", "Quorvex Ltd.", "Seller AG"))
    library.put("tannhavel.txt", contract("SUPPLY AGREEMENT", "Tannhavel Ltd.", "Seller AG") + "\nNo merry widows.\n")
    found = library.retriever().retrieve('Does the agreement of Quorvex Ltd. say "no merry widows"?', principal=WHO)
    assert [named.document_id for named in found.interpretation.documents] == [found.passages[0].document_id]
    assert any("merry" in passage.text for passage in found.passages)
