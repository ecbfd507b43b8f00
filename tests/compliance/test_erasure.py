"""Erasing a person: what goes, what stays provable, what forbids it, and what a crash in the middle leaves."""

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from averment.compliance import audit
from averment.compliance.erasure import Eraser, ErasureRequest, Reach
from averment.compliance.holding import HoldRequest, place_hold
from averment.compliance.holds import Hold, HoldRegister
from averment.compliance.key_encryption import LocalKeyEncryption
from averment.compliance.keys import keyed_digest, load_keys
from averment.compliance.log.note import VerifierKey
from averment.compliance.log.proof import TlogProof
from averment.compliance.person_record import PersonRecord
from averment.compliance.recorder import EvidenceRecorder
from averment.compliance.retention import Retention
from averment.core.audit import AuditEvent, EventType, EventValue, Payload
from averment.core.clock import SystemClock
from averment.core.erasure import MASK, CleanedStore, DocumentDecision, NamedDocument
from averment.core.errors import StoreError, UnderHold, UsageError
from averment.core.record_settings import RetentionSettings
from tests.compliance.evidence import entries_of, question_event
from tests.compliance.test_recorder import open_new

RETENTION = Retention(settings=RetentionSettings(backup_days=7))
NAME = "Anna Schmidt"


@dataclass
class Documents:
    """Documents that name a person, kept in a list."""

    named: list[NamedDocument] = field(default_factory=list)
    done: list[tuple[str, str]] = field(default_factory=list)

    def naming(self, names: Sequence[str]) -> list[NamedDocument]:
        return list(self.named) if names else []

    def erase(self, document_id: str) -> None:
        self._take(document_id, "remove")

    def mask(self, document_id: str, names: Sequence[str]) -> int:
        assert names
        self._take(document_id, "mask")
        return 1

    def blobs(self, _document_id: str) -> list[str]:
        return ["sha256:" + "c" * 64]

    def _take(self, document_id: str, action: str) -> None:
        self.done.append((document_id, action))
        self.named = [item for item in self.named if item.document_id != document_id]


@dataclass
class Store:
    """A store that can be made to fail."""

    name: str = "catalog"
    state: CleanedStore = field(default_factory=lambda: CleanedStore(name="catalog", state="clean"))
    failures: int = 0
    asked: list[tuple[tuple[str, ...], str | None]] = field(default_factory=list)

    def clean(self, names: Sequence[str], *, person: str | None = None) -> CleanedStore:
        self.asked.append((tuple(names), person))
        if self.failures:
            self.failures -= 1
            raise StoreError("the disk is full")
        return self.state


@dataclass
class World:
    """A log with two people in it, and what else an erasure reaches."""

    root: Path
    recorder: EvidenceRecorder
    documents: Documents = field(default_factory=Documents)
    store: Store = field(default_factory=Store)

    @property
    def eraser(self) -> Eraser:
        reach = Reach(data_dir=self.root, documents=self.documents, stores=[self.store], retention=RETENTION)
        return Eraser(self.recorder, reach, clock=SystemClock())

    def request(
        self, *, names: tuple[str, ...] = (), every: str | None = None, identity: str = "anna"
    ) -> ErasureRequest:
        default = None
        if every is not None:
            action, _, ground = every.partition(":")
            default = DocumentDecision(document_id="", action=action, ground=ground or None)  # type: ignore[arg-type]
        return ErasureRequest(identity=identity, subject="officer", ground="request", names=names, default=default)

    def leaves(self) -> list[dict[str, object]]:
        self.recorder.seal()
        return entries_of(self.recorder.evidence_dir / "log")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_new(tmp_path) as recorder:
        recorder.append(question_event("What may my landlord ask?", subject="anna"))
        recorder.append(question_event(f"What does {NAME} owe? {'x' * 2000} End.", subject="ben"))
        yield World(tmp_path, recorder)


def document(number: int = 1) -> NamedDocument:
    return NamedDocument(document_id=f"d-{number}", source_uri=f"file:///{number}.txt", title="Lease", n_places=2)


def test_what_a_person_asked_is_gone_and_every_proof_holds(world: World) -> None:
    recorder = world.recorder
    mine, others = 5, 7
    assert recorder.read_payload(mine, "question").startswith(b"What may")
    before = recorder.receipt(mine)
    person = recorder.people.find("anna")
    assert person is not None
    certificate = world.eraser.erase(world.request())
    assert (certificate["entries"], certificate["payloads"], certificate["person"]) == (2, 1, person.actor)
    with pytest.raises(StoreError):
        recorder.read_payload(mine, "question")
    assert recorder.subjects.get(person.actor) is None
    digits = person.actor.rpartition(":")[2]
    assert not list((world.root / "evidence").rglob(f"*{digits}*")), "no file of the key is left"
    assert recorder.read_payload(others, "question").endswith(b"End.")
    assert recorder.receipt(mine).entry == before.entry
    proof = TlogProof.parse(before.inclusion_proof, name="receipt")
    proof.note.verify([VerifierKey.parse(recorder.vkey)], name="receipt")
    report = audit.verify_log(recorder.evidence_dir, audit.own_policy(recorder.evidence_dir))
    assert report.is_ok
    assert [leaf["type"] for leaf in world.leaves()][-3:] == [
        EventType.ERASURE_REQUESTED,
        EventType.KEY_DESTROYED,
        EventType.ERASURE_EXECUTED,
    ]


def test_the_certificate_is_the_one_the_log_states(world: World) -> None:
    certificate = dict(world.eraser.erase(world.request(names=(NAME,))))
    written = world.recorder.evidence_dir / "certificates" / f"{certificate['request_id']}.json"
    assert json.loads(written.read_bytes()) == certificate
    leaf = json.loads(certificate["receipt"]["entry"])  # type: ignore[index]  # the certificate is JSON
    assert leaf["data"]["certificate"] == certificate["digest"]
    assert [store["name"] for store in certificate["reached"]] == ["catalog", "payloads", "blobs"]  # type: ignore[attr-defined]
    assert certificate["not_reached"][-1]["name"] == "backups"  # type: ignore[index]
    assert leaf["data"]["backups_until"] == certificate["backups_until"]
    assert NAME not in written.read_text(encoding="utf-8")


def test_no_key_that_is_left_leads_from_a_name_to_an_entry(world: World) -> None:
    """The dictionary attack: every guess under every remaining key, against every string of every leaf."""
    world.eraser.erase(world.request(names=(NAME,)))
    keys = load_keys(world.root / "keys")
    assert isinstance(keys.wrapping, LocalKeyEncryption)
    left = [keys.pseudonym, keys.wrapping.key, b""]
    left += [key for leaf in world.leaves() if (key := world.recorder.subjects.get(str(leaf["actor"])))]
    roles, guesses = ("", "actor", "person", "source", "erasures"), ("anna", NAME, "What may my landlord ask?")
    digests = {
        keyed_digest(key, text)
        for key, role, guess in itertools.product(left, roles, guesses)
        for text in (guess, f"{role}\0{guess}")
    }
    assert not [digest for digest in digests if digest in json.dumps(world.leaves())]


def test_of_other_peoples_texts_only_the_spans_that_name_the_person_go(world: World) -> None:
    certificate = world.eraser.erase(world.request(names=(NAME,)))
    assert certificate["payloads_in_part"] == 1
    with pytest.raises(StoreError, match="was erased"):
        world.recorder.read_payload(7, "question")
    again = world.eraser.plan(world.request(names=(NAME,)))
    assert again.naming == ()
    assert audit.verify_log(world.recorder.evidence_dir, audit.own_policy(world.recorder.evidence_dir)).is_ok


def test_a_crash_at_any_place_is_finished_by_the_same_command(world: World) -> None:
    world.documents.named = [document()]
    world.recorder.people.register("anna", (NAME,))
    world.store.failures = 1
    request = world.request(every="remove")
    with pytest.raises(StoreError, match="disk is full"):
        world.eraser.erase(request)
    assert world.recorder.people.find("anna") is not None, "the way back to the rest goes last"
    certificate = world.eraser.erase(request)
    assert (certificate["payloads"], certificate["documents_removed"]) == (1, 1), "what the first attempt found"
    kinds = [leaf["type"] for leaf in world.leaves()]
    assert kinds.count(EventType.ERASURE_REQUESTED) == kinds.count(EventType.ERASURE_EXECUTED) == 1
    assert not list((world.recorder.evidence_dir / "erasures").glob("*.json"))


def test_a_crash_before_the_last_entry_is_finished_as_well(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_index: int) -> None:
        raise StoreError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(world.recorder, "receipt", fail)
        with pytest.raises(StoreError, match="killed"):
            world.eraser.erase(world.request())
    assert world.recorder.people.find("anna") is None
    assert world.eraser.erase(world.request())["entries"] == 2
    with pytest.raises(UsageError, match="nobody is known as 'anna'"):
        world.eraser.erase(world.request())


def test_documents_must_be_decided_on_one_by_one_or_all_at_once(world: World) -> None:
    world.documents.named = [document(1), document(2), document(3)]
    with pytest.raises(UsageError, match="3 documents name the person"):
        world.eraser.erase(world.request(names=(NAME,)))
    chosen = (
        DocumentDecision(document_id="d-1", action="mask"),
        DocumentDecision(document_id="d-2", action="keep", ground="gdpr-17-3-b"),
        DocumentDecision(document_id="d-3", action="remove"),
    )
    request = ErasureRequest(identity="anna", subject="officer", ground="request", names=(NAME,), decisions=chosen)
    (world.root / ("c" * 64)).write_text(NAME)
    (world.root / "other").write_text(NAME)
    certificate = world.eraser.erase(request)
    assert world.documents.done == [("d-1", "mask"), ("d-3", "remove")]
    assert certificate["search"]["kept"] == ["c" * 64]  # type: ignore[index]
    assert certificate["search"]["remaining"] == ["other"]  # type: ignore[index]
    (kept,) = [leaf["data"] for leaf in world.leaves() if leaf["type"] == EventType.ERASURE_EXEMPTED]
    assert isinstance(kept, dict)
    assert (kept["document_id"], kept["ground"]) == ("d-2", "gdpr-17-3-b")


def test_a_document_is_not_kept_on_the_ai_act_where_nothing_is_high_risk(world: World) -> None:
    world.documents.named = [document()]
    with pytest.raises(UsageError, match="high-risk"):
        world.eraser.erase(world.request(names=(NAME,), every="keep:ai-act-19"))
    assert world.documents.done == []


@pytest.mark.parametrize(("target", "reference"), [("subject", "anna"), ("answer", "0198a1b2"), ("matter", "trial")])
def test_a_hold_forbids_it_and_the_refusal_says_why(world: World, target: str, reference: str) -> None:
    asked = HoldRequest(target=target, reference=reference, ground="gdpr-17-3-e", subject="counsel")  # type: ignore[arg-type]
    hold = place_hold(world.recorder, asked, clock=SystemClock(), retention=RETENTION)
    with pytest.raises(UnderHold, match=hold.id):
        world.eraser.erase(world.request())
    refused = world.leaves()[-1]
    assert refused["type"] == EventType.ERASURE_REFUSED
    assert isinstance(refused["data"], dict)
    assert (refused["data"]["ground"], refused["data"]["holds"]) == ("gdpr-17-3-e", [hold.id])
    assert world.recorder.read_payload(5, "question")
    assert world.recorder.people.find("anna")


def test_a_hold_on_a_document_forbids_taking_it_away_but_not_keeping_it(world: World) -> None:
    world.documents.named = [document()]
    asked = HoldRequest(target="document", reference="d-1", ground="gdpr-17-3-e", subject="counsel")
    place_hold(world.recorder, asked, clock=SystemClock(), retention=RETENTION)
    with pytest.raises(UnderHold):
        world.eraser.erase(world.request(names=(NAME,), every="mask"))
    certificate = world.eraser.erase(world.request(names=(NAME,), every="keep:gdpr-17-3-e"))
    assert certificate["documents_kept"] == 1


def test_a_request_is_refused_on_a_ground_that_may_be_cited(world: World) -> None:
    with pytest.raises(UsageError, match="high-risk"):
        world.eraser.refuse(world.request(), ground="ai-act-26-6")
    entry = world.eraser.refuse(world.request(), ground="gdpr-17-3-b")
    assert world.leaves()[entry]["type"] == EventType.ERASURE_REFUSED


def test_a_plan_changes_nothing(world: World) -> None:
    world.documents.named = [document()]
    size = world.recorder.size
    plan = world.eraser.plan(world.request(names=(NAME,)))
    assert ([leaf["seq"] for leaf in plan.entries], plan.n_payloads, len(plan.naming)) == ([4, 5], 1, 1)
    assert plan.undecided == (document(),)
    assert (world.recorder.size, world.documents.done) == (size, [])


def test_somebody_whom_only_texts_name_needs_a_spelling(world: World) -> None:
    with pytest.raises(UsageError, match="nobody is known as 'p-17'"):
        world.eraser.plan(world.request(identity="p-17"))
    certificate = world.eraser.erase(world.request(identity="p-17", names=(NAME,)))
    assert (certificate["person"], certificate["payloads_in_part"]) == (None, 1)


def test_what_others_did_stays_and_whoever_comes_back_is_somebody_new(world: World) -> None:
    before = world.leaves()
    world.eraser.erase(world.request())
    world.recorder.append(question_event("again", subject="anna"))
    after = world.leaves()
    assert after[: len(before)] == before
    assert after[-1]["actor"] not in {leaf["actor"] for leaf in before}


def opened(description: str, *, subject: str) -> AuditEvent:
    data: dict[str, EventValue] = {"case": "c-1", "kind": "incident", "role": "deployer", "reason": "x", "answers": []}
    data |= {"aware_at": "2026-11-23T12:00:00.000Z", "system": "sha256:" + "a" * 64}
    texts = (Payload(name="description", content=description.encode()),)
    return AuditEvent(type=EventType.INCIDENT_OPENED, subject=subject, data=data, payloads=texts)


def test_an_incident_outlives_its_reporter_without_the_names_in_it(world: World) -> None:
    description = f"{'What went wrong. ' * 60}Reported by {NAME}.{' What was done. ' * 60}"
    entry = world.recorder.append(opened(description, subject="anna"))
    certificate = world.eraser.erase(world.request(names=(NAME,)))
    assert (certificate["payloads"], certificate["payloads_in_part"]) == (1, 2)
    leaf = next(leaf for leaf in world.leaves() if leaf["seq"] == entry)
    record = PersonRecord(world.recorder.evidence_dir, world.recorder.subjects)
    (held,) = record.payloads([leaf])
    left = held.opened.content.decode()
    assert "Anna" not in left
    assert left.startswith("What went wrong.")
    assert left.endswith("What was done. ")


def test_whoever_is_named_in_an_open_incident_is_not_forgotten(world: World) -> None:
    entry = world.recorder.append(opened(f"About {NAME}.", subject="ben"))
    frozen = Hold(
        id="c-1", target="entries", reference=f"0-{entry}", retention="hold", ground="x", until=None, entry=-1
    )
    HoldRegister(world.recorder.evidence_dir).put(frozen)
    with pytest.raises(UnderHold, match="c-1"):
        world.eraser.erase(world.request(names=(NAME,)))
    refused = world.leaves()[-1]
    assert (refused["type"], refused["data"]["holds"]) == (EventType.ERASURE_REFUSED, ["c-1"])  # type: ignore[index]
    assert NAME.encode() in world.recorder.read_payload(entry, "description")


def test_files_of_people_are_decided_on_and_the_certificate_names_nobody(world: World) -> None:
    folder = world.root / "compliance"
    folder.mkdir()
    (folder / "fria.yaml").write_text(f"owner: {NAME}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"compliance/fria\.yaml"):
        world.eraser.erase(world.request(names=(NAME,)))
    keep = DocumentDecision(document_id="", action="keep", ground="gdpr-17-3-b")
    kept = world.eraser.erase(replace(world.request(names=(NAME,)), papers=keep))
    assert kept["search"]["kept"] == ["compliance/fria.yaml"]  # type: ignore[index]
    assert kept["search"]["remaining"] == []  # type: ignore[index]
    assert [row["ground"] for row in kept["papers"]] == ["gdpr-17-3-b"]  # type: ignore[attr-defined]
    mask = DocumentDecision(document_id="", action="mask")
    done = world.eraser.erase(replace(world.request(names=(NAME,), identity="p-17"), papers=mask))
    assert done["search"]["remaining"] == done["search"]["kept"] == []  # type: ignore[index]
    assert (folder / "fria.yaml").read_text(encoding="utf-8") == f"owner: {MASK * len(NAME)}\n"
    assert "Schmidt" not in json.dumps([kept, done])
