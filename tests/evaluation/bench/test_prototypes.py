"""Prototypes are real documents, and their vectors are made once."""

from pathlib import Path

import numpy as np

from averment.core.testing.embedder import HashEmbedder
from averment.evaluation.bench.installation import open_stores
from averment.evaluation.bench.prototypes import read_prototypes


def test_vectors_are_made_once_for_what_was_embedded(tmp_path: Path) -> None:
    file = tmp_path / "lease.txt"
    file.write_text("LEASE\n\n1. RENT\n\nThe rent is due on the first day of each month.\n", encoding="utf-8")
    embedder = HashEmbedder()
    kept = tmp_path / "vectors"
    with open_stores(tmp_path, dimension=embedder.dimension, model_id=embedder.model_id) as stores:
        made = read_prototypes([file], stores.texts, embedder=embedder, kept=kept)[0]
        assert len(made.vectors) == len(made.prepared.chunks) + 1
        (stored,) = kept.iterdir()
        np.save(stored, np.zeros_like(made.vectors))
        again = read_prototypes([file], stores.texts, embedder=embedder, kept=kept)[0]
        assert not again.vectors.any(), "what is kept is used"
        file.write_text("LEASE\n\n1. RENT\n\nThe rent is due on the last day of each month.\n", encoding="utf-8")
        other = read_prototypes([file], stores.texts, embedder=embedder, kept=kept)[0]
        assert other.vectors.any(), "another text has other vectors"
