"""The exported model agrees with the model itself, is kept, and gives way where it cannot be had."""

import sys
from pathlib import Path

import numpy as np
import pytest

from averment.core.errors import ModelUnavailable
from averment.pipelines.ingestion import graph_encoder
from averment.pipelines.ingestion.embedder_folder import EmbedderFolder, packaged_model_path
from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder
from averment.pipelines.ingestion.embedding_arithmetic import PLAIN
from averment.pipelines.ingestion.graph_encoder import GraphFiles, GraphPrecision, open_encoder

TEXTS = (
    "Which law governs the Master Services Agreement?",
    "Haftung",
    "notice " * 400,
    "",
)


@pytest.fixture(scope="module")
def plain() -> SentenceTransformerEmbedder:
    try:
        packaged_model_path()
    except ModelUnavailable as error:
        pytest.skip(f"no embedding model: {error.hint}")
    return SentenceTransformerEmbedder(wanted=PLAIN, threads=1)


@pytest.mark.slow
@pytest.mark.parametrize(("precision", "least"), [("float32", 0.9999), ("int8", 0.97)])
def test_both_ways_agree_and_the_graph_is_kept(
    plain: SentenceTransformerEmbedder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    precision: GraphPrecision,
    least: float,
) -> None:
    first = SentenceTransformerEmbedder(
        wanted=PLAIN, query_precision=precision, threads=1, caches=(tmp_path / "empty", tmp_path)
    )
    vectors = [np.asarray(first.embed_query(text)) for text in TEXTS]
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert vector.shape == (384,)
        assert float(np.linalg.norm(vector)) == pytest.approx(1, abs=1e-5)
        assert float(vector @ np.asarray(plain.embed_query(text))) > least
    assert [path.suffix for path in (tmp_path / "empty").iterdir()] == [".onnx"]

    # A passage has the same vector to the last bit, whatever stands beside it and on however many threads.
    graph = open_encoder(first.files(), precision=precision)
    assert graph is not None
    together = graph.documents([TEXTS[2], TEXTS[0], TEXTS[2], TEXTS[1], TEXTS[3]], threads=2)
    for place, text in enumerate((TEXTS[2], TEXTS[0], TEXTS[2], TEXTS[1], TEXTS[3])):
        assert np.array_equal(together[place], graph.documents([text], threads=1)[0])
        assert np.array_equal(together[place], vectors[TEXTS.index(text)])

    monkeypatch.setattr(graph_encoder, "_export", lambda *_: pytest.fail("exported again"))
    elsewhere = (tmp_path / "new", tmp_path / "empty")
    second = SentenceTransformerEmbedder(wanted=PLAIN, query_precision=precision, threads=1, caches=elsewhere)
    assert np.array_equal(np.asarray(second.embed_query(TEXTS[0])), vectors[0])


def files(folder: Path) -> GraphFiles:
    model = EmbedderFolder(path=folder, model_id="other@1", dimension=4, max_tokens=16, width=4)
    return GraphFiles(folder=model, caches=(folder / "cache",))


@pytest.mark.parametrize("status", [1, 3])
def test_a_model_that_cannot_be_exported_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    exporter = tmp_path / "exporter"
    exporter.write_text(f"#!{sys.executable}\nimport sys\nopen(sys.argv[4], 'w').close()\nsys.exit({status})\n")
    exporter.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(exporter))
    assert open_encoder(files(tmp_path), precision="float32") is None
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_model_too_large_for_one_graph_is_not_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"12345")
    monkeypatch.setattr(graph_encoder, "_MAX_WEIGHT_BYTES", 4)
    assert open_encoder(files(tmp_path), precision="int8") is None
    assert not (tmp_path / "cache").exists()


def test_a_damaged_graph_names_itself_and_the_mend(tmp_path: Path) -> None:
    asked = files(tmp_path)
    (tmp_path / "cache").mkdir()
    asked.graph("int8").write_bytes(b"no graph")
    with pytest.raises(ModelUnavailable, match=r"query-1-int8-.*does not load") as caught:
        open_encoder(asked, precision="int8")
    assert caught.value.hint == "delete the file; it is made again"
