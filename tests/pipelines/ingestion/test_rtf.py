"""RTF: text in order, tables as rows, what is not seen apart."""

import pytest

from averment.core.errors import DocumentCorrupt, DocumentLimitExceeded, PartitionFailed
from averment.pipelines.ingestion.partition import partition

LEASE = rb"""{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\colortbl;\red0\green0\blue0;\red255\green255\blue255;}
{\*\generator Writer;}{\info{\title Not text}}{\header Page head}\pard\b Lease\b0\par
{\listtext 1.\tab}The term is \ldblquote one\rdblquote  year.{\footnote See annex.}\par
\trowd\cellx1\cellx2 Rent\cell 1,250\cell\row
\trowd\cellx1\cellx2 Heating\cell 80\cell\row
\pard After the table{\pict 89504e}{\*\shpinst{\sp{\sn a}{\sv 1}}{\shptxt In a box\par}} more.\par
{\v Unseen.}{\cf2 White.}{\fs2 Tiny.}{\deleted Gone.} Seen.\par}"""


def test_text_comes_in_order_and_offsets_hold() -> None:
    parsed = partition(LEASE, name="a.rtf")
    assert [(e.kind.value, e.text) for e in parsed.elements if not e.is_hidden] == [
        ("heading", "Lease"),
        ("paragraph", "1. The term is “one” year."),
        ("table_row", "Rent 1,250"),
        ("table_row", "Heating 80"),
        ("paragraph", "After the table more."),
        ("paragraph", "In a box"),
        ("paragraph", "Seen."),
        ("header", "Page head"),
        ("footnote", "See annex."),
    ]
    assert all(parsed.text[e.start : e.end] == e.text for e in parsed.elements)
    assert "".join(parsed.text.split()) == "".join("".join(e.text.split()) for e in parsed.elements)
    assert [(cell.value, cell.row_header) for cell in parsed.cells if cell.value] == [
        ("1250", "Rent"),
        ("80", "Heating"),
    ]


def test_what_is_not_seen_is_told_apart() -> None:
    parsed = partition(LEASE, name="a.rtf")
    assert [(e.text, e.hidden_reason) for e in parsed.elements if e.is_hidden] == [
        ("Unseen.", "hidden_format"),
        ("White.", "same_colour"),
        ("Tiny.", "tiny"),
        ("Gone.", "deleted"),
    ]


def test_fields_show_their_result() -> None:
    parsed = partition(rb"{\rtf1 Due {\field{\*\fldinst DATE}{\fldrslt 1 May}}.\par}", name="a.rtf")
    assert parsed.text == "Due 1 May.\n"


def test_broken_hostile_and_empty_files_are_refused_or_read() -> None:
    assert partition(rb"{\rtf1 {\b cut off", name="a.rtf").warnings == {"unclosed_groups": 2}
    with pytest.raises(DocumentLimitExceeded, match="deeper"):
        partition(b"{\\rtf1 " + b"{" * 20_000, name="a.rtf")
    with pytest.raises(PartitionFailed, match="no text"):
        partition(rb"{\rtf1 {\v only unseen}}", name="a.rtf")
    with pytest.raises(DocumentCorrupt, match="rtf"):
        partition(b"\x00\x01\x02\x03\x04" * 40, name="a.rtf")
