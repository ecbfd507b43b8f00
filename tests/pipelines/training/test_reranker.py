"""Rows a reranker learns from, and the order it is held against."""

from averment.core.testing.embedder import HashEmbedder
from averment.pipelines.training.examples import Material
from averment.pipelines.training.negatives import relevant
from averment.pipelines.training.reranker import CANDIDATES, RECIPE, measure_reranker, reranker_rows


def test_right_passages_are_ones_and_wrong_ones_zeros(material: Material) -> None:
    columns = reranker_rows(material, recipe=RECIPE)
    answers = {
        (query.asked, material.documents[query.document_id].passage(number))
        for query in material.queries
        for number in relevant(query, material.documents[query.document_id])
    }
    labels = columns["label"]
    assert labels.count(1.0) >= len(material.queries)
    assert labels.count(0.0) > labels.count(1.0)
    for question, passage, label in zip(*columns.values(), strict=True):
        if label == 1.0:
            assert (question, passage) in answers


def test_before_there_is_one_the_order_of_retrieval_counts(material: Material) -> None:
    items = measure_reranker(material, HashEmbedder(), reranker=None)
    assert len(items) == len(material.queries)
    assert all(item.values["reciprocal_rank"] >= 1 / CANDIDATES for item in items)
