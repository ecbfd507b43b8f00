"""Answers a question: runs the loop, measures it, and puts the finished answer together.

The answer has no receipt; whoever releases it writes it to the evidence log first. Abstaining is a normal outcome.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Literal, Protocol, runtime_checkable

from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest
from averment.core.answers import (
    Answer,
    AnswerStatus,
    Confidence,
    Coverage,
    ReasoningStep,
    Sentence,
    SentenceKind,
    Usage,
)
from averment.core.clock import Clock, unix_ms
from averment.core.ids import sha256_id, uuid7
from averment.core.ports import CatalogReader, ChatModel, Embedder
from averment.core.telemetry import span
from averment.pipelines.models.cancellation import Cancellation, watching
from averment.pipelines.reasoning import absence, prompts, reader, writer
from averment.pipelines.reasoning import inquiry as inquiries
from averment.pipelines.reasoning.evidence import TextReader
from averment.pipelines.reasoning.findings import Findings, Retriever
from averment.pipelines.reasoning.inquiry import Inquiry, Tools
from averment.pipelines.reasoning.loop import STEP_KINDS, Action, Budgets, Loop, LoopState, Phase, Powers, StepResult
from averment.pipelines.reasoning.model_desk import ModelDesk, ModelTrust
from averment.pipelines.reasoning.notices import BUDGETS, EXHAUSTIVE, Language, counted, language_of
from averment.pipelines.reasoning.planner import QuestionKind
from averment.pipelines.reasoning.reader import Reader
from averment.pipelines.reasoning.scoping import count_unreadable

REASONING_VERSION: Final = 2
NEAREST: Final = 5
Method = Literal["model", "extractive", "rules", "none"]

__all__ = ["Answerer", "Budgets"]


class StepListener(Protocol):
    """Hears of every step as it ends."""

    def __call__(self, step: ReasoningStep) -> None:
        """Take note of a step; it carries counts and durations, no content."""


@runtime_checkable
class CallerAware(Protocol):
    """A model that keeps its callers apart."""

    def for_caller(self, principal: Principal, *, cancellation: Cancellation | None = None) -> ChatModel:
        """Return the same model for one caller, whose calls in flight end when it cancels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ran:
    """What running the loop left behind."""

    state: LoopState
    steps: tuple[ReasoningStep, ...]


class Answerer:
    """Answers questions from the documents a caller may read.

    Args:
        retriever: Finds passages.
        texts: Canonical texts and their layouts.
        catalog: Which documents there are.
        embedder: Compares sentences with questions; None compares words alone.
        clock: Tells the time.
        model: The language model, or None to answer without one.
        profile: What the model may do; None trusts it with nothing.
        budgets: How much one answer may cost.
    """

    def __init__(  # noqa: PLR0913 - each collaborator is a port of its own; the wiring names them
        self,
        retriever: Retriever,
        *,
        texts: TextReader,
        catalog: CatalogReader,
        embedder: Embedder | None,
        clock: Clock,
        model: ChatModel | None = None,
        profile: ModelTrust | None = None,
        budgets: Budgets | None = None,
    ):
        self._tools = Tools(
            retriever=retriever, texts=texts, catalog=catalog, reader=Reader(embedder, clock), clock=clock
        )
        self._embedder_id = embedder.model_id if embedder is not None else None
        self._clock = clock
        self._model = model
        self._profile = profile
        self._budgets = budgets or Budgets()

    @cached_property
    def pipeline_hash(self) -> str:
        """Identify what decides answers besides the documents: rules, prompts, weights, budgets, retriever, models."""
        names: tuple[prompts.PromptName, ...] = ("plan", "select", "write", "repair")
        parts = {
            "version": REASONING_VERSION,
            "prompts": {name: sha256_id(prompts.template_source(name).encode("utf-8")) for name in names},
            "weights": [reader.LEXICAL_WEIGHT, reader.TOPIC_WEIGHT, reader.KIND_WEIGHT],
            "thresholds": [
                inquiries.THRESHOLD,
                inquiries.THRESHOLD_WITHOUT_TOPIC,
                inquiries.THRESHOLD_NAMED,
                inquiries.MIN_LEXICAL,
                absence.NEAR_SIMILARITY,
            ],
            "budgets": [self._budgets.max_steps, self._budgets.max_tokens, self._budgets.max_seconds],
            "embedder": self._embedder_id,
            "model": self._model.model_id if self._model is not None else None,
            "trusted_for": sorted(self._profile.trusted_for) if self._profile is not None else [],
            "retriever": getattr(self._tools.retriever, "fingerprint", None),
        }
        return sha256_id(json.dumps(parts, sort_keys=True, separators=(",", ":")).encode("utf-8"))

    def answer(
        self,
        request: AnalysisRequest,
        *,
        on_event: StepListener | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Answer:
        """Answer a question, or abstain.

        Args:
            request: What is asked, by whom, over which documents.
            on_event: Hears of every step, without its query.
            cancelled: Asked before every step but the first, and from another thread while a model may be called;
                once true, a call in flight is aborted and the answer is truncated to what was found.

        Returns:
            The answer without a receipt.

        Raises:
            AvermentError: The index, the texts or the catalog failed. A failing language model raises nothing.
        """
        begun = self._clock.monotonic_s()
        cancellation = Cancellation()
        model = _for_caller(self._model, request.principal, cancellation)
        desk = ModelDesk(model, trust=self._profile, clock=self._clock)
        inquiry = Inquiry(request, self._tools, desk)
        powers = Powers(proposes=desk.is_open, selects=desk.trusts("select"), states=desk.trusts("write"))
        asked = cancelled if model is not None else None
        with span("averment.pipelines.answer") as current, watching(asked, cancellation):
            ran = self._run(Loop(self._budgets, powers), inquiry, on_event=on_event, cancelled=cancelled)
            current.set_attribute("averment.steps", len(ran.steps))
        duration_s = self._clock.monotonic_s() - begun
        return self._assembled(request, inquiry=inquiry, desk=desk, ran=ran, duration_s=duration_s)

    def _run(
        self,
        loop: Loop,
        inquiry: Inquiry,
        *,
        on_event: StepListener | None,
        cancelled: Callable[[], bool] | None,
    ) -> _Ran:
        state = loop.start()
        steps: list[ReasoningStep] = []
        while state.phase is not Phase.DONE:
            if steps and cancelled is not None and cancelled():
                state = loop.stop(state, "cancelled")
            action = loop.next_action(state)
            step, result = self._step(len(steps) + 1, action, inquiry)
            steps.append(step)
            if on_event is not None:
                on_event(replace(step, query=None))
            state = loop.advance(state, result)
        return _Ran(state=state, steps=tuple(steps))

    def _step(self, number: int, action: Action, inquiry: Inquiry) -> tuple[ReasoningStep, StepResult]:
        started_at, begun = self._clock.now(), self._clock.monotonic_s()
        result, note = inquiry.act(action)
        duration_s = self._clock.monotonic_s() - begun
        step = ReasoningStep(
            number=number,
            kind=STEP_KINDS[action.phase],
            summary=note.summary,
            query=note.query,
            passage_ids=note.passage_ids,
            model_call=note.call,
            started_at=started_at,
            duration_s=duration_s,
        )
        return step, replace(result, seconds=duration_s)

    def _assembled(
        self, request: AnalysisRequest, *, inquiry: Inquiry, desk: ModelDesk, ran: _Ran, duration_s: float
    ) -> Answer:
        found = inquiry.found
        method = _method(found)
        status = _status(found, ran.state)
        language = found.plan.language if found.plan is not None else language_of(request.question)
        coverage = _coverage(found)
        warnings = _warnings(found, desk)
        notices = _Notices(found, coverage=coverage, language=language).all(status, method=method, ran=ran.state)
        sentences = tuple(found.sentences) + notices
        now = self._clock.now()
        return Answer(
            id=uuid7(unix_ms=unix_ms(now)),
            question=request.question,
            text=" ".join(sentence.text for sentence in sentences),
            status=status,
            method=method,
            value=found.value if found.sentences or found.is_absent else None,
            sentences=sentences,
            claims=tuple(sentence.claim for sentence in sentences if sentence.claim is not None),
            steps=ran.steps,
            coverage=coverage,
            confidence=Confidence(score=_score(found), threshold=found.threshold),
            usage=_usage(found, desk, duration_s),
            nearest=() if found.sentences else tuple(found.passages.values())[:NEAREST],
            purpose=request.purpose,
            pipeline_hash=self.pipeline_hash,
            created_at=now,
            warnings=warnings,
        )


def _for_caller(model: ChatModel | None, principal: Principal, cancellation: Cancellation) -> ChatModel | None:
    """Return the model as one caller may use it: its prefix cache is not shared across access labels."""
    aware: object = model
    return aware.for_caller(principal, cancellation=cancellation) if isinstance(aware, CallerAware) else model


def _method(found: Findings) -> Method:
    if found.is_absent:
        return "rules"
    if not found.sentences:
        return "none"
    kinds = {sentence.kind for sentence in found.sentences}
    if SentenceKind.STATEMENT in kinds or found.selected:
        return "model"
    return "rules" if found.figured is not None else "extractive"


def _status(found: Findings, state: LoopState) -> AnswerStatus:
    if state.stopped is not None:
        return "truncated"
    return "answered" if found.sentences or found.is_absent else "abstained"


def _coverage(found: Findings) -> Coverage:
    return Coverage(
        documents_in_scope=len(found.visible),
        documents_read=len(found.sources),
        sections_read=found.sections_read,
        pages_unreadable=count_unreadable(found.sources),
        exhaustive=found.is_exhaustive and bool(found.sources),
    )


def _score(found: Findings) -> float | None:
    if found.is_absent:
        return None
    if found.figured is not None:
        return found.figured.score
    return found.candidates[0].score if found.candidates else None


def _warnings(found: Findings, desk: ModelDesk) -> tuple[str, ...]:
    warnings = list(desk.warnings)
    if found.n_withheld:
        warnings += ["statement_withheld"] * found.n_withheld
    if found.n_blocked:
        warnings.append("sentence_blocked")
    return tuple(warnings)


def _usage(found: Findings, desk: ModelDesk, duration_s: float) -> Usage:
    return Usage(
        prompt_tokens=sum(call.input_tokens or 0 for call in desk.calls),
        cached_tokens=sum(call.cached_tokens or 0 for call in desk.calls),
        completion_tokens=sum(call.output_tokens or 0 for call in desk.calls),
        model_calls=len(desk.calls),
        duration_s=duration_s,
        model_s=desk.model_s + found.model_s,
    )


class _Notices:
    """The notices of one answer, in the language of its question."""

    def __init__(self, found: Findings, *, coverage: Coverage, language: Language):
        self._found = found
        self._coverage = coverage
        self._language = language

    def all(self, status: AnswerStatus, *, method: Method, ran: LoopState) -> tuple[Sentence, ...]:
        """Return the notices in reading order."""
        notices = []
        if ran.stopped == "cancelled":
            notices.append(self._notice("cancelled"))
        elif ran.stopped is not None:
            notices.append(self._notice("truncated", budget=BUDGETS[ran.stopped][self._language]))
        if status == "abstained":
            notices += self._abstention()
        elif self._found.is_absent:
            notices.append(self._absence())
        elif self._found.sentences:
            notices += self._on_answer(method)
        if self._found.n_withheld:
            notices.append(self._notice("withheld", count=self._counted("count", self._found.n_withheld)))
        if self._coverage.pages_unreadable:
            notices.append(self._notice("unreadable", pages=self._counted("pages", self._coverage.pages_unreadable)))
        return (*notices, self._notice("trial"))

    def _on_answer(self, method: Method) -> list[Sentence]:
        kinds = {"model": "method_model", "rules": "method_rules", "extractive": "method_extractive"}
        notices = [self._notice(code) for code in dict.fromkeys(self._found.notes)]
        if self._found.planned.kind is QuestionKind.PRESENCE:
            notices.append(self._notice("presence"))
        return [*notices, self._notice(kinds[method])]

    def _absence(self) -> Sentence:
        documents = self._counted("documents", self._coverage.documents_read)
        sections = self._counted("sections", self._coverage.sections_read)
        return self._notice("no_such_clause", documents=documents, sections=sections)

    def _abstention(self) -> list[Sentence]:
        found, coverage = self._found, self._coverage
        documents = self._counted("documents", coverage.documents_read)
        sections = self._counted("sections", coverage.sections_read)
        if found.refusal is not None:
            first = self._notice(found.refusal)
        elif not found.visible or not found.sources:
            first = self._notice("nothing_in_scope")
        elif found.planned.kind is QuestionKind.PRESENCE and coverage.exhaustive:
            return [self._notice("nothing_found", documents=documents, sections=sections)]
        else:
            first = self._notice("weak_evidence", documents=documents)
        exhaustive = EXHAUSTIVE[self._language] if coverage.exhaustive else ""
        return [first, self._notice("coverage", documents=documents, sections=sections, exhaustive=exhaustive)]

    def _notice(self, code: str, **parts: str) -> Sentence:
        return writer.notice_sentence(code, self._language, **parts)

    def _counted(self, unit: str, number: int) -> str:
        return counted(unit, number, self._language)
