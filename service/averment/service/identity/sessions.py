"""Sessions of browsers: kept here, named by a random cookie of which only the digest is kept."""

from typing import Final

from averment.core.clock import Clock
from averment.service.identity.caller import Caller
from averment.service.identity.store import AccessStore, digest_of, new_secret

_USED_STEP_S: Final = 30


class Sessions:
    """The sessions of an installation.

    Args:
        store: Where they are kept.
        clock: Tells the time.
        idle_s: A session ends after so many seconds without a request (to within half a minute).
        max_s: A session ends after so many seconds at the latest.
    """

    def __init__(self, store: AccessStore, *, clock: Clock, idle_s: int, max_s: int):
        self._store = store
        self._clock = clock
        self._idle_s = idle_s
        self._max_s = max_s

    def start(self, caller: Caller, *, key_digest: str | None = None, instead_of: str | None = None) -> str:
        """Open a session and return the secret for the cookie, always a new one.

        Args:
            caller: Who signed in.
            key_digest: The API key they signed in with; the session ends with it.
            instead_of: The secret that the browser had before; that session ends.
        """
        secret, now = new_secret(), self._now()
        with self._store.changes() as database:
            if instead_of:
                database.execute("DELETE FROM sessions WHERE digest = ?", (digest_of(instead_of),))
            database.execute(
                "DELETE FROM sessions WHERE created_at <= ? OR last_used_at <= ?",
                (now - self._max_s, now - self._idle_s),
            )
            database.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)",
                (digest_of(secret), caller.principal.subject, caller.to_text(), key_digest, now, now),
            )
        return secret

    def find(self, secret: str) -> tuple[Caller, str | None] | None:
        """Return who a session belongs to, with the key it was opened with; None for one that is over."""
        digest, now = digest_of(secret), self._now()
        rows = self._store.rows(
            "SELECT caller, key_digest, last_used_at FROM sessions"
            " WHERE digest = ? AND created_at > ? AND last_used_at > ?",
            (digest, now - self._max_s, now - self._idle_s),
        )
        if not rows:
            return None
        if now - rows[0]["last_used_at"] >= _USED_STEP_S:
            with self._store.changes() as database:
                database.execute("UPDATE sessions SET last_used_at = ? WHERE digest = ?", (now, digest))
        return Caller.from_text(rows[0]["caller"]), rows[0]["key_digest"]

    def end(self, secret: str) -> None:
        """End a session; the next request that presents it is refused."""
        with self._store.changes() as database:
            database.execute("DELETE FROM sessions WHERE digest = ?", (digest_of(secret),))

    def _now(self) -> int:
        return int(self._clock.now().timestamp())
