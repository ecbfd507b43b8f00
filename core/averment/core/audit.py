"""Events for the evidence log: what may be said about a happening, and what may not.

An event holds codes, counts, digests and commitments, no document text, no question text and no names.
Texts that belong to an event travel beside it as payloads, which are encrypted and bound by a commitment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

EventValue = str | int | bool | None | Sequence["EventValue"] | Mapping[str, "EventValue"]


class EventType(StrEnum):
    """The kinds of events this version emits; each has a JSON Schema in `averment.compliance`."""

    SYSTEM_STARTED = "system.started"
    SYSTEM_STOPPED = "system.stopped"
    CONFIG_CHANGED = "config.changed"
    MODEL_LOADED = "model.loaded"
    MODEL_TRAINED = "model.trained"
    MODEL_ADMITTED = "model.admitted"
    DOCUMENT_INGESTED = "ingest.document.parsed"
    DOCUMENT_REJECTED = "ingest.document.rejected"
    DOCUMENT_DELETED = "ingest.document.deleted"
    DOCUMENT_MASKED = "ingest.document.masked"
    DOCUMENT_RELABELLED = "ingest.document.relabelled"
    DOCUMENT_RELEASED = "ingest.document.released"
    INGEST_COMPLETED = "ingest.completed"
    INDEX_CHANGED = "retriever.index.changed"
    ANALYSIS_STARTED = "analysis.started"
    ANALYSIS_COMPLETED = "analysis.completed"
    ANALYSIS_FAILED = "analysis.failed"
    SEARCH_EXECUTED = "search.executed"
    ACCESS_READ = "access.read"
    ACCESS_EXPORTED = "access.exported"
    ACCESS_REVOKED = "access.revoked"
    ACCESS_SIGNED_IN = "access.signed-in"
    ACCESS_REFUSED = "access.refused"
    ACCESS_SEARCHED = "access.searched"
    PURPOSE_CREATED = "purpose.created"
    PURPOSE_ASSESSED = "purpose.assessed"
    PURPOSE_RETIRED = "purpose.retired"
    GUARDRAIL_HIT = "guardrail.hit"
    NOTICE_SHOWN = "notice.shown"
    MARK_APPLIED = "mark.applied"
    KEY_CREATED = "key.created"
    KEY_DESTROYED = "key.destroyed"
    HOLD_PLACED = "hold.placed"
    HOLD_RELEASED = "hold.released"
    ERASURE_REQUESTED = "erasure.requested"
    ERASURE_REFUSED = "erasure.refused"
    ERASURE_EXEMPTED = "erasure.exempted"
    ERASURE_EXECUTED = "erasure.executed"
    RETENTION_PRUNED = "retention.pruned"
    LOG_CONTINUED = "log.continued"
    REVIEW_OPENED = "review.opened"
    REVIEW_TAKEN = "review.taken"
    REVIEW_CLOSED = "review.closed"
    OVERSIGHT_STOP = "oversight.stop"
    OVERSIGHT_RESUMED = "oversight.resumed"
    USE_SUSPENDED = "use.suspended"
    INCIDENT_OPENED = "incident.opened"
    INCIDENT_CLASSIFIED = "incident.classified"
    INCIDENT_REPORTED = "incident.reported"
    INCIDENT_CLOSED = "incident.closed"
    EVIDENCE_FROZEN = "evidence.frozen"
    NOTIFICATION_SENT = "notification.sent"
    EXPLANATION_ISSUED = "explanation.issued"
    EVAL_THRESHOLDS = "eval.thresholds"
    EVAL_RUN = "eval.run"
    EVAL_SIGNED = "eval.signed"
    METRIC_WINDOW = "metric.window"
    THRESHOLD_BREACHED = "threshold.breached"
    RISK_REGISTERED = "risk.registered"
    RISK_TREATED = "risk.treated"
    RISK_CLOSED = "risk.closed"
    FEEDBACK_GIVEN = "feedback.given"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """Text kept beside an event, encrypted under the subject's key and committed to in the leaf.

    `name` is the role of the text in the event (`question`, `answer`, `passages`).
    """

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """One happening. `subject` is pseudonymised with a key before it reaches a leaf.

    `id` is a UUIDv7 chosen by an emitter that may have to ask whether the log took the event; the log makes one if it
    is empty.
    """

    type: EventType
    subject: str
    purpose: str = ""
    parents: tuple[int, ...] = ()
    data: Mapping[str, EventValue] = field(default_factory=dict)
    payloads: tuple[Payload, ...] = ()
    id: str = ""
