"""Faults in the documents of a pack, found by their certificates."""

import json
from pathlib import Path

import pytest

from averment.evaluation import faults
from averment.evaluation.faults import FaultOptions, FaultRow, run_faults, to_result
from averment.evaluation.pack import Pack
from averment.pipelines.ingestion.partition import partition
from tests.evaluation.small_pack import write_pack
from tests.evaluation.test_page_faults import PAGES
from tests.pipelines.ingestion.sample_files import make_pdf

SMALL = FaultOptions(count=26, scanned=0, documents=3, seed=5)


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    root = write_pack(tmp_path / "pack")
    (root / "corpus" / "a.pdf").write_bytes(make_pdf(PAGES))
    (root / "corpus" / "cut.pdf").write_bytes(b"%PDF-1.4 cut")
    lines = (root / "docs.jsonl").read_text().splitlines()
    for name in ("a", "cut"):
        files = [{"path": f"corpus/{name}.pdf", "format": "pdf"}]
        lines.append(json.dumps({"doc_id": name, "collection": "made", "text": "corpus/d1.txt", "files": files}))
    (root / "docs.jsonl").write_text("\n".join(lines))
    return Pack(root)


@pytest.mark.slow
def test_faults_of_pages_and_of_texts_are_found(pack: Pack) -> None:
    told: list[tuple[int, int, str]] = []
    rows = run_faults(pack, SMALL, on_progress=lambda *progress: told.append(progress))
    assert {row.reading for row in rows} == {"pages with text", "without pages"}
    assert [(row.fault, row.missed) for row in rows if not row.passed] == []
    assert told[-1][:2] == (52, 52)
    result = to_result(rows, SMALL)
    assert result["passed"] is True
    assert result["required_found"] == result["required_tried"] == sum(row.tried for row in rows) > 40


@pytest.mark.slow
def test_a_fault_that_was_missed_is_named(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    untouched = partition((pack.root / "corpus" / "a.pdf").read_bytes(), name="a.pdf").certificate
    monkeypatch.setattr(faults, "certify_pdf", lambda *_, **__: untouched)
    rows = {row.fault: row for row in run_faults(pack, SMALL) if row.reading == "pages with text"}
    assert (rows["drop_digit"].tried, rows["drop_digit"].found) == (2, 0)
    assert rows["drop_digit"].missed == ["corpus/a.pdf", "corpus/a.pdf"]
    assert to_result(list(rows.values()), SMALL)["passed"] is False


def test_one_row_of_a_scan_may_be_missed_and_three_may_not() -> None:
    one = FaultRow(reading="scanned pages", fault="drop_1_rows", is_required=False, tried=3, found=1)
    three = FaultRow(reading="scanned pages", fault="drop_3_rows", tried=3, found=2)
    assert (one.passed, three.passed) == (True, False)
