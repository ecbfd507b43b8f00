"""Sealing of texts that seals nothing."""

import hashlib

from averment.core.errors import AuditIntegrityError, StoreError


class PlainTexts:
    """Keeps texts as they are, bound to owner and context; owners that a test erases are gone."""

    def __init__(self) -> None:
        self.erased: set[str] = set()

    def owner(self, subject: str) -> str:
        """Return the subject itself."""
        return f"actor:{subject}"

    def seal(self, content: bytes, *, owner: str, context: str) -> bytes:
        """Put owner and context before a text."""
        return self._head(owner, context) + content

    def open(self, sealed: bytes, *, owner: str, context: str) -> bytes:
        """Take them off again."""
        head = self._head(owner, context)
        if not sealed.startswith(head):
            raise AuditIntegrityError("sealed for another")
        return sealed.removeprefix(head)

    def digest(self, content: bytes, *, owner: str, context: str) -> str:
        """Hash a text with owner and context."""
        return hashlib.sha256(self._head(owner, context) + content).hexdigest()

    def _head(self, owner: str, context: str) -> bytes:
        if owner in self.erased:
            raise StoreError("the key was destroyed")
        return f"{owner} {context}\0".encode()
