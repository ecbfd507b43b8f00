"""The baselines are what they say."""

from pathlib import Path

import numpy as np
import pytest

from averment.core.testing.embedder import HashEmbedder
from averment.evaluation.baselines import NaiveRetrieval, Okapi, windows

TEXTS = ["the law of Utah governs", "fees are due", "the law the law of Ohio", "notices in writing", "term and end"]


def test_windows_hold_two_hundred_words_each() -> None:
    text = " ".join(str(n) for n in range(450))
    spans = windows(text)
    assert [len(text[a:b].split()) for a, b in spans] == [200, 200, 50]
    assert windows("") == []


def test_okapi_equals_the_reference_implementation() -> None:
    reference = pytest.importorskip("rank_bm25", reason="rank-bm25 is a development dependency")
    okapi = reference.BM25Okapi([text.lower().split() for text in TEXTS])
    for question in ("law of utah", "the", "absent words", "fees fees"):
        assert np.allclose(Okapi(TEXTS).scores(question), okapi.get_scores(question.split()))


def test_a_scope_limits_and_vectors_are_kept(tmp_path: Path) -> None:
    texts = {f"d{n}": text for n, text in enumerate(TEXTS)}
    naive = NaiveRetrieval(texts, embedder=HashEmbedder(), cache=tmp_path)
    everywhere, inside = naive.rank(["law of Utah"] * 2, [None, ["d2"]])
    assert everywhere["bm25"][0].doc_id == "d0"
    assert {found.doc_id for order in inside.values() for found in order} == {"d2"}
    before = sorted(tmp_path.iterdir())
    NaiveRetrieval(texts, embedder=HashEmbedder(), cache=tmp_path)
    assert sorted(tmp_path.iterdir()) == before
