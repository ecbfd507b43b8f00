"""A backend of the service that answers without documents."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from averment.core.access import Filters, Principal
from averment.core.analysis import AnalysisRequest, SearchRequest, SearchResult
from averment.core.answers import (
    Answer,
    Calculation,
    Check,
    Citation,
    Claim,
    Confidence,
    Coverage,
    Passage,
    ReasoningStep,
    Receipt,
    Sentence,
    SentenceKind,
    TypedValue,
    Usage,
    Verdict,
)
from averment.core.audit import AuditEvent
from averment.core.desk import About, Exported, ExportFormat, FeedbackVerdict, PurposeChoice
from averment.core.documents import (
    Box,
    DocumentPage,
    DocumentVersion,
    Element,
    ElementKind,
    OpenedText,
    PageSpan,
    StandingFailure,
    TableCell,
)
from averment.core.errors import AvermentError, DocumentNotFound, UsageError
from averment.core.interpretation import Interpretation
from averment.core.oversight import Standing
from averment.core.pages import Highlight, OpenedPage, TextWindow
from averment.core.structure import AmendmentLink, DocumentStructure, Section, SectionSpan, Surroundings

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def an_answer(identity: str = "0", question: str = "What is the term?") -> Answer:
    """Make an answer with a quote that holds markup, a value and a notice."""
    citation = Citation(
        document_id="d1",
        text_hash="sha256:aa",
        source_uri="file:///a.pdf",
        title="a.pdf",
        start=3,
        end=9,
        quote="<b>3 y",
        page=2,
        boxes=(Box(page=2, x0=1, y0=2, x1=3, y1=4),),
    )
    check = Check(name="verbatim", passed=True)
    quote = Claim(text="“<b>3 y”", citations=(citation,), calculation=None, verdict=Verdict.SUPPORTED, checks=(check,))
    calculation = Calculation(expression="a", operands=(), value=Decimal("1.50"), unit=None)
    value = Claim(
        text="1.50", citations=(citation,), calculation=calculation, verdict=Verdict.SUPPORTED, checks=(check,)
    )
    sentences = (
        Sentence(kind=SentenceKind.QUOTE, text="“<b>3 y”", claim=quote),
        Sentence(kind=SentenceKind.VALUE, text="1.50", claim=value),
        Sentence(kind=SentenceKind.NOTICE, text="Trial."),
    )
    return Answer(
        id=identity,
        question=question,
        text="“<b>3 y” 1.50 Trial.",
        status="answered",
        method="extractive",
        value=TypedValue(type="number", value=Decimal("1.50")),
        sentences=sentences,
        claims=(quote, value),
        steps=(),
        coverage=Coverage(
            documents_in_scope=1, documents_read=1, sections_read=3, pages_unreadable=0, exhaustive=False
        ),
        confidence=Confidence(score=0.5, threshold=0.4),
        usage=Usage(prompt_tokens=7, cached_tokens=1, completion_tokens=2, model_calls=1, duration_s=0.5, model_s=0.4),
        receipt=Receipt(origin="o", index=4, leaf_hash="sha256:bb", entry="{}", checkpoint="c", inclusion_proof="p"),
        created_at=NOW,
    )


class DoubleBackend:
    """Answers at once, or as a test tells it."""

    def __init__(self) -> None:
        self.requests: list[AnalysisRequest] = []
        self.searches: list[SearchRequest] = []
        self.failures: list[tuple[str, str, str | None]] = []
        self.events: list[AuditEvent] = []
        self.error: AvermentError | None = None
        self.error_after_step: AvermentError | None = None
        self.hold: threading.Event | None = None
        self.documents: list[DocumentVersion] = []
        self.standing: list[StandingFailure] = []
        self.stopped: AvermentError | None = None
        self.recoveries: list[str] = []
        self.logged: dict[str, Answer] = {}
        self.standings: dict[str, Standing] = {}
        self.drawn: list[tuple[OpenedPage, float]] = []
        self.feedback: list[tuple[str, str, str | None]] = []
        self.parts = {"index": "ok", "catalog": "ok", "log": "ok", "model": "ok"}

    def analyse(
        self,
        request: AnalysisRequest,
        *,
        answer_id: str | None = None,
        on_event: Callable[[ReasoningStep], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Answer:
        """Record the request and answer it, or fail as told."""
        self.requests.append(request)
        if self.error:
            raise self.error
        if on_event:
            on_event(
                ReasoningStep(
                    number=1,
                    kind="plan",
                    summary="1 query",
                    query=None,
                    passage_ids=(),
                    model_call=None,
                    started_at=NOW,
                    duration_s=0.1,
                )
            )
        if self.error_after_step:
            raise self.error_after_step
        while self.hold and not self.hold.wait(0.01):
            if cancelled and cancelled():
                break
        return an_answer(answer_id or "0", request.question)

    def recover(self, request: AnalysisRequest, *, answer_id: str) -> Answer | None:
        """Return what a test says that the log holds, and keep that it was asked."""
        self.recoveries.append(answer_id)
        return self.logged.get(answer_id)

    def refuse_if_stopped(self, purpose: str) -> None:
        """Refuse as a test tells it."""
        if self.stopped:
            raise self.stopped

    def review_of(self, answer_id: str) -> Standing | None:
        """Return what a test has set."""
        return self.standings.get(answer_id)

    def search(self, request: SearchRequest) -> SearchResult:
        """Return one passage that is the query itself."""
        self.searches.append(request)
        if self.error:
            raise self.error
        passages = (
            Passage(
                rank=1,
                score=0.9,
                chunk_id="c",
                document_id="d1",
                text_hash="sha256:aa",
                source_uri="file:///a.pdf",
                title="a.pdf",
                start=0,
                end=len(request.query),
                first_page=1,
                last_page=1,
                section="1",
                text=request.query,
                stage="fused",
            ),
        )
        understood = Interpretation(want="one", searched=request.query, ignored=request.ignore)
        return SearchResult(passages=passages, interpretation=understood)

    def list_visible(self, principal: Principal, filters: Filters, *, cursor: str | None, limit: int) -> DocumentPage:
        """Return the documents whose readers the principal is among, by id, that have the file names asked for."""
        found = [
            item
            for item in self.documents
            if set(item.access.readers) & set(principal.groups)
            and item.document_id > (cursor or "")
            and (not filters.kind or item.kind in filters.kind)
        ]
        more = found[limit - 1].document_id if len(found) > limit else None
        return DocumentPage(items=tuple(found[:limit]), next_cursor=more)

    @property
    def views(self) -> "DoubleViews":
        """Return what opens the documents a test has set."""
        return DoubleViews(self)

    @property
    def pages(self) -> "DoublePages":
        """Return what opens pages of the documents a test has set."""
        return DoublePages(self.views, drawn=self.drawn)

    @property
    def desk(self) -> "DoubleDesk":
        """Return where feedback is kept."""
        return DoubleDesk(self.feedback)

    def standing_failures(self) -> Sequence[StandingFailure]:
        """Return what a test has set."""
        return self.standing

    def record_event(self, event: AuditEvent) -> None:
        """Keep the event, or fail as told."""
        if self.error:
            raise self.error
        self.events.append(event)

    def record_failure(self, error: AvermentError, *, stage: str, cause: str | None) -> None:
        """Keep the failure."""
        self.failures.append((error.code, stage, cause))

    def health(self) -> dict[str, str]:
        """Return the states a test has set."""
        return self.parts


class DoubleViews:
    """Opens the documents of a double: each has a text of one page that names its hash, with a hidden start."""

    def __init__(self, backend: DoubleBackend):
        self._backend = backend

    def find(self, reference: str, *, principal: Principal | None = None) -> DocumentVersion:
        """Return a document by id, if the principal may read it."""
        groups = principal.groups if principal else ()
        for item in self._backend.documents:
            if item.document_id == reference and (principal is None or set(item.access.readers) & set(groups)):
                return item
        raise DocumentNotFound(f"no document is called {reference!r}")

    def text(self, reference: str, *, text_hash: str | None = None, principal: Principal | None = None) -> OpenedText:
        """Open a text of one page that names the hash asked for."""
        document = self.find(reference, principal=principal)
        chosen = text_hash or document.text_hash or ""
        text = f"text {chosen}"
        pages = (PageSpan(page=1, start=0, end=len(text), width=1, height=1),)
        return OpenedText(document=document, text_hash=chosen, text=text, pages=pages)

    def structure(
        self, reference: str, *, principal: Principal | None = None
    ) -> tuple[DocumentVersion, DocumentStructure, Sequence[AmendmentLink]]:
        """Return a document with one section."""
        sections = (Section(title="1. Term", level=2, start=0),)
        return self.find(reference, principal=principal), DocumentStructure(sections=sections), ()

    def surroundings(
        self, reference: str, *, start: int, end: int, n: int = 1, principal: Principal | None = None
    ) -> Surroundings:
        """Return a document's one section, and no neighbours."""
        document = self.find(reference, principal=principal)
        section = SectionSpan(title="1. Term", level=2, start=0, end=end)
        text_hash = document.text_hash or ""
        return Surroundings(
            document_id=document.document_id, text_hash=text_hash, start=start, end=end, sections=(section,)
        )

    def cells(self, opened: OpenedText) -> Sequence[TableCell]:
        """Return one cell that is the start of the text."""
        cell = TableCell(
            id="t1.1.1",
            table="t1",
            row=1,
            column=1,
            start=0,
            end=4,
            text=opened.text[:4],
            row_header="Rent",
            column_header="2026",
        )
        return (cell,)

    def hidden(self, opened: OpenedText) -> Sequence[Element]:
        """Return the start of the text."""
        element = Element(
            id="e1",
            kind=ElementKind.PARAGRAPH,
            text=opened.text[:4],
            start=0,
            end=4,
            is_hidden=True,
            hidden_reason="tiny",
        )
        return (element,)


class DoublePages:
    """Opens the one page of documents, with a box of ten points for every highlight."""

    def __init__(self, views: DoubleViews, *, drawn: list[tuple[OpenedPage, float]]):
        self._views = views
        self._drawn = drawn

    def page(
        self,
        reference: str,
        number: int,
        *,
        spans: Sequence[tuple[int, int]] = (),
        text_hash: str | None = None,
        principal: Principal | None = None,
    ) -> OpenedPage:
        """Open page 1."""
        opened = self._views.text(reference, text_hash=text_hash, principal=principal)
        if number != 1:
            raise DocumentNotFound(f"document {reference!r} has no page {number}")
        boxes = [Box(page=1, x0=float(start), y0=0, x1=float(end), y1=10) for start, end in spans]
        return OpenedPage(
            document=opened.document,
            text_hash=opened.text_hash,
            span=opened.pages[0],
            n_pages=1,
            text=opened.text,
            highlights=tuple(
                Highlight(start=start, end=end, boxes=(box,)) for (start, end), box in zip(spans, boxes, strict=True)
            ),
            content_hash=opened.document.content_hash,
            media_type=opened.document.media_type,
            has_picture=True,
        )

    def picture(self, page: OpenedPage, *, dots_per_inch: float) -> bytes:
        """Draw nothing, and keep what was to be drawn."""
        self._drawn.append((page, dots_per_inch))
        return b"png"

    def window(
        self,
        reference: str,
        span: tuple[int, int],
        *,
        around: int = 1_000,
        text_hash: str | None = None,
        principal: Principal | None = None,
    ) -> TextWindow:
        """Return the whole text."""
        opened = self._views.text(reference, text_hash=text_hash, principal=principal)
        if not 0 <= span[0] < span[1] <= len(opened.text):
            raise UsageError("the span is not within the text")
        size = len(opened.text)
        return TextWindow(
            document_id=reference, text_hash=opened.text_hash, start=0, end=size, text=opened.text, n_chars=size
        )


class DoubleDesk:
    """Keeps feedback."""

    def __init__(self, feedback: list[tuple[str, str, str | None]]):
        self._feedback = feedback

    def about(self, principal: Principal) -> About:
        """Tell of one purpose."""
        purpose = PurposeChoice(code="trial", status="unassessed", description="")
        return About(
            version="0",
            mode="trial",
            default_purpose="trial",
            purposes=(purpose,),
            roles=principal.roles,
            notice_version="1",
        )

    def export(self, answer: Answer, file_format: ExportFormat, *, principal: Principal) -> Exported:
        """Write the answer's id."""
        return Exported(content=answer.id.encode(), media_type="text/plain", file_name=f"{file_format}.txt")

    def take_feedback(self, answer_id: str, verdict: FeedbackVerdict, *, comment: str | None, subject: str) -> None:
        """Keep it."""
        self._feedback.append((answer_id, verdict, comment))
