from dataclasses import replace
from pathlib import Path

from averment.evaluation.gold import align_gold
from averment.evaluation.pack import GoldSpan, Pack

from .small_pack import write_pack


def test_gold_is_moved_to_our_offsets_and_groups_become_one_unit(tmp_path: Path) -> None:
    pack = Pack(write_pack(tmp_path / "pack"))
    asked = pack.questions("small")[0]
    official = pack.official_text(pack.documents["d1"])
    fees = official.index("The customer shall pay")
    spans = [replace(asked.gold[0], group="a"), GoldSpan(doc_id="d1", start=fees, end=fees + 22, text="", group="a")]
    grouped = replace(asked, id="grouped", gold=tuple(spans))
    gold = align_gold(pack, [asked, grouped], texts={"d1": f"PAGE 1\n{official}"})
    (unit,) = gold[asked.id]
    ((doc_id, span),) = unit.alternatives
    assert (doc_id, span.share) == ("d1", 1.0)
    assert span.positions[0] == asked.gold[0].start + len("PAGE 1\n")
    (both,) = gold["grouped"]
    assert [doc for doc, _ in both.alternatives] == ["d1", "d1"]


def test_gold_of_a_document_that_was_not_read_is_not_found(tmp_path: Path) -> None:
    pack = Pack(write_pack(tmp_path / "pack"))
    asked = pack.questions("small")
    seen: list[tuple[int, int]] = []
    gold = align_gold(pack, asked, texts={}, on_progress=lambda done, total: seen.append((done, total)))
    assert gold["q-none"] == []
    assert all(span.share == 0 for units in gold.values() for unit in units for _, span in unit.alternatives)
    assert seen == [(1, 2), (2, 2)]
