"""Training reads documents and questions as ingestion and retrieval do."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from averment.core.ids import text_hash
from averment.pipelines.ingestion.chunking import ChunkSettings
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.ingestion.preparing import Preparer
from averment.pipelines.ingestion.sparse import SparseSettings
from averment.pipelines.stores.catalog_types import StoredText
from averment.pipelines.training.material import word_question

from .conftest import made_document, made_text

DOCUMENT = made_document(3)


def test_what_is_embedded_is_what_ingestion_embeds() -> None:
    content = made_text(3)[0].encode()
    parsed = partition(content, name="contract-3.txt")
    preparer = Preparer(chunks=ChunkSettings(), weights=SparseSettings(), pipeline_version="any")
    stored = StoredText(text_hash=text_hash(parsed.text), layout_hash="", parser="", n_chars=len(parsed.text))
    draft = replace(DOCUMENT.version, title="contract-3.txt")
    prepared = preparer.prepare(parsed, stored, draft=draft)
    assert [chunk.embedded for chunk in DOCUMENT.chunks] == list(prepared.embed_texts[:-1])
    assert [chunk.sparse for chunk in DOCUMENT.chunks] == list(prepared.sparse[:-1])


def test_the_names_of_its_document_are_taken_out_of_a_question() -> None:
    wording = word_question("Consider the Supply Agreement 3 of Seller 3 Inc. Which law governs it?", [DOCUMENT])
    assert wording.asked == "Which law governs it?"
    assert wording.embedded.startswith("Which law governs it? governed by")
    assert not wording.is_named


def test_a_name_that_the_document_does_not_bear_stays() -> None:
    wording = word_question("Consider the Lease of Quetzal Corp. Which law governs it?", [DOCUMENT])
    assert "Quetzal" in wording.asked
    assert wording.is_named


@given(st.data())
def test_the_chunks_of_a_span_hold_some_of_it(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(DOCUMENT.text) - 2))
    end = data.draw(st.integers(start + 1, len(DOCUMENT.text)))
    found = DOCUMENT.holding(start, end)
    for number in found:
        chunk = DOCUMENT.chunks[number]
        assert chunk.start < end
        assert start < chunk.end
    if not DOCUMENT.text[start:end].isspace() and end - start > 4:
        assert found
