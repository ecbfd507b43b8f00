"""The evaluation of structure on a small pack, and a sample of the real one."""

from pathlib import Path

import pytest

from averment.core.errors import UsageError
from averment.evaluation.pack import Pack
from averment.evaluation.structure import StructureOptions, rows, run_structure, to_result
from tests.evaluation.structure_pack import write_structure_pack


def test_what_is_labelled_is_judged_with_its_denominator(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    read = run_structure(
        Pack(write_structure_pack(tmp_path)),
        StructureOptions(),
        on_progress=lambda done, total: seen.append((done, total)),
    )
    result = to_result(read)
    assert seen == [(1, 2), (2, 2)]
    assert result["wrong"] == []
    table = {row[0]: row[1:] for row in rows(result)}
    assert table["tatqa scale"] == ("2", "2", "100.0 %", "")
    assert table["tatqa column_header"] == ("2", "2", "100.0 %", "")
    assert table["metadata party"] == ("2", "2", "100.0 %", "2/2")
    assert table["metadata title"] == ("1", "1", "100.0 %", "1/1")
    assert table["metadata all"] == ("4", "4", "100.0 %", "4/4")
    assert (read.counts["cuad"]["parties"], read.counts["cuad"]["parties_beside_labels"]) == (2, 0)


def test_parts_share_the_documents_out(tmp_path: Path) -> None:
    documents = list(Pack(write_structure_pack(tmp_path)).documents.values())
    halves = [StructureOptions(part=part, parts=2).choose(documents) for part in (1, 2)]
    assert sorted(document.doc_id for half in halves for document in half) == ["c", "t"]
    assert [len(StructureOptions(limit=limit).choose(documents)) for limit in (1, 2, 9)] == [1, 2, 2]
    with pytest.raises(UsageError):
        StructureOptions(part=0, parts=2)


def test_a_document_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    root = write_structure_pack(tmp_path)
    (root / "corpus/t.html").write_bytes(b"")
    read = run_structure(Pack(root), StructureOptions())
    assert list(read.unread) == ["t"]


@pytest.mark.slow
def test_gold_cells_of_real_filings_have_their_meaning(shared_data: Path) -> None:
    figures = to_result(run_structure(Pack(shared_data), StructureOptions(limit=3)))["cells"]
    assert isinstance(figures, dict)
    for found in figures.values():
        assert found["cells"]["right"] >= 0.95 * found["cells"]["of"] > 0
