"""Tickets: random texts that are good once and not for long, such as the state of a sign-in under way."""

from typing import Final, Literal

from averment.core.clock import Clock
from averment.service.identity.store import AccessStore, digest_of, new_secret

MAX_TICKETS: Final = 10_000
Kind = Literal["sign-in", "link"]


class Tickets:
    """The tickets of an installation; at most `MAX_TICKETS`, the oldest go first.

    Args:
        store: Where they are kept.
        clock: Tells the time.
    """

    def __init__(self, store: AccessStore, *, clock: Clock):
        self._store = store
        self._clock = clock

    def issue(self, kind: Kind, content: str, *, valid_s: int) -> str:
        """Return a new ticket that stands for a content for so many seconds."""
        ticket, now = new_secret(), int(self._clock.now().timestamp())
        with self._store.changes() as database:
            database.execute("DELETE FROM tickets WHERE expires_at <= ?", (now,))
            database.execute(
                "DELETE FROM tickets WHERE digest IN (SELECT digest FROM tickets ORDER BY expires_at DESC"
                " LIMIT -1 OFFSET ?)",
                (MAX_TICKETS - 1,),
            )
            database.execute(
                "INSERT INTO tickets VALUES (?, ?, ?, ?)", (digest_of(ticket), kind, content, now + valid_s)
            )
        return ticket

    def redeem(self, kind: Kind, ticket: str) -> str | None:
        """Return what a ticket stands for and end it; None for one that is unknown, spent or too old."""
        now = int(self._clock.now().timestamp())
        with self._store.changes() as database:
            row = database.execute(
                "DELETE FROM tickets WHERE digest = ? AND kind = ? RETURNING content, expires_at",
                (digest_of(ticket), kind),
            ).fetchone()
        return None if row is None or row["expires_at"] <= now else str(row["content"])
