"""Compares the index with the catalog: every ready document has all its points, and nothing else has any."""

from typing import Protocol

from averment.core.ports import IndexStore
from averment.pipelines.stores.catalog import Catalog


class SuspectIndex(IndexStore, Protocol):
    """An index that knows whether it may have lost writes."""

    is_suspect: bool

    def mark_checked(self) -> None:
        """Say that the index was compared with the catalog."""


def reconcile(catalog: Catalog, index: IndexStore) -> tuple[str, ...]:
    """Mark every document whose points are not those the catalog expects, so that the next ingestion does it again.

    Returns:
        Their ids, in order. One count is asked of the index for each document.
    """
    wrong = tuple(
        document_id
        for document_id, expected in sorted(catalog.expected_points().items())
        if index.count(document_id=document_id) != expected
    )
    for document_id in wrong:
        catalog.mark_unfinished(document_id)
    return wrong


def reconcile_if_suspect(catalog: Catalog, index: SuspectIndex) -> tuple[str, ...]:
    """Reconcile after the machine went down in the middle of writing, or the index was deleted; else do nothing."""
    if not index.is_suspect and (index.count() or not catalog.expected_points()):
        return ()
    wrong = reconcile(catalog, index)
    index.mark_checked()
    return wrong
