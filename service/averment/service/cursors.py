"""Lists in pieces: a cursor is the place of the last item that was shown, in a form that is nobody's to read.

A place is what a list is ordered by, so that items that come or go between two requests move nothing. A cursor opens
nothing: whoever makes one up moves about in a list that holds what they may see. It is good for the list it came from
alone, with the same filters.
"""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from averment.core.errors import UsageError

MAX_LIMIT: Final = 1000
_MAX_CHARS: Final = 1000
_LIST_CHARS: Final = 12

Place = tuple[str | int, ...]
Item = TypeVar("Item")


class ListQuery(BaseModel):
    """Which piece of a list is asked for; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(default=None, max_length=_MAX_CHARS, description="`next_cursor` of the piece before")
    limit: int = Field(default=100, ge=1, le=MAX_LIMIT, description="Most items of a piece")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece(Generic[Item]):
    """A piece of a list; `next_cursor` continues it, None at its end."""

    items: tuple[Item, ...]
    next_cursor: str | None


def write_cursor(place: Place, *, of: str) -> str:
    """Return the cursor of a place.

    Args:
        place: What the list is ordered by, of the last item shown.
        of: Names the list with its filters.
    """
    text = json.dumps([_name(of), *place], separators=(",", ":"), ensure_ascii=True)
    return urlsafe_b64encode(text.encode("ascii")).rstrip(b"=").decode("ascii")


def read_cursor(cursor: str | None, *, of: str) -> Place | None:
    """Return the place that a cursor stands for; None for the beginning.

    Raises:
        UsageError: It is no cursor of this list.
    """
    if cursor is None:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        found = json.loads(urlsafe_b64decode(padded))
    except (ValueError, RecursionError) as error:
        raise _no_cursor() from error
    if not isinstance(found, list) or not all(type(part) in (str, int) for part in found):
        raise _no_cursor()
    if found[:1] != [_name(of)] or write_cursor(tuple(found[1:]), of=of) != cursor:
        raise _no_cursor()
    return tuple(found[1:])


def piece_of(
    items: Iterable[Item],
    query: ListQuery,
    *,
    place: Callable[[Item], Place],
    of: str,
    is_descending: bool = False,
) -> Piece[Item]:
    """Cut the piece that is asked for out of a list that is at hand.

    Args:
        items: The whole list, in any order.
        query: Where the piece begins, and its size.
        place: What the list is ordered by; no two items may have the same.
        of: Names the list with its filters.
        is_descending: Whether the last place comes first.

    Raises:
        UsageError: The cursor is none of this list.
    """
    ordered = sorted(items, key=place, reverse=is_descending)
    after = read_cursor(query.cursor, of=of)
    if after is not None and ordered:
        if _shape(after) != _shape(place(ordered[0])):
            raise _no_cursor()
        ordered = [item for item in ordered if (place(item) < after if is_descending else place(item) > after)]
    shown = tuple(ordered[: query.limit])
    more = write_cursor(place(shown[-1]), of=of) if len(ordered) > len(shown) else None
    return Piece(items=shown, next_cursor=more)


def _name(of: str) -> str:
    return hashlib.sha256(of.encode("utf-8", errors="surrogatepass")).hexdigest()[:_LIST_CHARS]


def _shape(place: Place) -> list[type]:
    return [type(part) for part in place]


def _no_cursor() -> UsageError:
    return UsageError(
        "the cursor belongs to no piece of this list", hint="send next_cursor as it came, with the same filters"
    )
