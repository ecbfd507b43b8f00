"""The recorder: what reaches a leaf, what does not, receipts, payloads, failures."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from averment.compliance.log.merkle import leaf_hash, verify_inclusion
from averment.compliance.log.note import VerifierKey
from averment.compliance.log.proof import TlogProof
from averment.compliance.recorder import EvidenceRecorder, init_evidence, open_evidence
from averment.core.audit import AuditEvent, EventType
from averment.core.clock import SystemClock
from averment.core.errors import AuditIntegrityError, AuditWriteFailed, ConfigurationError, StoreError, UsageError
from averment.core.record_settings import LogSettings
from tests.compliance.evidence import ORIGIN, document_event, entries_of, question_event

CLOCK = SystemClock()
SETTINGS = LogSettings(seal_interval_ms=10)


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[EvidenceRecorder]:
    with open_new(tmp_path) as opened:
        yield opened


def open_new(folder: Path) -> EvidenceRecorder:
    return open_evidence(
        folder / "evidence",
        folder / "keys",
        clock=CLOCK,
        origin=ORIGIN,
        settings=SETTINGS,
        must_exist=False,
    )


def reopen(folder: Path) -> EvidenceRecorder:
    return open_evidence(folder / "evidence", folder / "keys", clock=CLOCK, settings=SETTINGS)


def test_a_new_log_names_its_keys_and_not_their_secrets(recorder: EvidenceRecorder) -> None:
    recorder.seal()
    kinds = [(entry["type"], entry["data"]) for entry in entries_of(recorder.evidence_dir / "log")]
    assert [data["kind"] for _, data in kinds if isinstance(data, dict)] == ["subject", "log", "wrapping", "pseudonym"]
    assert {kind for kind, _ in kinds} == {"key.created"}


def test_no_text_of_an_event_is_found_in_any_file(recorder: EvidenceRecorder, tmp_path: Path) -> None:
    recorder.append_many([document_event(), question_event("Does Müller owe 1,000?", "anna.schmidt@example.com")])
    recorder.close()
    everything = b"".join(path.read_bytes() for path in (tmp_path / "evidence").rglob("*") if path.is_file())
    for text in ("Müller", "anna", "1,000", "Contract", "/models/private", "legal", "everyone"):
        assert text.encode() not in everything, text


def test_equal_sources_can_be_followed_and_equal_actors_recognised(recorder: EvidenceRecorder) -> None:
    indexes = recorder.append_many([document_event(), document_event(), question_event()])
    recorder.seal()
    leaves = entries_of(recorder.evidence_dir / "log")
    one, other, asked = (leaves[index] for index in indexes)
    assert isinstance(one["data"], dict)
    assert isinstance(other["data"], dict)
    assert one["data"]["source"] == other["data"]["source"]
    assert one["actor"] == other["actor"] != asked["actor"]
    assert one["id"] != other["id"]


def test_a_receipt_is_enough_to_check_the_entry(recorder: EvidenceRecorder) -> None:
    index = recorder.append(question_event())
    receipt = recorder.receipt(index)
    proof = TlogProof.parse(receipt.inclusion_proof, name="receipt")
    proof.note.verify([VerifierKey.parse(recorder.vkey)], name="receipt")
    checkpoint = proof.checkpoint(name="receipt")
    leaf = leaf_hash(receipt.entry.encode())
    assert verify_inclusion(leaf, index, size=checkpoint.size, proof=proof.path, root=checkpoint.root)
    assert (receipt.index, receipt.origin, receipt.leaf_hash) == (index, ORIGIN, f"sha256:{leaf.hex()}")
    assert json.loads(receipt.entry)["seq"] == index
    with pytest.raises(UsageError, match="there is no entry 99"):
        recorder.receipt(99)


def test_payloads_are_read_back_by_who_has_the_keys(recorder: EvidenceRecorder, tmp_path: Path) -> None:
    index = recorder.append(question_event("the question"))
    assert recorder.read_payload(index, "question") == b"the question"
    with pytest.raises(UsageError, match=r"has no payload 'answer'; it has \['question'\]"):
        recorder.read_payload(index, "answer")
    stored = next(path for path in (tmp_path / "evidence/payload").rglob("*") if path.is_file())
    content = bytearray(stored.read_bytes())
    content[-1] ^= 1
    stored.write_bytes(content)
    with pytest.raises(AuditIntegrityError, match="does not decrypt"):
        recorder.read_payload(index, "question")
    stored.unlink()
    with pytest.raises(StoreError, match="may have been erased"):
        recorder.read_payload(index, "question")


def test_without_the_subjects_key_a_payload_stays_closed(tmp_path: Path) -> None:
    with open_new(tmp_path) as recorder:
        index = recorder.append(question_event())
        recorder.seal()
        leaf = entries_of(tmp_path / "evidence/log")[index]
    digits = str(leaf["actor"]).removeprefix("hmac-sha256:")
    (tmp_path / "evidence/keys" / digits[:2] / f"{digits}.json").unlink()
    with reopen(tmp_path) as recorder, pytest.raises(StoreError, match="may have been destroyed"):
        recorder.read_payload(index, "question")


def test_an_event_outside_its_schema_writes_nothing(recorder: EvidenceRecorder, tmp_path: Path) -> None:
    size = recorder.size
    event = question_event()
    bad = AuditEvent(type=event.type, subject="system", data={**event.data, "text": "x"}, payloads=event.payloads)
    with pytest.raises(AuditWriteFailed, match="has the field 'text'"):
        recorder.append_many([document_event(), bad])
    assert recorder.size == size
    assert not (tmp_path / "evidence/payload").exists()


def test_parents_come_before_their_children(recorder: EvidenceRecorder) -> None:
    event = AuditEvent(type=EventType.SYSTEM_STOPPED, subject="system", data={"reason": "x"}, parents=(99,))
    with pytest.raises(AuditWriteFailed, match=r"parents \[99\], not yet written"):
        recorder.append(event)
    recorder.append(AuditEvent(type=event.type, subject="system", data=event.data, parents=(0,)))


def test_a_disk_that_refuses_payloads_refuses_the_event(
    recorder: EvidenceRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder.append(question_event())
    size = recorder.size

    def refuse(self: Path, target: Path) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(AuditWriteFailed, match="no space left"):
        recorder.append(question_event())
    monkeypatch.undo()
    assert recorder.size == size


def test_many_threads_with_payloads(recorder: EvidenceRecorder) -> None:
    indexes: list[int] = []

    def work(number: int) -> None:
        for turn in range(5):
            index = recorder.append(question_event(f"question {number} {turn}", f"subject {number}"))
            assert recorder.receipt(index).index == index
            assert recorder.read_payload(index, "question") == f"question {number} {turn}".encode()
            indexes.append(index)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(indexes)) == 30


def test_a_log_survives_being_opened_again(tmp_path: Path) -> None:
    with open_new(tmp_path) as recorder:
        index = recorder.append(question_event("kept"))
    with reopen(tmp_path) as recorder:
        assert recorder.read_payload(index, "question") == b"kept"
        assert recorder.append(question_event()) == index + 1
        assert (recorder.recovered_entries, recorder.discarded_bytes) == (0, 0)


def test_a_missing_log_is_made_only_when_asked(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no evidence log") as caught:
        reopen(tmp_path)
    assert caught.value.hint == "averment init"
    open_new(tmp_path).close()
    with pytest.raises(ConfigurationError, match="already holds a log"):
        init_evidence(tmp_path / "evidence", tmp_path / "keys", origin=ORIGIN, clock=CLOCK)


def test_a_log_that_lost_its_checkpoint_is_broken_and_not_new(tmp_path: Path) -> None:
    open_new(tmp_path).close()
    (tmp_path / "evidence/log/checkpoint").unlink()
    with pytest.raises(AuditIntegrityError, match="checkpoint: the file is missing"):
        open_new(tmp_path)


def test_keys_are_never_made_anew_for_an_existing_log(tmp_path: Path) -> None:
    open_new(tmp_path).close()
    (tmp_path / "keys/wrapping.key").unlink()
    with pytest.raises(ConfigurationError, match=r"wrapping\.key does not exist"):
        open_new(tmp_path)


def test_a_log_of_another_name_is_refused(tmp_path: Path) -> None:
    open_new(tmp_path).close()
    with pytest.raises(ConfigurationError, match=r"is named 'tests\.example/log', expected 'other'"):
        open_evidence(tmp_path / "evidence", tmp_path / "keys", clock=CLOCK, origin="other")


def test_evidence_is_for_its_owner_alone(tmp_path: Path) -> None:
    with open_new(tmp_path) as recorder:
        recorder.append(question_event())
    for path in (tmp_path / "evidence").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
