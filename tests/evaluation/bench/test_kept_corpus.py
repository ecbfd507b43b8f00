"""A corpus is made once for what makes it, and a half-made one is no corpus."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from averment.core.errors import ConfigurationError
from averment.evaluation.bench import kept_corpus as module
from averment.evaluation.bench.kept_corpus import GROWN, MANIFEST, Order, disk_bytes, kept_corpus
from averment.evaluation.bench.plan import Plan

FACTS = {
    "n_chunks": 50,
    "n_documents": 2,
    "grown_s": 1.0,
    "graph_s": 2.0,
    "build_bytes": 3,
    "build_resident_bytes": 4,
    "stored_bytes": {"blobs": 5},
}


class Embedder(SimpleNamespace):
    def arithmetic(self) -> str:
        return "torch-float32"


@pytest.fixture
def made(plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Plan, list[Order]]:
    orders: list[Order] = []

    def make(order: Order, *, digest: str, embedder: Embedder) -> None:
        orders.append(order)
        folder = Path(order.folder)
        about = {"digest": digest, "model_id": embedder.model_id, "dimension": embedder.dimension}
        (folder / MANIFEST).write_text(json.dumps({**FACTS, **about}))

    monkeypatch.setattr(module, "_make", make)
    return replace(plan, kept=tmp_path / "kept"), orders


def test_what_is_there_is_used_again(made: tuple[Plan, list[Order]]) -> None:
    plan, orders = made
    embedder = Embedder(model_id="m", dimension=4)
    first = kept_corpus(plan, 50, embedder=embedder)  # type: ignore[arg-type]  # as much of an embedder as is asked
    assert kept_corpus(plan, 50, embedder=embedder) == first  # type: ignore[arg-type]
    assert len(orders) == 1
    assert first.folder.parent == plan.corpora


def test_whatever_shapes_it_makes_another_one_and_the_old_one_goes(made: tuple[Plan, list[Order]]) -> None:
    plan, orders = made
    folders = []
    for number, (seed, model_id) in enumerate([(1, "m"), (2, "m"), (2, "other")], start=1):
        embedder = Embedder(model_id=model_id, dimension=4)
        found = kept_corpus(replace(plan, seed=seed), 50, embedder=embedder)  # type: ignore[arg-type]
        folders.append(found.folder)
        assert len(orders) == number
        assert sorted(plan.corpora.glob("50-*")) == [found.folder]
    assert len(set(folders)) == 3
    kept_corpus(replace(plan, seed=2), 60, embedder=embedder)  # type: ignore[arg-type]
    assert folders[-1].exists(), "one of another size stays"


def test_one_that_was_cut_off_is_made_anew(made: tuple[Plan, list[Order]]) -> None:
    plan, orders = made
    embedder = Embedder(model_id="m", dimension=4)
    folder = kept_corpus(plan, 50, embedder=embedder).folder  # type: ignore[arg-type]
    (folder / MANIFEST).unlink()
    assert kept_corpus(plan, 50, embedder=embedder).folder == folder  # type: ignore[arg-type]
    assert len(orders) == 2
    (folder / MANIFEST).unlink()
    (folder / GROWN).write_text("{}")
    kept_corpus(plan, 50, embedder=embedder)  # type: ignore[arg-type]
    assert (folder / GROWN).exists(), "what was grown is not grown again"


@pytest.mark.slow
def test_a_process_that_fails_says_why_and_leaves_no_corpus(plan: Plan, tmp_path: Path) -> None:
    order = Order(
        folder=str(tmp_path),
        n_chunks=10,
        seed=1,
        paths=(str(tmp_path / "absent.pdf"),),
        cache=str(plan.cache),
        vectors=str(tmp_path / "vectors"),
    )
    with pytest.raises(ConfigurationError, match=r"10 chunks ended with 1: .*absent\.pdf"):
        module._make(order, digest="d", embedder=Embedder(model_id="m", dimension=4))  # type: ignore[arg-type]
    assert not (tmp_path / MANIFEST).exists()


def test_bytes_on_disk_are_those_of_all_files(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one").write_bytes(b"1" * 5_000)
    (tmp_path / "two").write_bytes(b"2" * 5_000)
    assert disk_bytes(tmp_path) == disk_bytes(tmp_path / "a") + disk_bytes(tmp_path / "two") >= 10_000
