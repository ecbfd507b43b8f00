"""The effects of the loop's steps for one question: what each phase really does.

The state machine decides the order; every method here does one phase and reports what the next decision needs.
Summaries of steps are fixed wordings with counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from averment.core.analysis import AnalysisRequest
from averment.core.answers import ModelCall, Sentence, SentenceKind, TypedValue
from averment.core.clock import Clock
from averment.core.documents import DocumentVersion
from averment.core.interpretation import SurveyCoverage
from averment.core.ports import CatalogReader
from averment.pipelines.reasoning import drafting, writer
from averment.pipelines.reasoning.absence import is_absent
from averment.pipelines.reasoning.checks import Evidence
from averment.pipelines.reasoning.evidence import Source, TextReader
from averment.pipelines.reasoning.figuring import Figured, figure_out
from averment.pipelines.reasoning.findings import Findings, Retriever, names_of
from averment.pipelines.reasoning.identity import without_document_names
from averment.pipelines.reasoning.loop import Action, Phase, StepResult
from averment.pipelines.reasoning.model_desk import ModelDesk, tokens_of
from averment.pipelines.reasoning.planner import PLAN_SCHEMA, QuestionKind, added_queries, make_plan
from averment.pipelines.reasoning.reader import Candidate, Interest, Reader, Stretch, same_words
from averment.pipelines.reasoning.rules import Operation
from averment.pipelines.reasoning.scoping import choose_sources, count_sections, open_sources
from averment.pipelines.reasoning.topic import Topic
from averment.pipelines.reasoning.typed import Several, Stated, label_value, stated_value

TOP_K: Final = 24
MAX_EXHAUSTIVE_CHARS: Final = 400_000
THRESHOLD: Final = 0.45
THRESHOLD_WITHOUT_TOPIC: Final = 0.5
THRESHOLD_NAMED: Final = 0.15
MIN_LEXICAL: Final = 0.05
CLOSE: Final = 0.5
QUOTES: Final = 3
NEAR: Final = 0.88
PLAN_TOKENS: Final = 160
NAMING_CHARS: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the steps work with."""

    retriever: Retriever
    texts: TextReader
    catalog: CatalogReader
    reader: Reader
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class StepNote:
    """What is written down of a step."""

    summary: str
    query: str | None = None
    passage_ids: tuple[str, ...] = ()
    call: ModelCall | None = None


class Inquiry:
    """One question being answered.

    Args:
        request: What is asked, by whom, over which documents.
        tools: What the steps work with.
        desk: Where the language model is asked.
    """

    def __init__(self, request: AnalysisRequest, tools: Tools, desk: ModelDesk):
        self._request = request
        self._tools = tools
        self._desk = desk
        self.found = Findings(threshold=THRESHOLD)
        self._acts = {
            Phase.PLAN: self._plan,
            Phase.PROPOSE: self._propose,
            Phase.READ: self._read,
            Phase.COMPUTE: self._compute,
            Phase.SELECT: self._select,
            Phase.DRAFT: self._draft,
            Phase.CHECK: self._check,
            Phase.REPAIR: self._repair,
            Phase.WRITE: self._write,
        }

    def act(self, action: Action) -> tuple[StepResult, StepNote]:
        """Do what an action says."""
        if action.phase is Phase.SEARCH:
            return self._search(action.query or self._request.question)
        return self._acts[action.phase]()

    def _plan(self) -> tuple[StepResult, StepNote]:
        plan = make_plan(self._request.question, answer_type=self._request.answer_type)
        self.found.plan = plan
        self.found.threshold = threshold_for(plan.topics)
        visible = self._tools.catalog.visible(self._request.principal, self._request.filters)
        self.found.visible = {document.document_id: document for document in visible}
        result = StepResult(queries=plan.queries if visible else (), asks_figure=plan.figures is not None)
        return result, StepNote(
            summary=f"Planned as {plan.kind.value}: {len(plan.queries)} queries, {len(visible)} documents in scope."
        )

    def _propose(self) -> tuple[StepResult, StepNote]:
        plan = self.found.planned
        variables = {"question": plan.question, "queries": list(plan.queries)}
        reply, call = self._desk.ask("plan", variables, schema=PLAN_SCHEMA, max_tokens=PLAN_TOKENS)
        proposed = added_queries(reply, plan) if reply is not None else ()
        used = proposed if self._desk.trusts("plan") else ()
        summary = f"The model proposed {len(proposed)} usable queries; {len(used)} are searched."
        return StepResult(tokens=tokens_of(call), queries=used), StepNote(summary=summary, call=call)

    def _search(self, query: str) -> tuple[StepResult, StepNote]:
        retrieved = self._tools.retriever.retrieve(
            query, principal=self._request.principal, filters=self._request.filters, top_k=TOP_K
        )
        self.found.model_s += retrieved.timings.get("embed_s", 0.0)
        if not self.found.passages:
            self.found.named = [item.document_id for item in retrieved.interpretation.documents]
        fresh = [item for item in retrieved.passages if item.chunk_id not in self.found.passages]
        self.found.passages |= {item.chunk_id: item for item in fresh}
        ids = tuple(item.chunk_id for item in retrieved.passages)
        summary = (
            f"Searched: {len(ids)} passages, {len(fresh)} of them new.{_surveyed(retrieved.interpretation.survey)}"
        )
        return StepResult(), StepNote(summary=summary, query=query, passage_ids=ids)

    def _read(self) -> tuple[StepResult, StepNote]:
        found = self.found
        opened = open_sources(list(found.passages.values()), found.visible, self._tools.texts, named=found.named)
        scoping = choose_sources(found.planned.scope, opened, filters=self._request.filters, named=found.named)
        found.sources, found.refusal = scoping.sources, scoping.refusal
        if found.planned.figures is None:
            self._read_sentences(kind=None)
        n_candidates = len(self._strong())
        summary = (
            f"Read {len(found.sources)} of {len(opened)} documents found, {found.sections_read} sections; "
            f"{n_candidates} sentences stand out."
        )
        return StepResult(n_candidates=n_candidates), StepNote(summary=summary)

    def _read_sentences(self, *, kind: str | None) -> None:
        """Score the sentences of the sources: all of them where that is little enough, else the passages'."""
        found, plan = self.found, self.found.planned
        in_full = sum(len(source.text) for source in found.sources) <= MAX_EXHAUSTIVE_CHARS
        stretches = [Stretch(source=source) for source in found.sources] if in_full else self._stretches()
        interest = Interest(
            question=without_document_names(plan.scope.question, [_head(source) for source in found.sources]),
            unit=plan.unit,
            topics=plan.topics,
            kind=plan.answer_kind or ("amount" if kind == "amount" else None),
        )
        found.candidates, model_s = self._tools.reader.read(interest, stretches)
        found.model_s += model_s
        self._cover(in_full=in_full)

    def _stretches(self) -> list[Stretch]:
        by_id = {source.document.document_id: source for source in self.found.sources}
        return [
            Stretch(source=by_id[passage.document_id], start=passage.start, end=passage.end)
            for passage in self.found.passages.values()
            if passage.document_id in by_id and passage.text_hash == by_id[passage.document_id].text_hash
        ]

    def _cover(self, *, in_full: bool) -> None:
        found = self.found
        if in_full:
            found.sections_read = sum(count_sections(source) for source in found.sources)
            found.is_exhaustive = len(found.sources) == len(found.visible)
        else:
            found.sections_read = len({(item.document_id, item.section) for item in found.passages.values()})

    def _compute(self) -> tuple[StepResult, StepNote]:
        found, figures = self.found, self.found.planned.figures
        if figures is None or not found.sources:
            return StepResult(may_quote=False), StepNote(summary="Nothing to compute from.")
        outcome = figure_out(figures, found.sources, self._tools.reader.entries)
        self._cover(in_full=True)
        found.is_exhaustive = False  # every table was read, but not every sentence
        if isinstance(outcome, Figured):
            found.figured = outcome
            n_operands = len(outcome.calculation.operands)
            return StepResult(is_computed=True), StepNote(summary=f"Computed from {n_operands} cells.")
        found.refusal = outcome
        may_quote = figures.operation is Operation.LOOKUP and outcome == "metric_not_found"
        if may_quote:
            self._read_sentences(kind="amount")
        result = StepResult(may_quote=may_quote, n_candidates=len(self._strong()))
        return result, StepNote(summary=f"Not computed: {outcome}.")

    def _strong(self) -> list[Candidate]:
        """Return the candidates above the threshold, and on the question's topic where it has one."""
        topics = self.found.planned.topics
        needs_value = self.found.planned.kind is QuestionKind.VALUE and any(topic.needs_value for topic in topics)
        return [
            item
            for item in self.found.candidates
            if item.score >= self.found.threshold
            and (item.lexical >= MIN_LEXICAL or (item.on_topic and item.holds_kind))
            and (item.on_topic or not topics)
            and (item.holds_kind or not needs_value)
        ]

    def _quotable(self) -> list[tuple[Candidate, ...]]:
        """Return what to quote: the model's selection, or the best few that are nearly as good as the first.

        Sentences of the same words, in one document or several, are one quotation with several places.
        """
        if self.found.selected is not None:
            return same_words(self.found.selected)
        strong = self._strong()
        if not strong:
            return []
        near = [item for item in strong if item.score >= strong[0].score * NEAR]
        return same_words(near)[: 1 if self.found.planned.kind is QuestionKind.VALUE else QUOTES]

    def _select(self) -> tuple[StepResult, StepNote]:
        offered = self._strong()
        chosen, call = drafting.select(self._desk, self.found.planned.question, offered)
        self.found.selected = chosen
        n_chosen = len(chosen) if chosen is not None else 0
        remaining = len(offered) if chosen is None else n_chosen
        note = StepNote(summary=f"The model chose {n_chosen} of {len(offered)} labelled sentences.", call=call)
        return StepResult(tokens=tokens_of(call), n_candidates=remaining), note

    def _draft(self) -> tuple[StepResult, StepNote]:
        return self._stated(rejected=None, summary="The model wrote a statement.")

    def _repair(self) -> tuple[StepResult, StepNote]:
        drafted = self.found.drafted
        failed = [check.name for check in drafted.claim.checks if not check.passed] if drafted and drafted.claim else []
        rejected = (drafted.text if drafted else "", failed)
        return self._stated(rejected=rejected, summary="The model rewrote a statement that failed checks.")

    def _stated(self, *, rejected: tuple[str, Sequence[str]] | None, summary: str) -> tuple[StepResult, StepNote]:
        offered = self.found.selected or self._strong()
        plan = self.found.planned
        draft, call = drafting.state(self._desk, plan.question, offered, language=plan.language, rejected=rejected)
        self.found.draft = draft
        self.found.drafted = None
        if draft is not None:
            evidence = self.found.evidence(draft.candidates, entries_of=self._tools.reader.entries)
            self.found.drafted = writer.statement_sentence(draft.text, evidence, self.found.texts)
        elif rejected is not None:
            self.found.n_withheld += 1
        return StepResult(tokens=tokens_of(call)), StepNote(summary=summary, call=call)

    def _check(self) -> tuple[StepResult, StepNote]:
        """Make every sentence and keep those whose checks hold."""
        found = self.found
        made = self._figure_sentences() + self._quote_sentences()
        found.sentences = [sentence for sentence in made if writer.holds(sentence)]
        found.n_blocked = len(made) - len(found.sentences)
        failed = 0
        if found.drafted is not None and not writer.holds(found.drafted):
            failed = 1
        n_checks = sum(len(sentence.claim.checks) for sentence in made if sentence.claim is not None)
        blocked = found.n_blocked + failed
        note = StepNote(summary=f"{n_checks} checks on {len(made)} sentences; {blocked} sentences blocked.")
        return StepResult(failed_checks=failed), note

    def _figure_sentences(self) -> list[Sentence]:
        figured = self.found.figured
        if figured is None:
            return []
        scale = writer.common_scale(figured.calculation)
        evidence = Evidence(
            citations=(),
            calculation=figured.calculation,
            known_names=names_of([figured.source]),
            documents=frozenset(self.found.visible),
        )
        sentence = writer.calculation_sentence(
            figured.calculation, scale, evidence=evidence, texts=self.found.texts, language=self.found.planned.language
        )
        self.found.value = writer.typed_result(figured.calculation, scale) if writer.holds(sentence) else None
        return [sentence]

    def _quote_sentences(self) -> list[Sentence]:
        if self.found.figured is not None:
            return []
        chosen = self._quotable()
        sentences = []
        for candidates in chosen:
            evidence = self.found.evidence(candidates, entries_of=self._tools.reader.entries)
            shown = len(candidates[0].span.places)
            sentences.append(writer.quote_sentence(evidence, self.found.texts, shown=shown))
        if chosen and writer.holds(sentences[0]):
            sentences = self._stated_values(chosen[0][0]) + sentences
        return sentences

    def _stated_values(self, best: Candidate) -> list[Sentence]:
        """Return the value sentence of the best quotation, and note the machine-readable value."""
        request, found = self._request, self.found
        if request.answer_type == "label":
            found.value = label_value(request.labels, best.span.text)
            return []
        topics = found.planned.topics
        anchors = [topic.anchor for topic in topics if topic.anchor is not None][:1]
        is_close = any(topic.kind == found.planned.answer_kind for topic in topics) or best.lexical >= CLOSE
        if not anchors and not is_close:
            return []
        stated = stated_value(found.planned.answer_kind, best.span.text, anchors)
        if isinstance(stated, Several):
            found.notes.append("several_values")
        if not isinstance(stated, Stated):
            return []
        evidence = found.evidence([best], entries_of=self._tools.reader.entries)
        words = best.span.text[stated.start : stated.end]
        sentence = writer.stated_sentence(
            stated.value, words, evidence=evidence, texts=found.texts, language=found.planned.language
        )
        found.value = stated.value if writer.holds(sentence) else None
        return [sentence]

    def _write(self) -> tuple[StepResult, StepNote]:
        """Settle which sentences the answer has; the answerer adds the notices."""
        found = self.found
        if found.drafted is not None:
            if writer.holds(found.drafted):
                found.sentences = [found.drafted, *found.sentences]
            else:
                found.n_withheld += 1
        found.is_absent = is_absent(found, self._request.answer_type)
        if found.is_absent:
            found.value = TypedValue(type="boolean", value=False)
        kinds = [sentence.kind for sentence in found.sentences]
        counts = ", ".join(f"{kinds.count(kind)} {kind.value}" for kind in SentenceKind if kind in kinds) or "none"
        return StepResult(), StepNote(summary=f"Wrote sentences: {counts}; withheld: {found.n_withheld}.")

    @property
    def documents_read(self) -> list[DocumentVersion]:
        """Return the documents that were read, in part or in full."""
        return [source.document for source in self.found.sources]


def threshold_for(topics: Sequence[Topic]) -> float:
    """Return the score (0-1) from which a sentence answers: lower where the question says which clause it means."""
    if not topics:
        return THRESHOLD_WITHOUT_TOPIC
    return THRESHOLD_NAMED if all(topic.is_named for topic in topics) else THRESHOLD


def _head(source: Source) -> str:
    """Return the names a document goes by, in lower case on one line: the catalog's, else its first lines."""
    document = source.document
    known = (document.title, document.issuer or "", *document.parties)
    first_lines = "" if document.parties or document.issuer else source.text[:NAMING_CHARS]
    return " ".join(" ".join((*known, first_lines)).lower().split())


def _surveyed(survey: SurveyCoverage | None) -> str:
    """Say in a fixed wording how many documents were looked at one by one."""
    if survey is None:
        return ""
    matched = "" if survey.documents_matched is None else f", {survey.documents_matched} match"
    return f" Looked at {survey.documents_looked_at} of {survey.documents_in_scope} documents{matched}."
