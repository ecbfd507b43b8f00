"""The process that makes a corpus tells how much it made, and the corpus can be searched."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from averment.core.testing.embedder import HashEmbedder
from averment.evaluation.bench.installation import open_stores
from averment.evaluation.bench.kept_corpus import Order
from averment.evaluation.bench.kept_corpus_child import main


@pytest.mark.slow
def test_it_makes_what_it_was_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "lease.txt"
    file.write_text("LEASE\n\n1. RENT\n\nThe rent is due on the first day of each month.\n", encoding="utf-8")
    folder = tmp_path / "corpus"
    folder.mkdir()
    order = Order(
        folder=str(folder),
        n_chunks=9,
        seed=1,
        paths=(str(file),),
        cache=str(tmp_path / "cache"),
        vectors=str(tmp_path / "vectors"),
    )
    embedder = HashEmbedder()
    assert main([json.dumps(asdict(order))], embedder=embedder) == 0
    printed = capsys.readouterr()
    told = json.loads(printed.out.splitlines()[-1])
    assert told["n_chunks"] >= 9
    assert told["grown_s"] > 0
    assert "chunks" in printed.err
    with open_stores(folder, dimension=embedder.dimension, model_id=embedder.model_id) as stores:
        assert stores.index.count() == told["n_chunks"] + told["n_documents"]
    (folder / "grown.json").write_text(json.dumps({"n_chunks": 5, "n_documents": 1, "grown_s": 2.0}))
    assert main([json.dumps(asdict(order))], embedder=embedder) == 0
    again = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (again["n_chunks"], again["grown_s"]) == (5, 2.0), "what was grown is not grown again"
