"""Training and measuring an embedder: questions near the passages that answer them, far from those that only look so.

Measured as retrieval works: a question has found its document by its name, and ranks that document's chunks, by
meaning alone and fused with words.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from averment.core.errors import ModelUnavailable
from averment.pipelines.ingestion.embedder_folder import EmbedderFolder, read_folder
from averment.pipelines.training.examples import Material, Query
from averment.pipelines.training.material import TrainingDocument
from averment.pipelines.training.negatives import Negatives, relevant
from averment.pipelines.training.ranking import WordRanking, fused_order, order_by
from averment.pipelines.training.scores import Item, ranking_values
from averment.pipelines.training.trainers import Course, Lesson, Recipe, Run, run_lesson

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

KS: Final = (1, 3, 8)
RECIPE: Final = Recipe(batch_size=16, learning_rate=4e-5, epochs=3, max_tokens=128)
# A clause that goes over many chunks would fill the training with itself.
_MAX_RIGHT: Final = 3


class Embeds(Protocol):
    """Embeds chunks and questions."""

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return unit vectors in order."""

    def embed_query(self, text: str) -> Sequence[float]:
        """Return one unit vector."""


def embedder_rows(material: Material, *, recipe: Recipe) -> tuple[dict[str, list[object]], list[frozenset[str]]]:
    """Return the rows an embedder learns from, as columns, and what each is about.

    Args:
        material: What may be trained on.
        recipe: Says how many negatives a row has.
    """
    ranking = WordRanking(material.documents.values())
    negatives = Negatives(material.documents, material.queries, ranking=ranking)
    names = ["anchor", "positive", *(f"negative_{number}" for number in range(1, recipe.negatives + 1))]
    columns: dict[str, list[object]] = {name: [] for name in names}
    keys = []
    for query in material.queries:
        document = material.documents[query.document_id]
        wrong = negatives.of(query, limit=recipe.negatives * _MAX_RIGHT)
        if len(wrong) < recipe.negatives:
            continue
        for place, number in enumerate(relevant(query, document)[:_MAX_RIGHT]):
            chosen = [wrong[(place * recipe.negatives + offset) % len(wrong)] for offset in range(recipe.negatives)]
            texts = [material.documents[name].chunks[at].embedded for name, at in chosen]
            for name, text in zip(names, [query.embedded, document.chunks[number].embedded, *texts], strict=True):
                columns[name].append(text)
            keys.append(query.keys)
    return columns, keys


def train_embedder(material: Material, *, base: Path, out: Path, recipe: Recipe, course: Course) -> Run:
    """Train an embedder and save it.

    Args:
        material: What may be trained on.
        base: Folder of the model to begin with.
        out: Folder for the trained one.
        recipe: How.
        course: Where and how long.
    """
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    folder = read_folder(base)
    model = _open(folder, course)
    longest = model.max_seq_length
    model.max_seq_length = min(recipe.max_tokens, folder.max_tokens)
    columns, keys = embedder_rows(material, recipe=recipe)
    prompts = {name: folder.query if name == "anchor" else folder.document for name in columns}
    lesson = Lesson(
        model=model,
        columns=columns,
        keys=keys,
        loss=MultipleNegativesRankingLoss(model),
        is_cross_encoder=False,
        prompts=prompts if folder.query or folder.document else None,
    )
    run = run_lesson(lesson, recipe, course=course)
    model.max_seq_length = longest
    model.save_pretrained(str(out), create_model_card=False)
    return run


def _open(folder: EmbedderFolder, course: Course) -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer
    from transformers import set_seed

    set_seed(course.seed)
    try:
        model = SentenceTransformer(str(folder.path), device=course.device, local_files_only=True)
    except (OSError, ValueError, KeyError) as cause:
        raise ModelUnavailable(
            f"the model to begin with in {str(folder.path)!r} does not load: {type(cause).__name__}",
            hint="--base must name a sentence-transformers folder",
        ) from cause
    model.float()
    return model


def measure_embedder(
    material: Material, embedder: Embeds, *, on_document: Callable[[int, int], None] = lambda _, __: None
) -> list[Item]:
    """Rank the chunks of each document for its questions.

    Args:
        material: What is held out.
        embedder: The model.
        on_document: Told of documents done and their number.
    """
    items: list[Item] = []
    ranking = WordRanking(material.documents.values())
    by_document = answerable(material)
    for number, (name, queries) in enumerate(by_document.items(), start=1):
        document = material.documents[name]
        likeness = chunk_likeness(embedder, document, queries=queries)
        for query, row in zip(queries, likeness, strict=True):
            right = relevant(query, document)
            fused = fused_order(ranking.scores(query.terms, document), row)
            values = ranking_values(order_by(row), right, ks=KS)
            both = ranking_values(fused, right, ks=KS)
            items.append(
                Item(
                    item_id=query.query_id,
                    document=document.version.content_hash,
                    part="labelled" if query.origin == "labelled" else "mined",
                    values=values | {f"fused_{measure}": value for measure, value in both.items()},
                )
            )
        on_document(number, len(by_document))
    return items


def answerable(material: Material) -> Mapping[str, list[Query]]:
    """Return the questions that their documents answer, by document, in order."""
    found: dict[str, list[Query]] = {}
    for query in material.queries:
        if relevant(query, material.documents[query.document_id]):
            found.setdefault(query.document_id, []).append(query)
    return found


def chunk_likeness(embedder: Embeds, document: TrainingDocument, *, queries: Sequence[Query]) -> list[list[float]]:
    """Return the likeness of every chunk to each question: a row a question."""
    import numpy as np

    vectors = np.asarray(embedder.embed([chunk.embedded for chunk in document.chunks]), dtype=np.float32)
    asked = np.asarray([embedder.embed_query(query.embedded) for query in queries], dtype=np.float32)
    return [[float(value) for value in row] for row in asked @ vectors.T]
