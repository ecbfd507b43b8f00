"""Rows an embedder learns from, and how it is measured."""

from averment.core.testing.embedder import HashEmbedder
from averment.pipelines.training.embedder import RECIPE, answerable, embedder_rows, measure_embedder
from averment.pipelines.training.examples import Material


def test_a_row_is_a_question_its_answer_and_what_only_looks_so(material: Material) -> None:
    columns, keys = embedder_rows(material, recipe=RECIPE)
    assert set(columns) == {"anchor", "positive", "negative_1"}
    assert len(keys) == len(columns["anchor"]) >= len(material.queries)
    embedded = {chunk.embedded for document in material.documents.values() for chunk in document.chunks}
    for anchor, positive, negative in zip(*columns.values(), strict=True):
        assert anchor in {query.embedded for query in material.queries}
        assert {positive, negative} <= embedded
        assert positive != negative


def test_every_question_that_is_answered_is_measured(material: Material) -> None:
    done: list[tuple[int, int]] = []
    items = measure_embedder(material, HashEmbedder(), on_document=lambda *at: done.append(at))
    assert [item.item_id for item in items] == [query.query_id for query in material.queries]
    assert sum(map(len, answerable(material).values())) == len(items)
    assert done[-1] == (14, 14)
    for item in items:
        assert item.part == "labelled"
        assert item.values["recall_at_8"] >= item.values["recall_at_1"] >= 0
        assert item.values["fused_reciprocal_rank"] > 0
