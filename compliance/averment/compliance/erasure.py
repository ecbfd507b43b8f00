"""Erasing a person: texts first, then the key, then an entry that says so; and a certificate of what was reached.

The order makes a crash harmless. The plan lies in `evidence/erasures/` before anything is deleted; every step leaves
the same state however often it is done; the person's file, which leads to everything else, goes last. So the same
command, given again, finishes what was begun. Leaves stay as they are: the tree's root does not change, and every proof
holds.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import rfc8785

from averment.compliance.byte_search import files_naming
from averment.compliance.erasure_certificate import ErasureJob, certificate_of
from averment.compliance.events import Leaf
from averment.compliance.grounds import check_ground
from averment.compliance.holds import Hold, HoldRegister
from averment.compliance.log.durable import DurableFolder
from averment.compliance.papers import Papers
from averment.compliance.payloads import erase_spans, is_of_case, payload_commitments, read_payload
from averment.compliance.people import Person
from averment.compliance.person_record import NamingPayload, PersonRecord
from averment.compliance.recorder import PAYLOADS, EvidenceRecorder
from averment.compliance.retention import Retention
from averment.core.answers import Receipt
from averment.core.audit import AuditEvent, EventType, EventValue
from averment.core.clock import Clock, rfc3339, unix_ms
from averment.core.erasure import (
    CleanedStore,
    DocumentDecision,
    ErasableStore,
    NamedDocument,
    NamedDocuments,
    masked,
    name_pattern,
)
from averment.core.errors import UnderHold, UsageError
from averment.core.ids import sha256_id, uuid7
from averment.core.jsonable import to_json

JOBS: Final = "erasures"
CERTIFICATES: Final = "certificates"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRequest:
    """Who is to be erased, on whose order, and what is to become of documents.

    `names` are spellings besides those registered; `decisions` go by document; without one, documents take `default`.
    `papers` says what becomes of files in `compliance/` and `purposes/`: `mask` or `keep`.
    """

    identity: str
    subject: str
    ground: str
    names: tuple[str, ...] = ()
    decisions: tuple[DocumentDecision, ...] = ()
    default: DocumentDecision | None = None
    papers: DocumentDecision | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasurePlan:
    """What an erasure would reach; `undecided` are documents nobody said what is to become of."""

    person: str | None
    names: tuple[str, ...]
    entries: tuple[Leaf, ...]
    n_payloads: int
    naming: tuple[NamingPayload, ...]
    documents: tuple[NamedDocument, ...]
    decisions: tuple[DocumentDecision, ...]
    undecided: tuple[NamedDocument, ...]
    papers: tuple[str, ...]
    holds: tuple[Hold, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The parts of an installation that an erasure works on."""

    data_dir: Path
    documents: NamedDocuments
    stores: Sequence[ErasableStore]
    retention: Retention
    beyond: tuple[CleanedStore, ...] = ()


class Eraser:
    """Erases people from one installation, whose log it has open.

    Args:
        recorder: The log.
        reach: What else there is.
        clock: Tells the time.
    """

    def __init__(self, recorder: EvidenceRecorder, reach: Reach, *, clock: Clock):
        self._recorder = recorder
        self._reach = reach
        self._clock = clock
        self._evidence = recorder.evidence_dir
        self._record = PersonRecord(self._evidence, recorder.subjects)
        self._holds = HoldRegister(self._evidence)
        self._papers = Papers(reach.data_dir)
        self._disk = DurableFolder(self._evidence, self._evidence / "tmp")

    def plan(self, request: ErasureRequest) -> ErasurePlan:
        """Return what an erasure would reach, and what stands in its way; nothing is changed.

        Raises:
            UsageError: Nobody is known by that name and no spelling is given, or a ground may not be cited.
        """
        self._recorder.seal()
        person = self._recorder.people.find(request.identity)
        names = tuple(dict.fromkeys((*(person.names if person else ()), *request.names)))
        if person is None and not names and not self._job_path(request.identity).exists():
            raise UsageError(
                f"nobody is known as {request.identity!r}", hint="give a spelling to look for: --name 'First Last'"
            )
        entries = tuple(self._record.entries(person.actor)) if person else ()
        naming = tuple(self._record.naming(names, besides=person.actor if person else None))
        documents = tuple(self._reach.documents.naming(names))
        decisions, undecided = self._decide(request, documents)
        if request.papers is not None and request.papers.action == "keep":
            check_ground(request.papers.ground or "", is_high_risk=self._reach.retention.is_high_risk())
        return ErasurePlan(
            person=person.actor if person else None,
            names=names,
            entries=entries,
            n_payloads=sum(len(payload_commitments(leaf)) for leaf in entries if not is_of_case(leaf)),
            naming=naming,
            documents=documents,
            decisions=decisions,
            undecided=undecided,
            papers=self._papers.naming(names),
            holds=self._blocking(person, (*entries, *(found.payload.leaf for found in naming)), decisions),
        )

    def erase(self, request: ErasureRequest) -> Mapping[str, object]:
        """Erase a person and return the certificate, with the receipt of its entry.

        Raises:
            UnderHold: A hold forbids it; the refusal is in the log.
            UsageError: Nobody is known by that name, or a document was not decided on.
        """
        plan = self.plan(request)
        if plan.holds:
            self._refuse(plan, request)
        if plan.undecided:
            names = ", ".join(document.document_id for document in plan.undecided[:5])
            raise UsageError(
                f"{len(plan.undecided)} documents name the person and nobody said what is to become of them: {names}",
                hint="--documents remove, mask or keep:GROUND; or for one of them --document ID=mask",
            )
        if plan.papers and request.papers is None:
            raise UsageError(
                f"{len(plan.papers)} files of people name the person, the first is {plan.papers[0]!r}",
                hint="--papers mask or keep:GROUND; or change the files, and give the command again",
            )
        job = self._begin(plan, request)
        self._erase_texts(plan)
        self._erase_papers(plan, request, job)
        self._erase_documents(plan, job, subject=request.subject)
        self._clean(plan, job)
        return self._finish(request, job)

    def refuse(self, request: ErasureRequest, *, ground: str) -> int:
        """Record that a request is refused on a ground; return the index of the entry.

        Raises:
            UsageError: The ground is none, or is about high-risk use only.
        """
        check_ground(ground, is_high_risk=self._reach.retention.is_high_risk())
        person = self._recorder.people.find(request.identity)
        return self._log_refusal(person.actor if person else None, request, ground=ground, holds=())

    def _decide(
        self, request: ErasureRequest, documents: Sequence[NamedDocument]
    ) -> tuple[tuple[DocumentDecision, ...], tuple[NamedDocument, ...]]:
        chosen = {decision.document_id: decision for decision in request.decisions}
        decisions, undecided = [], []
        for document in documents:
            found = chosen.get(document.document_id, request.default)
            if found is None:
                undecided.append(document)
                continue
            if found.action == "keep":
                check_ground(found.ground or "", is_high_risk=self._reach.retention.is_high_risk())
            decisions.append(
                DocumentDecision(document_id=document.document_id, action=found.action, ground=found.ground)
            )
        return tuple(decisions), tuple(undecided)

    def _blocking(
        self, person: Person | None, leaves: Sequence[Leaf], decisions: Sequence[DocumentDecision]
    ) -> tuple[Hold, ...]:
        holds = self._holds.active(self._clock.now().date())
        blocking = list(holds.on_person(person.actor)) if person is not None else []
        for decision in decisions:
            blocking += holds.on_document(decision.document_id) if decision.action != "keep" else ()
        for leaf in leaves:
            blocking += holds.on_entry(leaf)
        return tuple(dict.fromkeys(blocking))

    def _refuse(self, plan: ErasurePlan, request: ErasureRequest) -> None:
        first = plan.holds[0]
        held = [hold.id for hold in plan.holds]
        self._log_refusal(plan.person, request, ground=first.ground, holds=held)
        raise UnderHold(
            f"nothing was erased: {len(held)} holds forbid it, the first is {first.id} ({first.ground})",
            hint="the refusal is in the log; averment hold list shows the holds",
            details={"hold": first.id},
        )

    def _log_refusal(self, person: str | None, request: ErasureRequest, *, ground: str, holds: Sequence[str]) -> int:
        data = {"request_id": self._new_id(), "person": person, "ground": ground, "holds": list(holds)[:64]}
        return self._log(EventType.ERASURE_REFUSED, data, subject=request.subject)

    def _begin(self, plan: ErasurePlan, request: ErasureRequest) -> ErasureJob:
        """Take up an erasure that was begun, or put a new one on disk and into the log."""
        path = self._job_path(request.identity)
        if path.exists():
            return ErasureJob(**json.loads(path.read_bytes()))
        actions = Counter(decision.action for decision in plan.decisions)
        numbers = [int(str(leaf["seq"])) for leaf in plan.entries]
        job = ErasureJob(
            request_id=self._new_id(),
            person=plan.person,
            requested_at=rfc3339(self._clock.now()),
            ground=request.ground,
            first_entry=min(numbers, default=None),
            last_entry=max(numbers, default=None),
            counts={
                "entries": len(plan.entries),
                "payloads": plan.n_payloads,
                "payloads_in_part": len(plan.naming),
                "documents_removed": actions["remove"],
                "documents_masked": actions["mask"],
                "documents_kept": actions["keep"],
            },
            documents=[asdict(decision) for decision in plan.decisions],
        )
        requested: dict[str, EventValue] = {"request_id": job.request_id, "person": plan.person}
        requested |= {"n_names": len(plan.names), "ground": request.ground}
        self._log(EventType.ERASURE_REQUESTED, requested, subject=request.subject)
        self._save(job, request)
        return job

    def _erase_texts(self, plan: ErasurePlan) -> None:
        """Delete the person's own ciphertexts, and the spans that name them in those of others and of cases."""
        for leaf in (entry for entry in plan.entries if not is_of_case(entry)):
            for commitment in payload_commitments(leaf).values():
                self._record.path(commitment).unlink(missing_ok=True)
        payloads = DurableFolder(self._evidence / PAYLOADS, self._evidence / "tmp")
        for found in plan.naming:
            sealed = read_payload(self._evidence / PAYLOADS, found.payload.commitment)
            left = erase_spans(sealed, found.payload.keys, spans=found.spans)
            payloads.write({left.path: left.ciphertext})

    def _erase_documents(self, plan: ErasurePlan, job: ErasureJob, *, subject: str) -> None:
        for decision in plan.decisions:
            if decision.action == "remove":
                self._reach.documents.erase(decision.document_id)
            elif decision.action == "mask":
                self._reach.documents.mask(decision.document_id, plan.names)
            else:
                kept = {"request_id": job.request_id, "document_id": decision.document_id, "ground": decision.ground}
                self._log(EventType.ERASURE_EXEMPTED, kept, subject=subject)

    def _erase_papers(self, plan: ErasurePlan, request: ErasureRequest, job: ErasureJob) -> None:
        """Mask the files of people, or log on which ground they stay; the certificate has them by their digests."""
        decision, rows = request.papers, []
        for path in plan.papers if decision is not None else ():
            assert decision is not None
            if decision.action == "mask":
                self._papers.mask(path, plan.names)
            digest = sha256_id(self._papers.content(path))
            rows.append({"folder": path.partition("/")[0], "digest": digest, **_became(decision)})
            if decision.action == "keep":
                kept = {"request_id": job.request_id, "document_id": digest, "ground": decision.ground}
                self._log(EventType.ERASURE_EXEMPTED, kept, subject=request.subject)
        job.papers = [*job.papers, *(row for row in rows if row not in job.papers)]
        self._save(job, request)

    def _clean(self, plan: ErasurePlan, job: ErasureJob) -> None:
        """Have every store drop what it keeps of deleted things, then look for the names in every byte."""
        if plan.person is None and not plan.names and job.search:
            return  # Taken up after the person's file was deleted: nothing is left to look for.
        stores = [store.clean(plan.names, person=plan.person) for store in self._reach.stores]
        own = [CleanedStore(name=name, state="clean") for name in ("payloads", "blobs")]
        job.stores = [asdict(store) for store in (*stores, *own)]
        n_files, remaining = files_naming(self._reach.data_dir, plan.names)
        kept = self._kept_files(plan) | {path for path in plan.papers if self._is_kept(path, job)}
        pattern = name_pattern(plan.names)
        shown = {name: masked(name, pattern) if pattern else name for name in remaining}
        job.search = {
            "n_names": len(plan.names),
            "n_files": n_files,
            "remaining": [shown[name] for name in remaining if name not in kept],
            "kept": [shown[name] for name in remaining if name in kept],
        }

    def _is_kept(self, path: str, job: ErasureJob) -> bool:
        digest = sha256_id(self._papers.content(path))
        return any((row["digest"], row["action"]) == (digest, "keep") for row in job.papers)

    def _kept_files(self, plan: ErasurePlan) -> set[str]:
        """Return the files that may name the person because a document is kept on a ground."""
        documents = [decision.document_id for decision in plan.decisions if decision.action == "keep"]
        if not documents:
            return set()
        root = self._reach.data_dir
        digests = {key.rpartition(":")[2] for document in documents for key in self._reach.documents.blobs(document)}
        files = (path for path in root.rglob("*") if path.is_file())
        shared = ("catalog.sqlite", "index")
        return {
            str(path.relative_to(root))
            for path in files
            if path.name in digests or path.relative_to(root).parts[0].startswith(shared)
        }

    def _finish(self, request: ErasureRequest, job: ErasureJob) -> Mapping[str, object]:
        """Destroy the key, log the erasure, write the certificate; the person's file goes with the key."""
        self._save(job, request)
        if job.person is not None and self._recorder.subjects.get(job.person) is not None:
            destroyed = {"kind": "subject", "key": job.person, "reason": "erased"}
            self._log(EventType.KEY_DESTROYED, destroyed, subject=request.subject)
            self._recorder.subjects.destroy(job.person)
        self._recorder.people.forget(request.identity)
        retention = self._reach.retention.settings
        body = certificate_of(job, now=self._clock.now(), backup_days=retention.backup_days, beyond=self._reach.beyond)
        digest = f"sha256:{hashlib.sha256(rfc8785.dumps(to_json(body))).hexdigest()}"
        unreached = body["not_reached"]
        remaining = job.search["remaining"]
        assert isinstance(unreached, list)
        assert isinstance(remaining, list)
        entry = self._log(
            EventType.ERASURE_EXECUTED,
            {
                "request_id": job.request_id,
                "person": job.person,
                "ground": job.ground,
                "first_entry": job.first_entry,
                "last_entry": job.last_entry,
                **job.counts,
                "stores": len(job.stores),
                "unreached": len(unreached),
                "files_remaining": len(remaining),
                "backups_until": str(body["backups_until"]),
                "certificate": digest,
            },
            subject=request.subject,
        )
        receipt: Receipt = self._recorder.receipt(entry)
        certificate = {**body, "digest": digest, "receipt": to_json(receipt)}
        written = json.dumps(certificate, ensure_ascii=False, indent=2, default=to_json).encode()
        self._disk.write({f"{CERTIFICATES}/{job.request_id}.json": written})
        self._job_path(request.identity).unlink(missing_ok=True)
        return certificate

    def _log(self, kind: EventType, data: Mapping[str, EventValue], *, subject: str) -> int:
        return self._recorder.append(AuditEvent(type=kind, subject=subject, data=data))

    def _new_id(self) -> str:
        return uuid7(unix_ms=unix_ms(self._clock.now()))

    def _job_name(self, identity: str) -> str:
        return f"{JOBS}/{self._recorder.keyed_digest(JOBS, identity).rpartition(':')[2]}.json"

    def _job_path(self, identity: str) -> Path:
        return self._evidence / self._job_name(identity)

    def _save(self, job: ErasureJob, request: ErasureRequest) -> None:
        self._disk.write({self._job_name(request.identity): json.dumps(asdict(job)).encode()})


def _became(decision: DocumentDecision) -> dict[str, str | None]:
    return {"action": decision.action, "ground": decision.ground}
