"""How a question was understood, as it is shown to whoever asked, who can drop each part of it by its id."""

from dataclasses import dataclass
from typing import Literal

UnderstoodKind = Literal["filter", "boost", "way"]
RerankingStatus = Literal["off", "done", "out_of_time", "failed", "not_applicable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDocument:
    """A document the question was taken to name, and the share (0-1) of its names that the document bears."""

    document_id: str
    title: str
    coverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """One thing that was read out of a question.

    `id` drops it from the next search; a `filter` limits which documents are searched, a `boost` changes what ranks
    high, a `way` is how the search is done. `says` is what was read, in words of the question or of the catalog.
    """

    id: str
    kind: UnderstoodKind
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Synonym:
    """What the question says, and what a document that it names calls that by its own definition."""

    said: str
    means: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedPhrase:
    """What the question quotes, and how many of the passages looked at hold it word for word."""

    text: str
    n_passages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyedDocument:
    """A document in which every demand of the question was met.

    `anchors` are where: for each part of the question the sentence that meets it, `(start, end)` in the canonical text.
    """

    document_id: str
    title: str
    anchors: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyCoverage:
    """What was looked at for a question about many documents.

    `documents_in_scope` the caller may read and the filters let through; `documents_looked_at` were each searched by
    themselves, and `passages_read` of their passages were read; `documents_matched` met every demand, None where no
    rule can tell. `matches` are those, best first.
    """

    documents_in_scope: int
    documents_looked_at: int
    documents_matched: int | None
    is_exhaustive: bool
    passages_read: int = 0
    matches: tuple[SurveyedDocument, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reranking:
    """Whether the best passages were put in order anew by a reranker, by which, how many, in how many seconds."""

    status: RerankingStatus = "off"
    model_id: str | None = None
    n_passages: int = 0
    duration_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    """How a question was understood.

    `documents` limit the search where not empty. `unmatched` are names of the question that no readable document
    bears. `searched` is the question as it was ranked by inside the documents. `understood` lists every filter and
    boost with the id that drops it; `ignored` are the ids dropped already. `survey` is there for a question about
    many documents. `phrases` are what the question quotes; passages that hold them stand first. `synonyms` are other
    names that its documents define for what it names; they are searched as well. `n_collapsed` passages repeat another
    one word for word in another document and are left out.
    """

    want: str
    documents: tuple[NamedDocument, ...] = ()
    unmatched: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    searched: str = ""
    understood: tuple[Understood, ...] = ()
    ignored: tuple[str, ...] = ()
    survey: SurveyCoverage | None = None
    reranking: Reranking = Reranking()
    n_collapsed: int = 0
    phrases: tuple[QuotedPhrase, ...] = ()
    synonyms: tuple[Synonym, ...] = ()
