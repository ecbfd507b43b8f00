"""The ingestion benchmark runs; texts that were embedded once cost nothing afterwards."""

import numpy as np
import pytest

from averment.core.testing.embedder import HashEmbedder
from averment.evaluation.bench.ingestion import NAME, RecordingEmbedder, measure
from averment.evaluation.bench.plan import Plan
from tests.evaluation.bench.conftest import check_rows


def test_known_texts_are_not_embedded_again() -> None:
    inner = HashEmbedder()
    recording = RecordingEmbedder(inner)
    first = recording.embed(["a b", "c"])
    assert np.array_equal(recording.embed(["c", "a b"]), first[::-1])
    assert recording.texts == ["a b", "c"]
    assert np.allclose(first, inner.embed(["a b", "c"]))


@pytest.mark.slow
def test_a_quick_run_gives_figures(plan: Plan) -> None:
    rows = measure(plan)
    check_rows(rows, NAME)
    assert rows[0].baseline == rows[2].baseline == "embedding alone, torch float32"
    # Whole ingestions are held against both: plain embedding, and the faster one of our own.
    assert str(rows[0].detail["arithmetic"]) in str(rows[1].baseline)
