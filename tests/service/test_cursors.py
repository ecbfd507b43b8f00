"""Cursors: a list read in pieces is the list, and nothing but a cursor of that list is taken."""

import json
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from averment.core.errors import UsageError
from averment.service.cursors import ListQuery, Place, piece_of, read_cursor, write_cursor

PLACES = st.lists(st.tuples(st.text(max_size=5), st.integers()), unique=True, max_size=30)


def itself(item: tuple[str, int]) -> Place:
    return item


@given(PLACES, st.integers(1, 7), st.booleans())
def test_the_pieces_of_a_list_are_the_list(items: list[tuple[str, int]], limit: int, is_descending: bool) -> None:
    found: list[tuple[str, int]] = []
    cursor: str | None = None
    while True:
        query = ListQuery(cursor=cursor, limit=limit)
        piece = piece_of(items, query, place=itself, of="l", is_descending=is_descending)
        assert len(piece.items) <= limit
        found += piece.items
        cursor = piece.next_cursor
        if cursor is None:
            break
    assert found == sorted(items, reverse=is_descending)


def test_what_comes_or_goes_between_moves_nothing() -> None:
    first = piece_of([("b", 1), ("d", 1), ("f", 1)], ListQuery(limit=2), place=itself, of="l")
    rest = piece_of([("a", 1), ("b", 1), ("e", 1), ("f", 1)], ListQuery(cursor=first.next_cursor), place=itself, of="l")
    assert rest.items == (("e", 1), ("f", 1))


@given(st.one_of(st.text(max_size=60), st.binary(max_size=40).map(lambda some: urlsafe_b64encode(some).decode())))
def test_what_is_made_up_is_refused(made_up: str) -> None:
    with pytest.raises(UsageError, match="cursor"):
        read_cursor(made_up, of="l")


def test_a_cursor_is_good_for_its_own_list_alone() -> None:
    cursor = write_cursor(("a", 1), of="documents?kind=contract")
    assert read_cursor(cursor, of="documents?kind=contract") == ("a", 1)
    with pytest.raises(UsageError):
        read_cursor(cursor, of="documents")
    with pytest.raises(UsageError, match="cursor"):
        piece_of([("a",)], ListQuery(cursor=write_cursor((7,), of="l")), place=lambda item: item, of="l")
    for added in ("=", "A", "\n"):
        with pytest.raises(UsageError):
            read_cursor(cursor + added, of="documents?kind=contract")


@pytest.mark.parametrize("inside", [{}, [], [[]], ["x", None], ["x", True], ["x", 1.5], None, "x"])
def test_other_json_is_no_cursor(inside: object) -> None:
    with pytest.raises(UsageError):
        read_cursor(urlsafe_b64encode(json.dumps(inside).encode()).decode().rstrip("="), of="l")


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 1001}, {"cursor": "x" * 1001}, {"colour": 1}])
def test_pieces_have_bounds(query: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ListQuery.model_validate(query)
