"""What follows from the gate's word: the answer that refuses a question outside its purpose, and the first notice.

Their wordings are fixed, in English and German. `DISCLOSURE_VERSION` changes with the wording of the notice.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from averment.core.analysis import Admission, AnalysisRequest, SearchRequest
from averment.core.answers import Answer, Confidence, Coverage, Sentence, SentenceKind, Usage
from averment.core.audit import AuditEvent, EventType, EventValue
from averment.core.errors import PurposeNotUsable
from averment.core.ports import AuditSink, UseGate
from averment.pipelines.reasoning.notices import Language, language_of

OUTSIDE: Final = "outside_purpose"
DISCLOSURE_VERSION: Final = "1"
_DISCLOSURE: Final[dict[Language, str]] = {
    "en": "You are using an AI system. Its answers can be wrong; check them against the documents that they cite.",
    "de": "Sie nutzen ein KI-System. Seine Antworten können falsch sein; prüfen Sie sie an den zitierten Dokumenten.",
}
_REFUSED: Final[dict[Language, str]] = {
    "en": "This is not answered: the question looks like a use outside the purpose {purpose!r} ({codes}). If it is "
    "meant, the purpose must be assessed for it first: averment purpose new.",
    "de": "Das wird nicht beantwortet: Die Frage sieht nach einer Nutzung außerhalb des Zwecks {purpose!r} aus "
    "({codes}). Ist sie gewollt, muss der Zweck zuerst dafür bewertet werden: averment purpose new.",
}


def disclosure(question: str) -> str:
    """Return the notice that an AI system answers, in the language of the question."""
    return _DISCLOSURE[language_of(question)]


def refusal(admission: Admission, *, question: str, purpose: str) -> str:
    """Return the reason why a question is not answered; it names codes, no text of the question."""
    return _REFUSED[language_of(question)].format(purpose=purpose, codes=", ".join(admission.codes))


def refused_answer(request: AnalysisRequest, admission: Admission, *, at: datetime) -> Answer:
    """Return the answer to a question that the gate blocked; no document was looked at for it."""
    reason = refusal(admission, question=request.question, purpose=request.purpose)
    return Answer(
        id="",
        question=request.question,
        text=reason,
        status="refused",
        method="none",
        value=None,
        sentences=(Sentence(kind=SentenceKind.NOTICE, text=reason),),
        claims=(),
        steps=(),
        coverage=Coverage(
            documents_in_scope=0, documents_read=0, sections_read=0, pages_unreadable=0, exhaustive=False
        ),
        confidence=Confidence(score=None, threshold=None),
        usage=Usage(prompt_tokens=0, cached_tokens=0, completion_tokens=0, model_calls=0, duration_s=0, model_s=0),
        created_at=at,
        warnings=(OUTSIDE,),
    )


def guarded(draft: Answer | None, *, request: AnalysisRequest, admission: Admission, at: datetime) -> Answer:
    """Return what leaves of a question outside its purpose: its answer with a warning if flagged, else a refusal."""
    if draft is None or admission.outcome == "blocked":
        return refused_answer(request, admission, at=at)
    return replace(draft, warnings=(*draft.warnings, OUTSIDE))


def admitted(gate: UseGate, question: str, *, request: AnalysisRequest | SearchRequest, audit: AuditSink) -> Admission:
    """Return what the gate says of a question or a query; that a purpose was denied is logged before it is raised.

    The entry names no purpose: what was given as one may be anything.

    Raises:
        PurposeNotUsable: There is no such purpose, or it may not be used as it stands.
    """
    try:
        return gate.admit(question, purpose=request.purpose)
    except PurposeNotUsable as error:
        facts: dict[str, EventValue] = {"guard": "purpose", "outcome": "blocked", "codes": [error.code]}
        audit.append(AuditEvent(type=EventType.GUARDRAIL_HIT, subject=request.principal.subject, data=facts))
        raise


def guard_event(
    admission: Admission,
    *,
    request: AnalysisRequest | SearchRequest,
    answer_id: str | None = None,
    parents: tuple[int, ...] = (),
) -> AuditEvent:
    """Return the event of a question or a search that was flagged or blocked."""
    return AuditEvent(
        type=EventType.GUARDRAIL_HIT,
        subject=request.principal.subject,
        purpose=request.purpose,
        parents=parents,
        data={
            "answer_id": answer_id,
            "guard": "use",
            "outcome": admission.outcome,
            "codes": admission.codes,
            "score": admission.score,
        },
    )


def notice_about(request: AnalysisRequest, admission: Admission, *, model: str) -> str:
    """Return what the notice is about: wording, language model, tenant, purpose and its assessment."""
    told = (DISCLOSURE_VERSION, model, request.principal.tenant, request.purpose, admission.assessment_digest or "")
    return "\0".join((*told, str(admission.is_obvious_ai)))


def notice_event(request: AnalysisRequest, admission: Admission, *, parents: tuple[int, ...]) -> AuditEvent:
    """Return the event of the notice, or of the recorded reason why none is needed."""
    facts: dict[str, EventValue] = {
        "notice": "article-50-1",
        "channel": request.channel,
        "shown": not admission.is_obvious_ai,
        "version": DISCLOSURE_VERSION,
    }
    return AuditEvent(
        type=EventType.NOTICE_SHOWN,
        subject=request.principal.subject,
        purpose=request.purpose,
        parents=parents,
        data=facts,
    )
