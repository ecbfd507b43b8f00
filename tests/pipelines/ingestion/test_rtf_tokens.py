"""The tokens of RTF."""

from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.ingestion.rtf_tokens import Token, code_page, read_tokens


def tokens(content: bytes, *, page: str = "cp1252", skip: int = 1) -> list[Token]:
    return list(read_tokens(content, state=lambda: (page, skip)))


def test_words_groups_and_text() -> None:
    assert tokens(rb"{\b1 Rent\par}") == [
        Token("open"),
        Token("word", "b", 1),
        Token("text", "Rent"),
        Token("word", "par"),
        Token("close"),
    ]


def test_text_is_decoded_by_the_code_page_in_force() -> None:
    assert tokens(rb"Z\'fcrich") == [Token("text", "Zürich")]
    assert tokens(rb"\'cf\'f0", page=code_page(204)) == [Token("text", "Пр")]
    assert tokens(rb"\'93\'fa", page=code_page(128)) == [Token("text", "日")]
    assert tokens(b"x", page="no such page") == [Token("text", "x")]


def test_unicode_takes_the_place_of_what_stands_in_for_it() -> None:
    assert tokens(rb"\u8364?5") == [Token("text", "€"), Token("text", "5")]
    assert tokens(rb"\u8364\'3f\'3f5", skip=2) == [Token("text", "€"), Token("text", "5")]
    assert tokens(rb"\u-10179?\u-8704?") == [Token("text", "😀")]


def test_binary_data_is_no_text() -> None:
    assert tokens(b"\\bin4 {}\\}after") == [Token("text", "after")]


@given(st.binary(max_size=200))
def test_any_bytes_end(content: bytes) -> None:
    assert len(tokens(content)) <= len(content) + 1
