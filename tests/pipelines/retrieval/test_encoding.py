"""Vectors of questions by an embedder and a sparse encoder as one, found in one search of one index."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from averment.core.access import Principal
from averment.core.ports import SparseVector
from averment.core.testing.embedder import HashEmbedder
from averment.pipelines.ingestion.chunking import ChunkSettings
from averment.pipelines.ingestion.preparing import Preparer
from averment.pipelines.ingestion.sparse import SparseSettings, term_id
from averment.pipelines.retrieval.encoding import JointQueryEncoder, SparseQueryEncoder
from averment.pipelines.retrieval.retriever import HybridRetriever, RetrievalSettings

from .conftest import Library

WHO = Principal(subject="p", groups=("everyone",))


@dataclass
class Thesaurus:
    """A sparse encoder that knows what "royalty" and "remuneration" have in common, and nothing else."""

    model_id: str = "thesaurus"

    def encode_documents(self, texts: Sequence[str]) -> list[SparseVector]:
        return [self.encode_query(text, weight=1.0) for text in texts]

    def encode_query(self, text: str, *, weight: float) -> SparseVector:
        holds = any(word in text.casefold() for word in ("royalty", "remuneration"))
        return SparseVector(indices=(term_id("~learned:7"),), values=(weight,)) if holds and weight else NOTHING


NOTHING = SparseVector(indices=(), values=())
CLAUSES = (
    "Delivery. The supplier delivers the goods due to the buyer at its own expense to the place that the buyer names.",
    "Remuneration. Four hundredths of all receipts are owed for the goods each year until the last of them is sold.",
    "Insurance. The supplier keeps the goods insured until they reach the buyer at the place that the buyer names.",
)


def test_one_encoder_is_both(library: Library) -> None:
    joint = JointQueryEncoder(HashEmbedder(), Thesaurus(), model_id="both")
    assert isinstance(joint, SparseQueryEncoder)
    assert not isinstance(HashEmbedder(), SparseQueryEncoder)
    assert list(joint.embed_query("law")) == list(HashEmbedder().embed_query("law"))
    assert joint.encode_query("royalty", weight=0.5).values == (0.5,)


def test_what_the_encoder_knows_is_found_beside_words(library: Library, tmp_path: Path) -> None:
    library.learned = Thesaurus()
    for number, clause in enumerate(CLAUSES):
        library.put(f"c{number}.txt", clause)

    def first(encoder: HashEmbedder | JointQueryEncoder) -> str:
        retriever = HybridRetriever(
            library.index,
            catalog=library.catalog,
            texts=library.texts,
            embedder=encoder,
            settings=RetrievalSettings(dense=False, learned_weight=8.0),
        )
        retriever.warm_up()
        found = retriever.retrieve("What royalty is due to the supplier by the buyer?", principal=WHO).passages
        return found[0].text

    joint = JointQueryEncoder(library.embedder, library.learned, model_id="both")
    assert "Remuneration" in first(joint)
    assert "Remuneration" not in first(library.embedder)


def test_the_encoder_is_part_of_what_decides_the_chunks() -> None:
    def settings(learned: Thesaurus | None) -> object:
        return Preparer(
            chunks=ChunkSettings(), weights=SparseSettings(), pipeline_version="p", learned=learned
        ).settings()["learned"]

    assert settings(Thesaurus()) == "thesaurus"
    assert settings(None) is None
