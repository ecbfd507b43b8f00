"""What is not taken any more before it expires by itself: a person's sign-ins until now, or one token by its id.

Subjects and token ids are kept as digests.
"""

import sqlite3
from typing import Final

from averment.core.clock import Clock
from averment.service.identity.store import AccessStore, digest_of

# Longer than any token may be old (`sign_in.max_token_age_s`, at most a day) or any session last (at most a week).
_KEPT_S: Final = 8 * 86_400


class Revocations:
    """The revocations of an installation.

    Args:
        store: Where they are kept.
        clock: Tells the time.
    """

    def __init__(self, store: AccessStore, *, clock: Clock):
        self._store = store
        self._clock = clock

    def revoke_subject(self, subject: str) -> int:
        """End a person's sessions and refuse tokens issued until now; return how many sessions there were."""
        with self._store.changes() as database:
            self._note(database, "subject", subject)
            return int(database.execute("DELETE FROM sessions WHERE subject = ?", (subject,)).rowcount)

    def revoke_token(self, token_id: str) -> None:
        """Refuse the token with this `jti` from now on."""
        with self._store.changes() as database:
            self._note(database, "token", token_id)

    def is_revoked(self, subject: str, *, issued_at: int, token_id: str | None, leeway_s: int) -> bool:
        """Tell whether a token is refused.

        Args:
            subject: Whose it is.
            issued_at: Its `iat`, seconds since 1970.
            token_id: Its `jti`.
            leeway_s: How far the issuer's clock may be ahead, seconds.
        """
        rows = self._store.rows(
            "SELECT 1 FROM revocations WHERE (kind = 'subject' AND digest = ? AND revoked_at + ? >= ?)"
            " OR (kind = 'token' AND digest = ?)",
            (digest_of(subject), leeway_s, issued_at, digest_of(token_id or "")),
        )
        return bool(rows)

    def _note(self, database: sqlite3.Connection, kind: str, name: str) -> None:
        now = int(self._clock.now().timestamp())
        database.execute("DELETE FROM revocations WHERE revoked_at <= ?", (now - _KEPT_S,))
        database.execute("INSERT OR REPLACE INTO revocations VALUES (?, ?, ?)", (kind, digest_of(name), now))
