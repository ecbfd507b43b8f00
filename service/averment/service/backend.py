"""What the service needs from the rest of the system, as a protocol its tests can stand in for."""

from collections.abc import Callable, Sequence
from typing import Protocol

from averment.core.access import Filters, Principal
from averment.core.analysis import AnalysisRequest, SearchRequest, SearchResult
from averment.core.answers import Answer, ReasoningStep
from averment.core.documents import DocumentPage, DocumentVersion, PageSpan, StandingFailure
from averment.core.errors import AvermentError


class Backend(Protocol):
    """Answers, searches, and tells how it is."""

    def analyse(
        self,
        request: AnalysisRequest,
        *,
        answer_id: str | None = None,
        on_event: Callable[[ReasoningStep], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Answer:
        """Answer a question; the answer carries its receipt."""

    def search(self, request: SearchRequest) -> SearchResult:
        """Find passages, best first; the search is logged before they come back."""

    def list_visible(self, principal: Principal, filters: Filters, *, cursor: str | None, limit: int) -> DocumentPage:
        """List what a principal may read, by id, a page at a time."""

    def visible_document(self, reference: str, principal: Principal) -> DocumentVersion:
        """Return a document that a principal may read.

        Raises:
            DocumentNotFound: There is none, or the principal may not know of it.
        """

    def visible_text(
        self, reference: str, principal: Principal, *, text_hash: str | None
    ) -> tuple[DocumentVersion, str, Sequence[PageSpan]]:
        """Return a document with one of its texts, the present one or an older one, and the text's pages.

        Raises:
            DocumentNotFound: There is none, or the principal may not know of it.
        """

    def standing_failures(self) -> Sequence[StandingFailure]:
        """Return what is in quarantine or could not be read, by source URI; for operators."""

    def health(self) -> dict[str, str]:
        """Return `ok` or the reason it is not, for index, catalog, log and model."""

    def record_failure(self, error: AvermentError, *, stage: str, cause: str | None) -> None:
        """Put a failure of the service into the log, if the log takes it: code, place, class of the cause; no words."""
