"""Negatives answer nothing that was asked."""

from dataclasses import replace

from averment.pipelines.training.examples import Material, make_query
from averment.pipelines.training.negatives import Negatives, alike, relevant, touched
from averment.pipelines.training.ranking import WordRanking

from .conftest import made_document, made_text


def _negatives(material: Material) -> Negatives:
    return Negatives(material.documents, material.queries, ranking=WordRanking(material.documents.values()))


def test_what_answers_is_no_negative(material: Material) -> None:
    negatives = _negatives(material)
    for query in material.queries:
        document = material.documents[query.document_id]
        found = negatives.of(query, limit=4)
        assert found
        assert {name for name, _ in found} == {query.document_id}
        assert not {number for _, number in found} & touched(query, document)
        assert set(relevant(query, document)) <= touched(query, document)


def test_the_clause_of_another_contract_is_one_only_while_the_question_names_its_contract(material: Material) -> None:
    query = material.queries[0]
    named = replace(query, is_named=True)
    others = Negatives(material.documents, [named, *material.queries[1:]], ranking=WordRanking(()))
    found = others.of(named, limit=6)
    elsewhere = [(name, number) for name, number in found if name != query.document_id]
    assert elsewhere
    for name, number in elsewhere:
        answers = [relevant(other, material.documents[name]) for other in material.queries if other.document_id == name]
        assert any(number in places for places in answers)
    assert all(name == query.document_id for name, _ in _negatives(material).of(query, limit=6))


def test_a_copy_of_the_answer_is_no_negative() -> None:
    clause = "Either party may terminate this Agreement upon ninety days notice " + "and so forth " * 60
    text = f"{made_text(1)[0]}\n\n9. Ending.\n\n{clause}.\n\n{made_text(2)[0]}\n\n10. Ending again.\n\n{clause}."
    document = made_document(1, text)
    start = document.text.index(clause)
    query = make_query(
        "How can it be terminated?", document, query_id="q", spans=[(start, start + len(clause))], origin="labelled"
    )
    negatives = Negatives({document.document_id: document}, [query], ranking=WordRanking([document]))
    passages = [document.passage(number) for _, number in negatives.of(query, limit=20)]
    assert passages
    assert not any("ninety days notice" in passage for passage in passages)


def test_likeness_is_the_share_of_words() -> None:
    assert alike(frozenset("ab"), frozenset("bc")) == 1 / 3
    assert alike(frozenset(), frozenset()) == 1.0
