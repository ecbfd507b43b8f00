"""Every arithmetic is a row: one that works with its rate and cosines, one that does not with how it ended."""

import json
import sys
from pathlib import Path

import pytest

from averment.evaluation.bench import plain_embedding
from averment.evaluation.bench.arithmetics import arithmetic_rows
from averment.evaluation.bench.companion import Companion
from averment.evaluation.bench.plan import Plan
from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder
from averment.pipelines.ingestion.embedding_arithmetic import ARITHMETICS
from averment.pipelines.ingestion.embedding_trial import Trial, Verdict
from tests.evaluation.bench.conftest import check_rows


@pytest.mark.slow
def test_what_failed_in_the_trial_is_not_run_again(plan: Plan, tmp_path: Path) -> None:
    texts = tmp_path / "texts.json"
    texts.write_text(json.dumps(["The cap is five.", "Notice is given in writing."]), encoding="utf-8")
    embedder = SentenceTransformerEmbedder(caches=(tmp_path,))
    died = "killed by SIGILL"
    trials = [Trial(arithmetic=one.name, failure=died) for one in ARITHMETICS[1:]]
    embedder._verdict = Verdict(chosen=ARITHMETICS[0], trials=tuple(trials))
    command = [sys.executable, "-P", plain_embedding.__file__, str(embedder.path)]
    with Companion(command, complaints=tmp_path / "log") as plain:
        rows = arithmetic_rows(plan, "ingestion", texts=texts, plain=plain, embedder=embedder)
    check_rows(rows, "ingestion")
    assert [row.value is None for row in rows] == [False, True, True, True]
    assert float(str(rows[0].detail["low_cosine"])) > 0.9999
    assert all(died in row.note for row in rows[1:])
