"""Whoever a request is made for, once what they present has been checked."""

import json
from dataclasses import dataclass
from typing import Literal

from averment.core.access import Principal
from averment.core.jsonable import canonical_json

Way = Literal["key", "token", "session"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A principal with how they came in.

    `purpose` is that of requests that name none (None for the installation's); `scopes` limit an API key to parts of
    the service, empty for none; `is_local` callers may come in on loopback only; `key` is the id of the API key that
    they came with.
    """

    principal: Principal
    way: Way
    purpose: str | None = None
    scopes: tuple[str, ...] = ()
    is_local: bool = False
    key: str | None = None

    def to_text(self) -> str:
        """Write what a session keeps."""
        return canonical_json(self).decode("utf-8")

    @classmethod
    def from_text(cls, text: str) -> "Caller":
        """Read what a session kept; the way in is now the session."""
        found = json.loads(text)
        who = found["principal"]
        return cls(
            principal=Principal(
                subject=who["subject"],
                groups=tuple(who["groups"]),
                tenant=who["tenant"],
                roles=tuple(who["roles"]),
            ),
            way="session",
            purpose=found["purpose"],
            scopes=tuple(found["scopes"]),
            is_local=found["is_local"],
            key=found.get("key"),
        )
