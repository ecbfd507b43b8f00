"""Which events serve which purpose of recording, how often each was seen in a period, and which never.

Article 12(2) of Regulation (EU) 2024/1689 names three: (a) situations that may present a risk, or substantial
modifications; (b) post-market monitoring; (c) monitoring by the deployer. Which event serves which is this project's
reading, not the regulation's text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from averment.compliance.events import Leaf
from averment.core.audit import EventType

SERVES: Final[Mapping[EventType, str]] = {
    EventType.SYSTEM_STARTED: "abc",
    EventType.SYSTEM_STOPPED: "abc",
    EventType.CONFIG_CHANGED: "abc",
    EventType.MODEL_LOADED: "abc",
    EventType.MODEL_TRAINED: "ab",
    EventType.MODEL_ADMITTED: "ab",
    EventType.DOCUMENT_INGESTED: "ac",
    EventType.DOCUMENT_REJECTED: "ac",
    EventType.DOCUMENT_DELETED: "ac",
    EventType.DOCUMENT_RELABELLED: "ac",
    EventType.DOCUMENT_RELEASED: "ac",
    EventType.INGEST_COMPLETED: "ac",
    EventType.INDEX_CHANGED: "abc",
    EventType.ANALYSIS_STARTED: "abc",
    EventType.ANALYSIS_COMPLETED: "abc",
    EventType.ANALYSIS_FAILED: "abc",
    EventType.SEARCH_EXECUTED: "bc",
    EventType.ACCESS_READ: "ac",
    EventType.ACCESS_EXPORTED: "ac",
    EventType.ACCESS_REVOKED: "ac",
    EventType.ACCESS_SIGNED_IN: "ac",
    EventType.ACCESS_REFUSED: "ac",
    EventType.ACCESS_SEARCHED: "ac",
    EventType.PURPOSE_CREATED: "abc",
    EventType.KEY_CREATED: "ac",
    EventType.DOCUMENT_MASKED: "ac",
    EventType.PURPOSE_ASSESSED: "ac",
    EventType.PURPOSE_RETIRED: "ac",
    EventType.GUARDRAIL_HIT: "abc",
    EventType.NOTICE_SHOWN: "bc",
    EventType.MARK_APPLIED: "bc",
    EventType.KEY_DESTROYED: "ac",
    EventType.HOLD_PLACED: "ac",
    EventType.HOLD_RELEASED: "ac",
    EventType.ERASURE_REQUESTED: "ac",
    EventType.ERASURE_REFUSED: "ac",
    EventType.ERASURE_EXEMPTED: "ac",
    EventType.ERASURE_EXECUTED: "ac",
    EventType.RETENTION_PRUNED: "ac",
    EventType.LOG_CONTINUED: "ac",
    EventType.REVIEW_OPENED: "abc",
    EventType.REVIEW_TAKEN: "abc",
    EventType.REVIEW_CLOSED: "abc",
    EventType.OVERSIGHT_STOP: "abc",
    EventType.OVERSIGHT_RESUMED: "abc",
    EventType.USE_SUSPENDED: "abc",
    EventType.INCIDENT_OPENED: "ab",
    EventType.INCIDENT_CLASSIFIED: "ab",
    EventType.INCIDENT_REPORTED: "ab",
    EventType.INCIDENT_CLOSED: "ab",
    EventType.EVIDENCE_FROZEN: "ab",
    EventType.NOTIFICATION_SENT: "ab",
    EventType.EXPLANATION_ISSUED: "bc",
    EventType.EVAL_THRESHOLDS: "ab",
    EventType.EVAL_RUN: "ab",
    EventType.EVAL_SIGNED: "ab",
    EventType.METRIC_WINDOW: "abc",
    EventType.THRESHOLD_BREACHED: "abc",
    EventType.RISK_REGISTERED: "abc",
    EventType.RISK_TREATED: "abc",
    EventType.RISK_CLOSED: "abc",
    EventType.FEEDBACK_GIVEN: "bc",
    EventType.ERROR: "abc",
}
"""Letters of Article 12(2) that an event serves."""

WITHIN: Final[Mapping[str, str]] = {
    "prompt.changed": "analysis.started and analysis.completed: `pipeline_hash`, `model_calls[].template`",
    "ingest.document.received": "ingest.document.parsed or .rejected: every document that comes in ends as one of them",
    "analysis.step.completed": "analysis.completed: `steps`, `passages`, `model_calls`; the text of steps is a payload",
    "citation.check": "analysis.completed: `checks`, `citations`",
    "abstention": "analysis.completed: `status`, `confidence_ppm`, `threshold_ppm`, `calibrated`",
    "injection.suspected": "ingest.document.parsed: `certificate`, which has what reads like an order to a program",
    "timeout": "analysis.failed and error: `code`; a spent budget is `status` truncated of analysis.completed",
    "authorisation.failed": "access.refused: what was presented, and the code; of purposes guardrail.hit (`guard`)",
    "sign-out": "nowhere: sessions end by themselves too; access.signed-in has how one began, in `way`",
    "clock.changed": "the time of every entry; a clock set back by over 60 s stops the log",
    "feedback": "review.closed: what people say of an answer is a review; no other feedback is taken",
}
"""What one might look for under a name of its own, and where it is recorded instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCoverage:
    """One kind of event in a period: how many entries, and when first and last (RFC 3339; None if never)."""

    type: str
    serves: str
    entries: int
    first: str | None
    last: str | None


def event_coverage(leaves: Iterable[Leaf]) -> tuple[EventCoverage, ...]:
    """Count entries by kind; every declared kind has a row, those of other versions have none.

    Args:
        leaves: Entries in order.
    """
    times: dict[str, list[str]] = {str(kind): [] for kind in EventType}
    for leaf in leaves:
        if (kind := str(leaf["type"])) in times:
            times[kind].append(str(leaf["time"]))
    return tuple(
        EventCoverage(
            type=str(kind),
            serves=SERVES[kind],
            entries=len(seen := times[str(kind)]),
            first=seen[0] if seen else None,
            last=seen[-1] if seen else None,
        )
        for kind in EventType
    )
