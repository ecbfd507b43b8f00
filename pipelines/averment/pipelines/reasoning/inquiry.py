"""The effects of the loop's steps for one question: what each phase really does.

The state machine decides the order; every method here does one phase and reports what the next decision needs.
Summaries of steps are fixed wordings with counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from averment.core.analysis import AnalysisRequest
from averment.core.answers import ModelCall, SentenceKind, TypedValue, Withheld
from averment.core.clock import Clock
from averment.core.documents import DocumentVersion
from averment.core.interpretation import SurveyCoverage
from averment.core.ports import CatalogReader
from averment.pipelines.reasoning import claims, combining, drafting, writer, yes_no
from averment.pipelines.reasoning.absence import is_absent
from averment.pipelines.reasoning.calibration import Group, Threshold, hold_to_threshold
from averment.pipelines.reasoning.composing import Composer
from averment.pipelines.reasoning.contract_dates import ContractDates
from averment.pipelines.reasoning.decisions import Decisions
from averment.pipelines.reasoning.entailment import EntailmentCheck, further_checks
from averment.pipelines.reasoning.evidence import TextReader
from averment.pipelines.reasoning.explaining import asks_for_words, with_footnotes
from averment.pipelines.reasoning.figuring import Figured, figure_out
from averment.pipelines.reasoning.findings import AsksParts, Findings, Retriever
from averment.pipelines.reasoning.following import Follower
from averment.pipelines.reasoning.identity import is_unborne
from averment.pipelines.reasoning.in_force import InForce
from averment.pipelines.reasoning.lists import ListDecider, Shelf
from averment.pipelines.reasoning.loop import Action, Budgets, Phase, StepResult
from averment.pipelines.reasoning.model_desk import ModelDesk, tokens_of
from averment.pipelines.reasoning.parts import MAX_PARTS
from averment.pipelines.reasoning.planner import PLAN_SCHEMA, added_queries, make_plan
from averment.pipelines.reasoning.reader import Candidate, Interest, Reader, Stretch
from averment.pipelines.reasoning.referring import Referring
from averment.pipelines.reasoning.resolving import resolve_question
from averment.pipelines.reasoning.rules import Operation
from averment.pipelines.reasoning.running import StepNote
from averment.pipelines.reasoning.scoping import choose_sources, count_sections, open_sources
from averment.pipelines.reasoning.splitting import split
from averment.pipelines.reasoning.standing import THRESHOLD, interest_of, is_strong, strong, threshold_for
from averment.pipelines.reasoning.weighing import n_weighed, weigh

TOP_K: Final = 24
MAX_EXHAUSTIVE_CHARS: Final = 400_000
PLAN_TOKENS: Final = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the steps work with; `thresholds` are calibrated ones by group of answers."""

    retriever: Retriever
    texts: TextReader
    catalog: CatalogReader
    reader: Reader
    clock: Clock
    thresholds: Mapping[Group, Threshold] = field(default_factory=dict)
    entailment: EntailmentCheck | None = None
    follower: Follower | None = None
    calendar: str | None = None
    decisions: Decisions = field(default_factory=Decisions)


class Inquiry:
    """One question being answered.

    Args:
        request: What is asked, by whom, over which documents.
        tools: What the steps work with.
        desk: Where the language model is asked.
        asker: Asks sub-questions; None for a question that is one itself.
    """

    def __init__(self, request: AnalysisRequest, tools: Tools, desk: ModelDesk, *, asker: AsksParts | None = None):
        self._request = request
        self._tools = tools
        self._desk = desk
        self._asker = asker
        self.found = Findings(threshold=THRESHOLD)
        self._in_force = InForce(
            self.found,
            on=request.as_of or tools.clock.now().date(),
            follower=tools.follower,
            prepared=tools.reader.prepared,
        )
        self._dates = ContractDates(self._in_force, calendar=tools.calendar)
        self._composer = Composer(
            self.found,
            request=request,
            in_force=self._in_force,
            referring=Referring(
                in_force=self._in_force,
                follower=tools.follower,
                principal=request.principal,
                retriever=tools.retriever,
                reader=tools.reader,
            ),
            reader=tools.reader,
        )
        self._acts = {
            Phase.RESOLVE: self._resolve,
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
        if action.phase is Phase.PARTS:
            return self._ask_parts(action.budgets or Budgets())
        return self._acts[action.phase]()

    def _resolve(self) -> tuple[StepResult, StepNote]:
        resolved = resolve_question(self._request, tools=self._tools, desk=self._desk)
        self._request, self.found.asked_as = resolved.request, resolved.asked_as
        return StepResult(tokens=tokens_of(resolved.call)), resolved.note

    def _plan(self) -> tuple[StepResult, StepNote]:
        plan = make_plan(self._request.question, answer_type=self._request.answer_type)
        self.found.plan = plan
        self.found.threshold = threshold_for(plan.topics)
        visible = self._tools.catalog.visible(self._request.principal, self._request.filters)
        self.found.visible = {document.document_id: document for document in visible}
        result = StepResult(queries=plan.queries if visible else (), asks_figure=bool(plan.figures or plan.dates))
        facts = {"kind": plan.kind.value, "queries": len(plan.queries), "documents": len(visible)}
        return result, StepNote(code="planned", facts=facts)

    def _propose(self) -> tuple[StepResult, StepNote]:
        plan = self.found.planned
        variables = {"question": plan.question, "queries": list(plan.queries)}
        reply, call = self._desk.ask("plan", variables, schema=PLAN_SCHEMA, max_tokens=PLAN_TOKENS)
        proposed = added_queries(reply, plan) if reply is not None else ()
        note = StepNote(code="proposed", facts={"queries": len(proposed)}, call=call)
        return StepResult(tokens=tokens_of(call), queries=proposed), note

    def _search(self, query: str) -> tuple[StepResult, StepNote]:
        retrieved = self._tools.retriever.retrieve(
            query, principal=self._request.principal, filters=self._request.filters, top_k=TOP_K
        )
        self.found.model_s += retrieved.timings.get("embed_s", 0.0)
        understood = retrieved.interpretation
        if not self.found.passages:
            self.found.survey = understood.survey
            if not is_unborne(self.found.planned.scope.names, understood.unmatched):
                self.found.named = [item.document_id for item in understood.documents]
        fresh = [item for item in retrieved.passages if item.chunk_id not in self.found.passages]
        self.found.passages |= {item.chunk_id: item for item in fresh}
        ids = tuple(item.chunk_id for item in retrieved.passages)
        code, counts = _surveyed(understood.survey)
        facts = {"passages": len(ids), "fresh": len(fresh), **counts}
        return StepResult(), StepNote(code=code, facts=facts, query=query, passage_ids=ids)

    def _read(self) -> tuple[StepResult, StepNote]:
        found = self.found
        opened = open_sources(list(found.passages.values()), found.visible, self._tools.texts, named=found.named)
        scoping = choose_sources(found.planned.scope, opened, filters=self._request.filters, named=found.named)
        found.sources, found.refusal = scoping.sources, scoping.refusal
        if self._asker is not None and (cut := split(found, answer_type=self._request.answer_type)) is not None:
            return cut
        self._in_force.follow(self._request.question, self._request.principal)
        if found.planned.is_beyond_rules:
            found.refusal = found.refusal or "not_a_figure"
        elif found.planned.figures is None:
            self._read_sentences(kind=None)
        n_candidates = len(strong(self.found))
        facts = {
            "read": len(found.sources),
            "found": len(opened),
            "sections": found.sections_read,
            "sentences": n_candidates,
            "weighed": n_weighed(found.candidates),
        }
        code = "read_weighed" if facts["weighed"] else "read"
        return StepResult(n_candidates=n_candidates), StepNote(code=code, facts=facts)

    def _ask_parts(self, budgets: Budgets) -> tuple[StepResult, StepNote]:
        assert self._asker is not None, "only a question with parts reaches this phase"
        found, deadline_s = self.found, self._tools.clock.monotonic_s() + budgets.max_seconds
        lister = self._lister() if found.survey is not None else None
        decided = lister.matched(found.parts) if lister is not None else []
        known = {item.part: item for item in decided}
        asked = [part for part in found.parts if part not in known][:MAX_PARTS]
        answered, tokens = self._asker.ask(asked, self._request, budgets=budgets) if asked else ([], 0)
        known |= {item.part: item for item in answered}
        found.parts = tuple(part for part in found.parts if part in known)
        others = lister.others(found.parts, lambda: self._tools.clock.monotonic_s() > deadline_s) if lister else []
        combining.take_in(found, [*(known[part] for part in found.parts), *others])
        stopped = next((item.stopped for item in answered if item.stopped is not None), None)
        facts = {"asked": len(answered), "held": sum(item.holds for item in known.values())}
        if lister is not None:
            facts |= {"decided": len(decided), "others": len(others), "unmet": found.n_unmet}
        code = "parts_asked" if lister is None else "parts_listed"
        return StepResult(tokens=tokens, stopped=stopped), StepNote(code=code, facts=facts)

    def _lister(self) -> ListDecider:
        tools = self._tools
        shelf = Shelf(texts=tools.texts, reader=tools.reader, follower=tools.follower, decisions=tools.decisions)
        return ListDecider(self.found, shelf, self._request.principal)

    def _read_sentences(self, *, kind: str | None) -> None:
        """Score the sentences of the sources: all of them where that is little enough, else the passages'."""
        found = self.found
        in_full = sum(len(source.text) for source in found.opened) <= MAX_EXHAUSTIVE_CHARS
        stretches = [Stretch(source=source) for source in found.sources] if in_full else self._stretches()
        stretches += self._in_force.stretches()
        interest = interest_of(found, kind=kind)
        found.candidates = self._scored(interest, stretches)
        if asks_for_words(interest.question):
            found.candidates = with_footnotes(found.candidates, sentences_of=self._tools.reader.sentences)
        self._in_force.anchor(lambda some: self._scored(interest, some), partial(is_strong, found))
        self._cover(in_full=in_full)

    def _scored(self, interest: Interest, stretches: Sequence[Stretch]) -> list[Candidate]:
        candidates, model_s = self._tools.reader.read(interest, stretches)
        weighed, weighed_s = weigh(
            self._tools.entailment,
            self.found.planned,
            interest=interest,
            candidates=candidates,
            clock=self._tools.clock,
        )
        self.found.model_s += model_s + weighed_s
        return weighed

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
            found.sections_read = sum(count_sections(source) for source in found.opened)
            found.is_exhaustive = self._in_force.reads_all and len(found.opened) == len(found.visible)
        else:
            found.sections_read = len({(item.document_id, item.section) for item in found.passages.values()})

    def _compute(self) -> tuple[StepResult, StepNote]:
        found, figures = self.found, self.found.planned.figures
        if found.planned.dates is not None and found.sources:
            note = self._dates.settle(found.planned.dates)
            is_computed, n_strong = found.dated is not None, len(strong(self.found))
            return StepResult(is_computed=is_computed, n_candidates=n_strong), note
        if figures is None or not found.sources:
            return StepResult(may_quote=False), StepNote(code="nothing_to_compute")
        outcome = figure_out(figures, found.sources, self._tools.reader.entries)
        self._cover(in_full=True)
        found.is_exhaustive = False  # every table was read, but not every sentence
        if isinstance(outcome, Figured):
            found.figured = outcome
            n_operands = sum(len(calculation.operands) for calculation in outcome.calculations)
            return StepResult(is_computed=True), StepNote(code="computed", facts={"cells": n_operands})
        found.refusal = outcome
        may_quote = figures.operation in (Operation.LOOKUP, Operation.LIST) and outcome == "metric_not_found"
        if may_quote:
            self._read_sentences(kind="amount")
        result = StepResult(may_quote=may_quote, n_candidates=len(strong(self.found)))
        return result, StepNote(code="not_computed", facts={"reason": outcome})

    def _select(self) -> tuple[StepResult, StepNote]:
        offered, question = strong(self.found), self.found.planned.question
        sentences_of, calls = self._tools.reader.sentences, tuple[ModelCall, ...]()
        if self._desk.trusts("yes_no"):
            chosen, calls = yes_no.choose(self._desk, offered, question=question, sentences_of=sentences_of)
        else:
            chosen, call = drafting.select(self._desk, question, offered, sentences_of=sentences_of)
            calls = (call,) if call is not None else ()
        self.found.selected = chosen
        n_chosen = len(chosen) if chosen is not None else 0
        remaining = len(offered) if chosen is None else n_chosen
        note = StepNote(
            code="chosen",
            facts={"chosen": n_chosen, "offered": len(offered)},
            call=calls[-1] if calls else None,
            earlier_calls=calls[:-1],
        )
        return StepResult(tokens=yes_no.tokens_spent(calls), n_candidates=remaining), note

    def _draft(self) -> tuple[StepResult, StepNote]:
        return self._stated(rejected=None)

    def _repair(self) -> tuple[StepResult, StepNote]:
        drafted = self.found.drafted
        rejected = (drafted.text, writer.failed_checks(drafted)) if drafted else ("", ())
        return self._stated(rejected=rejected)

    def _stated(self, *, rejected: tuple[str, Sequence[str]] | None) -> tuple[StepResult, StepNote]:
        offered = self.found.selected or strong(self.found)
        plan = self.found.planned
        draft, call = drafting.state(
            self._desk,
            plan.question,
            offered,
            sentences_of=self._tools.reader.sentences,
            language=plan.language,
            rejected=rejected,
        )
        self.found.draft = draft
        self.found.drafted = None
        if draft is not None:
            evidence = self.found.evidence(draft.candidates, entries_of=self._tools.reader.entries)
            further, model_s = further_checks(
                self._tools.entailment, draft.text, evidence=evidence, clock=self._tools.clock
            )
            self.found.model_s += model_s
            self.found.drafted = writer.statement_sentence(draft.text, evidence, self.found.texts, further=further)
        elif rejected is not None:
            self.found.withheld.append(Withheld(reason="not_repaired", checks=tuple(rejected[1])))
        code = "not_stated" if draft is None else "stated" if rejected is None else "restated"
        return StepResult(tokens=tokens_of(call)), StepNote(code=code, call=call)

    def _check(self) -> tuple[StepResult, StepNote]:
        """Make every sentence and keep those whose checks hold."""
        found = self.found
        made = self._composer.compose()
        found.sentences = [sentence for sentence in made if writer.holds(sentence)]
        found.n_blocked = len(made) - len(found.sentences) + sum(item.found.n_blocked for item in found.answered)
        if found.parts:
            found.value = combining.combined_value(found)
        failed = 0
        if found.drafted is not None and not writer.holds(found.drafted):
            failed = 1
        n_checks = sum(len(sentence.claim.checks) for sentence in made if sentence.claim is not None)
        blocked = found.n_blocked + failed
        facts = {"checks": n_checks, "sentences": len(made), "blocked": blocked}
        return StepResult(failed_checks=failed), StepNote(code="checked", facts=facts)

    def _write(self) -> tuple[StepResult, StepNote]:
        """Settle which sentences the answer has; the answerer adds the notices."""
        found = self.found
        if found.drafted is not None:
            if writer.holds(found.drafted):
                found.sentences = [found.drafted, *found.sentences]
            else:
                found.withheld.append(Withheld(reason="failed_checks", checks=writer.failed_checks(found.drafted)))
        found.is_absent = is_absent(found, self._request.answer_type)
        if found.is_absent:
            wants_label = found.planned.claim is not None and self._request.answer_type == "label"
            unmentioned = claims.label("not_mentioned", self._request.labels) if wants_label else None
            found.value = unmentioned or TypedValue(type="boolean", value=False)
        hold_to_threshold(found, self._tools.thresholds)
        kinds = [sentence.kind for sentence in found.sentences]
        facts = {
            "quotes": kinds.count(SentenceKind.QUOTE),
            "values": kinds.count(SentenceKind.VALUE),
            "statements": kinds.count(SentenceKind.STATEMENT),
            "withheld": len(found.withheld),
        }
        return StepResult(), StepNote(code="written", facts=facts)

    @property
    def documents_read(self) -> list[DocumentVersion]:
        """Return the documents that were read, in part or in full."""
        return [source.document for source in self.found.opened]


def _surveyed(survey: SurveyCoverage | None) -> tuple[str, dict[str, int]]:
    """Return the code of a search, and how many documents were looked at one by one."""
    if survey is None:
        return "searched", {}
    counts = {"looked": survey.documents_looked_at, "scope": survey.documents_in_scope}
    if survey.documents_matched is None:
        return "searched_each", counts
    return "searched_matching", {**counts, "matched": survey.documents_matched}
