"""How texts of people are kept outside the evidence log; the log's owner implements it."""

from typing import Protocol


class TextSealing(Protocol):
    """Seals texts that are kept of people outside the log, so that erasing a person takes them along."""

    def owner(self, subject: str) -> str:
        """Return the pseudonym of somebody, who has a key from then on."""

    def seal(self, content: bytes, *, owner: str, context: str) -> bytes:
        """Encrypt a text under its owner's key, to be opened in the same context only.

        Raises:
            StoreError: The key is gone: erased.
        """

    def open(self, sealed: bytes, *, owner: str, context: str) -> bytes:
        """Return a text.

        Raises:
            StoreError: The key is gone: erased.
            AuditIntegrityError: The text was changed, or sealed in another context.
        """

    def digest(self, content: bytes, *, owner: str, context: str) -> str:
        """Return a digest that is equal for equal texts of one owner, and tells nothing without the key.

        Raises:
            StoreError: The key is gone: erased.
        """
