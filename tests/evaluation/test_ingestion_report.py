"""The report of what was read."""

from dataclasses import replace
from pathlib import Path

from averment.evaluation.ingestion import IngestionRow, to_result
from averment.evaluation.ingestion_report import write_ingestion_report

ROW = IngestionRow(
    file="corpus/<a>.pdf",
    collection="made",
    status="complete",
    pages=4,
    chars=1000,
    accounted=990,
    left_out={"printed_twice": 10},
    unaccounted=0,
    seconds=2.0,
)


def test_files_sums_and_hostile_files_are_told(tmp_path: Path) -> None:
    scan = replace(ROW, file="corpus/scan.pdf", ocr_pages=4, chars=0, accounted=0, left_out={}, word_accuracy=0.98)
    cut = IngestionRow(file="corpus/cut.pdf", collection="made", status="DOC004")
    hostile = {
        "file": "bomb.pdf", "kind": "bomb", "expected": "reject", "got": "text", "seconds": 1.0, "peak_mb": 80.0,
        "passed": False, "reason": "it was read",
    }  # fmt: skip
    result = to_result([ROW, scan, cut]) | {"robustness": {"files": 1, "passed": 0, "rows": [hostile]}}
    write_ingestion_report(result, tmp_path / "report.html")
    report = (tmp_path / "report.html").read_text()
    assert "3 files, 1 quarantined, 8 pages" in report
    assert "100.0000 % of 1,000" in report
    assert "printed twice 10" in report
    assert "corpus/&lt;a&gt;.pdf" in report
    assert "aria-label='Word accuracy of scanned files'" in report
    assert report.count("<tr class=bad>") == 3  # the collection, the file that is cut, the hostile file
    assert "0 of 1 ended as the manifest says" in report


def test_a_pack_without_pages_has_no_plots(tmp_path: Path) -> None:
    text = IngestionRow(file="a.txt", collection="made", status="complete", chars=9, accounted=9)
    write_ingestion_report(to_result([text]), tmp_path / "report.html")
    assert "<svg" not in (tmp_path / "report.html").read_text()
