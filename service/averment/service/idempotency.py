"""Keys that clients give a request, so that sending it again does not do it again (header `Idempotency-Key`).

A key belongs to whoever sent it. It is kept as a digest, beside a digest of what it came with, under that person's own
key of the record, so that neither tells anything once they are erased.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Header

from averment.core.jsonable import Json, canonical_json
from averment.service.analysis_store import RequestKey

MAX_CHARS: Final = 255
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=MAX_CHARS,
        pattern=r"^[!-~]+$",
        description="A token of the client's: with it the same request, sent again, is not done again",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenKey:
    """A key as it came, with the route it came to and what it came with."""

    value: str
    route: str
    content: Json

    def kept(self, digest: Callable[[bytes, str], str], *, expires_at: int) -> RequestKey:
        """Return what is kept of it.

        Args:
            digest: Makes the digest of a text for a use.
            expires_at: When it is forgotten, Unix time in seconds.
        """
        return RequestKey(
            digest=digest(self.value.encode(), "idempotency/key"),
            body=digest(canonical_json([self.route, self.content]), "idempotency/body"),
            expires_at=expires_at,
        )


def given_key(value: str | None, *, route: str, content: Json) -> GivenKey | None:
    """Return a key with what it came with; None where none came."""
    return None if value is None else GivenKey(value=value, route=route, content=content)
