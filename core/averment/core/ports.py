"""What the areas need from each other, as protocols of few methods.

Implementations live in the areas; the service, the flows' wiring and the command line put them together.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Literal, Protocol, runtime_checkable

from averment.core.access import Filters, Principal
from averment.core.analysis import Admission, Likened
from averment.core.answers import Answer, Receipt
from averment.core.audit import AuditEvent, EventValue
from averment.core.documents import DocumentVersion, SourceItem, SourceRef


class Connector(Protocol):
    """A system that documents come from.

    `name` is the connector's name in the catalog. Every item's uri starts with `scope`; items of the catalog
    under that scope which `list` no longer names have been removed at the source.
    """

    name: str

    @property
    def scope(self) -> str:
        """Return the beginning that the uris of all items share."""

    def list(self) -> Iterator[SourceItem]:
        """Name every item, cheaply, without reading content beyond what the revision needs.

        Raises:
            SourceUnavailable: The source cannot be reached; nothing may be concluded about its items.
        """

    def read(self, ref: SourceRef) -> bytes:
        """Read one item.

        Raises:
            SourceChanged: Its revision is no longer the one in `ref`.
            SourceItemTooLarge: It exceeds the connector's limit.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class SparseVector:
    """Weights by term id; ids ascend and are unique."""

    indices: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPoint:
    """One row of the search index: vectors and filter fields, no text.

    `payload["level"]` is `chunk` for a passage of text and `document` for the one point per document that
    carries its names (title, parties, form, period), by which a question finds the document it speaks of.
    """

    id: str
    dense: Sequence[float]
    sparse: SparseVector
    payload: Mapping[str, str | int | Sequence[str] | None]


Fusion = Literal["rrf", "dbsf", "convex"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexQuery:
    """A hybrid query. At least one of `dense` and `sparse` is given.

    `limit` hits come back; each branch contributes `prefetch` candidates before the engine fuses them. Only points of
    `level` are searched.

    `fusion` tells how: `rrf` adds 1 / (`rank_constant` + r) for rank r (from 0) in a branch; `dbsf` adds scores that
    were brought between their mean less and plus three standard deviations; `convex` adds the cosine and the sum of
    terms s as s / (s + the weights of the query's terms), so that both lie below 1. `dense_weight` (0-1) is the share
    of the dense branch in `rrf` and `convex`; at a half, `rrf` is the plain sum.

    `with_terms` asks which of the query's terms each hit holds.
    """

    principal: Principal
    filters: Filters
    limit: int
    prefetch: int = 200
    dense: Sequence[float] | None = None
    sparse: SparseVector | None = None
    level: Literal["chunk", "document"] = "chunk"
    rank_constant: int = 60
    fusion: Fusion = "rrf"
    dense_weight: float = 0.5
    with_terms: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexHit:
    """A point found, with its fused or single-branch score and its payload.

    `terms` are the ids of the query's terms that it holds, ascending, where the query asks for them.
    """

    id: str
    score: float
    payload: Mapping[str, str | int | Sequence[str] | None]
    terms: tuple[int, ...] = ()


class IndexStore(Protocol):
    """The search index. Every read compiles the principal's groups into the query."""

    def write(self, points: Sequence[IndexPoint]) -> None:
        """Insert or replace points by id; durable when it returns."""

    def delete_document(self, document_id: str, *, keep_text_hash: str | None = None) -> None:
        """Delete a document's points, all of them or those of other text versions."""

    def search(self, query: IndexQuery) -> list[IndexHit]:
        """Return hits best first; nothing outside the principal's groups and tenant."""

    def count(self, *, document_id: str | None = None) -> int:
        """Count points, of one document or of all."""


class SearchIndex(IndexStore, Protocol):
    """An index that many searches are asked of at once, as a question about many documents does."""

    def search_many(self, queries: Sequence[IndexQuery]) -> list[list[IndexHit]]:
        """Return the hits of each query, in order, each as `search` would."""


class BlobStore(Protocol):
    """Content-addressed bytes."""

    def put(self, content: bytes) -> str:
        """Store bytes and return `sha256:<hex>`; storing the same bytes twice is one blob."""

    def get(self, key: str) -> bytes:
        """Return the bytes, verified against their hash.

        Raises:
            StoreError: There is no such blob, or its bytes do not match.
        """

    def delete(self, key: str) -> None:
        """Delete a blob; deleting what is absent is no error."""

    def keys(self) -> Iterable[str]:
        """Name every blob, in no particular order."""


class Embedder(Protocol):
    """Turns texts into dense vectors of unit length."""

    model_id: str
    dimension: int
    max_tokens: int

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return an array `(len(texts), dimension)` of float32, in order."""

    def arithmetic(self) -> str:
        """Name what vectors are computed with: equal names and models make nearly equal vectors, others less so."""


class Reranker(Protocol):
    """Reads a question and passages together and says how well each answers."""

    model_id: str

    def warm_up(self) -> None:
        """Load what the first question would otherwise wait for."""

    def scores(self, question: str, texts: Sequence[str], *, budget_s: float) -> Sequence[float]:
        """Return scores, 0-1, of the texts in order: of fewer than all where the time is spent, of none at worst.

        Raises:
            ModelError: The model cannot be reached or gives no scores.
        """


class AuditSink(Protocol):
    """The evidence log, as its writers see it."""

    def append(self, event: AuditEvent) -> int:
        """Make an event durable and return its index.

        Raises:
            AuditWriteFailed: It could not be made durable.
        """

    def find(self, event_id: str) -> int | None:
        """Return the index of the event of this id, or None; only what is no older than the id is looked at."""

    def receipt(self, index: int) -> Receipt:
        """Return the proof that the entry is covered by a signed checkpoint, signing one if need be."""


class Likeness(Protocol):
    """Says which of labelled sentences a text is most like, and how much."""

    def liken(self, question: str) -> Likened:
        """Liken a question.

        Raises:
            ModelUnavailable: The embedding model does not load.
        """


class UseGate(Protocol):
    """Stands before every question and search: is the purpose usable, and is the question within it?"""

    def admit(self, question: str, *, purpose: str) -> Admission:
        """Judge a question under a purpose.

        Raises:
            PurposeNotUsable: There is no such purpose, or it may not be used as it stands.
        """


class Notices(Protocol):
    """Knows who was told that an AI system answers."""

    def is_due(self, subject: str, *, about: str) -> bool:
        """Tell whether somebody is to be told, `about` naming the configuration that answers."""

    def remember(self, subject: str, *, about: str) -> None:
        """Keep that somebody is told now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A signed mark of generated content: its text, and the facts that the log states of it."""

    text: str
    facts: Mapping[str, EventValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What an installation's record asks of an analysis.

    `record` makes the facts that the log states of a finished answer, `gate` stands before the question, `notices` says
    who was told what answers, and `mark` marks an answer with generated sentences, given the names of the language
    model.
    """

    record: Callable[[Answer], Mapping[str, EventValue]]
    gate: UseGate
    notices: Notices
    mark: Callable[[Answer, str], Mark]


class EvidenceHolds(Protocol):
    """Keeps entries of the log, with their payloads, from erasure and pruning."""

    def hold(self, reference: str, *, first: int, until: int, subject: str) -> None:
        """Keep the entries from `first` to before `until` for what the reference names; durable when it returns."""


class Overseer(Protocol):
    """What people decide about analyses: whether they may run, and whether their answers are reviewed."""

    def refuse(self, purpose: str, *, system: str) -> None:
        """Refuse an analysis that must not begin.

        Args:
            purpose: Its purpose.
            system: The digest of what would answer.

        Raises:
            AnalysisStopped: People stopped or suspended it.
            ChangeBlocked: An open incident holds the system as it was.
        """

    def is_stopped(self, purpose: str) -> bool:
        """Tell, between steps, whether a running analysis is to end with what it has."""

    def open_for(self, answer: Answer, *, subject: str) -> None:
        """Put a finished answer, with its receipt, before reviewers where their rules ask for it.

        Raises:
            AuditWriteFailed: The log could not be written; the answer must not be released.
        """


class OwnerHandle(AbstractContextManager["OwnerHandle"], Protocol):
    """A hold on the embedded stores of a data directory."""

    is_owner: bool


class CatalogReader(Protocol):
    """What retrieval and answers need to know about documents."""

    def get(self, document_id: str) -> DocumentVersion | None:
        """Return a document's current version, or None."""

    def visible(self, principal: Principal, filters: Filters) -> list[DocumentVersion]:
        """Return the ready documents the principal may read that pass the filters, by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """One message to a language model."""

    role: Literal["system", "user", "assistant"]
    content: str


REFUSED: Final = "content_filter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a language model returned, without its chain of thought.

    `finish` is the server's reason ("stop", "length", ...), `content_filter` where the model or a filter before it
    refused; token counts are None where the server gave none. `first_token` holds the likeliest first tokens with their
    probabilities (0-1), where they were asked for and the server told them.
    """

    text: str
    finish: str
    model: str
    revision: str | None
    parameters: Mapping[str, str | int | float | bool]
    duration_s: float
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    completion_tokens: int | None = None
    first_token: Mapping[str, float] | None = None


class ChatModel(Protocol):
    """A language model behind an OpenAI-compatible endpoint."""

    model_id: str

    def complete(
        self,
        messages: Sequence[ChatMessage],
        *,
        schema: Mapping[str, object] | None = None,
        max_tokens: int,
        seed: int,
        purpose: str,
        thinking: bool = False,
    ) -> Completion:
        """Complete the messages; with `schema`, by guided decoding so that the text is JSON of that schema.

        Raises:
            ModelUnavailable: The endpoint cannot be reached or took too long.
            ModelOverloaded: It refused for load.
            ContextTooLong: The messages do not fit its context.
            ModelOutputInvalid: Its response is no chat completion, or another model answered.
        """


@runtime_checkable
class FirstTokenModel(Protocol):
    """A language model that tells how likely it was to begin its reply with which token."""

    def first_token(self, messages: Sequence[ChatMessage], *, seed: int, purpose: str) -> Completion:
        """Reply with one token, without thinking first; `Completion.first_token` holds what it was chosen from.

        Raises:
            ModelError: As `ChatModel.complete`.
        """
