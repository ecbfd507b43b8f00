from pathlib import Path
from typing import Any

from averment.evaluation.citations_report import HEAD, MUTATION_HEAD, claim_row, mutation_row, write_citations_report

CLAIMS = {"wrong_document": {"label": "not_supported", "claims": 4, "accepted": 1, "failed": {"names": 3}}}
MUTATIONS: dict[str, Any] = {
    "true": 9, "true_passed": 8, "documents": 2, "kinds": {"last_digit": {"made": 4, "blocked": 3}},
    "missed": [{"document": "d", "mutation": "last_digit", "said": "A & B was 5.", "cited": "A & B 4"}],
}  # fmt: skip


def test_rows_have_the_cells_of_their_heads() -> None:
    row = claim_row("wrong_document", CLAIMS["wrong_document"])
    assert row == ("wrong document", "not supported", 4, 1, 0.25, "names 3")
    assert len(row) == len(HEAD)
    assert mutation_row("last_digit", MUTATIONS["kinds"]["last_digit"]) == ("last digit", 4, 3, 0.75)
    assert len(MUTATION_HEAD) == 4


def test_the_report_names_what_slipped_through(tmp_path: Path) -> None:
    result = {"created_at": "now", "verifier": None, "seed": 0, "claims": {"kinds": CLAIMS}}
    write_citations_report(result | {"mutations": {"tables": MUTATIONS}}, tmp_path / "a.html")
    written = (tmp_path / "a.html").read_text()
    assert "A &amp; B was 5." in written
    assert "8 of 9 true statements pass" in written
    write_citations_report(result | {"mutations": {}}, tmp_path / "b.html")
    assert "Mutated" not in (tmp_path / "b.html").read_text()
