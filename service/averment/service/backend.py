"""What the service needs from the rest of the system, as a protocol its tests can stand in for."""

from collections.abc import Callable
from typing import Protocol

from averment.core.analysis import AnalysisRequest, SearchRequest, SearchResult
from averment.core.answers import Answer, ReasoningStep
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

    def health(self) -> dict[str, str]:
        """Return `ok` or the reason it is not, for index, catalog, log and model."""

    def record_failure(self, error: AvermentError, *, stage: str, cause: str | None) -> None:
        """Put a failure of the service into the log, if the log takes it: code, place, class of the cause; no words."""
