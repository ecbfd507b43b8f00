"""How completely a pack's files are read, through real parser processes."""

import json
from pathlib import Path

import pytest

from averment.core.documents import ParsedDocument
from averment.evaluation.ingestion import compare, run_ingestion_eval, to_result
from averment.evaluation.pack import Pack
from tests.evaluation.small_pack import write_pack
from tests.pipelines.ingestion.sample_files import make_pdf


def _parsed(text: str) -> ParsedDocument:
    return ParsedDocument(text=text, elements=(), media_type="text/plain", parser="p")


def test_errors_are_counted_against_the_official_text() -> None:
    assert compare(_parsed("The rent  is\ndue."), "The rent is due.") == (0.0, 1.0)
    assert compare(_parsed("The rent is duo."), "The rent is due.") == (1 / 16, 0.75)
    assert compare(_parsed("The rent"), "  ") == (None, None)
    assert compare(_parsed("| Rent | 1,200 |"), "Rent 1,200") == compare(_parsed("Rent 1,200"), "Rent | 1,200")
    assert compare(_parsed("| Rent | 1,200 |"), "Rent 1,200") == (0.0, 1.0)


@pytest.mark.slow
def test_every_file_of_a_pack_is_a_row_with_its_account(tmp_path: Path) -> None:
    root = write_pack(tmp_path / "pack")
    lines = (root / "docs.jsonl").read_text().splitlines()
    (root / "corpus" / "a.pdf").write_bytes(make_pdf([[(72, 100, 11, "Due 2026")], [(72, 100, 11, "Signed")]]))
    (root / "corpus" / "a.txt").write_text("Due 2026 Signed")
    (root / "corpus" / "b.pdf").write_bytes(b"%PDF-1.4 cut")
    for name in ("a", "b"):
        row = {"doc_id": name, "collection": "made", "text": "corpus/a.txt"}
        lines.append(json.dumps(row | {"files": [{"path": f"corpus/{name}.pdf", "format": "pdf"}]}))
    (root / "docs.jsonl").write_text("\n".join(lines))
    seen: list[tuple[int, int, str]] = []
    rows = run_ingestion_eval(Pack(root), on_progress=lambda *told: seen.append(told))
    assert seen[-1] == (4, 4, "corpus/b.pdf")
    found = {Path(row.file).name: row for row in rows}
    read = found["a.pdf"]
    assert (read.status, read.pages, read.chars, read.accounted, read.unaccounted) == ("complete", 2, 13, 13, 0)
    assert (read.character_error_rate, read.word_accuracy) == (0.0, 1.0)
    assert found["b.pdf"].status == "DOC004"
    assert found["b.pdf"].is_quarantined
    assert found["d1.txt"].character_error_rate is None
    result = to_result(rows)
    totals = result["totals"]
    assert isinstance(totals, dict)
    assert (totals["files"], totals["quarantined"], totals["accounted_share"]) == (4, 1, 1.0)
    assert json.loads(json.dumps(result))["collections"]["small txt"]["files"] == 2
    assert len(run_ingestion_eval(Pack(root), limit=1)) == 2
