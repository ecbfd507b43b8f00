"""Layouts survive being stored, and say where a span stands."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from averment.core.documents import Box, Element, ElementKind, PageSpan, ParsedDocument, TableCell, Words
from averment.core.errors import StoreError
from averment.pipelines.stores.layout import LayoutReader, from_layout, to_layout

TEXT = "Term of one year\nRevenue 1,234\fNotice § 5 äöü"


def words(*rows: tuple[int, int, int, float, float, float, float]) -> Words:
    found = Words()
    for row in rows:
        for name, value in zip(("starts", "ends", "pages", "x0", "y0", "x1", "y1"), row, strict=True):
            getattr(found, name).append(value)
    return found


def parsed(**changes: Any) -> ParsedDocument:
    fields: dict[str, Any] = {
        "text": TEXT,
        "pages": (
            PageSpan(page=1, start=0, end=31, width=595.276, height=841.89),
            PageSpan(page=2, start=31, end=len(TEXT), width=841.89, height=595.276, is_ocr=True),
        ),
        "words": words(
            (0, 4, 1, 10.123, 20, 30, 30),
            (5, 7, 1, 32, 20, 40, 30),
            (17, 24, 1, 10, 40, 50, 50),
            (31, 37, 2, 5, 5, 9, 9),
        ),
        "elements": (
            Element(id="e1", kind=ElementKind.HEADING, text=TEXT[0:16], start=0, end=16, page=1, section=("1", "Term")),
            Element(
                id="e2",
                kind=ElementKind.TABLE_ROW,
                text=TEXT[17:30],
                start=17,
                end=30,
                page=1,
                box=Box(page=1, x0=10, y0=40.5, x1=50.25, y1=50),
                section=("1", "Term"),
                confidence=0.75,
                is_hidden=True,
            ),
        ),
        "cells": (
            TableCell(
                id="c1",
                table="t1",
                row=0,
                column=1,
                start=25,
                end=30,
                text="1,234",
                row_header="Revenue",
                column_header="2024",
                value="1234",
                unit="USD",
                scale=1000,
                period="2024",
                page=1,
            ),
        ),
        "media_type": "application/pdf",
        "parser": "test/1",
    }
    return ParsedDocument(**{**fields, **changes})


def test_a_layout_comes_back_as_it_was() -> None:
    document = parsed()
    layout = from_layout(to_layout(document), TEXT)
    assert layout.pages == document.pages
    assert layout.elements == document.elements
    assert layout.cells == document.cells
    assert list(layout.words) == list(document.words)


def test_a_text_without_pages_has_an_empty_layout() -> None:
    reader = LayoutReader(to_layout(parsed(pages=(), words=Words(), elements=(), cells=())), TEXT)
    assert (reader.pages(), len(reader.words()), reader.elements(), reader.cells()) == ((), 0, (), ())
    assert reader.page_at(3) is None
    assert reader.boxes(0, 10) == ()


def test_no_text_is_repeated_in_it() -> None:
    import zlib

    data = to_layout(parsed())
    plain = b"".join(zlib.decompress(part) for part in LayoutReader(data, TEXT)._parts)
    assert b"of one year" not in plain
    assert b"1,234" not in plain


def test_pages_and_boxes_of_a_span() -> None:
    reader = LayoutReader(to_layout(parsed()), TEXT)
    assert [reader.page_at(offset) for offset in (0, 30, 31, 40)] == [1, 1, 2, 2]
    assert reader.boxes(0, 24) == (
        Box(page=1, x0=pytest.approx(10.123), y0=20, x1=40, y1=30),  # type: ignore[arg-type]  # single precision
        Box(page=1, x0=10, y0=40, x1=50, y1=50),
    )
    assert reader.boxes(5, 6) == (Box(page=1, x0=32, y0=20, x1=40, y1=30),)
    assert [box.page for box in reader.boxes(0, len(TEXT))] == [1, 1, 2]
    assert reader.boxes(4, 5) == ()


@settings(deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 2**31 - 1),
            st.integers(0, 2**31 - 1),
            st.integers(1, 5000),
            *[st.floats(-1e4, 1e4, width=32)] * 4,
        ),
        max_size=20,
    )
)
def test_words_are_kept_exactly(rows: list[tuple[int, int, int, float, float, float, float]]) -> None:
    document = parsed(words=words(*rows))
    assert list(from_layout(to_layout(document), TEXT).words) == list(document.words)


@settings(deadline=None)
@given(at=st.integers(0, 10_000), value=st.integers(0, 255))
def test_damage_is_an_error_of_ours_or_shows_nothing(at: int, value: int) -> None:
    data = bytearray(to_layout(parsed()))
    data[at % len(data)] = value
    if bytes(data) == to_layout(parsed()):
        return
    try:
        from_layout(bytes(data), TEXT)
    except StoreError as error:
        assert error.hint


def test_what_is_no_layout_is_refused() -> None:
    for data in (b"", b"AVL1", b"x" * 100, to_layout(parsed())[:-1], to_layout(parsed()) + b"x"):
        with pytest.raises(StoreError):
            from_layout(data, TEXT)
