"""Plain text: the canonical text is the decoded file, unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.documents import ElementKind
from averment.core.errors import DocumentCorrupt, PartitionFailed
from averment.pipelines.ingestion.limits import ParseLimits
from averment.pipelines.ingestion.media_types import MARKDOWN, PLAIN
from averment.pipelines.ingestion.plain import decode, partition_plain

TEXT = "1. TERM\r\n\r\nThis agreement starts on 1 March 2024\r\nand ends after one year.\r\n\r\n(a) by notice;\r\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("Zürich".encode(), "utf-8"),
        ("\ufeffZürich".encode(), "utf-8"),
        ("Zürich and more".encode("utf-16"), "utf-16-le"),
        ("Zürich and more".encode("utf-16-be"), "utf-16-be"),
        ("Zürich".encode("cp1252"), "windows-1252"),
    ],
)
def test_encodings(content: bytes, encoding: str) -> None:
    text, found = decode(content)
    assert text.startswith("Zürich")
    assert found == encoding


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1))
def test_utf8_is_unchanged_but_for_its_mark(text: str) -> None:
    content = text.encode()
    if content.startswith((b"\xff", b"\xfe")):
        return
    decoded, encoding = decode(content)
    if encoding == "utf-8":
        assert decoded == text.removeprefix("\ufeff")


def test_a_broken_marked_text_is_refused() -> None:
    with pytest.raises(DocumentCorrupt, match="utf-8"):
        decode(b"\xef\xbb\xbfab\xff")


def test_elements_cover_the_text_and_cut_it() -> None:
    parsed = partition_plain(TEXT.encode(), media_type=PLAIN, limits=ParseLimits())
    assert parsed.text == TEXT
    assert [element.kind for element in parsed.elements] == [
        ElementKind.HEADING,
        ElementKind.PARAGRAPH,
        ElementKind.LIST_ITEM,
    ]
    covered = "".join(parsed.text[element.start : element.end] for element in parsed.elements)
    assert "".join(covered.split()) == "".join(TEXT.split())
    assert all(parsed.text[e.start : e.end] == e.text for e in parsed.elements)


def test_markdown_headings_and_rows() -> None:
    parsed = partition_plain(b"# Fees\n\n| a | b |\n| 1 | 2 |\n", media_type=MARKDOWN, limits=ParseLimits())
    assert [e.kind for e in parsed.elements] == [ElementKind.HEADING, ElementKind.TABLE_ROW, ElementKind.TABLE_ROW]
    assert parsed.title == "Fees"


def test_white_space_alone_is_no_text() -> None:
    with pytest.raises(PartitionFailed, match="no text"):
        partition_plain(b" \n\n", media_type=PLAIN, limits=ParseLimits())
