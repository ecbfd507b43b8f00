"""Mutated statements over a pack: counted by kind, with those that slipped through."""

import json
import shutil
from pathlib import Path

import pytest

from averment.core.errors import ConfigurationError
from averment.evaluation.mutation_run import run_mutations
from averment.evaluation.pack import Pack

REPORT = Path(__file__).parents[2] / "examples" / "documents" / "quarterly-report-2026q2.html"


def pack_of(root: Path) -> Pack:
    """Make a pack of a report of ours and a file that cannot be read."""
    (root / "corpus").mkdir(parents=True)
    shutil.copy(REPORT, root / "corpus" / "report.html")
    (root / "corpus" / "broken.docx").write_bytes(b"PK\x03\x04")
    files = [{"path": "corpus/broken.docx", "format": "docx"}, {"path": "corpus/report.html", "format": "html"}]
    lines = [{"doc_id": file["path"], "collection": "reports", "files": [file], "text": "-"} for file in files]
    (root / "docs.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return Pack(root)


@pytest.mark.slow
def test_wrong_statements_are_held_back_and_true_ones_pass(tmp_path: Path) -> None:
    done: list[int] = []
    found = run_mutations(
        pack_of(tmp_path), ["reports"], count=150, seed=7, on_progress=lambda number, _: done.append(number)
    )
    assert found["passed"]
    assert found["wrong"] == 150
    assert sum(one["made"] for one in found["kinds"].values()) == 150
    assert found["blocked"] + len(found["missed"]) == 150
    assert found["true_passed"] >= 0.8 * found["true"]
    assert (found["documents"], found["unread"], done) == (2, 1, [1, 2])


def test_another_collection_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no document of letters"):
        run_mutations(pack_of(tmp_path), ["letters"], count=1, seed=0)
