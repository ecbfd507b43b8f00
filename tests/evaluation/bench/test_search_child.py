"""The process that searches a corpus tells its times by step, what the graph finds, and its memory."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from averment.core.testing.embedder import HashEmbedder
from averment.evaluation.bench.installation import open_stores
from averment.evaluation.bench.prototypes import read_prototypes
from averment.evaluation.bench.search import STEPS
from averment.evaluation.bench.search_child import SearchOrder, main
from averment.evaluation.bench.search_corpus import Grower
from averment.pipelines.stores.index_options import STANDARD

TEXT = """SUPPLY AGREEMENT between Alpha Ltd and Beta GmbH

1. TERM

The term of this agreement is three years from its date, unless it is terminated earlier under clause 2.

2. TERMINATION

Either party may terminate this agreement by ninety days' written notice to the other party.
"""


@pytest.mark.slow
def test_it_tells_every_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "supply.txt"
    file.write_text(TEXT, encoding="utf-8")
    embedder = HashEmbedder()
    with open_stores(tmp_path, dimension=embedder.dimension, model_id=embedder.model_id) as stores:
        Grower(stores, read_prototypes([file], stores.texts, embedder=embedder), seed=1).grow(30)
    order = SearchOrder(
        folder=str(tmp_path),
        model_id=embedder.model_id,
        dimension=embedder.dimension,
        cache=str(tmp_path / "cache"),
        options=tuple(STANDARD.arguments()),
        questions=tuple(f"How many days of notice end the agreement of Arb{number}?" for number in range(12)),
    )
    assert main([json.dumps(asdict(order))], embedder=embedder) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["questions"] == 11, "a tenth warms up"
    for share in ("p50", "p99", "processor"):
        assert {"whole", "engine", *STEPS} <= set(told[share])
    assert 0 < told["p50"]["whole"] <= told["p99"]["whole"]
    assert told["p50"]["embedding"] < told["p50"]["whole"]
    assert told["overlap_10"] == told["overlap_50"] == 1.0, "so few points are compared one by one"
    assert 0 < told["before_bytes"] <= told["own_bytes"] + told["file_bytes"]
