"""Answers a question: runs the loop, measures it, and puts the finished answer together.

The answer has no receipt; whoever releases it writes it to the evidence log first. Abstaining is a normal outcome.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Protocol, runtime_checkable

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
from averment.pipelines.reasoning import writer
from averment.pipelines.reasoning.calibration import Calibration, Group, Threshold
from averment.pipelines.reasoning.decisions import Decisions
from averment.pipelines.reasoning.entailment import EntailmentCheck
from averment.pipelines.reasoning.evidence import TextReader
from averment.pipelines.reasoning.findings import Findings, Retriever
from averment.pipelines.reasoning.following import Anatomy, Follower
from averment.pipelines.reasoning.inquiry import Inquiry, Tools
from averment.pipelines.reasoning.loop import Budgets, Loop, LoopState, Powers
from averment.pipelines.reasoning.model_desk import MaySee, ModelDesk, ModelTrust
from averment.pipelines.reasoning.notices import Language, language_of
from averment.pipelines.reasoning.part_asker import PartAsker
from averment.pipelines.reasoning.pipeline_identity import ScoringParts, model_identity, scoring_hash
from averment.pipelines.reasoning.reader import Reader
from averment.pipelines.reasoning.recall import FoundShare, estimated_recall
from averment.pipelines.reasoning.remarks import Method, Remarks
from averment.pipelines.reasoning.running import StepListener, Trail, run_loop
from averment.pipelines.reasoning.scoping import count_unreadable
from averment.pipelines.reasoning.trust import Decision

NEAREST: Final = 5
# A call is aborted this long after the answer's time is up, so that its own step is beyond it.
_GRACE_S: Final = 0.1

__all__ = ["Answerer", "Budgets", "StepListener"]


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
        decision: What was measured of it, which goes before what the profile says.
        budgets: How much one answer may cost.
        calibration: From which score answers are given; one that was made with another pipeline is not used, and every
            answer warns of it.
        entailment: A trained verifier's check of statements; without one the guards alone check them.
        anatomy: Knows which documents change which; None follows no amendment.
        may_see: Says whether text of documents with these labels may be sent to the model; None sends any.
        calendar: Code of the holidays that business days leave out; those of the governing law when None.
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
        decision: Decision | None = None,
        budgets: Budgets | None = None,
        calibration: Calibration | None = None,
        entailment: EntailmentCheck | None = None,
        anatomy: Anatomy | None = None,
        calendar: str | None = None,
        may_see: MaySee | None = None,
    ):
        reader = Reader(embedder, clock)
        follower = (
            Follower(anatomy, catalog=catalog, texts=texts, prepared=reader.prepared) if anatomy is not None else None
        )
        self._tools = Tools(
            retriever=retriever,
            texts=texts,
            catalog=catalog,
            reader=reader,
            clock=clock,
            entailment=entailment,
            follower=follower,
            calendar=calendar,
        )
        self._embedder_id = embedder.model_id if embedder is not None else None
        self._clock = clock
        self._model = model
        self._profile = profile
        self._may_see = may_see
        self._decision = decision
        self._budgets = budgets or Budgets()
        self._calibration = calibration

    @property
    def pipeline_hash(self) -> str:
        """Identify what decides answers besides the documents: what scores them, and a calibration that is in use."""
        used = self._used
        if used is None or not (used.groups or used.recall):
            return self.scoring_hash
        return sha256_id(f"{self.scoring_hash} {used.digest}".encode())

    @property
    def decisions(self) -> Decisions:
        """Return the decisions of documents and properties that lists were answered by."""
        return self._tools.decisions

    @property
    def is_calibration_refused(self) -> bool:
        """Say whether there is a calibration that belongs to another pipeline."""
        return self._calibration is not None and self._calibration.pipeline_hash != self.scoring_hash

    @cached_property
    def _used(self) -> Calibration | None:
        return None if self.is_calibration_refused else self._calibration

    @property
    def _thresholds(self) -> Mapping[Group, Threshold]:
        return self._used.groups if self._used is not None else {}

    @cached_property
    def scoring_hash(self) -> str:
        """Identify what scores answers: rules, prompts, weights, budgets, retriever, models."""
        return self._hash(self._trust)

    @cached_property
    def untrusting_hash(self) -> str:
        """Identify what scores answers but for the calls that the model is trusted with: a decision is of that."""
        return self._hash(None)

    @cached_property
    def _trust(self) -> ModelTrust | None:
        if self._profile is None or self._decision is None:
            return self._profile
        return self._decision.applied(self._profile, pipeline_hash=self.untrusting_hash)

    def _hash(self, trust: ModelTrust | None) -> str:
        return scoring_hash(
            ScoringParts(
                budgets=self._budgets,
                calendar=self._tools.calendar,
                embedder=self._embedder_id,
                model=model_identity(self._model),
                trusted_for=trust.trusted_for if trust is not None else (),
                yes_no_threshold=trust.yes_no_threshold if trust is not None else 1.0,
                window_tokens=self._profile.window_tokens if self._profile is not None else 0,
                retriever=getattr(self._tools.retriever, "fingerprint", None),
                verifier=self._tools.entailment.identity if self._tools.entailment is not None else None,
            )
        )

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
        desk = ModelDesk(model, trust=self._trust, clock=self._clock, may_see=self._may_see)
        trail = Trail(on_event)
        tools = replace(self._tools, thresholds=self._thresholds)
        asker = PartAsker(tools, desk, trail=trail, cancelled=cancelled, cancellation=cancellation)
        inquiry = Inquiry(request, tools, desk, asker=asker)
        powers = Powers(
            resolves=bool(request.conversation),
            proposes=desk.trusts("plan"),
            selects=desk.selects,
            states=desk.trusts("write"),
        )
        aborts = self._aborts(begun, cancelled) if model is not None else None
        with span("averment.pipelines.answer") as current, watching(aborts, cancellation):
            loop = Loop(self._budgets, powers)
            state = run_loop(loop, inquiry, trail=trail, clock=self._clock, cancelled=cancelled)
            current.set_attribute("averment.steps", len(trail.steps))
        ran = _Ran(state=state, steps=tuple(trail.steps))
        duration_s = self._clock.monotonic_s() - begun
        return self._assembled(request, inquiry=inquiry, desk=desk, ran=ran, duration_s=duration_s)

    def _aborts(self, begun_s: float, cancelled: Callable[[], bool] | None) -> Callable[[], bool]:
        """Return what says that a call in flight is to be aborted: cancelled, or out of the answer's time."""

        def aborts() -> bool:
            is_late = self._clock.monotonic_s() - begun_s >= self._budgets.max_seconds + _GRACE_S
            return is_late or (cancelled is not None and cancelled())

        return aborts

    def _assembled(
        self, request: AnalysisRequest, *, inquiry: Inquiry, desk: ModelDesk, ran: _Ran, duration_s: float
    ) -> Answer:
        found = inquiry.found
        method = _method(found)
        status = _status(found, ran.state)
        language = found.plan.language if found.plan is not None else language_of(request.question)
        coverage = _coverage(found, self._used.recall if self._used is not None else {})
        warnings = _warnings(found, desk, ran.state)
        if self.is_calibration_refused:
            warnings += ("calibration_refused",)
        notices = Remarks(found, coverage=coverage, language=language).all(status, method=method, ran=ran.state)
        sentences = _understood(found, language) + tuple(found.sentences) + notices
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
            confidence=found.confidence or Confidence(score=None, threshold=found.threshold),
            usage=_usage(found, desk, duration_s),
            nearest=() if found.sentences else tuple(found.passages.values())[:NEAREST],
            purpose=request.purpose,
            pipeline_hash=self.pipeline_hash,
            created_at=now,
            warnings=warnings,
            withheld=tuple(found.withheld),
            asked_as=found.asked_as,
        )


def _understood(found: Findings, language: Language) -> tuple[Sentence, ...]:
    """Return the notice of what a question was understood as, where that is not what was put."""
    if found.asked_as is None:
        return ()
    return (writer.notice_sentence("asked_as", language, question=found.asked_as),)


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
    parts = [item.found for item in found.answered]
    if SentenceKind.STATEMENT in kinds or found.selected or any(part.selected for part in parts):
        return "model"
    if parts:
        return "rules" if SentenceKind.QUOTE not in kinds else "extractive"
    return "rules" if found.figured or found.dated else "extractive"


def _status(found: Findings, state: LoopState) -> AnswerStatus:
    if state.stopped is not None:
        return "truncated"
    return "answered" if found.sentences or found.is_absent else "abstained"


def _coverage(found: Findings, shares: Mapping[str, FoundShare]) -> Coverage:
    recall = estimated_recall(found.planned, shares) if found.is_absent else None
    return Coverage(
        documents_in_scope=len(found.visible),
        documents_read=len(found.opened),
        sections_read=found.sections_read,
        pages_unreadable=count_unreadable(found.opened),
        exhaustive=found.is_exhaustive and bool(found.sources),
        estimated_recall=recall.share if recall is not None else None,
        recall=recall,
    )


def _warnings(found: Findings, desk: ModelDesk, state: LoopState) -> tuple[str, ...]:
    # A call that is aborted for time ends like one that its caller cancelled; nobody did.
    late = {} if state.stopped == "cancelled" else {"cancelled": "model_out_of_time"}
    warnings = [late.get(code, code) for code in desk.warnings]
    warnings += ["statement_withheld"] * len(found.withheld)
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
