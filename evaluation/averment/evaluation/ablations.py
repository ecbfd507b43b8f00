"""What each part of retrieval is worth, and how other ways of fusing do: the same questions, one change at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from averment.pipelines.retrieval.retriever import RetrievalSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Ablation:
    """Retrieval without one of its parts or with another fusion: settings, or parts of the understanding ignored."""

    settings: RetrievalSettings = field(default_factory=RetrievalSettings)
    ignore: tuple[str, ...] = ()


ABLATIONS: Final[Mapping[str, Ablation]] = {
    "without routing by names": Ablation(ignore=("documents",)),
    "without words of topics": Ablation(ignore=("topics",)),
    "without looking at every document": Ablation(ignore=("list", "compare")),
    "without defined names": Ablation(settings=RetrievalSettings(synonym_weight=0.0)),
    "without phrases word for word": Ablation(settings=RetrievalSettings(phrases=False)),
    "without any understanding": Ablation(ignore=("all",)),
    "without dense vectors": Ablation(settings=RetrievalSettings(dense=False)),
    "without sparse vectors": Ablation(settings=RetrievalSettings(sparse=False)),
    "without joining neighbours": Ablation(settings=RetrievalSettings(join=False)),
    "without collapsing copies": Ablation(settings=RetrievalSettings(collapse=False)),
    "fused by rank, k 2": Ablation(settings=RetrievalSettings(rank_constant=2)),
    "fused by rank, k 60": Ablation(settings=RetrievalSettings(rank_constant=60)),
    "fused by rank, a third for meaning": Ablation(settings=RetrievalSettings(dense_weight=1 / 3)),
    "fused by distribution of scores": Ablation(settings=RetrievalSettings(fusion="dbsf")),
    "fused by a sum of scores, half each": Ablation(settings=RetrievalSettings(fusion="convex")),
    "fused by a sum of scores, a third for meaning": Ablation(
        settings=RetrievalSettings(fusion="convex", dense_weight=1 / 3)
    ),
}
