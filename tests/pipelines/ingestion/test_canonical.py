"""The writer's elements cut and cover its text."""

from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.ingestion.canonical import CanonicalWriter


@given(st.lists(st.tuples(st.text(max_size=30), st.sampled_from(["write", "line", "join", "space"])), max_size=30))
def test_elements_cut_and_cover_the_text(steps: list[tuple[str, str]]) -> None:
    writer = CanonicalWriter()
    for text, step in steps:
        writer.write(text)
        if step == "line":
            writer.end_line()
        elif step == "join":
            writer.end_line(joins=True)
        elif step == "space":
            writer.space()
    writer.end_line()
    text = writer.text()
    assert writer.length == len(text)
    position = 0
    for element in writer.elements:
        assert text[element.start : element.end] == element.text
        assert not text[position : element.start].strip()
        position = element.end
    assert not text[position:].strip()


def test_white_space_collapses_and_cells_keep_apart() -> None:
    writer = CanonicalWriter()
    writer.write("  Fee\n")
    writer.space()
    start = writer.next_start()
    writer.write("1,200")
    writer.glue()
    writer.write(")")
    assert writer.cut(start) == "1,200)"
    writer.end_line()
    assert writer.text() == "Fee 1,200)\n"
