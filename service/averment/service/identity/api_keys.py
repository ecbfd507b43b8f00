"""API keys: made, recognised, limited, expiring, revoked.

A key is `avm_` and 256 random bits; its first characters are its id, by which people and scanners for leaked secrets
recognise it. Revoked keys stay as rows, so that a name is never given to another key.
"""

import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from averment.core.access import Principal, Role
from averment.core.audit import EventValue
from averment.core.clock import Clock
from averment.core.errors import RecordNotFound, UsageError
from averment.core.record_settings import CODE
from averment.service.identity.caller import Caller
from averment.service.identity.store import AccessStore, digest_of, new_secret

PREFIX: Final = "avm_"
FIRST_KEY: Final = "api-key"
_ID_CHARS: Final = 12
# When a key was last used is kept to the hour: enough to find unused ones, too coarse to follow a person's day.
_USED_STEP_S: Final = 3600

KeyState = Literal["valid", "expired", "revoked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTerms:
    """What a key is good for.

    `subject` is whom it acts as (`key:` and the name when empty); `scopes` are parts of the service (`Rule.scope`),
    all that its roles allow when empty; a key that never expires is good on loopback only.
    """

    name: str
    subject: str = ""
    tenant: str = "default"
    groups: tuple[str, ...] = ()
    roles: tuple[Role, ...] = (Role.ANALYST,)
    scopes: tuple[str, ...] = ()
    purpose: str | None = None
    valid_for: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as it is kept; `digest` names it in the evidence log."""

    id: str
    name: str
    state: KeyState
    subject: str
    tenant: str
    groups: tuple[str, ...]
    roles: tuple[str, ...]
    scopes: tuple[str, ...]
    purpose: str | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    digest: str

    @property
    def log_name(self) -> dict[str, EventValue]:
        """Return what the evidence log calls it."""
        return {"kind": "access", "key": f"sha256:{self.digest}"}

    def caller(self) -> Caller:
        """Return whoever presents it."""
        who = Principal(subject=self.subject, groups=self.groups, tenant=self.tenant, roles=self.roles)
        is_local = self.expires_at is None
        return Caller(
            principal=who, way="key", purpose=self.purpose, scopes=self.scopes, is_local=is_local, key=self.id
        )


class ApiKeys:
    """The keys of an installation.

    Args:
        store: Where they are kept.
        clock: Tells the time.
    """

    def __init__(self, store: AccessStore, *, clock: Clock):
        self._store = store
        self._clock = clock

    def create(self, terms: KeyTerms, *, record: Callable[[ApiKey], None] | None = None) -> tuple[ApiKey, str]:
        """Make a key and return it with its secret, which is not kept.

        Args:
            terms: What it is good for.
            record: Logs that it is made; the key is not made where it raises.

        Raises:
            UsageError: The name was given to a key before, or is none.
        """
        if re.fullmatch(CODE, terms.name) is None:
            raise UsageError(f"{terms.name!r} is no name of a key", hint="letters, digits and . _ : + -")
        if any(key.name == terms.name for key in self.list()):
            raise UsageError(
                f"there was a key {terms.name!r} before, and a name is given once", hint="averment keys list"
            )
        secret = PREFIX + new_secret()
        return self.adopt(secret, terms, record=record), secret

    def adopt(self, secret: str, terms: KeyTerms, *, record: Callable[[ApiKey], None] | None = None) -> ApiKey:
        """Keep a key that was made elsewhere; one that is known already stays as it is."""
        now = self._now()
        expires = None if terms.valid_for is None else now + int(terms.valid_for.total_seconds())
        with self._store.changes() as database:
            database.execute(
                "INSERT INTO api_keys VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL) ON CONFLICT DO NOTHING",
                (
                    digest_of(secret),
                    secret[:_ID_CHARS],
                    terms.name,
                    terms.subject or f"key:{terms.name}",
                    terms.tenant,
                    json.dumps(terms.groups),
                    json.dumps(terms.roles),
                    json.dumps(terms.scopes),
                    terms.purpose,
                    now,
                    expires,
                ),
            )
            row = database.execute("SELECT * FROM api_keys WHERE digest = ?", (digest_of(secret),)).fetchone()
            if record is not None:
                record(self._read(row))
        return self._read(row)

    def find(self, secret: str) -> ApiKey | None:
        """Return the valid key that a secret is; None for any other."""
        return self.find_digest(digest_of(secret))

    def find_digest(self, digest: str) -> ApiKey | None:
        """Return a valid key by its digest, and note that it was used."""
        rows = self._store.rows("SELECT * FROM api_keys WHERE digest = ?", (digest,))
        if not rows:
            return None
        key = self._read(rows[0])
        if key.state != "valid":
            return None
        hour = self._now() // _USED_STEP_S * _USED_STEP_S
        if rows[0]["last_used_at"] != hour:
            with self._store.changes() as database:
                database.execute("UPDATE api_keys SET last_used_at = ? WHERE digest = ?", (hour, digest))
        return key

    def list(self) -> list[ApiKey]:
        """Return every key there ever was, newest first."""
        rows = self._store.rows("SELECT * FROM api_keys ORDER BY created_at DESC, id")
        return [self._read(row) for row in rows]

    def revoke(self, key_id: str) -> ApiKey:
        """End a key; the next request that presents it is refused, and so is every session that it opened.

        Raises:
            RecordNotFound: No key has that id.
            UsageError: It was revoked before.
        """
        found = next((key for key in self.list() if key.id == key_id), None)
        if found is None:
            raise RecordNotFound(f"there is no API key {key_id!r}", hint="averment keys list")
        if found.state == "revoked":
            raise UsageError(f"the API key {key_id!r} was revoked at {found.revoked_at}")
        with self._store.changes() as database:
            database.execute("UPDATE api_keys SET revoked_at = ? WHERE digest = ?", (self._now(), found.digest))
            database.execute("DELETE FROM sessions WHERE key_digest = ?", (found.digest,))
        (row,) = self._store.rows("SELECT * FROM api_keys WHERE digest = ?", (found.digest,))
        return self._read(row)

    def _now(self) -> int:
        return int(self._clock.now().timestamp())

    def _read(self, row: sqlite3.Row) -> ApiKey:
        state: KeyState = "valid"
        if row["revoked_at"] is not None:
            state = "revoked"
        elif row["expires_at"] is not None and row["expires_at"] <= self._now():
            state = "expired"
        return ApiKey(
            id=row["id"],
            name=row["name"],
            state=state,
            subject=row["subject"],
            tenant=row["tenant"],
            groups=tuple(json.loads(row["groups"])),
            roles=tuple(json.loads(row["roles"])),
            scopes=tuple(json.loads(row["scopes"])),
            purpose=row["purpose"],
            created_at=_time(row["created_at"]),
            expires_at=_maybe(row["expires_at"]),
            revoked_at=_maybe(row["revoked_at"]),
            last_used_at=_maybe(row["last_used_at"]),
            digest=row["digest"],
        )


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)


def _maybe(seconds: int | None) -> datetime | None:
    return None if seconds is None else _time(seconds)
