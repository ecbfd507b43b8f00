"""The walk through HTML survives what pages hold."""

from hypothesis import given, settings
from hypothesis import strategies as st

from averment.pipelines.ingestion.canonical import CanonicalWriter
from averment.pipelines.ingestion.markup_reader import MarkupReader
from averment.pipelines.ingestion.markup_tree import parse_tree

TAGS = st.sampled_from(["table", "tr", "td", "th", "p", "div", "b", "ul", "li", "br", "span", "h2", "pre"])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(TAGS, st.booleans(), st.text(alphabet="ab1 $%()", max_size=6)), max_size=25))
def test_any_soup_of_tags_keeps_every_visible_character(parts: list[tuple[str, bool, str]]) -> None:
    soup = "".join(f"<{tag}>{text}" if is_open else f"</{tag}>{text}" for tag, is_open, text in parts)
    root = parse_tree(f"<html><body>x{soup}</body></html>".encode())
    writer = CanonicalWriter()
    reader = MarkupReader(writer)
    expected = "".join("".join(root.itertext()).split())
    reader.read(root)
    text = writer.text()
    assert "".join(text.split()) == expected
    assert all(text[element.start : element.end] == element.text for element in writer.elements)
    for grid in reader.grids:
        assert all(text[cell.start : cell.end] == cell.text for cell in grid.cells)
