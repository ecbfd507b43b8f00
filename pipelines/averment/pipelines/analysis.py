"""One analysis from question to released answer: the log comes first.

`analysis.started` is durable before the first step event; text, values and citations leave only after
`analysis.completed` is durable and a signed checkpoint covers it. When the log fails nothing is returned.
This module knows the log only as a port.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from averment.core.analysis import AnalysisRequest, recent
from averment.core.answers import Answer, ReasoningStep
from averment.core.audit import AuditEvent, EventType, EventValue, Payload
from averment.core.clock import Clock, unix_ms
from averment.core.errors import AuditError, AvermentError, UsageError
from averment.core.ids import sha256_id, uuid7
from averment.core.jsonable import canonical_json
from averment.core.ports import AuditSink
from averment.core.telemetry import span

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


AnswerRecord = Callable[[Answer], Mapping[str, EventValue]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What answers, as it is written into the log."""

    pipeline_hash: str
    index_version: str | None
    model: str | None
    model_revision: str | None = None
    profile_digest: str | None = None


class Analyst:
    """Runs analyses and releases their answers.

    Args:
        answering: Finds the answer.
        audit: The evidence log.
        record: Makes the facts that the log states of a finished answer.
        clock: Tells the time.
        fingerprint: Identities of pipeline, index and model.
        keep_cited: Told, by document and hash, which texts an answer cites, before it is released.
    """

    def __init__(
        self,
        answering: Answering,
        *,
        audit: AuditSink,
        record: AnswerRecord,
        clock: Clock,
        fingerprint: Fingerprint,
        keep_cited: Callable[[Iterable[tuple[str, str]]], None] | None = None,
    ):
        self._answering = answering
        self._audit = audit
        self._record = record
        self._clock = clock
        self.fingerprint = fingerprint
        self._keep_cited = keep_cited

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
            AuditWriteFailed: The log could not be written; no part of the answer is released.
        """
        check_question(request.question)
        # Settled once: an analysis over midnight answers for the day that its record states.
        request = replace(request, as_of=request.as_of or self._clock.now().date())
        identity = answer_id or uuid7(unix_ms=unix_ms(self._clock.now()))
        started = self._audit.append(self._started(request, identity))
        try:
            with span("averment.pipelines.analyse", {"averment.answer_id": identity}) as current:
                draft = self._answering.answer(request, on_event=on_event, cancelled=cancelled)
                current.set_attribute("averment.status", draft.status)
        except AuditError:
            raise
        except AvermentError as error:
            self._audit.append(self._failed(request, identity, started, error))
            raise
        except BaseException:
            # Also an interruption: the log must not keep an analysis open that nobody works on.
            self._audit.append(self._failed(request, identity, started, AvermentError("")))
            raise
        answer = replace(
            draft,
            id=identity,
            purpose=request.purpose,
            pipeline_hash=self.fingerprint.pipeline_hash,
            index_version=self.fingerprint.index_version or "",
        )
        if self._keep_cited is not None:
            self._keep_cited(cited_texts(answer))
        index = self._audit.append(self._completed(request, answer, started))
        return replace(answer, receipt=self._audit.receipt(index))

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
            data=self._record(answer),
            payloads=(Payload(name="answer", content=canonical_json(answer)), *_asked_as(answer)),
        )

    def _started(self, request: AnalysisRequest, identity: str) -> AuditEvent:
        return AuditEvent(
            type=EventType.ANALYSIS_STARTED,
            subject=request.principal.subject,
            purpose=request.purpose,
            data={
                "answer_id": identity,
                "mode": "trial",
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

    def _failed(self, request: AnalysisRequest, identity: str, started: int, error: AvermentError) -> AuditEvent:
        return AuditEvent(
            type=EventType.ANALYSIS_FAILED,
            subject=request.principal.subject,
            purpose=request.purpose,
            parents=(started,),
            data={"answer_id": identity, "code": error.code, "stage": "answer", "retryable": error.retryable},
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
