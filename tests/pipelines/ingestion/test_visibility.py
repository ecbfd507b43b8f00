"""What nobody sees is not searched: it is covered, marked and counted."""

from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from averment.core.access import AccessLabel
from averment.core.completeness import Method, PageCount, Thresholds, certify
from averment.core.documents import DocumentStatus, DocumentVersion, Element, ElementKind, ParsedDocument
from averment.pipelines.ingestion.chunking import ChunkSettings, chunk, embedded_text
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.ingestion.visibility import hidden_spans, mark_unseen, read_shown_text, seen

BLOCKS = st.lists(
    st.tuples(
        st.sampled_from(
            ["1.1 Term. It runs.", "Fee 1,250", "x", "A long sentence about the parties. " * 12, "ARTICLE I"]
        ),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


def document(blocks: list[tuple[str, bool]]) -> ParsedDocument:
    text, elements = "", []
    for number, (block, is_hidden) in enumerate(blocks):
        start = len(text)
        text += block
        kind = ElementKind.PARAGRAPH
        elements.append(
            Element(id=f"e{number}", kind=kind, text=block, start=start, end=len(text), is_hidden=is_hidden)
        )
        text += "\n"
    return ParsedDocument(text=text, elements=tuple(elements), media_type="text/plain", parser="test")


@dataclass
class Store:
    """Keeps one document, and counts how often its elements were asked for."""

    parsed: ParsedDocument
    n_asked: int = 0

    def text(self, text_hash: str) -> str:
        return self.parsed.text

    def elements(self, text_hash: str, *, document_id: str | None = None) -> tuple[Element, ...]:
        self.n_asked += 1
        return self.parsed.elements


def _version(parsed: ParsedDocument) -> DocumentVersion:
    return DocumentVersion(
        document_id="d",
        source_uri="file:///d",
        content_hash="sha256:0",
        text_hash="sha256:1",
        version=1,
        media_type=parsed.media_type,
        kind="other",
        title="d",
        access=AccessLabel(),
        status=DocumentStatus.READY,
        revision="1",
        connector="test",
        size_bytes=1,
    )


@given(BLOCKS, st.sampled_from([ChunkSettings(), ChunkSettings(min_chars=0, target_chars=30, max_chars=60)]))
def test_chunks_hold_all_that_is_seen_and_nothing_that_is_not(
    blocks: list[tuple[str, bool]], settings: ChunkSettings
) -> None:
    parsed = document(blocks)
    inside = [False] * len(parsed.text)
    at = 0
    for found in chunk(parsed, settings=settings):
        assert at <= found.start < found.end
        at = found.end
        inside[found.start : found.end] = [True] * (found.end - found.start)
    for element in parsed.elements:
        for place in range(element.start, element.end):
            if not parsed.text[place].isspace():
                assert inside[place] is not element.is_hidden


@given(BLOCKS)
def test_a_text_read_from_a_store_is_covered_with_or_without_a_certificate(blocks: list[tuple[str, bool]]) -> None:
    parsed = document(blocks)
    store = Store(parsed)
    version = _version(parsed)
    assert read_shown_text(version, store) == seen(parsed).text
    count = PageCount(page=None, n_hidden=sum(element.is_hidden for element in parsed.elements))
    made = certify([count], method=Method.CHARACTERS, thresholds=Thresholds(), n_digits=0, n_numbers=0, n_cells=0)
    before = store.n_asked
    assert read_shown_text(replace(version, certificate=made), store) == seen(parsed).text
    assert (store.n_asked == before) is not any(element.is_hidden for element in parsed.elements)
    assert read_shown_text(replace(version, text_hash=None), store) == ""


@given(BLOCKS)
def test_covering_keeps_every_offset(blocks: list[tuple[str, bool]]) -> None:
    parsed = document(blocks)
    shown = seen(parsed)
    assert len(shown.text) == len(parsed.text)
    assert all(shown.text[e.start : e.end] == e.text for e in shown.elements)
    assert all(not shown.text[start:end].strip() for start, end in hidden_spans(parsed.elements))


def test_unseen_characters_are_counted_and_their_elements_marked() -> None:
    parsed = partition("Pay\u200bment is due.\n\n\u2060\u200b\n\nFine.".encode(), name="a.txt")
    assert parsed.warnings["unseen_characters"] == 3
    assert [(e.is_hidden, e.hidden_reason) for e in parsed.elements] == [
        (False, "format_characters"),
        (True, "format_characters"),
        (False, None),
    ]
    assert "Pay\u200bment" in parsed.text
    assert embedded_text(parsed.text, head="") == "Payment is due. Fine."
    assert mark_unseen(parsed) == parsed
