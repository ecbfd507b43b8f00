"""One analysis from question to released answer: the log comes first.

`analysis.started` is durable before the first step event; text, values and citations leave only after
`analysis.completed` is durable and a signed checkpoint covers it. When the log fails nothing is returned.
This module knows the log only as a port.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from averment.core.access import Filters, Principal
from averment.core.answers import Answer, ReasoningStep
from averment.core.audit import AuditEvent, EventType, EventValue, Payload
from averment.core.clock import Clock, unix_ms
from averment.core.errors import AuditError, AvermentError, UsageError
from averment.core.ids import sha256_id, uuid7
from averment.core.jsonable import to_json
from averment.core.ports import AuditSink
from averment.core.telemetry import span

MAX_QUESTION_CHARS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisRequest:
    """What is asked, by whom, over which documents, for which purpose."""

    question: str
    principal: Principal
    filters: Filters = Filters()
    purpose: str = "trial"
    answer_type: str | None = None
    labels: tuple[str, ...] = ()


class StepListener(Protocol):
    """Hears of every step as it ends."""

    def __call__(self, step: ReasoningStep) -> None:
        """Take note of a step; it carries counts and durations, no content."""


class Answering(Protocol):
    """What turns a question into an answer without a receipt."""

    def answer(
        self,
        question: str,
        *,
        principal: Principal,
        filters: Filters,
        purpose: str,
        answer_type: str | None = None,
        labels: tuple[str, ...] = (),
        on_event: StepListener | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Answer:
        """Answer, or abstain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What answered, as it is written into the log."""

    pipeline_hash: str
    index_version: str
    model: str


class Analyst:
    """Runs analyses and releases their answers.

    Args:
        answering: Finds the answer.
        audit: The evidence log.
        clock: Tells the time.
        fingerprint: Identities of pipeline, index and model.
    """

    def __init__(self, answering: Answering, *, audit: AuditSink, clock: Clock, fingerprint: Fingerprint):
        self._answering = answering
        self._audit = audit
        self._clock = clock
        self._fingerprint = fingerprint

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
        _check_question(request.question)
        identity = answer_id or uuid7(unix_ms=unix_ms(self._clock.now()))
        started = self._audit.append(self._started(request, identity))
        try:
            with span("averment.pipelines.analyse", {"averment.answer_id": identity}) as current:
                draft = self._answering.answer(
                    request.question,
                    principal=request.principal,
                    filters=request.filters,
                    purpose=request.purpose,
                    answer_type=request.answer_type,
                    labels=request.labels,
                    on_event=on_event,
                    cancelled=cancelled,
                )
                current.set_attribute("averment.status", draft.status)
        except AuditError:
            raise
        except AvermentError as error:
            self._audit.append(self._failed(request, identity, started, error.code))
            raise
        answer = replace(
            draft,
            id=identity,
            purpose=request.purpose,
            pipeline_hash=self._fingerprint.pipeline_hash,
            index_version=self._fingerprint.index_version,
        )
        index = self._audit.append(_completed(answer, request, started))
        return replace(answer, receipt=self._audit.receipt(index))

    def _started(self, request: AnalysisRequest, identity: str) -> AuditEvent:
        return AuditEvent(
            type=EventType.ANALYSIS_STARTED,
            subject=request.principal.subject,
            purpose=request.purpose,
            data={
                "answer_id": identity,
                "mode": "trial",
                "filters_digest": sha256_id(_canonical(to_json(request.filters))),
                "n_groups": len(request.principal.groups),
                "pipeline_hash": self._fingerprint.pipeline_hash,
                "index_version": self._fingerprint.index_version,
                "model": self._fingerprint.model,
            },
            payloads=(Payload(name="question", content=request.question.encode("utf-8", errors="replace")),),
        )

    def _failed(self, request: AnalysisRequest, identity: str, started: int, code: str) -> AuditEvent:
        return AuditEvent(
            type=EventType.ANALYSIS_FAILED,
            subject=request.principal.subject,
            purpose=request.purpose,
            parents=(started,),
            data={"answer_id": identity, "code": code},
        )


def _completed(answer: Answer, request: AnalysisRequest, started: int) -> AuditEvent:
    return AuditEvent(
        type=EventType.ANALYSIS_COMPLETED,
        subject=request.principal.subject,
        purpose=request.purpose,
        parents=(started,),
        data=_completed_data(answer),
        payloads=(Payload(name="answer", content=_canonical(to_json(answer))),),
    )


def _completed_data(answer: Answer) -> Mapping[str, EventValue]:
    citations = [citation for claim in answer.claims for citation in claim.citations]
    calls = [step.model_call for step in answer.steps if step.model_call is not None]
    return {
        "answer_id": answer.id,
        "status": answer.status,
        "method": answer.method,
        "n_sentences": len(answer.sentences),
        "n_steps": len(answer.steps),
        "n_withheld": answer.warnings.count("statement_withheld"),
        "citations": [
            {"document_id": item.document_id, "text_hash": item.text_hash, "start": item.start, "end": item.end}
            for item in citations
        ],
        "n_calculations": sum(claim.calculation is not None for claim in answer.claims),
        "verdicts": sorted({str(claim.verdict) for claim in answer.claims}),
        "passages": sorted({passage for step in answer.steps for passage in step.passage_ids}),
        "model_calls": [
            {
                "purpose": call.purpose,
                "model": call.model,
                "revision": call.revision,
                "prompt_hash": call.prompt_hash,
                "parameters": {key: str(value) for key, value in call.parameters.items()},
                "seed": call.seed,
                "input_tokens": call.input_tokens,
                "output_tokens": call.output_tokens,
                "finish": call.finish,
                "output_digest": call.output_digest,
            }
            for call in calls
        ],
        "pipeline_hash": answer.pipeline_hash,
        "index_version": answer.index_version,
        "duration_ms": round(answer.usage.duration_s * 1000),
        "model_ms": round(answer.usage.model_s * 1000),
    }


def _check_question(question: str) -> None:
    if not question.strip():
        raise UsageError("the question is empty", hint="ask in a sentence, for example: What is the term of the lease?")
    if len(question) > MAX_QUESTION_CHARS:
        raise UsageError(
            f"the question has {len(question)} characters, more than {MAX_QUESTION_CHARS}",
            hint="shorten it, or ingest long text as a document",
        )


def _canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode(
        "utf-8", errors="replace"
    )
