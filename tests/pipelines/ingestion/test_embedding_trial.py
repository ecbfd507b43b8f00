"""What is chosen, that a child that dies is an answer, and that the outcome is kept for this machine."""

import sys
from pathlib import Path

import pytest

from averment.core.errors import ModelUnavailable
from averment.pipelines.ingestion import embedding_trial
from averment.pipelines.ingestion.embedder_folder import EmbedderFolder, packaged_model_path, read_folder
from averment.pipelines.ingestion.embedding_arithmetic import ARITHMETICS, EXACT, Wanted
from averment.pipelines.ingestion.embedding_trial import (
    MIN_LOW_COSINE,
    MIN_MEAN_COSINE,
    Trial,
    choose,
    find_arithmetic,
    remembered_verdict,
)
from averment.pipelines.ingestion.graph_encoder import GraphFiles

ODD = EmbedderFolder(path=Path("odd"), model_id="odd@1", dimension=2, max_tokens=16, width=2)
CHILD = """
import json, os, signal, sys
import numpy as np
request = json.loads(sys.argv[1])
name = request["engine"] + "-" + request["precision"]
told = {told!r}[name]
if told is None:
    os.kill(os.getpid(), signal.SIGILL)
if told == "mute":
    sys.exit(0)
speed, cosine = told
np.save(request["out"], np.array([[cosine, (1 - cosine**2) ** 0.5]] * 4, dtype=np.float32))
print(json.dumps({{"seconds": 4 / speed, "texts": 4}}))
"""
BOTH = Wanted(engine="torch").allowed()


def did(name: str, speed: float | None, *, mean: float = 1.0, low: float = 1.0, failure: str = "") -> Trial:
    return Trial(arithmetic=name, texts_per_s=speed, mean_cosine=mean, low_cosine=low, failure=failure)


def chosen(*trials: Trial, wanted: Wanted | None = None) -> str | None:
    found = choose((wanted or Wanted()).allowed(), trials)
    return found.name if found else None


def test_the_fastest_of_those_that_are_close_is_chosen() -> None:
    exact, float32 = did("torch-float32", 20), did("onnxruntime-float32", 60)
    none = did("torch-bfloat16", None, failure="killed by SIGILL")
    assert chosen(exact, float32, none, did("onnxruntime-int8", 120, mean=0.995, low=0.99)) == "onnxruntime-int8"
    far = did("onnxruntime-int8", 120, mean=MIN_MEAN_COSINE - 0.001, low=0.99)
    assert chosen(exact, float32, none, far) == "onnxruntime-float32"
    some_far = did("onnxruntime-int8", 120, mean=0.999, low=MIN_LOW_COSINE - 0.001)
    assert chosen(exact, float32, none, some_far) == "onnxruntime-float32"
    little_gain = did("onnxruntime-int8", 62, mean=0.995, low=0.99)
    assert chosen(exact, float32, none, little_gain) == "onnxruntime-float32"
    assert "too far" in far.text
    assert "SIGILL" in none.text


def test_what_is_forced_is_taken_as_it_is_but_only_where_it_works() -> None:
    wanted = Wanted(precision="int8")
    exact = did("torch-float32", 20)
    assert chosen(exact, did("onnxruntime-int8", 10, mean=0.9, low=0.8), wanted=wanted) == "onnxruntime-int8"
    assert chosen(exact, did("onnxruntime-int8", None, failure="killed by SIGILL"), wanted=wanted) is None


def test_where_nothing_could_be_measured_the_exact_one_is_taken() -> None:
    nothing = [did(one.name, None, failure="not done after 300 seconds") for one in ARITHMETICS]
    assert chosen(*nothing) == EXACT.name


def test_what_needs_no_trial_has_none(tmp_path: Path) -> None:
    files = GraphFiles(folder=ODD, caches=(tmp_path / "cache",))
    assert find_arithmetic((EXACT,), files, threads=1).chosen == EXACT
    assert list(tmp_path.iterdir()) == []


def trial_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: dict[str, object]) -> None:
    """Let a script stand in for the child."""
    script = tmp_path / "child.py"
    script.write_text(CHILD.format(told=told))
    interpreter = tmp_path / "interpreter"
    interpreter.write_text(f'#!/bin/sh\nexec {sys.executable} {script} "$3"\n')
    interpreter.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(interpreter))
    monkeypatch.setattr(embedding_trial, "_cpu_flags", lambda: frozenset({"amx_bf16"}))


@pytest.mark.slow
def test_a_child_that_dies_is_an_answer_and_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = GraphFiles(folder=ODD, caches=(tmp_path / "new", tmp_path / "old"))
    python = sys.executable
    trial_of(tmp_path, monkeypatch, {"torch-float32": (10, 1.0), "torch-bfloat16": None})
    assert remembered_verdict(BOTH, files, threads=1) is None
    found = find_arithmetic(BOTH, files, threads=1)
    assert found.chosen == EXACT
    assert "torch-bfloat16: killed by SIGILL" in found.reason
    # Another time nothing is tried, also where the outcome lies in another of the folders.
    monkeypatch.setattr(sys, "executable", "/nonexistent")
    assert find_arithmetic(BOTH, files, threads=1) == found
    (tmp_path / "new").rename(tmp_path / "old")
    assert remembered_verdict(BOTH, files, threads=1) == found
    # Another number of threads is another question, and a damaged file is none.
    assert remembered_verdict(BOTH, files, threads=2) is None
    next((tmp_path / "old").iterdir()).write_text("{")
    monkeypatch.setattr(sys, "executable", python)
    trial_of(tmp_path, monkeypatch, {"torch-float32": (10, 1.0), "torch-bfloat16": (30, 0.999)})
    again = find_arithmetic(BOTH, files, threads=1)
    assert again.chosen is not None
    assert again.chosen.name == "torch-bfloat16"
    assert again.trials[1].mean_cosine == pytest.approx(0.999, abs=1e-4)


@pytest.mark.slow
def test_a_child_that_says_nothing_is_an_answer_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = GraphFiles(folder=ODD, caches=())
    trial_of(tmp_path, monkeypatch, {"torch-float32": (10, 1.0), "torch-bfloat16": "mute"})
    found = find_arithmetic(BOTH, files, threads=1)
    assert found.chosen == EXACT
    assert "gave no figures" in found.reason


def test_a_processor_without_bfloat16_tries_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_trial, "_cpu_flags", lambda: frozenset({"avx2"}))
    monkeypatch.setattr(sys, "executable", "/nonexistent")
    files = GraphFiles(folder=ODD, caches=(tmp_path,))
    trial, vectors = embedding_trial._run(BOTH[1], files, threads=1, out=tmp_path / "v.npy")
    assert vectors is None
    assert "no bfloat16" in trial.failure


@pytest.mark.slow
def test_the_packaged_model_is_tried_out_in_every_arithmetic(tmp_path: Path) -> None:
    try:
        folder = read_folder(packaged_model_path())
    except ModelUnavailable as error:
        pytest.skip(f"no embedding model: {error.hint}")
    models = Path(__file__).parents[3] / "models"
    found = find_arithmetic(Wanted().allowed(), GraphFiles(folder=folder, caches=(tmp_path, models)), threads=1)
    exact, graph, rounded, whole = found.trials
    assert found.chosen is not None
    assert exact.mean_cosine == pytest.approx(1, abs=1e-5)
    assert graph.failure == ""
    assert graph.low_cosine is not None
    assert graph.low_cosine > 0.9999
    assert whole.low_cosine is not None
    assert whole.low_cosine > 0.95
    # Where the processor has the numbers but not the instructions, the child died and this process did not.
    assert rounded.failure or (rounded.low_cosine or 0) > 0.99
