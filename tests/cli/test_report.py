import json
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from averment.compliance.documents.approvals import read_signers
from averment.compliance.documents.evaluations import read_evaluation
from averment.compliance.documents.evidence import file_digest
from averment.compliance.documents.filled import FileEvidence
from tests.e2e.installation import Installation


@pytest.fixture
def installation(empty_installation: Installation, tmp_path: Path) -> Installation:
    """Return a copy: documents and their entries in the log are the test's own."""
    return Installation(Path(shutil.copytree(empty_installation.root, tmp_path / "copy")))


@pytest.mark.slow
def test_a_document_is_logged_before_it_is_written_and_follows_the_state_of_the_log(
    installation: Installation, tmp_path: Path
) -> None:
    out = tmp_path / "annex-iv.json"
    told = installation.ok("report", "annex-iv", "--out", str(out), "--json").json()
    document = json.loads(out.read_text())
    exported = installation.ok("audit", "show", "--type", "access.exported", "--json").json()["entries"]
    (entry,) = [entry for entry in exported if entry["data"]["kind"] == "report"]
    assert (entry["data"]["report"], entry["data"]["content"]) == ("annex-iv", told["sha256"])
    assert told["fields"]["provided"] == sum(f["status"] == "provided" for f in document["fields"].values())
    again = tmp_path / "again.json"
    installation.ok("report", "annex-iv", "--out", str(again), "--as-of", entry["time"])
    assert again.read_bytes() == out.read_bytes()


@pytest.mark.slow
def test_documents_are_held_against_what_runs(installation: Installation) -> None:
    assert installation.run("report", "check").code == 2
    installation.ok("report", "instructions", "--language", "de", "--format", "json")
    unnamed = installation.run("report", "check", "--json")
    assert unnamed.code == 4
    assert {mismatch["document"] for mismatch in unnamed.json()["mismatches"]} == {"gdpr-30"}
    installation.ok("report", "gdpr-30", "--format", "json")
    assert installation.ok("report", "check", "--json").json()["mismatches"] == []
    changed = Installation(installation.root, {"AVERMENT_RETRIEVAL__TOP_K": "9"}).run("report", "check", "--json")
    assert changed.code == 4
    both = {mismatch.pop("document"): mismatch for mismatch in changed.json()["mismatches"]}
    assert set(both) == {"gdpr-30 en", "instructions de"}
    assert both["gdpr-30 en"] == {"what": "setting/retrieval.top_k", "stated": "8", "found": "9"}


@pytest.mark.slow
def test_a_claim_that_people_wrote_does_not_leave_and_masking_is_in_the_log(
    installation: Installation, tmp_path: Path
) -> None:
    people = installation.root / ".averment" / "compliance" / "annex-v.yaml"
    said = '{status: provided, text: "WORDS", owner: "Head of legal", date: 2026-10-01}'
    people.parent.mkdir(exist_ok=True)
    people.write_text('document: annex-v\nversion: 1\nfields:\n  "1": ' + said.replace("WORDS", "We are compliant."))
    out = tmp_path / "annex-v.html"
    refused = installation.run("report", "annex-v", "--out", str(out))
    assert refused.code == 2
    assert "may not say 'compliant'" in refused.stderr
    assert not out.exists()
    people.write_text('document: annex-v\nversion: 1\nfields:\n  "1": ' + said.replace("WORDS", "Call +49 30 1234567."))
    installation.ok("report", "annex-v", "--mask", "contacts", "--out", str(out))
    assert "1234567" not in out.read_text()
    exported = installation.ok("audit", "show", "--type", "access.exported", "--json").json()["entries"]
    assert (exported[-1]["data"]["masking"], exported[-1]["data"]["marking"]) == ("contacts", "nothing-generated")


def test_kinds_are_listed_and_a_new_file_is_written_once(installation: Installation) -> None:
    kinds = {row["kind"]: row for row in installation.ok("report", "list", "--json").json()["kinds"]}
    assert (kinds["annex-iv"]["fields"], kinds["annex-viii-b"]["fields"]) == (27, 7)
    assert kinds["annex-iv"]["exported_at"] is None
    installation.ok("report", "new", "fria")
    assert installation.run("report", "new", "fria").code == 2
    assert installation.run("report", "new", "incident").code == 2
    assert (installation.root / ".averment" / "compliance" / "fria.yaml").is_file()


def test_the_schema_of_a_kind_is_printed(installation: Installation) -> None:
    schema = json.loads(installation.ok("report", "schema", "annex-v").stdout)
    assert schema["properties"]["fields"]["required"] == list("12345678")


def test_an_unknown_kind_is_refused(installation: Installation) -> None:
    refused = installation.run("report", "annex-xx")
    assert refused.code == 2
    assert "no document of kind 'annex-xx'" in refused.stderr


def test_a_result_is_signed_by_a_person_and_counts_once_the_signer_is_named(
    installation: Installation, tmp_path: Path
) -> None:
    key = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    result = tmp_path / "result.json"
    result.write_text('{"kind": "answers", "benchmarks": {}}')
    options = ("--key", str(tmp_path / "key.pem"), "--name", "Anna Example", "--function", "Head of quality")
    signers = installation.ok("report", "sign", str(result), *options).stderr.splitlines()[-1]
    (entry,) = installation.ok("audit", "show", "--type", "eval.signed", "--json").json()["entries"]
    assert entry["data"] == {
        "content": file_digest(result), "signature": file_digest(result.with_name("result.json.dsse")),
    }  # fmt: skip
    (tmp_path / "signers.yaml").write_text(signers)
    found = read_evaluation(
        result,
        FileEvidence(place="installation", path="result.json", sha256=file_digest(result)),
        signers=read_signers(tmp_path / "signers.yaml"),
    )
    assert found.signed_by == "Anna Example, Head of quality"
