"""Who asks, who may read, and which documents a search is limited to."""

import ipaddress
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

EVERYONE: Final = "everyone"


class Role(StrEnum):
    """What somebody may do; which documents they may read is up to their groups."""

    ANALYST = "analyst"
    REVIEWER = "reviewer"
    COMPLIANCE_OFFICER = "compliance-officer"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLabel:
    """Who may read a document.

    `readers` are group names; an empty tuple means nobody.
    """

    tenant: str = "default"
    readers: tuple[str, ...] = (EVERYONE,)
    classification: str = "internal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """On whose behalf something is done.

    `groups` are what the search filter is compiled from; an empty tuple finds nothing. `roles` are those of `Role`.
    """

    subject: str
    groups: tuple[str, ...]
    tenant: str = "default"
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Limits on which documents are searched.

    Values of one field are alternatives (OR), fields combine (AND). An empty field does not limit.
    Dates are ISO 8601 (`YYYY-MM-DD`), inclusive at both ends.
    """

    document_id: tuple[str, ...] = ()
    source_uri: tuple[str, ...] = ()
    file_name: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    media_type: tuple[str, ...] = ()
    party: tuple[str, ...] = ()
    issuer: tuple[str, ...] = ()
    form_type: tuple[str, ...] = ()
    period: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    date_from: str | None = None
    date_to: str | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """Return every value."""
        values = (getattr(self, one.name) for one in fields(self))
        return tuple(text for value in values for text in ((value,) if isinstance(value, str) else value or ()))


def is_loopback(host: str) -> bool:
    """Tell whether an address reaches this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
