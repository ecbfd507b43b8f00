"""Lists of documents, decided document by document and property by property.

What the survey found to meet every demand of the question is quoted: for each property the sentence that meets it, cut
out of the citable text and checked like any quotation. A document that amendments change is not decided here; it is
asked by a loop of its own, which reads the text in force. Of few documents the others are read to their ends, too: that
no sentence meets a property is a decision of its own, and kept (`averment.pipelines.reasoning.decisions`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from averment.core.access import Principal
from averment.core.answers import Sentence
from averment.core.documents import DocumentVersion
from averment.core.interpretation import SurveyedDocument
from averment.pipelines.reasoning import writer
from averment.pipelines.reasoning.decisions import Decision, Decisions
from averment.pipelines.reasoning.evidence import Source, TextReader
from averment.pipelines.reasoning.findings import AnsweredPart, Findings
from averment.pipelines.reasoning.following import Follower
from averment.pipelines.reasoning.parts import Part
from averment.pipelines.reasoning.reader import Candidate, Reader
from averment.pipelines.reasoning.scoping import count_sections, count_unreadable
from averment.pipelines.reasoning.sentences import Span
from averment.pipelines.retrieval.demands import Demand, names_of, own_date, read_demand, sentences
from averment.pipelines.retrieval.phrases import sought_phrases
from averment.pipelines.retrieval.planning import split_parts
from averment.pipelines.retrieval.question import read_question

MAX_READ: Final = 128
"""Documents in scope up to which all of them are read to their ends."""
_PART_BREAK: Final = "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where documents are read: texts, prepared sentences, what changes them, and decisions made before."""

    texts: TextReader
    reader: Reader
    follower: Follower | None
    decisions: Decisions


def demands_of(question: str) -> tuple[Demand, ...]:
    """Return what a question demands of each document, part by part."""
    read = read_question(question)
    phrases = sought_phrases(read.quoted, called=())
    return tuple(read_demand(part, names=read.names, phrases=phrases) for part in split_parts(question))


class ListDecider:
    """Decides which documents a list names.

    Args:
        found: What was found for the question: its plan, survey, and the documents in scope.
        shelf: Where documents are read.
        principal: Who asks.
    """

    def __init__(self, found: Findings, shelf: Shelf, principal: Principal):
        self._found = found
        self._shelf = shelf
        self._principal = principal
        self._demands = demands_of(found.planned.question)

    def matched(self, parts: Sequence[Part]) -> list[AnsweredPart]:
        """Return the parts whose documents stand alone, each with the sentences that meet the question's demands."""
        survey = self._found.survey
        places = {match.document_id: match for match in survey.matches} if survey is not None else {}
        made = (self._answered(part, places.get(part.document_id)) for part in parts)
        return [one for one in made if one is not None]

    def others(self, known: Sequence[Part], is_over: Callable[[], bool]) -> list[AnsweredPart]:
        """Read the documents that are no part, where they are few, and note how they were decided.

        Args:
            known: The parts.
            is_over: Asked before every document; once true, no further one is read.
        """
        found, survey = self._found, self._found.survey
        if survey is None or survey.documents_matched is None or len(found.visible) > MAX_READ:
            return []
        titled = {match.document_id for match in survey.matches} | {part.document_id for part in known}
        made = []
        for document_id, document in found.visible.items():
            if document_id in titled or document.text_hash is None or is_over():
                continue
            made.append(self._read(document))
        return made

    def _answered(self, part: Part, match: SurveyedDocument | None) -> AnsweredPart | None:
        document = self._found.visible.get(part.document_id)
        if match is None or document is None or len(match.anchors) != len(self._demands):
            return None
        source = self._open(document)
        follower = self._shelf.follower
        if follower is not None and follower.follow([source], principal=self._principal).families:
            return None
        own = Findings(plan=self._found.plan, visible={document.document_id: document}, sources=(source,))
        own.sections_read, own.is_exhaustive = count_sections(source), not count_unreadable([source])
        made = [self._quote(own, source, *asked) for asked in zip(self._demands, match.anchors, strict=True)]
        quoted = [sentence for sentence in made if sentence is not None and writer.holds(sentence)]
        # Every property is shown, or the document is not named.
        own.sentences = list(dict.fromkeys(quoted)) if len(quoted) == len(self._demands) else []
        own.n_blocked = sum(sentence is not None and not writer.holds(sentence) for sentence in made)
        return AnsweredPart(part=part, found=own)

    def _quote(self, own: Findings, source: Source, demand: Demand, anchor: tuple[int, int]) -> Sentence | None:
        """Return the sentence at an anchor as a quotation; None where what is citable there does not meet it."""
        span = self._span(source, demand, anchor)
        if span is None:
            return None
        item = Candidate(
            source=source, span=span, score=1.0, similarity=0.0, lexical=0.0, on_topic=True, holds_kind=False
        )
        evidence = own.evidence([item], entries_of=self._shelf.reader.entries)
        return writer.quote_sentence(evidence, own.texts, shown=len(span.places))

    def _span(self, source: Source, demand: Demand, anchor: tuple[int, int]) -> Span | None:
        """Return the citable sentence at a place where shown text meets a demand; several, as one, where it runs on."""
        called, begins = names_of(source.document), own_date(source.document, lambda: source.shown)
        touched = [span for span in self._shelf.reader.sentences(source) if _touches(span, anchor)]
        if not touched or not demand.is_met(source.shown[slice(*anchor)], called=called, begins=begins):
            return None
        whole = (span for span in touched if demand.is_met(span.text, called=called, begins=begins))
        return next(whole, None) or _joined(touched)

    def _read(self, document: DocumentVersion) -> AnsweredPart:
        """Read a document to its end, property by property, until one is not met."""
        source, found = self._open(document), self._found
        own = Findings(plan=found.plan, visible={document.document_id: document}, sources=(source,))
        made = list(self._decided(source))
        own.sections_read = made[-1].n_sections
        own.is_exhaustive = not made[-1].n_unreadable
        is_unmet = any(decision.is_absent for decision in made)
        found.n_unmet += is_unmet
        found.n_undecided += not is_unmet
        question = found.planned.question
        part = Part(document_id=document.document_id, title=document.title, question=question, aspect=question)
        return AnsweredPart(part=part, found=own)

    def _decided(self, source: Source) -> Iterator[Decision]:
        for demand in self._demands:
            decision = self._shelf.decisions.of(source.document, demand, decide=partial(self._decide, source, demand))
            yield decision
            if decision.is_absent:
                return

    def _decide(self, source: Source, demand: Demand) -> Decision:
        called, begins = names_of(source.document), own_date(source.document, lambda: source.shown)
        return Decision(
            n_met=sum(demand.is_met(sentence, called=called, begins=begins) for _, sentence in sentences(source.shown)),
            n_sections=count_sections(source),
            n_unreadable=count_unreadable([source]),
        )

    def _open(self, document: DocumentVersion) -> Source:
        text_hash = document.text_hash or ""
        layout = self._shelf.texts.layout(text_hash, document_id=document.document_id)
        return Source(document, text=self._shelf.texts.text(text_hash), layout=layout)


def _touches(span: Span, anchor: tuple[int, int]) -> bool:
    return any(start < anchor[1] and anchor[0] < end for start, end in span.places)


def _joined(spans: Sequence[Span]) -> Span:
    """Return sentences of one clause that a layout cut apart as one, in parts; the first where one is a table's row."""
    if len(spans) == 1 or any(span.is_row for span in spans):
        return spans[0]
    return Span(
        start=spans[0].start,
        end=spans[-1].end,
        text=_PART_BREAK.join(span.text for span in spans),
        heading=spans[0].heading,
        parts=tuple(place for span in spans for place in span.places),
    )
