"""Other people's software reads our exports, and refuses them with a fault."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from averment.compliance.exports.cose_receipt import cose_receipt
from averment.compliance.exports.oscal import LogCheck, assessment_results
from averment.compliance.log.reader import LogReader
from tests.compliance.evidence import filled_log
from tests.compliance.exports.samples import leaves
from tests.interop.conftest import Checker

pytestmark = pytest.mark.slow


def test_trestle_reads_assessment_results_and_refuses_a_state_that_is_none(formats: Checker, tmp_path: Path) -> None:
    check = LogCheck(root="ab" * 32, problem="", not_established=("that the clock was right",))
    raw = assessment_results(leaves(), check)
    file = tmp_path / "results.json"
    file.write_bytes(raw)
    done = formats("oscal", file)
    assert done.stdout.strip() == "accepted: 4 findings", done.stderr
    file.write_bytes(raw.replace(b'"satisfied"', b'"proven"'))
    assert "state: invalid value" in formats("oscal", file).stderr


def test_scitt_cose_accepts_a_receipt_and_refuses_another_entry(formats: Checker, tmp_path: Path) -> None:
    pytest.importorskip("cbor2")
    key = filled_log(tmp_path, [300])
    reader = LogReader(tmp_path / "log")
    proof, entry = reader.proof(257, reader.note())
    public = Ed25519PublicKey.from_public_bytes(key.verifier.public)
    receipt, leaf, pem = tmp_path / "receipt.cose", tmp_path / "entry.json", tmp_path / "key.pem"
    receipt.write_bytes(cose_receipt(proof, proof.checkpoint(name="checkpoint"), signer=key))
    pem.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    leaf.write_bytes(entry)
    done = formats("receipt", receipt, leaf, pem)
    assert done.stdout.strip() == "accepted: entry 257 of 300", done.stderr
    leaf.write_bytes(entry + b" ")
    assert formats("receipt", receipt, leaf, pem).returncode == 1
