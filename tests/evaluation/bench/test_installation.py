"""An installation for measuring is the product: documents come in, are found, and the log verifies."""

from pathlib import Path

import pytest

from averment.compliance.audit import own_policy, verify_log
from averment.core.settings import Settings
from averment.core.testing.embedder import HashEmbedder
from averment.evaluation.bench.installation import (
    embedder_beside,
    fresh_folder,
    new_evidence,
    new_installation,
    source_of,
)
from averment.evaluation.bench.plan import Plan
from averment.pipelines.ingestion.partition_worker import PartitionPool


@pytest.mark.slow
def test_documents_are_ingested_and_logged(plan: Plan, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("1. TERM\n\nThe term is one year.", encoding="utf-8")
    embedder = HashEmbedder()
    source = source_of(plan.work / "source", [note])
    with (
        PartitionPool(n_workers=1) as pool,
        new_installation(plan.work / "stores", dimension=embedder.dimension, model_id=embedder.model_id) as made,
    ):
        report = made.ingestor(pool, embedder).ingest(source)
        assert report.status == "ok"
        assert made.index.count() == report.n_chunks_embedded + 1
        made.evidence.seal()
    evidence = plan.work / "stores" / "evidence"
    assert not verify_log(evidence, own_policy(evidence)).failures


def test_a_folder_is_emptied_before_it_is_used_again(tmp_path: Path) -> None:
    folder = fresh_folder(tmp_path / "a" / "b")
    (folder / "left").write_text("over", encoding="utf-8")
    assert list(fresh_folder(folder).iterdir()) == []


def test_a_log_of_its_own_is_made(tmp_path: Path) -> None:
    with new_evidence(tmp_path) as evidence:
        assert evidence.size > 0


def test_what_set_up_found_out_about_the_machine_is_known_to_every_process_of_a_run(tmp_path: Path) -> None:
    assert embedder_beside(tmp_path).files().caches == (tmp_path, Settings().model.models_dir)
