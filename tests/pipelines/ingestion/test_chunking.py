"""Chunks are spans of the text: in order, apart, and together all of it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.access import AccessLabel
from averment.core.documents import PageSpan, ParsedDocument
from averment.core.errors import ConfigurationError
from averment.pipelines.ingestion.chunking import (
    ChunkSettings,
    chunk,
    chunk_meta,
    embedded_text,
    estimate_tokens,
    header,
    pipeline_version,
)
from averment.pipelines.ingestion.sparse import SparseSettings

LINES = st.sampled_from(
    [
        "ARTICLE IV",
        "4.1 Term. This Agreement begins on the Effective Date.",
        "(a) the first condition; and",
        "§ 7 Haftung",
        "Item 7A. Market Risk",
        "Revenue $ 1,234 $ 2,345",
        "\f",
        "",
        "  ",
        "x" * 90,
        "The quick brown fox jumps over the lazy dog. It does so again! Does it? " * 4,
        "ä\u2003ß 𝔘nicode \u200b \u00a0",
    ]
)
TEXTS = st.one_of(st.text(max_size=400), st.lists(LINES, max_size=40).map("\n".join))
SIZES = st.sampled_from(
    [
        ChunkSettings(),
        ChunkSettings(min_chars=0, target_chars=40, max_chars=60),
        ChunkSettings(min_chars=10, target_chars=100, max_chars=400, max_tokens=32),
    ]
)


def parsed(text: str) -> ParsedDocument:
    return ParsedDocument(text=text, elements=(), media_type="text/plain", parser="test")


@given(TEXTS, SIZES)
def test_chunks_cover_every_visible_character_in_order_without_overlap(text: str, settings: ChunkSettings) -> None:
    chunks = chunk(parsed(text), settings=settings)
    covered = [False] * len(text)
    at = 0
    for number, found in enumerate(chunks):
        assert found.ordinal == number
        assert at <= found.start < found.end <= len(text)
        assert not text[found.start].isspace()
        assert not text[found.end - 1].isspace()
        at = found.end
        covered[found.start : found.end] = [True] * (found.end - found.start)
    assert all(is_in or character.isspace() for character, is_in in zip(text, covered, strict=True))


@given(TEXTS, SIZES)
def test_chunks_keep_to_the_sizes(text: str, settings: ChunkSettings) -> None:
    for found in chunk(parsed(text), settings=settings):
        assert found.end - found.start <= settings.max_chars


@given(TEXTS)
def test_chunking_is_deterministic(text: str) -> None:
    assert chunk(parsed(text)) == chunk(parsed(text))


def test_a_clause_opens_a_chunk() -> None:
    clauses = [f"{n}. Clause {n}. " + "The parties agree on this point at length. " * 8 for n in range(1, 6)]
    text = "\n".join(clauses)
    starts = {found.start for found in chunk(parsed(text))}
    assert {text.index(f"{n}. Clause") for n in range(1, 6)} <= starts


def test_pages_and_sections_come_along() -> None:
    text = "1. Term\n" + "one " * 100 + "end.\f2. Fees\n" + "two " * 100
    cut = text.index("\f") + 1
    pages = (
        PageSpan(page=1, start=0, end=cut, width=1, height=1),
        PageSpan(page=2, start=cut, end=len(text), width=1, height=1),
    )
    chunks = chunk(replace(parsed(text), pages=pages))
    assert (chunks[0].first_page, chunks[-1].last_page) == (1, 2)
    assert chunks[0].section_title == "1. Term"
    assert chunks[-1].section_title == "2. Fees"


def test_a_document_without_text_has_no_chunks() -> None:
    assert chunk(parsed("")) == ()
    assert chunk(parsed(" \n\f ")) == ()


def test_sizes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="expected min <= target <= max"):
        ChunkSettings(min_chars=500, target_chars=100)


def test_the_header_keeps_the_inner_sections() -> None:
    line = header("Master Agreement", ["ARTICLE I " + "x" * 200, "1.1 Fees"], max_chars=60)
    assert line == "Master Agreement › 1.1 Fees"
    assert embedded_text("a\n  b", head=line) == f"{line}\na b"
    assert embedded_text("a", head="") == "a"


def test_ids_change_with_place_and_pipeline() -> None:
    found = chunk(parsed("Some text."))[0]
    fields = {"document_id": "d", "text_hash": "t", "token_count": 3, "access": AccessLabel()}
    one = chunk_meta(found, version="p1", **fields)  # type: ignore[arg-type]  # a plain dict of the right fields
    assert one.chunk_id == chunk_meta(found, version="p1", **fields).chunk_id  # type: ignore[arg-type]  # likewise
    assert one.chunk_id != chunk_meta(found, version="p2", **fields).chunk_id  # type: ignore[arg-type]  # likewise


def test_the_version_changes_with_everything_that_shapes_the_index() -> None:
    base = pipeline_version(model_id="m")
    assert base == pipeline_version(model_id="m")
    assert len({base, pipeline_version(model_id="n"), pipeline_version(model_id="m", parser="p")}) == 3
    assert base != pipeline_version(model_id="m", chunks=ChunkSettings(target_chars=701))
    assert base != pipeline_version(model_id="m", sparse=SparseSettings(k1=1.3))


def test_tokens_are_not_underestimated_for_prose() -> None:
    assert estimate_tokens("The indemnification obligations survive termination.") >= 9
