"""A pack becomes training material in the offsets of our texts."""

import json
from pathlib import Path

import pytest

from averment.core.errors import UsageError
from averment.evaluation.training_pack import read_pack

from .small_pack import write_pack


def test_questions_of_a_pack_point_into_our_texts(tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack")
    told: list[tuple[int, int]] = []
    found = read_pack(pack, ["small"], kind="pdf", on_progress=lambda *at: told.append(at))
    material = found.material
    assert not found.failures
    assert told[-1] == (2, 2)
    by_id = {query.query_id: query for query in material.queries}
    assert set(by_id) == {"q-d1", "q-d2", "q-none"}
    text = material.documents["d1"].text
    (span,) = by_id["q-d1"].spans
    assert text[slice(*span)].strip(".") == (
        "This Agreement shall be governed by and construed in accordance with the laws of Utah"
    )
    assert by_id["q-d1"].asked == "Which law governs it?"
    assert by_id["q-none"].spans == ()
    assert list(material.sources) == ["pack small"]


def test_hypotheses_become_claims(tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack")
    path = pack / "benchmarks" / "small" / "queries.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows[0] |= {"hypothesis": "The law of Utah applies.", "answer": "supported"}
    rows[2] |= {"hypothesis": "There is an escrow.", "answer": "not_mentioned"}
    path.write_text("\n".join(map(json.dumps, rows)))
    claims = {claim.claim_id: claim for claim in read_pack(pack, ["small"], kind="txt").material.claims}
    assert claims["q-d1"].relation == "entailment"
    assert claims["q-d1"].spans
    assert claims["q-none"].relation == "neutral"
    assert "q-d2" not in claims


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack")
    (pack / "corpus" / "d2.txt").write_bytes(b"%PDF-1.7 broken")
    found = read_pack(pack, ["small"], kind="txt")
    assert set(found.failures) == {"d2"}
    assert set(found.material.documents) == {"d1"}
    with pytest.raises(UsageError, match="no benchmark"):
        read_pack(pack, [], kind="txt")
