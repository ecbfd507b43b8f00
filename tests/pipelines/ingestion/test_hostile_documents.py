"""Instructions hidden in real contracts are kept away from whatever is searched, quoted or shown to a model."""

import json
from pathlib import Path

import pytest

from averment.core.documents import ParsedDocument
from averment.pipelines.ingestion.chunking import chunk, embedded_text
from averment.pipelines.ingestion.partition_worker import PartitionPool

pytestmark = pytest.mark.slow


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()


def searched(parsed: ParsedDocument) -> str:
    return " ".join(embedded_text(parsed.text[found.start : found.end], head="") for found in chunk(parsed))


def test_no_chunk_of_an_attacked_contract_holds_what_its_reader_does_not_see(shared_data: Path) -> None:
    paths = sorted((shared_data / "corpus/injection").iterdir())
    n_hidden = 0
    with PartitionPool() as pool:
        for path in paths:
            parsed = pool.submit(path.read_bytes(), name=path.name).result()
            unseen = [element for element in parsed.elements if element.is_hidden]
            n_hidden += bool(unseen)
            text = letters(searched(parsed))
            for element in unseen:
                assert element.hidden_reason
                assert len(letters(element.text)) < 12 or letters(element.text) not in text, path.name
            shown = "".join(letters(element.text) for element in parsed.elements if not element.is_hidden)
            assert len(shown) == len(text) or parsed.media_type == "text/plain", path.name
    assert n_hidden >= 5


def test_what_the_packs_files_hide_is_marked(shared_data: Path) -> None:
    """The manifest notes which files hold a line that must never be cited as visible."""
    rows = (shared_data / "robustness/manifest.jsonl").read_text(encoding="utf-8").splitlines()
    noted = [row for row in map(json.loads, rows) if "hidden" in row["expect"].get("note", "")]
    assert noted
    with PartitionPool() as pool:
        for row in noted:
            path = shared_data / row["file"]
            parsed = pool.submit(path.read_bytes(), name=path.name).result()
            assert any(element.is_hidden for element in parsed.elements), row["id"]
            assert parsed.warnings["hidden_texts"] >= 1
