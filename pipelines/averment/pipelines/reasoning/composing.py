"""The sentences of an answer from what was found: calculations, quotations with what they rest on, stated values."""

from typing import Final

from averment.core.analysis import AnalysisRequest
from averment.core.answers import Sentence
from averment.pipelines.reasoning import claims, combining, writer
from averment.pipelines.reasoning.checks import Evidence
from averment.pipelines.reasoning.findings import Findings, names_of
from averment.pipelines.reasoning.in_force import InForce
from averment.pipelines.reasoning.reader import Candidate, Reader
from averment.pipelines.reasoning.referring import Referring
from averment.pipelines.reasoning.standing import interest_of, quotable
from averment.pipelines.reasoning.stated_parts import StatedPart
from averment.pipelines.reasoning.typed import Several, Stated, label_value, stated_value

CLOSE: Final = 0.5


class Composer:
    """Makes sentences; none is checked here, and each says what it rests on.

    Args:
        found: What was found; notes the machine-readable value.
        request: Says which type of answer is wanted.
        in_force: Which text counts on the day that is asked about.
        referring: What a quotation refers to.
        reader: Reads the figures of tables.
    """

    def __init__(
        self, found: Findings, *, request: AnalysisRequest, in_force: InForce, referring: Referring, reader: Reader
    ):
        self._found = found
        self._request = request
        self._in_force = in_force
        self._referring = referring
        self._reader = reader

    def compose(self) -> list[Sentence]:
        """Return the sentences in reading order."""
        if self._found.parts:
            return combining.combined(self._found)
        return self._figure_sentences() + self._quote_sentences()

    def _figure_sentences(self) -> list[Sentence]:
        found, figured = self._found, self._found.figured or self._found.dated
        if figured is None:
            return []
        made = [
            writer.calculation_sentence(
                calculation,
                writer.common_scale(calculation),
                evidence=Evidence(
                    citations=(),
                    calculation=calculation,
                    known_names=names_of([figured.source]),
                    documents=frozenset(found.visible),
                    period_heads=found.figured.heads if found.figured is not None else (),
                ),
                texts=found.texts,
                language=found.planned.language,
                answers=figured.periods,
            )
            for calculation in figured.calculations
        ]
        if all(map(writer.holds, made)):
            found.value = writer.figured_value(figured.calculations, periods=figured.periods)
        return made

    def _quote_sentences(self) -> list[Sentence]:
        if self._found.figured is not None:
            return []
        dated = self._found.dated
        chosen = [(item,) for item in dated.clauses] if dated is not None else quotable(self._found)
        sentences = []
        for candidates in chosen:
            evidence = self._found.evidence(candidates, entries_of=self._reader.entries)
            shown = len(candidates[0].span.places)
            sentences.append(writer.quote_sentence(evidence, self._found.texts, shown=shown))
        listed = [group[0] for group in chosen]
        if (part := self._found.stated) is not None and part.pointing is not None and part.printing in listed:
            listed.append(part.pointing)
        listed += self._in_force.earlier(listed)
        listed += self._referring.further(listed, interest_of(self._found)) if dated is None else []
        for item in listed[len(chosen) :]:
            evidence = self._found.evidence([item], entries_of=self._reader.entries)
            sentences.append(writer.quote_sentence(evidence, self._found.texts))
        if chosen and dated is None and writer.holds(sentences[0]):
            sentences = self._stated_values(chosen[0][0]) + sentences
        return sentences

    def _stated_values(self, best: Candidate) -> list[Sentence]:
        """Return the value sentence of the best quotation, and note the machine-readable value."""
        request, found = self._request, self._found
        if request.answer_type == "label":
            claim = found.planned.claim
            found.value = (
                label_value(request.labels, best.span.text)
                if claim is None
                else claims.label(claims.relation(claim, best.span.text, stance=best.stance), request.labels)
            )
            return []
        topics = found.planned.topics
        anchors = [topic.anchor for topic in topics if topic.anchor is not None][:1]
        is_close = any(topic.kind == found.planned.answer_kind for topic in topics) or best.lexical >= CLOSE
        if not anchors and not is_close:
            return []
        text = self._in_force.stating(best)
        if text is None:
            return []
        stated = stated_value(found.planned.answer_kind, text, anchors if text == best.span.text else ())
        if found.stated is not None and best is found.stated.printing:
            stated = _known(found.stated, text)
        if isinstance(stated, Several):
            found.notes.append("several_values")
        if not isinstance(stated, Stated):
            return []
        evidence = found.evidence([best], entries_of=self._reader.entries)
        words = text[stated.start : stated.end]
        sentence = writer.stated_sentence(
            stated.value, words, evidence=evidence, texts=found.texts, language=found.planned.language
        )
        found.value = stated.value if writer.holds(sentence) else None
        return [sentence]


def _known(part: StatedPart, text: str) -> Stated | None:
    """Return what the metadata know, as the sentence prints it."""
    start = text.find(part.words)
    return Stated(value=part.value, start=start, end=start + len(part.words)) if start >= 0 else None
