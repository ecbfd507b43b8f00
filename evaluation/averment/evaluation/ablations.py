"""What each part of retrieval is worth: the same questions with one part left out at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from averment.pipelines.retrieval.retriever import RetrievalSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Ablation:
    """Retrieval without one of its parts: other settings, or parts of the understanding that are ignored."""

    settings: RetrievalSettings = field(default_factory=RetrievalSettings)
    ignore: tuple[str, ...] = ()


ABLATIONS: Final[Mapping[str, Ablation]] = {
    "without routing by names": Ablation(ignore=("documents",)),
    "without words of topics": Ablation(ignore=("topics",)),
    "without looking at every document": Ablation(ignore=("list", "compare")),
    "without any understanding": Ablation(ignore=("all",)),
    "without dense vectors": Ablation(settings=RetrievalSettings(dense=False)),
    "without sparse vectors": Ablation(settings=RetrievalSettings(sparse=False)),
    "without joining neighbours": Ablation(settings=RetrievalSettings(join=False)),
    "without collapsing copies": Ablation(settings=RetrievalSettings(collapse=False)),
}
