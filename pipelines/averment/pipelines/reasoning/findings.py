"""What one answer has found so far: the working data that the loop's steps fill and the writing reads."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from averment.core.access import Filters, Principal
from averment.core.analysis import AnalysisRequest
from averment.core.answers import Confidence, Passage, Sentence, TypedValue, Withheld
from averment.core.documents import DocumentVersion
from averment.core.interpretation import SurveyCoverage
from averment.pipelines.reasoning.anchoring import Chain, Key
from averment.pipelines.reasoning.checks import Evidence
from averment.pipelines.reasoning.deadlines import Dated
from averment.pipelines.reasoning.drafting import Draft
from averment.pipelines.reasoning.entries import Entry
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.figuring import Figured
from averment.pipelines.reasoning.following import Followed
from averment.pipelines.reasoning.loop import Budgets, StopReason
from averment.pipelines.reasoning.notices import Remark
from averment.pipelines.reasoning.parts import Part
from averment.pipelines.reasoning.planner import QuestionPlan
from averment.pipelines.reasoning.reader import Candidate
from averment.pipelines.reasoning.stated_parts import StatedPart
from averment.pipelines.reasoning.table_checks import CitedTable, cited_tables

if TYPE_CHECKING:
    from averment.pipelines.reasoning.calibration import Threshold

HEAD_CHARS: Final = 3_000
"""How much of a text's beginning is taken to name the document."""
EntriesOf = Callable[[Source], Sequence[Entry]]


class NamedDocument(Protocol):
    """A document that the retriever took the question to name."""

    @property
    def document_id(self) -> str:
        """Return its id."""


class Understanding(Protocol):
    """How the retriever understood a question."""

    @property
    def documents(self) -> Sequence[NamedDocument]:
        """Return the documents the question names; empty where it names none."""

    @property
    def unmatched(self) -> Sequence[str]:
        """Return the names of the question that no readable document bears."""

    @property
    def survey(self) -> SurveyCoverage | None:
        """Return what was looked at for a question about many documents; None for any other."""


class Retrieved(Protocol):
    """What a retrieval returns."""

    @property
    def passages(self) -> Sequence[Passage]:
        """Return the passages, best first."""

    @property
    def interpretation(self) -> Understanding:
        """Return how the question was understood."""

    @property
    def timings(self) -> Mapping[str, float]:
        """Return seconds by step; `embed_s` is time inside a model."""


class Retriever(Protocol):
    """Finds passages that the caller may read."""

    def retrieve(
        self, question: str, *, principal: Principal, filters: Filters | None = None, top_k: int = 16
    ) -> Retrieved:
        """Return the best passages for a question."""


@dataclass(slots=True, kw_only=True)
class Findings:
    """Everything found for one question.

    `refusal` is the code of the notice that says why there is no answer; `confidence` and the
    calibrated threshold, where there is one, are set once the sentences are. Of the documents that a list was not found
    to name, `n_unmet` were read to their ends without what it demands, and `n_undecided` are left open.
    """

    asked_as: str | None = None
    plan: QuestionPlan | None = None
    visible: dict[str, DocumentVersion] = field(default_factory=dict)
    passages: dict[str, Passage] = field(default_factory=dict)
    named: list[str] = field(default_factory=list)
    survey: SurveyCoverage | None = None
    parts: tuple[Part, ...] = ()
    answered: tuple["AnsweredPart", ...] = ()
    sources: tuple[Source, ...] = ()
    followed: Followed = field(default_factory=Followed)
    chains: dict[Key, Chain] = field(default_factory=dict)
    precedence: Candidate | None = None
    candidates: list[Candidate] = field(default_factory=list)
    selected: list[Candidate] | None = None
    figured: Figured | None = None
    dated: Dated | None = None
    stated: StatedPart | None = None
    draft: Draft | None = None
    drafted: Sentence | None = None
    sentences: list[Sentence] = field(default_factory=list)
    value: TypedValue | None = None
    refusal: str | None = None
    notes: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)
    n_blocked: int = 0
    n_unmet: int = 0
    n_undecided: int = 0
    is_exhaustive: bool = False
    is_absent: bool = False
    sections_read: int = 0
    threshold: float = 0.0
    confidence: Confidence | None = None
    calibrated: "Threshold | None" = None
    model_s: float = 0.0

    @property
    def planned(self) -> QuestionPlan:
        """Return the plan, which the first step made."""
        if self.plan is None:
            raise RuntimeError("the loop plans before anything else")
        return self.plan

    @property
    def texts(self) -> dict[str, str]:
        """Return the canonical texts of the sources by hash."""
        return {source.text_hash: source.text for source in self.opened}

    @property
    def opened(self) -> tuple[Source, ...]:
        """Return the sources, and what was opened because it changes one of them."""
        known = {source.document.document_id for source in self.sources}
        return (*self.sources, *(item for key, item in self.followed.sources.items() if key not in known))

    def warned(self, code: str) -> int:
        """Return how often a warning was given of the documents that the answer cites, of all read without any."""
        cited = {
            citation.document_id
            for sentence in self.sentences
            if sentence.claim is not None
            for citation in sentence.claim.citations
        }
        documents = [source.document for source in self.sources]
        return sum(one.warnings.get(code, 0) for one in documents if not cited or one.document_id in cited)

    def evidence(self, candidates: Sequence[Candidate], *, entries_of: EntriesOf) -> Evidence:
        """Cite candidates; a sentence over a page break is cited in its parts.

        Args:
            candidates: What is cited.
            entries_of: Reads the figures of a source's tables, where rows of them are cited.
        """
        places = [(item.source, place, number) for item in candidates for number, place in enumerate(item.span.places)]
        return Evidence(
            citations=tuple(source.cite(*place) for source, place, _ in places),
            continued=frozenset(index for index, (_, _, number) in enumerate(places) if number),
            known_names=names_of(item.source for item in candidates),
            heads=tuple(dict.fromkeys(item.source.shown[:HEAD_CHARS] for item in candidates)),
            documents=frozenset(self.visible),
            tables=_tables(candidates, entries_of),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredPart:
    """A sub-question with what was found for it; `stopped` says why it was not finished."""

    part: Part
    found: Findings
    stopped: StopReason | None = None

    @property
    def holds(self) -> bool:
        """Say whether it found anything that is cited."""
        return any(sentence.claim is not None for sentence in self.found.sentences)


class AsksParts(Protocol):
    """What asks sub-questions, each over its own document."""

    def ask(
        self, parts: Sequence[Part], request: AnalysisRequest, *, budgets: Budgets
    ) -> tuple[list[AnsweredPart], int]:
        """Ask every part; return what each found, in order, and the tokens spent."""


def _tables(candidates: Sequence[Candidate], entries_of: EntriesOf) -> tuple[CitedTable, ...]:
    places: dict[str, tuple[Source, list[tuple[int, int]]]] = {}
    for item in candidates:
        if item.span.is_row:
            places.setdefault(item.source.document.document_id, (item.source, []))[1].extend(item.span.places)
    return tuple(
        table
        for source, cited in places.values()
        for table in cited_tables(source.text_hash, entries_of(source), places=cited)
    )


def names_of(sources: Iterable[Source]) -> tuple[str, ...]:
    """Return titles, issuers and parties of sources."""
    known: dict[str, None] = {}
    for source in sources:
        document = source.document
        known |= dict.fromkeys(name for name in (document.title, document.issuer, *document.parties) if name)
    return tuple(known)
