"""What will be searched for a question, and why: one probe, or one for each part of a question that has parts."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from averment.core.access import Filters
from averment.core.interpretation import Interpretation, NamedDocument, Synonym
from averment.pipelines.ingestion.sparse import terms
from averment.pipelines.reasoning.topics import topics_of
from averment.pipelines.retrieval.clauses import document_words, topics
from averment.pipelines.retrieval.demands import NO_DEMAND, Demand, read_demand
from averment.pipelines.retrieval.narrowing import Narrowed
from averment.pipelines.retrieval.phrases import sought_phrases
from averment.pipelines.retrieval.question import MAX_QUESTION_CHARS, Question
from averment.pipelines.retrieval.routing import Route
from averment.pipelines.retrieval.stripping import Stripped, strip_names
from averment.pipelines.retrieval.understanding import Found, Ignored, list_understood, phrase_id, synonym_id
from averment.pipelines.retrieval.weights import term_weights, wording

MAX_PARTS: Final = 4
# In "which contracts are governed by the law of Utah" the name is not a document's, it is what the clause must say.
_NAME_IN_LIST: Final = 3.0
# More words of a topic make the vector no better and its computation longer.
_WORDS: Final = 12
NOTHING_IGNORED: Final = Ignored()
NOT_NARROWED: Final = Narrowed(filters=Filters())
_AND: Final = re.compile(r"\s*,?\s+(?:and(?: also)?|as well as|und(?: auch| zugleich)?|sowie)\s+", re.I)
_PART: Final = re.compile(r"\((?:\d|[a-d])\)\s+|(?:^|\s)\d[.)]\s+(?=[A-Z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One search: the words it ranks by, the text whose meaning it ranks by, and the topics found in it.

    `demand` is what it demands of each document of a list; None outside lists.
    """

    asked: str
    embedded: str
    weights: Mapping[str, float]
    topics: tuple[str, ...]
    demand: Demand | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """How much words count that the question does not say, against 1 for its own.

    Args:
        topic: A word that documents use for the question's topic.
        synonym: A word of the name that a document defines for what the question names.
        languages: Whose words for a topic are added where no document is named; of all where empty.
    """

    topic: float = 0.7
    synonym: float = 1.0
    languages: frozenset[str] = frozenset()


# Takes what is asked inside the documents named, and the terms of names in it.
Define = Callable[[str, frozenset[str]], Sequence[Synonym]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The probes for a question, the documents they are limited to, and what of its understanding is dropped.

    `synonyms` are among the words of the probes; `phrases` are looked for in the text of what they find.
    """

    read: Question
    route: Route
    probes: tuple[Probe, ...]
    ignored: Ignored = NOTHING_IGNORED
    synonyms: tuple[Synonym, ...] = ()
    phrases: tuple[str, ...] = ()
    narrowed: Narrowed = NOT_NARROWED

    @property
    def filters(self) -> Filters:
        """Return the filters of the search."""
        return self.narrowed.filters

    @property
    def is_survey(self) -> bool:
        """Say whether each document in scope is searched by itself."""
        return all(probe.demand is not None for probe in self.probes)

    def interpretation(self) -> Interpretation:
        """Return what the user is shown of it."""
        found = tuple(dict.fromkeys(topic for probe in self.probes for topic in probe.topics))
        demands = [probe.demand for probe in self.probes if probe.demand is not None]
        return Interpretation(
            want=self.read.want,
            documents=tuple(
                NamedDocument(
                    document_id=candidate.version.document_id, title=candidate.version.title, coverage=round(share, 3)
                )
                for candidate, share in self.route.documents
            ),
            unmatched=self.route.unmatched,
            forms=self.read.forms,
            periods=self.read.labels,
            topics=found,
            searched=" ".join(probe.asked for probe in self.probes),
            understood=()
            if self.ignored.is_all
            else list_understood(
                self.read,
                self.route,
                found=Found(
                    topics=found,
                    demands=demands,
                    synonyms=self.synonyms,
                    phrases=self.phrases,
                    filters=self.narrowed.ids,
                ),
            ),
            synonyms=self.synonyms,
            ignored=tuple(sorted(self.ignored.ids)),
        )


def make_plan(
    read: Question,
    route: Route,
    *,
    weighing: Weighing,
    narrowed: Narrowed = NOT_NARROWED,
    ignored: Ignored = NOTHING_IGNORED,
    define: Define | None = None,
) -> Plan:
    """Decide what to search for.

    Args:
        read: The question, taken apart, without what is ignored.
        route: The documents it names.
        weighing: How much words count that the question does not say.
        narrowed: What its forms and periods limit the search to.
        ignored: What of the understanding is dropped; with everything dropped the question is searched as it is.
        define: Finds what the documents named call what is asked about.
    """
    is_filing = any(candidate.version.kind == "filing" for candidate, _ in route.documents)
    stripped = Stripped(text=read.text, inside=frozenset(name.term for name in read.names))
    if route.documents:
        stripped = strip_names(read, route.borne(), is_filing=is_filing)
    searched = stripped.text[:MAX_QUESTION_CHARS]
    synonyms = () if define is None else _synonyms(define(searched, stripped.inside), ignored)
    is_survey = is_surveyed(read, route) and not ignored.is_all
    parts = split_parts(searched) if _is_parted(read, route, ignored) else (searched,)
    asking = _Asking(
        read=read,
        weighing=weighing,
        ignored=ignored,
        is_filing=is_filing,
        languages=_languages(route) if route.documents else weighing.languages,
        synonyms=synonyms,
        phrases=() if ignored.is_all else _phrases(read, route, ignored),
    )
    probes = tuple(_probe(part, number, asking, is_survey=is_survey) for number, part in enumerate(parts, start=1))
    return Plan(
        read=read,
        route=route,
        probes=probes,
        ignored=ignored,
        synonyms=synonyms,
        phrases=asking.phrases,
        narrowed=narrowed,
    )


def _synonyms(found: Sequence[Synonym], ignored: Ignored) -> tuple[Synonym, ...]:
    return tuple(one for one in found if not ignored.drops(synonym_id(one)))


def _is_parted(read: Question, route: Route, ignored: Ignored) -> bool:
    """Say whether parts of the question are searched each by itself."""
    # "And" stands in names, too, so a comparison has parts only once the names are out of it.
    is_bare = bool(route.documents) or all(name.is_generic for name in read.names)
    return not ignored.drops("parts") and (is_surveyed(read, route) or (read.want == "compare" and is_bare))


def is_surveyed(read: Question, route: Route) -> bool:
    """Say whether each document in scope is searched by itself: for lists, and comparisons that name no document."""
    return read.want == "list" or (read.want == "compare" and read.is_across and not route.documents)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """What all parts of a question share."""

    read: Question
    weighing: Weighing
    ignored: Ignored
    is_filing: bool
    languages: frozenset[str]
    synonyms: tuple[Synonym, ...]
    phrases: tuple[str, ...]


def _probe(part: str, number: int, asking: _Asking, *, is_survey: bool) -> Probe:
    read, ignored, weighing = asking.read, asking.ignored, asking.weighing
    found = tuple(topic for topic in topics(part) if not ignored.drops(f"topic:{topic.name}"))
    asked = part if ignored.is_all else wording(part, is_filing=asking.is_filing)
    guessed = document_words(found, asking.languages)
    weights = term_weights(part, asked, quoted=read.quoted, guessed=guessed, topic_weight=weighing.topic)
    for synonym in asking.synonyms:
        weights.update({term: max(weights.get(term, 0.0), weighing.synonym) for term in terms(synonym.means)})
    demand = None
    if is_survey:
        weights.update({name.term: _NAME_IN_LIST for name in read.names if name.term in set(terms(part))})
        demand = _demand(part, number, asking)
    # Models know English best; where the documents are known to be German, their words serve better.
    hint = [topic.german if asking.languages == {"de"} and topic.german else topic.english for topic in found[:1]]
    embedded = [asked, *(synonym.means for synonym in asking.synonyms), *(" ".join(hint).split()[:_WORDS])]
    return Probe(
        asked=asked,
        embedded=" ".join(embedded),
        weights=weights,
        topics=tuple(topic.name for topic in found),
        demand=demand,
    )


def _demand(part: str, number: int, asking: _Asking) -> Demand:
    read, ignored, phrases = asking.read, asking.ignored, asking.phrases
    return NO_DEMAND if ignored.drops(f"demand:{number}") else read_demand(part, names=read.names, phrases=phrases)


def _languages(route: Route) -> frozenset[str]:
    """Return the languages of the documents named; none where nothing tells."""
    found = frozenset(candidate.version.language for candidate, _ in route.documents)
    return frozenset(code for code in found if code is not None) if None not in found else frozenset()


def _phrases(read: Question, route: Route, ignored: Ignored) -> tuple[str, ...]:
    called = [names for candidate, _ in route.documents for names in (candidate.title, candidate.stem)]
    found = sought_phrases(read.quoted, called=called)
    return tuple(phrase for phrase in found if not ignored.drops(phrase_id(phrase)))


def split_parts(question: str) -> tuple[str, ...]:
    """Return the parts of a question, at most four, or the question when it has none.

    Parts are numbered, or joined by "and" with a subject of contracts each.

    >>> split_parts("Which satisfy both? (1) Is there a cap? (2) Is it exclusive?")
    ('Is there a cap?', 'Is it exclusive?')
    >>> split_parts("Which contracts are exclusive and can be terminated without cause?")
    ('Which contracts are exclusive', 'can be terminated without cause?')
    """
    parts = tuple(part.strip() for part in _PART.split(question)[1:] if part.strip())
    return parts[:MAX_PARTS] if len(parts) > 1 else _joined_parts(question)


def _joined_parts(question: str) -> tuple[str, ...]:
    """Cut where an "and" joins two subjects; a piece without a subject of its own stays with the one before."""
    at, parts = 0, list[str]()
    seen: frozenset[str] = frozenset()
    for found in _AND.finditer(question):
        here = _subjects(question[at : found.start()])
        after = _subjects(question[found.end() :])
        if here and after - here and not here <= after:
            parts.append(question[at : found.start()].strip())
            at = found.end()
            seen |= here
    rest = question[at:].strip()
    if parts and not _subjects(rest) - seen:
        return (question,)
    return (*parts, rest)[:MAX_PARTS] if parts and len(parts) < MAX_PARTS else (question,)


def _subjects(text: str) -> frozenset[str]:
    return frozenset(topic.name for topic in topics_of(text))
