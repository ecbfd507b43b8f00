"""Pairs a verifier learns from, and what stands in for it before there is one."""

from dataclasses import replace

import pytest

from averment.core.testing.embedder import HashEmbedder
from averment.pipelines.reasoning.sentences import split
from averment.pipelines.training.examples import Claim, Material
from averment.pipelines.training.verifier import CHOICES, Judgement, judgements, measure_likeness


@pytest.mark.slow
def test_sentences_of_the_answer_entail_and_others_do_not(material: Material) -> None:
    pairs = judgements(material, negatives=3)
    assert pairs == judgements(material, negatives=3)
    answers = [pair for pair in pairs if pair.part == "answers"]
    right = [pair for pair in answers if pair.relation == "entailment"]
    assert len(right) >= 0.9 * len(material.queries)
    assert len(answers) - len(right) > len(right)
    law = [pair for pair in answers if "Which law" in pair.asked]
    assert all(("governed by the laws" in pair.text) == (pair.relation == "entailment") for pair in law)
    assert len({pair.item_id for pair in pairs}) == len(pairs)


def test_a_question_without_an_answer_has_only_wrong_sentences(material: Material) -> None:
    absent = replace(material.queries[0], spans=(), query_id="absent")
    pairs = judgements(replace(material, queries=(absent,), claims=()), negatives=3)
    assert pairs
    assert {pair.relation for pair in pairs} == {"neutral"}


def test_a_claim_is_paired_with_what_decides_it(material: Material) -> None:
    name, document = next(iter(material.documents.items()))
    claims = (
        replace(material.claims[0], relation="contradiction", claim_id="against"),
        Claim(claim_id="unsaid", document_id=name, hypothesis="Ships are insured.", relation="neutral", spans=()),
    )
    pairs = judgements(replace(material, queries=(), claims=claims), negatives=3)
    against = [pair for pair in pairs if pair.item_id.startswith("against")]
    assert all(("governed by the laws" in pair.text) == (pair.relation == "contradiction") for pair in against)
    assert {pair.relation for pair in against} == {"contradiction", "neutral"}
    assert {pair.relation for pair in pairs if pair.item_id.startswith("unsaid")} == {"neutral"}
    assert len({pair.item_id for pair in pairs}) == len(pairs)
    assert document.version.content_hash in {pair.document for pair in pairs}


def test_what_decides_a_claim_and_what_does_not_look_alike(material: Material) -> None:
    """A verifier that reads only how a premise is made must learn nothing: both are sentences, and places joined."""
    document = next(iter(material.documents.values()))
    claim = next(one for one in material.claims if one.document_id == document.document_id)
    sentences = {" ".join(one.text.split()) for one in split(document.text) if one.is_citable}
    (pair, *_), others = by_relation(material, claim)
    assert {pair.text, *(one.text for one in others)} <= sentences
    assert len(others) == 2
    _, end = claim.spans[0]
    heard = next(one for one in split(document.text) if one.is_citable and one.start >= end)
    several = replace(claim, spans=(*claim.spans, (heard.start, heard.end)))
    right, wrong = by_relation(material, several)
    assert sum(one.text not in sentences for one in right) == sum(one.text not in sentences for one in wrong) == 1


def by_relation(material: Material, claim: Claim) -> tuple[list[Judgement], list[Judgement]]:
    pairs = judgements(replace(material, queries=(), claims=(claim,)), negatives=2)
    right = [pair for pair in pairs if pair.relation != "neutral"]
    return right, [pair for pair in pairs if pair.relation == "neutral"]


def test_a_line_that_leads_to_a_list_decides_nothing_alone(material: Material) -> None:
    document = next(iter(material.documents.values()))
    lead, item = "The Tenant shall:", "pay the rent to the landlord every month;"
    listed = replace(document, text=f"{lead}\n\n{item}\n\nNothing else is due under this lease.")
    spans = ((0, len(lead)), (len(lead) + 2, len(lead) + 2 + len(item)))
    claim = replace(material.claims[0], document_id=document.document_id, spans=spans)
    texts = {document.document_id: listed}
    right, _ = by_relation(replace(material, documents=texts), claim)
    assert [one.text for one in right] == [item, f"{lead} {item}"]


def test_choosing_is_measured_where_there_is_a_choice(material: Material) -> None:
    pairs = judgements(material, negatives=3)
    items = measure_likeness(pairs, HashEmbedder(), scale_pairs=pairs)
    chosen = [item for item in items if item.part in CHOICES.values()]
    assert {item.part for item in chosen} == set(CHOICES.values())
    assert {value for item in chosen for value in item.values.values()} <= {0.0, 1.0}
    assert len({(item.part, item.item_id) for item in chosen}) == len(chosen)
    alone = [pair for pair in pairs if pair.relation == "neutral"]
    assert not [item for item in measure_likeness(alone, HashEmbedder(), scale_pairs=pairs) if item.score is None]


def test_whether_a_claim_is_supported_is_no_question_that_a_sentence_answers(material: Material) -> None:
    claim = replace(material.claims[0], claim_id=material.queries[0].query_id)
    pairs = judgements(replace(material, queries=material.queries[:1], claims=(claim,)), negatives=3)
    assert {pair.part for pair in pairs} == {"entails"}


def test_likeness_becomes_a_probability(material: Material) -> None:
    pairs = judgements(material, negatives=3)
    items = measure_likeness(pairs, HashEmbedder(), scale_pairs=pairs)
    rated = items[: len(pairs)]
    assert [item.item_id for item in rated] == [pair.item_id for pair in pairs]
    for item, pair in zip(rated, pairs, strict=True):
        assert item.score is not None
        assert 0 <= item.score <= 1
        assert item.is_right == (pair.relation == "entailment")
        assert ("three_way_accuracy" in item.values) == (pair.part == "entails")
