"""One analysis from question to released answer: the log comes first.

`analysis.started` is durable before the first step event; text, values and citations leave only after
`analysis.completed` is durable and a signed checkpoint covers it. When the log fails nothing is returned. The gate
stands before every question: a purpose that may not be used answers nothing, and a question outside its purpose is
refused or flagged. This module knows log, gate and mark only as ports.
"""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from averment.core.analysis import Admission, AnalysisRequest, recent
from averment.core.answers import Answer, ReasoningStep
from averment.core.audit import AuditEvent, EventType, Payload
from averment.core.clock import Clock, unix_ms
from averment.core.errors import AuditError, AvermentError, UsageError
from averment.core.ids import sha256_id, uuid7
from averment.core.jsonable import canonical_json
from averment.core.ports import AuditSink, Recording
from averment.core.telemetry import span
from averment.pipelines.admission import admitted, disclosure, guard_event, guarded, notice_about, notice_event

MAX_QUESTION_CHARS = 20_000


class StepListener(Protocol):
    """Hears of every step as it ends."""

    def __call__(self, step: ReasoningStep) -> None:
        """Take note of a step; it carries counts and durations, no content."""


class Answering(Protocol):
    """What turns a question into an answer without a receipt."""

    def answer(
        self,
        request: AnalysisRequest,
        *,
        on_event: StepListener | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Answer:
        """Answer, or abstain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What answers, as it is written into the log."""

    pipeline_hash: str
    index_version: str | None
    model: str | None
    model_revision: str | None = None
    profile_digest: str | None = None

    @property
    def language_model(self) -> str:
        """Return the names of the language model with revision and profile, as far as they are known."""
        return " ".join(filter(None, (self.model, self.model_revision, self.profile_digest)))


class Analyst:
    """Runs analyses and releases their answers.

    Args:
        answering: Finds the answer.
        audit: The evidence log.
        recording: What the record asks of an analysis.
        clock: Tells the time.
        fingerprint: Identities of pipeline, index and model.
        keep_cited: Told, by document and hash, which texts an answer cites, before it is released.
    """

    def __init__(
        self,
        answering: Answering,
        *,
        audit: AuditSink,
        recording: Recording,
        clock: Clock,
        fingerprint: Fingerprint,
        keep_cited: Callable[[Iterable[tuple[str, str]]], None] | None = None,
    ):
        self._answering = answering
        self._audit = audit
        self._recording = recording
        self._clock = clock
        self.fingerprint = fingerprint
        self._keep_cited = keep_cited
        self._told: set[tuple[str, str]] = set()

    def analyse(
        self,
        request: AnalysisRequest,
        *,
        answer_id: str | None = None,
        on_event: StepListener | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Answer:
        """Answer a question and return the answer with its receipt.

        Args:
            request: What is asked.
            answer_id: The id to use; a new UUIDv7 when absent.
            on_event: Hears of steps, never before `analysis.started` is durable.
            cancelled: Asked between steps; once true, the answer so far is returned as truncated.

        Raises:
            UsageError: The question is empty or too long.
            PurposeNotUsable: The purpose is unknown, or may not be used as it stands.
            AuditWriteFailed: The log could not be written; no part of the answer is released.
        """
        check_question(request.question)
        admission = admitted(self._recording.gate, request.question, request=request, audit=self._audit)
        # Settled once: an analysis over midnight answers for the day that its record states.
        request = replace(request, as_of=request.as_of or self._clock.now().date())
        identity = answer_id or uuid7(unix_ms=unix_ms(self._clock.now()))
        started = self._audit.append(self._started(request, identity, admission))
        draft: Answer | None = None
        if admission.outcome != "blocked":
            draft, admission = self._answered(
                request, identity, started, admission=admission, on_event=on_event, cancelled=cancelled
            )
        if admission.outcome != "allowed":
            self._audit.append(guard_event(admission, request=request, answer_id=identity, parents=(started,)))
            draft = guarded(draft, request=request, admission=admission, at=self._clock.now())
        assert draft is not None, "what was not answered was blocked"
        answer = replace(
            draft,
            id=identity,
            mode=admission.mode,
            purpose=request.purpose,
            pipeline_hash=self.fingerprint.pipeline_hash,
            index_version=self.fingerprint.index_version or "",
            disclosure=self._disclosure(request, admission, started),
        )
        if self._keep_cited is not None:
            self._keep_cited(cited_texts(answer))
        index = self._audit.append(self._completed(request, answer, started))
        return self.release(answer, request, index=index)

    def release(self, answer: Answer, request: AnalysisRequest, *, index: int) -> Answer:
        """Return a completed answer, of which entry `index` tells, with its receipt and mark; else log it as withheld.

        Raises:
            AuditWriteFailed: No receipt could be had, or the mark was not logged.
        """
        try:
            return self._marked(replace(answer, receipt=self._audit.receipt(index)), request, index)
        except BaseException as error:
            # Best effort: the log may take nothing more.
            with contextlib.suppress(AuditError):
                self._audit.append(self._failed(request, answer.id, index, error, stage="release"))
            raise

    def _answered(
        self,
        request: AnalysisRequest,
        identity: str,
        started: int,
        *,
        admission: Admission,
        on_event: StepListener | None,
        cancelled: Callable[[], bool] | None,
    ) -> tuple[Answer, Admission]:
        """Answer a question that was let in, and judge a follow-up as it was understood; failures are logged."""
        try:
            with span("averment.pipelines.analyse", {"averment.answer_id": identity}) as current:
                draft = self._answering.answer(request, on_event=on_event, cancelled=cancelled)
                current.set_attribute("averment.status", draft.status)
            if draft.asked_as is not None and admission.outcome == "allowed":
                admission = admitted(self._recording.gate, draft.asked_as, request=request, audit=self._audit)
        except AuditError:
            raise
        except BaseException as error:
            # Also an interruption: the log must not keep an analysis open that nobody works on.
            self._audit.append(self._failed(request, identity, started, error))
            raise
        return draft, admission

    def _disclosure(self, request: AnalysisRequest, admission: Admission, started: int) -> str | None:
        """Return the notice for who is to be told what answers; None later, for batches, or if obvious.

        On the command line a person is told once of a configuration, however many commands there are. Behind a service
        one caller may stand for many people: it is told again by every process.
        """
        subject = request.principal.subject
        about = notice_about(request, admission, model=self.fingerprint.language_model)
        is_kept = request.channel == "cli"
        if request.channel == "batch" or (subject, about) in self._told:
            return None
        if is_kept and not self._recording.notices.is_due(subject, about=about):
            return None
        self._audit.append(notice_event(request, admission, parents=(started,)))
        self._told.add((subject, about))
        if is_kept:
            self._recording.notices.remember(subject, about=about)
        return None if admission.is_obvious_ai else disclosure(request.question)

    def _marked(self, answer: Answer, request: AnalysisRequest, index: int) -> Answer:
        """Mark an answer with generated sentences; that it was marked is logged before it leaves."""
        if not answer.is_generated:
            return answer
        mark = self._recording.mark(answer, self.fingerprint.language_model)
        self._audit.append(
            AuditEvent(
                type=EventType.MARK_APPLIED,
                subject=request.principal.subject,
                purpose=request.purpose,
                parents=(index,),
                data=mark.facts,
            )
        )
        return replace(answer, mark=mark.text)

    def rehearse(self, request: AnalysisRequest) -> Answer:
        """Answer a question without logging or releasing the answer: for a comparison with one that was released."""
        check_question(request.question)
        return self._answering.answer(request)

    def _completed(self, request: AnalysisRequest, answer: Answer, started: int) -> AuditEvent:
        return AuditEvent(
            type=EventType.ANALYSIS_COMPLETED,
            subject=request.principal.subject,
            purpose=request.purpose,
            parents=(started,),
            data=self._recording.record(answer),
            payloads=(Payload(name="answer", content=canonical_json(answer)), *_asked_as(answer)),
        )

    def _started(self, request: AnalysisRequest, identity: str, admission: Admission) -> AuditEvent:
        return AuditEvent(
            type=EventType.ANALYSIS_STARTED,
            subject=request.principal.subject,
            purpose=request.purpose,
            data={
                "answer_id": identity,
                "mode": admission.mode,
                "gate": admission.outcome,
                "gate_score": admission.score,
                "classification": admission.classification,
                "assessment_digest": admission.assessment_digest,
                "channel": request.channel,
                "answer_type": request.answer_type,
                "as_of": _day(request),
                "filters_digest": sha256_id(canonical_json(request.filters)),
                "groups": list(request.principal.groups),
                "pipeline_hash": self.fingerprint.pipeline_hash,
                "index_version": self.fingerprint.index_version,
                "model": self.fingerprint.model,
                "model_revision": self.fingerprint.model_revision,
                "profile_digest": self.fingerprint.profile_digest,
                "turns": len(recent(request.conversation)),
            },
            payloads=(
                Payload(name="question", content=_encoded(request.question)),
                Payload(name="request", content=canonical_json(request_record(request))),
            ),
        )

    def _failed(
        self, request: AnalysisRequest, identity: str, parent: int, error: BaseException, *, stage: str = "answer"
    ) -> AuditEvent:
        known = error if isinstance(error, AvermentError) else AvermentError("")
        return AuditEvent(
            type=EventType.ANALYSIS_FAILED,
            subject=request.principal.subject,
            purpose=request.purpose,
            parents=(parent,),
            data={"answer_id": identity, "code": known.code, "stage": stage, "retryable": known.retryable},
        )


def request_record(request: AnalysisRequest) -> dict[str, object]:
    """Return what is kept of a request beside its question, so that it can be answered again."""
    return {
        "filters": request.filters,
        "groups": request.principal.groups,
        "tenant": request.principal.tenant,
        "answer_type": request.answer_type,
        "labels": request.labels,
        "as_of": _day(request),
        "conversation": recent(request.conversation),
    }


def _day(request: AnalysisRequest) -> str | None:
    return request.as_of.isoformat() if request.as_of is not None else None


def _asked_as(answer: Answer) -> tuple[Payload, ...]:
    return () if answer.asked_as is None else (Payload(name="asked_as", content=_encoded(answer.asked_as)),)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", errors="replace")


def cited_texts(answer: Answer) -> list[tuple[str, str]]:
    """Return the texts that an answer cites, by document and hash, those of computed operands included."""
    claims = [sentence.claim for sentence in answer.sentences if sentence.claim] + list(answer.claims)
    cited = [citation for claim in claims for citation in claim.citations]
    computed = [claim.calculation for claim in claims if claim.calculation]
    cited += [operand.citation for calculation in computed for operand in calculation.operands]
    return list(dict.fromkeys((citation.document_id, citation.text_hash) for citation in cited))


def check_question(question: str) -> None:
    """Refuse what is no question.

    Raises:
        UsageError: It is empty or too long.
    """
    if not question.strip():
        raise UsageError("the question is empty", hint="ask in a sentence, for example: What is the term of the lease?")
    if len(question) > MAX_QUESTION_CHARS:
        raise UsageError(
            f"the question has {len(question)} characters, more than {MAX_QUESTION_CHARS}",
            hint="shorten it, or ingest long text as a document",
        )
