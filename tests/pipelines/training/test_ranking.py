"""Ranking in memory agrees with itself and with plain sense."""

from averment.pipelines.training.examples import Material
from averment.pipelines.training.negatives import relevant
from averment.pipelines.training.ranking import WordRanking, fused_order, order_by


def test_words_find_the_clause_that_has_them(material: Material) -> None:
    ranking = WordRanking(material.documents.values())
    first = 0
    for query in material.queries:
        document = material.documents[query.document_id]
        scores = ranking.scores(query.terms, document)
        assert len(scores) == len(document.chunks)
        first += order_by(scores)[0] in relevant(query, document)
    assert first > 0.7 * len(material.queries)


def test_equal_scores_keep_their_order() -> None:
    assert order_by([0.5, 0.7, 0.5, 0.7]) == [1, 3, 0, 2]


def test_fusing_ranks_what_both_like_first_and_unshared_words_count_nothing() -> None:
    assert fused_order([0.0, 3.0, 2.0], [0.1, 0.9, 0.8]) == [1, 2, 0]
    assert fused_order([0.0, 0.0, 0.0], [0.1, 0.9, 0.8]) == [1, 2, 0]
