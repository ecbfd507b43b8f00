"""What somebody brings is checked as the stand-alone verifier checks it, and held against the log of today."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from averment.compliance.audit import ExportRequest, export, prove
from averment.compliance.index import EntryFilter
from averment.compliance.presented import check_presented
from averment.compliance.recorder import EvidenceRecorder, open_evidence
from averment.core.clock import SystemClock
from averment.core.errors import UsageError
from tests.compliance.evidence import ORIGIN, document_event


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[EvidenceRecorder]:
    yield from made(tmp_path)


def made(folder: Path) -> Iterator[EvidenceRecorder]:
    with open_evidence(
        folder / "evidence", folder / "keys", clock=SystemClock(), origin=ORIGIN, must_exist=False
    ) as opened:
        opened.append_many([document_event(number) for number in range(5)])
        opened.seal()
        yield opened


def grow(recorder: EvidenceRecorder, number: int = 9) -> None:
    recorder.append(document_event(number))
    recorder.seal()


def test_a_receipt_is_checked_and_the_log_of_today_extends_it(recorder: EvidenceRecorder) -> None:
    receipt = json.dumps(asdict(recorder.receipt(3))).encode()
    grow(recorder)
    verdict = check_presented(receipt, recorder.evidence_dir)
    assert (verdict.kind, verdict.is_ok, verdict.entry, verdict.origin) == ("receipt", True, 3, ORIGIN)
    assert (
        verdict.checked[-1] == f"the log of today, {recorder.size} entries, extends the {verdict.size} that this covers"
    )
    assert "that times are right: they are those of the operator's clock" in verdict.not_established


def test_a_receipt_with_another_letter_in_it_is_refused_with_the_reason(recorder: EvidenceRecorder) -> None:
    receipt = asdict(recorder.receipt(3))
    receipt["entry"] = receipt["entry"].replace('"seq":3', '"seq":4')
    verdict = check_presented(json.dumps(receipt).encode(), recorder.evidence_dir)
    assert verdict.failures == [
        ("receipt.inclusion_proof", "the entry and its path do not lead to the signed root (entry 3)")
    ]
    assert verdict.entry is None


def test_a_receipt_of_another_log_is_refused(recorder: EvidenceRecorder, tmp_path: Path) -> None:
    for other in made(tmp_path / "other"):
        receipt = json.dumps(asdict(other.receipt(3))).encode()
    assert not check_presented(receipt, recorder.evidence_dir).is_ok


def test_a_bundle_is_checked(recorder: EvidenceRecorder, tmp_path: Path) -> None:
    request = ExportRequest(kind="bundle", query=EntryFilter(first=2), subject="auditor")
    raw = export(recorder, request, out=tmp_path / "bundle.zip").read_bytes()
    verdict = check_presented(raw, recorder.evidence_dir)
    assert (verdict.kind, verdict.is_ok) == ("bundle", True)
    at = raw.index(b"ingest.document")
    assert not check_presented(raw[:at] + b"I" + raw[at + 1 :], recorder.evidence_dir).is_ok


def test_a_proof_is_checked_with_the_entry_of_the_log(recorder: EvidenceRecorder) -> None:
    proof = prove(recorder.evidence_dir, 2)
    grow(recorder)
    verdict = check_presented(proof.encode(), recorder.evidence_dir)
    assert (verdict.kind, verdict.is_ok, verdict.entry) == ("proof", True, 2)
    assert not check_presented(proof.replace("index 2", "index 3").encode(), recorder.evidence_dir).is_ok
    assert check_presented(proof.replace("index 2", "index 77").encode(), recorder.evidence_dir).failures == [
        ("the log of today", f"there is no entry 77: the log has {recorder.size} entries, numbered from 0")
    ]


def test_the_code_of_a_report_is_found_in_text_and_page_and_the_log_extends_it(recorder: EvidenceRecorder) -> None:
    sealed = recorder.seal(keep=True)
    note = sealed.note.encode().decode()
    grow(recorder)
    pasted = [note, f"Checkpoint:\n\n{note}\nEnd", f"<p>x</p><pre class=hash>{note}</pre>"]
    for text in pasted:
        verdict = check_presented(text.encode(), recorder.evidence_dir)
        assert (verdict.kind, verdict.is_ok, verdict.size) == ("checkpoint", True, sealed.checkpoint.size), text
    printed = check_presented(" ".join(note.split("\n")[:3]).encode(), recorder.evidence_dir)
    assert printed.is_ok
    assert "three printed lines carry no signature" in printed.not_established[-1]
    forged = note.replace(f"\n{sealed.checkpoint.size}\n", f"\n{sealed.checkpoint.size - 1}\n")
    assert not check_presented(forged.encode(), recorder.evidence_dir).is_ok


def test_a_log_that_was_cut_back_or_forked_is_found_out(recorder: EvidenceRecorder, tmp_path: Path) -> None:
    shutil.copytree(tmp_path, tmp_path.with_name("fork"))
    grow(recorder)
    note = recorder.seal(keep=True).note.encode()
    fork = tmp_path.with_name("fork")
    assert check_presented(note, recorder.evidence_dir).is_ok
    assert check_presented(note, fork / "evidence").failures == [
        ("the log of today", f"has {recorder.size - 1} entries, this covers {recorder.size}: the log was cut back")
    ]
    with open_evidence(fork / "evidence", fork / "keys", clock=SystemClock(), origin=ORIGIN) as other:
        grow(other, 8)
        grow(other, 7)
        (failure,) = check_presented(note, fork / "evidence").failures
    assert "a fork" in failure[1]


@pytest.mark.parametrize("content", [b"", b"hello", b"{}", b'{"receipt": 1}', b"[]", b"%PDF-1.7", b"{" * 5000])
def test_what_cannot_be_checked_is_named(recorder: EvidenceRecorder, content: bytes) -> None:
    with pytest.raises(UsageError) as error:
        check_presented(content, recorder.evidence_dir)
    assert "presented" not in error.value.message
