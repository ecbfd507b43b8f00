"""What will be searched for a question, and why: one probe, or one for each part of a question that has parts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from averment.core.interpretation import Interpretation, NamedDocument
from averment.pipelines.ingestion.sparse import terms
from averment.pipelines.retrieval.clauses import topics
from averment.pipelines.retrieval.demands import NO_DEMAND, Demand, read_demand
from averment.pipelines.retrieval.question import MAX_QUESTION_CHARS, Question
from averment.pipelines.retrieval.routing import Route
from averment.pipelines.retrieval.stripping import strip_names
from averment.pipelines.retrieval.understanding import Ignored, list_understood
from averment.pipelines.retrieval.weights import term_weights, wording

MAX_PARTS: Final = 4
# In "which contracts are governed by the law of Utah" the name is not a document's, it is what the clause must say.
_NAME_IN_LIST: Final = 3.0
# More words of a topic make the vector no better and its computation longer.
_WORDS: Final = 12
NOTHING_IGNORED: Final = Ignored()
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
class Plan:
    """The probes for a question, the documents they are limited to, and what of its understanding is dropped."""

    read: Question
    route: Route
    probes: tuple[Probe, ...]
    ignored: Ignored = NOTHING_IGNORED

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
            else list_understood(self.read, self.route, topics=found, demands=demands),
            ignored=tuple(sorted(self.ignored.ids)),
        )


def make_plan(read: Question, route: Route, *, topic_weight: float, ignored: Ignored = NOTHING_IGNORED) -> Plan:
    """Decide what to search for.

    Args:
        read: The question, taken apart, without what is ignored.
        route: The documents it names.
        topic_weight: Weight of the words documents use for a topic, against 1 for the question's own.
        ignored: What of the understanding is dropped; with everything dropped the question is searched as it is.
    """
    is_filing = any(candidate.version.kind == "filing" for candidate, _ in route.documents)
    searched = strip_names(read, route.borne(), is_filing=is_filing) if route.documents else read.text
    searched = searched[:MAX_QUESTION_CHARS]
    is_list = read.want == "list" and not ignored.is_all
    parts = split_parts(searched) if is_list and not ignored.drops("parts") else (searched,)
    probes = tuple(
        _probe(
            part,
            read,
            topic_weight=topic_weight,
            ignored=ignored,
            is_filing=is_filing,
            demand=_demand(part, number, read, ignored) if is_list else None,
        )
        for number, part in enumerate(parts, start=1)
    )
    return Plan(read=read, route=route, probes=probes, ignored=ignored)


def _probe(
    part: str, read: Question, *, topic_weight: float, ignored: Ignored, is_filing: bool, demand: Demand | None
) -> Probe:
    found = tuple(topic for topic in topics(part) if not ignored.drops(f"topic:{topic.name}"))
    asked = part if ignored.is_all else wording(part, is_filing=is_filing)
    weights = term_weights(part, asked, quoted=read.quoted, topics=found, topic_weight=topic_weight)
    if demand is not None:
        weights.update({name.term: _NAME_IN_LIST for name in read.names if name.term in set(terms(part))})
    return Probe(
        asked=asked,
        embedded=" ".join([asked, *(word for topic in found[:1] for word in topic.english.split()[:_WORDS])]),
        weights=weights,
        topics=tuple(topic.name for topic in found),
        demand=demand,
    )


def _demand(part: str, number: int, read: Question, ignored: Ignored) -> Demand:
    return NO_DEMAND if ignored.drops(f"demand:{number}") else read_demand(part, names=read.names)


def split_parts(question: str) -> tuple[str, ...]:
    """Return the numbered parts of a question, at most four, or the question when it has none.

    >>> split_parts("Which satisfy both? (1) Is there a cap? (2) Is it exclusive?")
    ('Is there a cap?', 'Is it exclusive?')
    """
    parts = tuple(part.strip() for part in _PART.split(question)[1:] if part.strip())
    return parts[:MAX_PARTS] if len(parts) > 1 else (question,)
