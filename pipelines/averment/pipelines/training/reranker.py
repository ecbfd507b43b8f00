"""Training and measuring a reranker: the passages that retrieval shows for a question, those that answer it above.

Measured on what retrieval hands over: the first passages of the document, in its order. Before training that order
stands; a reranker is worth its time only where it betters it.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from averment.pipelines.retrieval.reranking import MAX_READ_CHARS
from averment.pipelines.training.cross_encoding import load_cross_encoder, probabilities, save_cross_encoder
from averment.pipelines.training.embedder import Embeds, answerable, chunk_likeness
from averment.pipelines.training.examples import Material
from averment.pipelines.training.negatives import Negatives, relevant
from averment.pipelines.training.ranking import WordRanking, fused_order
from averment.pipelines.training.scores import Item, ranking_values
from averment.pipelines.training.trainers import Course, Lesson, Recipe, Run, run_lesson

KS: Final = (1, 3, 8)
CANDIDATES: Final = 24
RECIPE: Final = Recipe(batch_size=16, learning_rate=1e-4, epochs=3, max_tokens=192, negatives=4)
_MAX_RIGHT: Final = 2


def reranker_rows(material: Material, *, recipe: Recipe) -> dict[str, list[object]]:
    """Return the rows a reranker learns from, as columns.

    Args:
        material: What may be trained on.
        recipe: Says how many wrong passages go with a right one.
    """
    ranking = WordRanking(material.documents.values())
    negatives = Negatives(material.documents, material.queries, ranking=ranking)
    columns: dict[str, list[object]] = {"question": [], "passage": [], "label": []}
    for query in material.queries:
        document = material.documents[query.document_id]
        right = relevant(query, document)[:_MAX_RIGHT]
        wrong = negatives.of(query, limit=recipe.negatives * max(1, len(right)))
        passages = [(document.passage(number), 1.0) for number in right]
        passages += [(material.documents[name].passage(number), 0.0) for name, number in wrong]
        for text, label in passages:
            columns["question"].append(query.asked)
            columns["passage"].append(text[:MAX_READ_CHARS])
            columns["label"].append(label)
    return columns


def train_reranker(material: Material, *, base: Path, out: Path, recipe: Recipe, course: Course) -> Run:
    """Train a reranker and save it.

    Args:
        material: What may be trained on.
        base: Folder of the model to begin with: a cross-encoder, or any encoder.
        out: Folder for the trained one.
        recipe: How.
        course: Where and how long.
    """
    from sentence_transformers.cross_encoder.losses import BinaryCrossEntropyLoss

    model = load_cross_encoder(base, labels=(), max_tokens=recipe.max_tokens, course=course)
    lesson = Lesson(
        model=model,
        columns=reranker_rows(material, recipe=recipe),
        keys=None,
        loss=BinaryCrossEntropyLoss(model),
        is_cross_encoder=True,
    )
    run = run_lesson(lesson, recipe, course=course)
    save_cross_encoder(model, out)
    return run


def measure_reranker(
    material: Material,
    embedder: Embeds,
    *,
    reranker: Path | None,
    on_document: Callable[[int, int], None] = lambda _, __: None,
) -> list[Item]:
    """Rank what retrieval hands over for each question.

    Args:
        material: What is held out.
        embedder: That of retrieval.
        reranker: Folder of the model; None leaves the order as it is.
        on_document: Told of documents done and their number.
    """
    model = load_cross_encoder(reranker, labels=None) if reranker is not None else None
    ranking = WordRanking(material.documents.values())
    by_document = answerable(material)
    items: list[Item] = []
    for number, (name, queries) in enumerate(by_document.items(), start=1):
        document = material.documents[name]
        likeness = chunk_likeness(embedder, document, queries=queries)
        for query, row in zip(queries, likeness, strict=True):
            order = fused_order(ranking.scores(query.terms, document), row)[:CANDIDATES]
            if model is not None:
                pairs = [(query.asked, document.passage(place)[:MAX_READ_CHARS]) for place in order]
                scores = [row[-1] for row in probabilities(model, pairs)]
                order = [place for _, place in sorted(zip(scores, order, strict=True), key=lambda entry: -entry[0])]
            items.append(
                Item(
                    item_id=query.query_id,
                    document=document.version.content_hash,
                    part="labelled" if query.origin == "labelled" else "mined",
                    values=ranking_values(order, relevant(query, document), ks=KS),
                )
            )
        on_document(number, len(by_document))
    return items


def candidate_pairs(material: Material) -> list[tuple[str, str]]:
    """Return as many pairs as measuring reads, of the same lengths: what they say does not count."""
    pairs = []
    for name, queries in answerable(material).items():
        document = material.documents[name]
        for query in queries:
            numbers = range(min(CANDIDATES, len(document.chunks)))
            pairs += [(query.asked, document.passage(number)[:MAX_READ_CHARS]) for number in numbers]
    return pairs
