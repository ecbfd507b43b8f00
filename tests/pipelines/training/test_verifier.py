"""Pairs a verifier learns from, and what stands in for it before there is one."""

from dataclasses import replace

import pytest

from averment.core.testing.embedder import HashEmbedder
from averment.pipelines.training.examples import Claim, Material
from averment.pipelines.training.verifier import judgements, measure_likeness


@pytest.mark.slow
def test_sentences_of_the_answer_entail_and_others_do_not(material: Material) -> None:
    pairs = judgements(material, seed=0, negatives=3)
    assert pairs == judgements(material, seed=0, negatives=3)
    answers = [pair for pair in pairs if pair.part == "answers"]
    right = [pair for pair in answers if pair.relation == "entailment"]
    assert len(right) >= 0.9 * len(material.queries)
    assert len(answers) - len(right) > len(right)
    law = [pair for pair in answers if "Which law" in pair.asked]
    assert all(("governed by the laws" in pair.text) == (pair.relation == "entailment") for pair in law)
    assert len({pair.item_id for pair in pairs}) == len(pairs)


def test_a_question_without_an_answer_has_only_wrong_sentences(material: Material) -> None:
    absent = replace(material.queries[0], spans=(), query_id="absent")
    pairs = judgements(replace(material, queries=(absent,), claims=()), seed=0, negatives=3)
    assert pairs
    assert {pair.relation for pair in pairs} == {"neutral"}


def test_a_claim_is_paired_with_what_decides_it(material: Material) -> None:
    name, document = next(iter(material.documents.items()))
    claims = (
        replace(material.claims[0], relation="contradiction", claim_id="against"),
        Claim(claim_id="unsaid", document_id=name, hypothesis="Ships are insured.", relation="neutral", spans=()),
    )
    pairs = judgements(replace(material, queries=(), claims=claims), seed=0, negatives=3)
    by_id = {pair.item_id: pair for pair in pairs}
    assert "governed by the laws" in by_id["against contradiction"].text
    assert by_id["unsaid neutral"].text
    assert document.version.content_hash in {pair.document for pair in pairs}


def test_whether_a_claim_is_supported_is_no_question_that_a_sentence_answers(material: Material) -> None:
    claim = replace(material.claims[0], claim_id=material.queries[0].query_id)
    pairs = judgements(replace(material, queries=material.queries[:1], claims=(claim,)), seed=0, negatives=3)
    assert {pair.part for pair in pairs} == {"entails"}


def test_likeness_becomes_a_probability(material: Material) -> None:
    pairs = judgements(material, seed=0, negatives=3)
    items = measure_likeness(pairs, HashEmbedder(), scale_pairs=pairs)
    assert [item.item_id for item in items] == [pair.item_id for pair in pairs]
    for item, pair in zip(items, pairs, strict=True):
        assert item.score is not None
        assert 0 <= item.score <= 1
        assert item.is_right == (pair.relation == "entailment")
        assert ("three_way_accuracy" in item.values) == (pair.part == "entails")
