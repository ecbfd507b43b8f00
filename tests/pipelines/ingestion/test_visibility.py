"""What nobody sees is not searched: it is covered, marked and counted."""

from hypothesis import given
from hypothesis import strategies as st

from averment.core.documents import Element, ElementKind, ParsedDocument
from averment.pipelines.ingestion.chunking import ChunkSettings, chunk, embedded_text
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.ingestion.visibility import hidden_spans, mark_unseen, seen

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
