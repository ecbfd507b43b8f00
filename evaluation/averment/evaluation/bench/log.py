"""Durable appends to the evidence log against bare writes of the same bytes; verification; proofs.

An append is what the product does: pseudonym, schema check, commitment, canonical bytes, write-ahead log, sync, with
checkpoints signed beside it. The bare write is `write` and `fdatasync` of the very entries that were appended, once
into a growing file and once over zeros that are already there, which is as fast as this disk can be.
"""

import os
import random
import statistics
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from averment.compliance.audit import own_policy, verify_log
from averment.compliance.log.reader import LogReader
from averment.compliance.recorder import EvidenceRecorder
from averment.core.audit import AuditEvent, EventType, Payload
from averment.core.errors import AuditIntegrityError
from averment.core.ids import sha256_id
from averment.evaluation.bench.installation import SUBJECT, fresh_folder, new_evidence
from averment.evaluation.bench.machine import file_system
from averment.evaluation.bench.plan import Plan
from averment.evaluation.bench.rows import Baseline, Detail, Figure, Row, below, measured, reaching
from averment.evaluation.bench.timing import quantile, seconds

NAME: Final = "log"
THREADS: Final = 32
GROUPS: Final = (64, 1024)
GROUPED: Final = reaching(20_000, "entries/s")
VERIFIED: Final = reaching(16_667, "entries/s")
"""A million entries in a minute."""
PROVEN: Final = below(1, "ms")

Append = Callable[[EvidenceRecorder, Sequence[AuditEvent]], object]


def measure(plan: Plan) -> list[Row]:
    """Measure appends in three ways, then verify and prove what they left."""
    root = fresh_folder(plan.work / NAME)
    rounds = plan.count(5, quick=1)
    with new_evidence(root) as recorder:
        contest = _Contest(recorder, root, rounds=rounds)
        single, threaded, grouped = plan.count(300, quick=20), plan.count(1600, quick=64), plan.count(3200, quick=128)
        recorder.append_many([_document_event(0), _question_event(0)])
        rows = [
            contest.rows("appends, one thread", single, _one_by_one)[0],
            contest.rows("appends with an encrypted payload, one thread", single // 2, _one_by_one, payload=True)[0],
            *contest.rows(f"appends, {THREADS} threads", threaded, _by_threads),
            *(contest.in_groups(16 * grouped // 3, size=size) for size in GROUPS),
        ]
        plan.say(f"{NAME}: {recorder.size} entries appended")
        recorder.seal()
        rows += [_verification(recorder, rounds=plan.count(3, quick=1)), *_proofs(recorder, plan)]
    return rows


class _Contest:
    """Appends and writes the same bytes bare, in turn."""

    def __init__(self, recorder: EvidenceRecorder, root: Path, *, rounds: int) -> None:
        self._recorder = recorder
        self._root = root
        self._rounds = rounds
        self._disk = file_system(root)

    def rows(self, name: str, n: int, append: Append, *, payload: bool = False, sync_every: int = 1) -> tuple[Row, Row]:
        """Return the row against a growing file and the row against a file of zeros."""
        make = _question_event if payload else _document_event
        ours: list[float] = []
        growing: list[float] = []
        zeroed: list[float] = []
        n_bytes = 0
        for number in range(self._rounds):
            events = [make(number * n + at) for at in range(n)]
            start = self._recorder.size
            ours.append(seconds(partial(append, self._recorder, events)))
            entries = self._entries(start)
            texts = [b"".join(payload.content for payload in event.payloads) for event in events]
            pairs = [entry + text for entry, text in zip(entries, texts, strict=True)]
            content = [b"".join(pairs[at : at + sync_every]) for at in range(0, n, sync_every)]
            n_bytes += sum(map(len, content))
            growing.append(_bare_writes(self._root / "bare", content, fill=False))
            zeroed.append(_bare_writes(self._root / "bare", content, fill=True))
        figure = Figure(value=n / statistics.median(ours), unit="entries/s")
        detail: Detail = {
            "entries_per_round": n,
            "rounds": self._rounds,
            "bytes_per_entry": n_bytes // (n * self._rounds),
            "ours_min_s": min(ours),
            "ours_max_s": max(ours),
            "file_system": self._disk,
        }
        every = "entry" if sync_every == 1 else f"{sync_every} entries"
        return (
            measured(
                (NAME, name),
                figure,
                baseline=Baseline(
                    name=f"write + fdatasync per {every}, same bytes", value=n / statistics.median(growing)
                ),
                detail=detail,
            ),
            measured(
                (NAME, name),
                figure,
                baseline=Baseline(name=f"the same over zeros, per {every}", value=n / statistics.median(zeroed)),
                detail=detail,
            ),
        )

    def in_groups(self, n: int, *, size: int) -> Row:
        """Return the row of appends in groups, held against what groups should reach."""
        row, _ = self.rows(f"appends in groups of {size}", n, _in_groups(size), sync_every=size)
        return replace(row, target=GROUPED.text, met=row.value is not None and GROUPED.is_met(row.value))

    def _entries(self, start: int) -> list[bytes]:
        size = self._recorder.seal().checkpoint.size
        reader = LogReader(self._recorder.evidence_dir / "log")
        return [entry for _, entry in reader.entries(start, size, size=size)]


def _one_by_one(recorder: EvidenceRecorder, events: Sequence[AuditEvent]) -> None:
    for event in events:
        recorder.append(event)


def _in_groups(size: int) -> Append:
    def append(recorder: EvidenceRecorder, events: Sequence[AuditEvent]) -> None:
        for start in range(0, len(events), size):
            recorder.append_many(events[start : start + size])

    return append


def _by_threads(recorder: EvidenceRecorder, events: Sequence[AuditEvent]) -> None:
    threads = [
        threading.Thread(target=_one_by_one, args=(recorder, events[number::THREADS])) for number in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _bare_writes(path: Path, contents: Sequence[bytes], *, fill: bool) -> float:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        if fill:
            os.write(descriptor, b"\0" * sum(map(len, contents)))
            os.fsync(descriptor)
            os.lseek(descriptor, 0, os.SEEK_SET)
        return seconds(partial(_write_and_sync, descriptor, contents))
    finally:
        os.close(descriptor)
        path.unlink()


def _write_and_sync(descriptor: int, contents: Sequence[bytes]) -> None:
    for content in contents:
        os.write(descriptor, content)
        os.fdatasync(descriptor)


def _verification(recorder: EvidenceRecorder, *, rounds: int) -> Row:
    taken = [seconds(partial(_verify, recorder.evidence_dir)) for _ in range(rounds)]
    return measured(
        (NAME, "verification of the whole log"),
        Figure(value=recorder.size / statistics.median(taken), unit="entries/s"),
        goal=VERIFIED,
        note="signatures, every hash of the tree, every entry's canonical form and schema, presence of payloads",
        detail={"entries": recorder.size, "rounds": rounds},
    )


def _verify(evidence_dir: Path) -> None:
    found = verify_log(evidence_dir, own_policy(evidence_dir))
    if found.failures:
        raise AuditIntegrityError(f"the log of the benchmark does not verify: {found.failures[0]}")


def _proofs(recorder: EvidenceRecorder, plan: Plan) -> list[Row]:
    choose = random.Random(plan.seed)
    places = [choose.randrange(recorder.size) for _ in range(plan.count(400, quick=10))]
    taken = [1000 * seconds(partial(recorder.receipt, place)) for place in places]
    detail: Detail = {"entries": recorder.size, "proofs": len(taken)}
    return [
        measured(
            (NAME, f"inclusion proof, {name}"),
            Figure(value=quantile(taken, share), unit="ms"),
            goal=goal,
            detail=detail,
        )
        for name, share, goal in (("p50", 0.5, PROVEN), ("p99", 0.99, None))
    ]


def _document_event(number: int) -> AuditEvent:
    digest = sha256_id(str(number).encode())
    return AuditEvent(
        type=EventType.DOCUMENT_INGESTED,
        subject=SUBJECT,
        purpose="ingestion",
        data={
            "document_id": digest.removeprefix("sha256:")[:32],
            "content_hash": digest,
            "text_hash": digest,
            "source": f"file:///bench/{number}.pdf",
            "media_type": "application/pdf",
            "kind": "contract",
            "version": 1,
            "pages": 12,
            "chars": 40_000,
            "chunks": 60,
            "ocr_pages": 0,
            "parser": "bench",
            "pipeline_version": "bench",
            "duration_ms": 100,
        },
    )


def _question_event(number: int) -> AuditEvent:
    return AuditEvent(
        type=EventType.ANALYSIS_STARTED,
        subject=SUBJECT,
        purpose="trial",
        data={"answer_id": f"bench-{number}", "mode": "trial", "channel": "batch", "groups": ["everyone"]},
        payloads=(Payload(name="question", content=b"What is the cap on liability under the agreement? %d" % number),),
    )
