"""What the service needs from the rest of the system, as a protocol its tests can stand in for."""

from collections.abc import Callable
from typing import Protocol

from averment.core.access import Filters, Principal
from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer, Passage, ReasoningStep


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

    def search(self, query: str, *, principal: Principal, filters: Filters, top_k: int) -> list[Passage]:
        """Find passages, best first."""

    def health(self) -> dict[str, str]:
        """Return `ok` or the reason it is not, for index, catalog, log and model."""
