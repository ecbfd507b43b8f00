"""What is written beside a trained model: `training.json`, the model card, and what was measured, item by item.

None of it holds text of a document or a question: documents are named by the hash of their bytes, questions by ids.
"""

import json
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from averment.core.ids import sha256_id
from averment.core.jsonable import canonical_json, to_json
from averment.pipelines.models.model_folder import HELD_OUT, MODEL_CARD, TRAINING, file_digests, model_digest
from averment.pipelines.training.card import write_card
from averment.pipelines.training.examples import Material
from averment.pipelines.training.scores import Figure, Item, difference, summarize
from averment.pipelines.training.split import Split
from averment.pipelines.training.trainers import Recipe, Run

SCHEMA_VERSION: Final = 1
RESULT_KIND: Final = "held-out"
_LIBRARIES: Final = ("torch", "transformers", "sentence-transformers", "datasets", "accelerate")
Figures = Mapping[str, Mapping[str, Figure]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """Everything that is to be written down of a training."""

    kind: str
    base: str
    base_digest: str
    material: Material
    train: Material
    held_out: Material
    split: Split
    seed: int
    recipe: Recipe
    run: Run
    precision: str
    before: Sequence[Item]
    after: Sequence[Item]
    created_at: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A candidate: its folder and identity, and what changed on the documents held out."""

    folder: str
    kind: str
    model_id: str
    model_digest: str
    base_digest: str
    data_digest: str
    split_digest: str
    examples: int
    documents_trained_on: int
    documents_held_out: int
    steps: int
    seconds: float
    before: Figures
    after: Figures
    gained: Figures


def write_outcome(out: Path, trained: Trained) -> Outcome:
    """Write record, card and results into the model's folder."""
    digest = model_digest(out)
    outcome = Outcome(
        folder=str(out),
        kind=trained.kind,
        model_id=f"{out.resolve().name}@{digest}",
        model_digest=digest,
        base_digest=trained.base_digest,
        data_digest=trained.material.digest(),
        split_digest=trained.split.digest,
        examples=trained.run.rows,
        documents_trained_on=len(trained.split.train),
        documents_held_out=len(trained.split.held_out),
        steps=trained.run.steps_done,
        seconds=round(trained.seconds, 1),
        before=summarize(trained.before, seed=trained.seed),
        after=summarize(trained.after, seed=trained.seed),
        gained=difference(trained.before, trained.after, seed=trained.seed),
    )
    facts = _facts(out, trained, outcome)
    for name, items in (("before", trained.before), ("after", trained.after)):
        folder = out / HELD_OUT / name
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / "result.json", _result(trained, items, digest=digest if name == "after" else None))
    (out / MODEL_CARD).write_text(write_card(facts), encoding="utf-8")
    # Last: a folder with this file is a candidate, and whole.
    _write(out / TRAINING, facts)
    return outcome


def _facts(out: Path, trained: Trained, outcome: Outcome) -> dict[str, object]:
    hashes = {name: document.version.content_hash for name, document in trained.material.documents.items()}
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": trained.kind,
        "model_id": outcome.model_id,
        "model_digest": outcome.model_digest,
        "files": file_digests(out),
        "created_at": trained.created_at,
        "base": {"name": trained.base, "digest": trained.base_digest},
        "data": {
            "digest": outcome.data_digest,
            "sources": dict(trained.material.sources),
            "documents": len(trained.material.documents),
            "classifications": dict(
                Counter(document.version.access.classification for document in trained.material.documents.values())
            ),
            "train": _counts(trained.train),
            "held_out": _counts(trained.held_out),
            "rows": trained.run.rows,
        },
        "split": {
            "digest": trained.split.digest,
            "by": "document, near-duplicates together",
            "families": trained.split.n_families,
            "trained_on": sorted({hashes[name] for name in trained.split.train}),
            "held_out": sorted({hashes[name] for name in trained.split.held_out}),
        },
        "seed": trained.seed,
        "recipe": asdict(trained.recipe),
        "precision": trained.precision,
        "run": asdict(trained.run),
        "seconds": outcome.seconds,
        "metrics": {
            "before": to_json(outcome.before),
            "after": to_json(outcome.after),
            "gained": to_json(outcome.gained),
        },
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _LIBRARIES}},
    }


def _counts(material: Material) -> dict[str, int]:
    return {
        "documents": len(material.documents),
        **Counter(f"questions_{query.origin}" for query in material.queries),
        **Counter(f"claims_{claim.relation}" for claim in material.claims),
    }


def _result(trained: Trained, items: Sequence[Item], *, digest: str | None) -> dict[str, object]:
    """Return a result that the gate compares."""
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": RESULT_KIND,
        "model_kind": trained.kind,
        "created_at": trained.created_at,
        "model": {"digest": digest},
        "settings": {"seed": trained.seed, "split": trained.split.digest, "data": trained.material.digest()},
        "items_digest": sha256_id(canonical_json([(item.item_id, item.is_right) for item in items])),
        "rows": [to_json(item) for item in items],
    }


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
