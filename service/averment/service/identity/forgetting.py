"""What erasing a person does to keys and sessions: the store of sign-ins, as an erasure sees it."""

from collections.abc import Sequence
from pathlib import Path

from averment.core.erasure import CleanedStore, name_pattern
from averment.service.identity.store import open_store


class SignInStore:
    """The file of keys, sessions and revocations.

    Args:
        path: The file.
    """

    name = "sign-in"

    def __init__(self, path: Path):
        self._path = path

    def clean(self, names: Sequence[str], *, person: str | None = None) -> CleanedStore:  # noqa: ARG002 - keys are found by the names that they bear
        """End every session, since any may be the person's, and every key that names them; the rest sign in again."""
        if not self._path.exists():
            return CleanedStore(name=self.name, state="absent")
        pattern = name_pattern(names)
        with open_store(self._path) as store, store.changes() as database:
            database.execute("DELETE FROM sessions")
            database.execute("DELETE FROM tickets")
            rows = database.execute("SELECT id, name, subject, groups FROM api_keys").fetchall()
            naming = [row["id"] for row in rows if pattern and pattern.search(" ".join(tuple(row)[1:]))]
            for key_id in naming:
                database.execute(
                    "UPDATE api_keys SET name = 'erased:' || id, subject = 'erased:' || id, groups = '[]',"
                    " revoked_at = coalesce(revoked_at, unixepoch()) WHERE id = ?",
                    (key_id,),
                )
        return CleanedStore(
            name=self.name, state="clean", detail=f"{len(naming)} keys that named them ended" if naming else ""
        )
