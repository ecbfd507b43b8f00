"""One leaf of every event type, with every field of its data given."""

from averment.compliance.events import Leaf
from averment.core.audit import EventType

DIGEST = "sha256:" + "0" * 63 + "1"
KEYED = "hmac-sha256:" + "0" * 63 + "2"

_CALL: dict[str, object] = {
    "purpose": "write",
    "model": "Qwen/Qwen3-8B",
    "revision": "b968826d9c46dd6066d109eabc6255188de91218",
    "prompt": KEYED,
    "template": DIGEST,
    "parameters": [{"name": "temperature", "value": "0.6"}, {"name": "top_k", "value": "20"}],
    "seed": -7,
    "input_tokens": 900,
    "cached_tokens": None,
    "output_tokens": 40,
    "duration_ms": 850,
    "finish": "stop",
    "output": KEYED,
}

DATA: dict[EventType, dict[str, object]] = {
    EventType.SYSTEM_STARTED: {
        "mode": "trial", "settings_digest": DIGEST, "recovered_entries": 0, "discarded_bytes": 0, "python": "3.11.7",
    },
    EventType.SYSTEM_STOPPED: {"reason": "signal"},
    EventType.CONFIG_CHANGED: {"section": "models", "before": None, "after": DIGEST},
    EventType.MODEL_LOADED: {
        "role": "language", "model": "Qwen/Qwen3-8B", "revision": "main", "weights_digest": DIGEST,
        "quantisation": None, "engine": "vllm", "engine_version": "0.12.0", "profile_digest": DIGEST,
        "arguments_digest": DIGEST, "adapter": "contracts", "adapter_digest": DIGEST,
    },
    EventType.MODEL_TRAINED: {
        "role": "reranker", "model": DIGEST, "base": DIGEST, "data": DIGEST, "split": DIGEST, "examples": 4_000,
        "documents": 72, "documents_held_out": 18, "steps": 600, "duration_ms": 1_500_000,
    },
    EventType.MODEL_ADMITTED: {
        "role": "reranker", "model": DIGEST, "training": DIGEST, "before": DIGEST, "after": DIGEST,
        "alpha_ppm": 10_000, "comparisons": 3,
    },
    EventType.DOCUMENT_INGESTED: {
        "document_id": "d-1", "content_hash": DIGEST, "text_hash": DIGEST, "source": KEYED,
        "media_type": "application/pdf", "kind": "contract", "version": 1, "pages": 12, "chars": 40_000, "chunks": 31,
        "ocr_pages": 2, "parser": "liteparse 2.18.1", "pipeline_version": DIGEST, "duration_ms": 800,
        "arithmetic": "onnxruntime-int8", "readers": [KEYED], "n_readers": 1, "tenant": KEYED,
    },
    EventType.DOCUMENT_REJECTED: {
        "document_id": None, "content_hash": DIGEST, "source": KEYED, "code": "DOC003", "stage": "partition",
        "page": 3, "retryable": False,
    },
    EventType.DOCUMENT_MASKED: {
        "document_id": "d-1", "content_hash": DIGEST, "before": DIGEST, "text_hash": DIGEST, "version": 2, "spans": 3,
    },
    EventType.DOCUMENT_RELABELLED: {
        "document_id": "d-1",
        "readers": [KEYED],
        "n_readers": 1,
        "tenant": KEYED,
        "is_final": True,
    },
    EventType.DOCUMENT_RELEASED: {"document_id": "d-1", "content_hash": DIGEST, "code": "DOC008"},
    EventType.INDEX_CHANGED: {
        "change": "switched",
        "index": "2",
        "before": "1",
        "model": "all-MiniLM-L6-v2",
        "dimension": 384,
        "pipeline_version": "p2-0123456789ab",
        "documents": 12,
        "quarantined": 1,
    },
    EventType.DOCUMENT_DELETED: {"document_id": "d-1", "content_hash": DIGEST, "reason": "left-source", "chunks": 31},
    EventType.INGEST_COMPLETED: {
        "run_id": "r-1", "connector": "filesystem", "status": "partial", "added": 3, "changed": 0, "unchanged": 1,
        "removed": 0, "quarantined": 1, "failed": 0, "chunks": 90, "duration_ms": 9_000, "index_version": DIGEST,
    },
    EventType.ANALYSIS_STARTED: {
        "answer_id": "a-1", "mode": "trial", "channel": "api", "answer_type": "boolean", "as_of": "2026-07-01",
        "filters_digest": DIGEST,
        "groups": [KEYED], "pipeline_hash": DIGEST, "index_version": DIGEST, "model": "Qwen/Qwen3-8B",
        "model_revision": None, "profile_digest": DIGEST, "gate": "allowed", "classification": None,
        "assessment_digest": None,
    },
    EventType.ANALYSIS_COMPLETED: {
        "answer_id": "a-1", "mode": "trial", "status": "answered", "method": "model", "value_type": None,
        "sentences": {"quote": 2, "value": 1, "statement": 1, "notice": 0}, "checks": {"passed": 9, "failed": 1},
        "citations": [{"place": DIGEST, "quote": KEYED}], "n_citations": 1, "citations_digest": DIGEST,
        "passages": [DIGEST], "n_passages": 1, "steps": [{"kind": "search", "passages": 8, "duration_ms": 14}],
        "n_steps": 1, "model_calls": [_CALL], "n_model_calls": 1,
        "coverage": {"documents_in_scope": 4, "documents_read": 2, "sections_read": 9, "pages_unreadable": 0,
                     "exhaustive": False},
        "confidence_ppm": 812_000, "threshold_ppm": None, "calibrated": False,
        "usage": {"prompt_tokens": 900, "cached_tokens": 0, "completion_tokens": 40, "model_calls": 1,
                  "duration_ms": 1_100, "model_ms": 900},
        "pipeline_hash": DIGEST, "index_version": DIGEST, "warnings": ["model-output-invalid"],
    },
    EventType.ANALYSIS_FAILED: {
        "answer_id": "a-1", "code": "MDL002", "stage": "answer", "retryable": True, "duration_ms": 20,
    },
    EventType.SEARCH_EXECUTED: {
        "channel": "cli", "filters_digest": None, "groups": [KEYED], "top_k": 8, "passages": [DIGEST], "n_passages": 1,
        "index_version": DIGEST, "duration_ms": 12,
    },
    EventType.ACCESS_READ: {"answer_id": "a-1", "reason": "replay"},
    EventType.ACCESS_EXPORTED: {
        "kind": "bundle", "size": 90, "n_entries": 90, "filters_digest": None, "reason": "audit",
        "includes_policy": True, "report": "annex-iv", "content": DIGEST, "masking": "persons", "marking": "marked",
    },
    EventType.ACCESS_REVOKED: {"kind": "subject", "name": KEYED, "sessions": 2},
    EventType.ACCESS_SIGNED_IN: {"way": "issuer"},
    EventType.ACCESS_REFUSED: {"code": "POL002", "way": "token", "stages": ["v1.search"], "count": 7, "seconds": 60},
    EventType.ACCESS_SEARCHED: {"filters_digest": DIGEST, "size": 12},
    EventType.PURPOSE_CREATED: {"purpose": "trial", "mode": "trial", "assessment_digest": None},
    EventType.PURPOSE_ASSESSED: {
        "purpose": "contract-review", "record": DIGEST, "assessment_digest": DIGEST, "before": None,
        "result": "high-risk", "because": ["annex-iii.5.b", "profiling"], "profiling": True, "impact_assessment": True,
        "signer": DIGEST,
    },
    EventType.PURPOSE_RETIRED: {"purpose": "contract-review"},
    EventType.GUARDRAIL_HIT: {
        "answer_id": "a-1", "guard": "use", "outcome": "blocked", "codes": ["annex-iii.4.a", "decision.rate"],
    },
    EventType.NOTICE_SHOWN: {"notice": "article-50-1", "channel": "chat", "shown": True, "version": "1"},
    EventType.MARK_APPLIED: {
        "answer_id": None, "format": "pdf", "content": DIGEST, "source_type": "trainedAlgorithmicMedia", "key": DIGEST,
    },
    EventType.KEY_CREATED: {"kind": "subject", "key": KEYED},
    EventType.LOG_CONTINUED: {"year": 2027, "size": 4000, "root": DIGEST},
    EventType.KEY_DESTROYED: {"kind": "log", "key": DIGEST, "reason": "revoked"},
    EventType.HOLD_PLACED: {
        "hold_id": "h-1", "target": "subject", "reference": KEYED, "retention": "hold", "ground": "gdpr-17-3-e",
        "until": "2036-01-31",
    },
    EventType.HOLD_RELEASED: {"hold_id": "h-1", "reason": "settled"},
    EventType.ERASURE_REQUESTED: {"request_id": "r-1", "person": KEYED, "n_names": 2, "ground": "gdpr-17-1-b"},
    EventType.ERASURE_REFUSED: {"request_id": "r-1", "person": None, "ground": "gdpr-17-3-e", "holds": ["h-1"]},
    EventType.ERASURE_EXEMPTED: {"request_id": "r-1", "document_id": "d-1", "ground": "gdpr-17-3-b"},
    EventType.ERASURE_EXECUTED: {
        "request_id": "r-1", "person": KEYED, "ground": "gdpr-17-1-b", "first_entry": 4, "last_entry": 90,
        "entries": 12, "payloads": 14, "payloads_in_part": 1, "documents_removed": 1, "documents_masked": 1,
        "documents_kept": 1, "stores": 7, "unreached": 3, "files_remaining": 0, "backups_until": "2026-12-31",
        "certificate": DIGEST,
    },
    EventType.RETENTION_PRUNED: {
        "before": 0, "minimum_index": 512, "entries": 512, "payloads": 90, "months": 12, "legal_basis": None,
        "policy": DIGEST,
    },
    EventType.REVIEW_OPENED: {
        "review_id": "r-1", "answer_id": "a-1", "reasons": ["drawn", "value:amount"], "n_reviewers": 2,
        "policy": DIGEST,
    },
    EventType.REVIEW_TAKEN: {"review_id": "r-1", "answer_id": "a-1"},
    EventType.REVIEW_CLOSED: {
        "review_id": "r-1", "answer_id": "a-1", "round": 2, "is_final": True, "decision": "override",
        "reason": "figure", "seconds_viewed": 41, "difference": KEYED, "planted": "figure", "flags": ["disagreement"],
    },
    EventType.OVERSIGHT_STOP: {"scope": "all", "reason": "wrong-figures"},
    EventType.OVERSIGHT_RESUMED: {"scope": "purpose", "reason": "mended", "lifted": 1},
    EventType.USE_SUSPENDED: {"case": "c-1", "scope": "purpose", "reason": "discrimination"},
    EventType.INCIDENT_OPENED: {
        "case": "c-1", "kind": "incident", "role": "provider", "aware_at": "2026-01-02T03:04:05.678Z",
        "reason": "wrong-figures", "system": DIGEST, "answers": ["a-1"],
    },
    EventType.INCIDENT_CLASSIFIED: {
        "case": "c-1", "class": "death", "basis": "73-4", "is_reported": True, "days": 10,
        "deadline": "2026-01-12T03:04:05.678Z", "equivalent_duty": False, "verified": False,
    },
    EventType.EVIDENCE_FROZEN: {"case": "c-1", "first": 0, "until": 41},
    EventType.NOTIFICATION_SENT: {
        "case": "c-1", "recipient": "authority", "outcome": "informed", "informed_at": "2026-01-02T03:04:05.678Z",
    },
    EventType.INCIDENT_REPORTED: {"case": "c-1", "kind": "initial", "is_late": False, "missing": 4},
    EventType.INCIDENT_CLOSED: {"case": "c-1", "reason": "mended"},
    EventType.EXPLANATION_ISSUED: {"answer_id": "a-1", "question": "masked", "elements": 12, "human": "decided"},
    EventType.EVAL_THRESHOLDS: {
        "evaluation": "answers", "content": DIGEST, "signature": DIGEST,
        "thresholds": [{"figure": "cuad.right", "bound": "at-least", "value": "0.7"}],
    },
    EventType.EVAL_RUN: {
        "evaluation": "answers", "result": DIGEST, "started_at": "2026-01-02T03:04:05.678Z", "data": DIGEST, "seed": 0,
        "models": [{"role": "embedder", "model": "all-MiniLM-L6-v2"}],
        "figures": [{"figure": "cuad.right", "value": "0.71"}], "n_figures": 1,
    },
    EventType.EVAL_SIGNED: {"content": DIGEST, "signature": DIGEST},
    EventType.METRIC_WINDOW: {
        "from": "2026-01-05T00:00:00.000Z", "until": "2026-01-12T00:00:00.000Z",
        "reference_from": "2025-12-01T00:00:00.000Z", "reference_until": "2025-12-29T00:00:00.000Z",
        "plan": DIGEST, "alpha_ppm": 10_000, "min_n": 50, "slow_ms": 60_000,
        "indicators": [
            {
                "indicator": "abstained", "n": 90, "count": 40, "reference_n": 400, "reference_count": 20,
                "threshold": "rise:0.05", "p_ppm": 1, "outcome": "breached",
            }
        ],
    },
    EventType.THRESHOLD_BREACHED: {
        "breach": "b-1", "indicator": "abstained", "threshold": "rise:0.05", "n": 90, "count": 40, "p_ppm": 1,
    },
    EventType.RISK_REGISTERED: {"breach": "b-1", "hazard": "abstained"},
    EventType.RISK_TREATED: {"breach": "b-1", "action": "model-rolled-back"},
    EventType.RISK_CLOSED: {"breach": "b-1", "reason": "mended"},
    EventType.FEEDBACK_GIVEN: {"answer_id": "a-1", "verdict": "wrong"},
    EventType.ERROR: {"code": "AVM000", "stage": "v1.search", "retryable": False, "cause": "KeyError"},
}  # fmt: skip


def _leaf(kind: EventType, data: dict[str, object]) -> Leaf:
    return {
        "schema": "averment.event/1",
        "type": str(kind),
        "id": "0198a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b",
        "time": "2026-01-02T03:04:05.678Z",
        "seq": 41,
        "system": {"version": "0.1.0", "digest": DIGEST},
        "actor": KEYED,
        "purpose": "contract-review",
        "parents": [40],
        "data": data,
        "commitments": [{"name": "question", "commitment": KEYED}],
    }


SAMPLES: dict[EventType, Leaf] = {kind: _leaf(kind, data) for kind, data in DATA.items()}
