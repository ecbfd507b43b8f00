"""Counts what became of items while an ingestion runs, and writes the report."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from averment.core.documents import IngestedItem, IngestFailure, IngestReport
from averment.core.errors import AvermentError

OnProgress = Callable[[int, int, str], None]
Outcome = Literal["added", "changed", "unchanged", "removed", "quarantined", "failed"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("added", "changed", "unchanged", "removed", "quarantined", "failed")
KEPT_UNDER_HOLD: Final = "kept_under_hold"
"""The warning of an item that has left its source and is kept for a legal hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResult:
    """What became of a batch of items, attachments included."""

    items: tuple[IngestedItem, ...]
    failures: tuple[IngestFailure, ...]
    n_chunks: int
    n_pages: int


class Tally:
    """Collects outcomes; `n_chunks` and `n_pages` are added to by whoever stores a document."""

    def __init__(self) -> None:
        self.n_chunks = 0
        self.n_pages = 0
        self._items: list[IngestedItem] = []
        self._failures: list[IngestFailure] = []

    def note(
        self,
        uri: str,
        outcome: Outcome,
        *,
        document_id: str | None = None,
        failure: IngestFailure | None = None,
        warnings: Mapping[str, int] | None = None,
    ) -> None:
        """Add the outcome of an item, with its failure if it has one, and what reading it brought up."""
        self._items.append(
            IngestedItem(
                document_id=document_id,
                source_uri=uri,
                status=outcome,
                code=failure.code if failure else None,
                page=failure.page if failure else None,
                retryable=failure.retryable if failure else False,
                warnings=warnings or {},
            )
        )
        if failure:
            self._failures.append(failure)

    def result(self) -> BatchResult:
        """Return what was collected."""
        return BatchResult(
            items=tuple(self._items), failures=tuple(self._failures), n_chunks=self.n_chunks, n_pages=self.n_pages
        )


def together(results: Sequence[BatchResult]) -> BatchResult:
    """Add results up."""
    return BatchResult(
        items=tuple(item for result in results for item in result.items),
        failures=tuple(failure for result in results for failure in result.failures),
        n_chunks=sum(result.n_chunks for result in results),
        n_pages=sum(result.n_pages for result in results),
    )


def report(results: Sequence[BatchResult], *, duration_s: float, notices: tuple[str, ...] = ()) -> IngestReport:
    """Add results up, items in order of uri. Any failure or quarantine makes the report `partial`."""
    items = sorted((item for result in results for item in result.items), key=lambda item: item.source_uri)
    counts = {name: sum(item.status == name for item in items) for name in OUTCOMES}
    has_trouble = counts["quarantined"] + counts["failed"] > 0
    return IngestReport(
        status="partial" if has_trouble else "ok",
        **counts,
        n_chunks_embedded=sum(result.n_chunks for result in results),
        n_pages=sum(result.n_pages for result in results),
        duration_s=duration_s,
        items=tuple(items),
        failures=tuple(failure for result in results for failure in result.failures),
        notices=(*notices, *_kept(items)),
    )


def _kept(items: Sequence[IngestedItem]) -> tuple[str, ...]:
    """Say of what has left its source that it is still there."""
    n_kept = sum(KEPT_UNDER_HOLD in item.warnings for item in items)
    if not n_kept:
        return ()
    said = "1 document has" if n_kept == 1 else f"{n_kept} documents have"
    return (f"{said} left the source and stay under a legal hold: nobody finds them (averment hold list)",)


def failure_of(uri: str, *, stage: str, error: AvermentError) -> IngestFailure:
    """Describe why an item did not become ready."""
    page = error.details.get("page")
    return IngestFailure(
        source_uri=uri,
        stage=stage,
        category=type(error).__name__,
        code=error.code,
        message=error.message,
        hint=error.hint,
        page=page if isinstance(page, int) else None,
        retryable=error.retryable,
    )
