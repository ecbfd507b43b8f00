"""What the service needs from the rest of the system, as a protocol its tests can stand in for."""

from collections.abc import Callable, Sequence
from typing import Protocol

from averment.compliance.overseer import Oversight
from averment.core.access import Filters, Principal
from averment.core.analysis import AnalysisRequest, SearchRequest, SearchResult
from averment.core.answers import Answer, ReasoningStep
from averment.core.audit import AuditEvent
from averment.core.desk import About, Exported, ExportFormat, FeedbackVerdict
from averment.core.documents import DocumentPage, DocumentVersion, Element, OpenedText, StandingFailure, TableCell
from averment.core.errors import AvermentError
from averment.core.oversight import Standing
from averment.core.pages import OpenedPage, TextWindow
from averment.core.structure import AmendmentLink, DocumentStructure, Surroundings


class DocumentViews(Protocol):
    """Opens the documents that a principal may read.

    Every lookup raises `DocumentNotFound` where there is no such document, or the principal may not know of it.
    """

    def find(self, reference: str, *, principal: Principal | None = None) -> DocumentVersion:
        """Return the document that a reference names."""

    def text(self, reference: str, *, text_hash: str | None = None, principal: Principal | None = None) -> OpenedText:
        """Open one of a document's texts, the present one or an older one."""

    def structure(
        self, reference: str, *, principal: Principal | None = None
    ) -> tuple[DocumentVersion, DocumentStructure, Sequence[AmendmentLink]]:
        """Return a document with what was read of how it is built, and what it changes."""

    def surroundings(
        self, reference: str, *, start: int, end: int, n: int = 1, principal: Principal | None = None
    ) -> Surroundings:
        """Return the sections a span of the present text stands in, and the pieces next to it."""

    def cells(self, opened: OpenedText) -> Sequence[TableCell]:
        """Return the table cells of an opened text."""

    def hidden(self, opened: OpenedText) -> Sequence[Element]:
        """Return the parts of an opened text that nobody sees."""


class PageViews(Protocol):
    """Opens places of documents for the eye.

    Every lookup raises `DocumentNotFound` where there is no such place, or the principal may not know of it, and
    `UsageError` where a span is not within the text.
    """

    def page(
        self,
        reference: str,
        number: int,
        *,
        spans: Sequence[tuple[int, int]] = (),
        text_hash: str | None = None,
        principal: Principal | None = None,
    ) -> OpenedPage:
        """Open a page, 1-based, of one of a document's texts, with spans of it to be marked."""

    def picture(self, page: OpenedPage, *, dots_per_inch: float) -> bytes:
        """Draw an opened page as PNG with its highlights."""

    def window(
        self,
        reference: str,
        span: tuple[int, int],
        *,
        around: int = 1_000,
        text_hash: str | None = None,
        principal: Principal | None = None,
    ) -> TextWindow:
        """Return a span of a text with up to so many characters on both sides."""


class AnswerDesk(Protocol):
    """What people do with answers that they were given."""

    def about(self, principal: Principal) -> About:
        """Tell what the system is, for somebody who works with it."""

    def export(self, answer: Answer, file_format: ExportFormat, *, principal: Principal) -> Exported:
        """Write a file of an answer, once the log holds that it is taken out."""

    def take_feedback(self, answer_id: str, verdict: FeedbackVerdict, *, comment: str | None, subject: str) -> None:
        """Log what somebody says of an answer of theirs; raises `UsageError` where it is none of theirs."""


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

    def recover(self, request: AnalysisRequest, *, answer_id: str) -> Answer | None:
        """Return the answer to an analysis that a service began and did not end, if the log holds it, with its receipt.

        None where the log holds none; then it says that the analysis was interrupted, and it may be run again.

        Raises:
            AuditWriteFailed: The log takes no entry, or says that the answer was withheld.
            StoreError: The answer was erased.
        """

    def refuse_if_stopped(self, purpose: str) -> None:
        """Refuse questions of a purpose whose answering people stopped.

        Raises:
            AnalysisStopped: It is.
        """

    def review_of(self, answer_id: str) -> Standing | None:
        """Return what became of an answer in its reviews; None where it was not put before reviewers."""

    def search(self, request: SearchRequest) -> SearchResult:
        """Find passages, best first; the search is logged before they come back."""

    def list_visible(self, principal: Principal, filters: Filters, *, cursor: str | None, limit: int) -> DocumentPage:
        """List what a principal may read, by id, a page at a time."""

    @property
    def views(self) -> DocumentViews:
        """Return what opens documents."""

    @property
    def pages(self) -> PageViews:
        """Return what opens pages and stretches of text."""

    @property
    def desk(self) -> AnswerDesk:
        """Return where people bring what they were answered."""

    def standing_failures(self) -> Sequence[StandingFailure]:
        """Return what is in quarantine or could not be read, by source URI; for operators."""

    def health(self) -> dict[str, str]:
        """Return `ok` or the reason it is not, for index, catalog, log and model."""

    def record_event(self, event: AuditEvent) -> None:
        """Put an event of the service itself into the log; raises `AuditWriteFailed` where it takes none."""

    def record_failure(self, error: AvermentError, *, stage: str, cause: str | None) -> None:
        """Put a failure of the service into the log, if the log takes it: code, place, class of the cause; no words."""


class Overseen(Backend, Protocol):
    """A backend whose answers people review and whose work they stop."""

    @property
    def oversight(self) -> Oversight:
        """Return the desks they work at."""
