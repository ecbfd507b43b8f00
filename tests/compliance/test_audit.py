"""What stands behind `averment audit`. How changes are found is in `test_averment_verify`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from averment.compliance.audit import (
    ExportKind,
    ExportRequest,
    export,
    own_policy,
    prove,
    prove_in_cose,
    read_policy,
    show,
    verify_log,
)
from averment.compliance.averment_verify import EXIT_OK, main
from averment.compliance.index import EntryFilter
from averment.compliance.log.proof import TlogProof
from averment.compliance.recorder import EvidenceRecorder, open_evidence
from averment.core.clock import SystemClock
from averment.core.errors import AuditIntegrityError, AuditWriteFailed, ConfigurationError, UsageError
from tests.compliance.evidence import ORIGIN, document_event, question_event


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[EvidenceRecorder]:
    with open_evidence(
        tmp_path / "evidence", tmp_path / "keys", clock=SystemClock(), origin=ORIGIN, must_exist=False
    ) as opened:
        opened.append_many([*(document_event(number) for number in range(5)), question_event()])
        opened.seal()
        yield opened


def request(
    kind: ExportKind = "bundle", query: EntryFilter | None = None, *, includes_policy: bool = False
) -> ExportRequest:
    return ExportRequest(kind=kind, query=query, subject="auditor", reason="yearly", includes_policy=includes_policy)


def test_the_report_of_a_sound_log(recorder: EvidenceRecorder) -> None:
    report = verify_log(recorder.evidence_dir, own_policy(recorder.evidence_dir))
    report.raise_on_failure()
    assert report.is_ok
    assert (report.origin, report.size) == (ORIGIN, recorder.size)
    assert (report.payloads_present, report.payloads_absent, report.entries_of_unknown_type) == (1, 0, 0)
    assert any("a checkpoint that left the house" in line for line in report.not_established)
    for path in (recorder.evidence_dir / "payload").rglob("*"):
        if path.is_file():
            path.unlink()
    assert verify_log(recorder.evidence_dir, own_policy(recorder.evidence_dir)).payloads_absent == 1


def test_a_failure_becomes_an_error_that_names_the_place(recorder: EvidenceRecorder) -> None:
    recorder.close()
    (recorder.evidence_dir / "log/checkpoint").write_bytes(b"x")
    report = verify_log(recorder.evidence_dir, own_policy(recorder.evidence_dir))
    with pytest.raises(AuditIntegrityError, match="the log does not verify: checkpoint: "):
        report.raise_on_failure()


def test_show_filters_and_gives_whole_leaves(recorder: EvidenceRecorder) -> None:
    leaves = list(show(recorder.evidence_dir, EntryFilter(types=("ingest.document.parsed",))))
    assert [leaf["type"] for leaf in leaves] == ["ingest.document.parsed"] * 5
    with pytest.raises(UsageError, match=r"no entries of type 'nonsense'"):
        list(show(recorder.evidence_dir, EntryFilter(types=("nonsense",))))


def test_show_works_where_nothing_may_be_written(recorder: EvidenceRecorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("averment.compliance.audit._is_writable", lambda _: False)
    assert len(list(show(recorder.evidence_dir, EntryFilter()))) == recorder.size
    assert not (recorder.evidence_dir / "index.sqlite").exists()


def test_a_proof_is_under_the_newest_checkpoint(recorder: EvidenceRecorder) -> None:
    proof = TlogProof.parse(prove(recorder.evidence_dir, 3), name="p")
    assert (proof.index, proof.checkpoint(name="p").size) == (3, recorder.size)
    with pytest.raises(UsageError, match="there is no entry 999"):
        prove(recorder.evidence_dir, 999)


@pytest.mark.parametrize("query", [None, EntryFilter(purpose="trial")])
def test_an_export_is_in_the_log_it_exports(
    recorder: EvidenceRecorder, tmp_path: Path, query: EntryFilter | None
) -> None:
    path = export(recorder, request(query=query, includes_policy=True), out=tmp_path / "out/bundle.zip")
    (tmp_path / "policy").write_text(recorder.vkey)
    assert main([str(path), "--policy", str(tmp_path / "policy")]) == EXIT_OK
    assert list(show(recorder.evidence_dir, EntryFilter()))[-1]["type"] == "access.exported"
    assert (recorder.evidence_dir / f"log/checkpoints/{recorder.size}").exists()


def test_lines_of_json_are_the_entries(recorder: EvidenceRecorder, tmp_path: Path) -> None:
    path = export(
        recorder, request("jsonl", EntryFilter(types=("ingest.document.parsed",))), out=tmp_path / "out.jsonl"
    )
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["data"]["document_id"] for line in lines] == [f"doc-{number}" for number in range(5)]
    with pytest.raises(UsageError, match="needs a filter"):
        export(recorder, request("jsonl"), out=tmp_path / "out.jsonl")


def test_assessment_results_are_of_the_whole_log(recorder: EvidenceRecorder, tmp_path: Path) -> None:
    path = export(recorder, request("oscal", EntryFilter()), out=tmp_path / "out.oscal.json")
    (result,) = json.loads(path.read_text())["assessment-results"]["results"]
    assert result["findings"][0]["target"]["status"]["state"] == "satisfied"
    (entry,) = show(recorder.evidence_dir, EntryFilter(types=("access.exported",)))
    stated = cast("dict[str, object]", entry["data"])
    assert (stated["kind"], stated["masking"], stated["marking"]) == ("oscal", "no-texts", "nothing-generated")
    with pytest.raises(UsageError, match="whole log"):
        export(recorder, request("oscal", EntryFilter(purpose="trial")), out=tmp_path / "out.oscal.json")


def test_a_proof_in_cose_is_of_a_new_checkpoint(recorder: EvidenceRecorder) -> None:
    cbor2 = pytest.importorskip("cbor2")
    size, index, _ = cbor2.loads(cbor2.loads(prove_in_cose(recorder, 3)).value[1][396][-1][0])
    assert (size, index) == (recorder.size, 3)


def test_an_export_that_cannot_be_logged_is_not_written(recorder: EvidenceRecorder, tmp_path: Path) -> None:
    recorder.close()
    with pytest.raises(AuditWriteFailed):
        export(recorder, request(), out=tmp_path / "bundle.zip")
    assert not (tmp_path / "bundle.zip").exists()


def test_a_policy_that_cannot_be_read_is_a_matter_of_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_policy(tmp_path / "absent")
    with pytest.raises(ConfigurationError):
        own_policy(tmp_path)
