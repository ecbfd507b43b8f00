"""What will be searched for a question, and why: one probe, or one for each part of a question that has parts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from averment.pipelines.ingestion.sparse import terms
from averment.pipelines.retrieval.clauses import topics
from averment.pipelines.retrieval.question import MAX_QUESTION_CHARS, Question
from averment.pipelines.retrieval.results import Interpretation, NamedDocument
from averment.pipelines.retrieval.routing import Route
from averment.pipelines.retrieval.stripping import strip_names
from averment.pipelines.retrieval.weights import term_weights, wording

MAX_PARTS: Final = 4
# In "which contracts are governed by the law of Utah" the name is not a document's, it is what the clause must say.
_NAME_IN_LIST: Final = 3.0
# More words of a topic make the vector no better and its computation longer.
_WORDS: Final = 12
_PART: Final = re.compile(r"\((?:\d|[a-d])\)\s+|(?:^|\s)\d[.)]\s+(?=[A-Z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One search: the words it ranks by, the text whose meaning it ranks by, and the topics found in it."""

    asked: str
    embedded: str
    weights: Mapping[str, float]
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The probes for a question, and the documents they are limited to."""

    read: Question
    route: Route
    probes: tuple[Probe, ...]

    def interpretation(self) -> Interpretation:
        """Return what the user is shown of it."""
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
            topics=tuple(dict.fromkeys(topic for probe in self.probes for topic in probe.topics)),
            searched=" ".join(probe.asked for probe in self.probes),
        )


def make_plan(read: Question, route: Route, *, topic_weight: float, understand: bool) -> Plan:
    """Decide what to search for.

    Args:
        read: The question, taken apart.
        route: The documents it names.
        topic_weight: Weight of the words documents use for a topic, against 1 for the question's own.
        understand: Whether rules apply at all; without them the question is searched as it is.
    """
    is_filing = any(candidate.version.kind == "filing" for candidate, _ in route.documents)
    searched = strip_names(read, route.borne(), is_filing=is_filing) if route.documents else read.text
    searched = searched[:MAX_QUESTION_CHARS]
    parts = split_parts(searched) if understand and read.want == "list" else (searched,)
    probes = []
    for part in parts:
        found = topics(part) if understand else ()
        asked = wording(part, is_filing=is_filing) if understand else part
        weights = term_weights(part, asked, quoted=read.quoted, topics=found, topic_weight=topic_weight)
        if understand and read.want == "list":
            weights.update({name.term: _NAME_IN_LIST for name in read.names if name.term in set(terms(part))})
        probes.append(
            Probe(
                asked=asked,
                embedded=" ".join([asked, *(word for topic in found[:1] for word in topic.english.split()[:_WORDS])]),
                weights=weights,
                topics=tuple(topic.name for topic in found),
            )
        )
    return Plan(read=read, route=route, probes=tuple(probes))


def split_parts(question: str) -> tuple[str, ...]:
    """Return the numbered parts of a question, at most four, or the question when it has none.

    >>> split_parts("Which satisfy both? (1) Is there a cap? (2) Is it exclusive?")
    ('Is there a cap?', 'Is it exclusive?')
    """
    parts = tuple(part.strip() for part in _PART.split(question)[1:] if part.strip())
    return parts[:MAX_PARTS] if len(parts) > 1 else (question,)
