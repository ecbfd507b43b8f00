"""How contracts and filings are built: metadata, defined terms, references, amendments, each with its place."""

from typing import Final

ANATOMY_VERSION: Final = 1
"""Raised when rules change, so that documents are read again."""
