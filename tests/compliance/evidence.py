"""Builders of logs and events for the tests of the record."""

import json
from collections.abc import Sequence
from pathlib import Path

from averment.compliance.events import LEAF_SCHEMA, encode_leaf
from averment.compliance.log.note import SignerKey
from averment.compliance.log.opening import create_log
from averment.compliance.log.options import LogOptions
from averment.compliance.log.writer import TransparencyLog
from averment.core.audit import AuditEvent, EventType, Payload
from averment.core.clock import SystemClock

ORIGIN = "tests.example/log"
DIGEST = "sha256:" + "a" * 64
KEYED = "hmac-sha256:" + "b" * 64
OPTIONS = LogOptions(seal_interval_ms=20, segment_bytes=1 << 16)


def leaf(index: int, note: str = "") -> bytes:
    """Return a leaf that follows its schema; `note` tells equal indexes of different writers apart."""
    return encode_leaf(
        {
            "schema": LEAF_SCHEMA,
            "type": "system.stopped",
            "id": "0198a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b",
            "time": "2026-01-02T03:04:05.678Z",
            "seq": index,
            "system": {"version": "0.1.0", "digest": DIGEST},
            "actor": KEYED,
            "purpose": "",
            "parents": [],
            "data": {"reason": f"test{note}"},
            "commitments": [],
        }
    )


def new_log(folder: Path, signer: SignerKey | None = None) -> tuple[TransparencyLog, SignerKey]:
    """Start a log in a folder and open it."""
    key = signer or SignerKey.generate(ORIGIN)
    create_log(folder, key)
    return open_log(folder, key), key


def open_log(folder: Path, signer: SignerKey) -> TransparencyLog:
    """Open a log."""
    return TransparencyLog(folder, signer, clock=SystemClock(), options=OPTIONS)


def filled_log(folder: Path, sizes: Sequence[int]) -> SignerKey:
    """Make a closed log whose kept checkpoints have these sizes, ascending; the last is its own."""
    log, key = new_log(folder)
    for size in sizes:
        log.append_many([leaf] * (size - log.size))
        log.seal(keep=True)
    log.close()
    return key


def document_event(number: int = 0) -> AuditEvent:
    """Return an ingestion event with a source that must not reach the log as text."""
    return AuditEvent(
        type=EventType.DOCUMENT_INGESTED,
        subject="ingestion",
        data={
            "document_id": f"doc-{number}",
            "content_hash": DIGEST,
            "text_hash": DIGEST,
            "source": "file:///home/anna/Contract Müller.pdf",
            "media_type": "application/pdf",
            "kind": "contract",
            "version": 1,
            "pages": 3,
            "chars": 4_000,
            "chunks": 4,
            "ocr_pages": 0,
            "parser": "liteparse 2.18",
            "pipeline_version": DIGEST,
            "duration_ms": 12,
        },
    )


def question_event(question: str = "What is the cap on liability?", subject: str = "anna@example.com") -> AuditEvent:
    """Return an analysis event with the question as payload."""
    return AuditEvent(
        type=EventType.ANALYSIS_STARTED,
        subject=subject,
        purpose="trial",
        data={
            "answer_id": "0198a1b2",
            "mode": "trial",
            "channel": "cli",
            "groups": ["everyone", "legal"],
            "model": "/models/private/qwen",
        },
        payloads=(Payload(name="question", content=question.encode()),),
    )


def entries_of(log_folder: Path) -> list[dict[str, object]]:
    """Read every leaf under the newest checkpoint, with nothing but the file format."""
    size = int((log_folder / "checkpoint").read_text().split("\n")[1])
    leaves: list[dict[str, object]] = []
    for bundle in range(-(-size // 256)):
        place = log_folder / "tile" / "entries" / f"{bundle:03d}"
        width = min(256, size - bundle * 256)
        content = (place if place.exists() else place.with_name(f"{place.name}.p") / str(width)).read_bytes()
        while content:
            length = int.from_bytes(content[:2], "big")
            leaves.append(json.loads(content[2 : 2 + length]))
            content = content[2 + length :]
    return leaves[:size]
