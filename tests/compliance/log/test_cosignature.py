"""Cosignatures: the message is the published one, and no other time, text or key passes."""

import pytest

from averment.compliance.log.checkpoint import Checkpoint
from averment.compliance.log.cosignature import cosign, cosigned_at
from averment.compliance.log.note import COSIGNATURE, Note, Signature, SignerKey, VerifierKey, sign_note
from averment.core.errors import AuditIntegrityError, ConfigurationError

TEXT = Checkpoint(origin="tests.example/log", size=3, root=b"r" * 32).text()
LOG = SignerKey.generate("tests.example/log")
WITNESS = SignerKey.generate("witness.example/w", algorithm=COSIGNATURE)
# From the specification: a witness's key and its cosignature of 20852163 entries of example.com/behind-the-sofa.
PUBLISHED = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

\N{EM DASH} example.com/behind-the-sofa \
Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
\N{EM DASH} witness.example.com/w1 \
jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""


def note(*cosignatures: Signature) -> Note:
    signed = sign_note(TEXT, [LOG])
    return Note(text=TEXT, signatures=(*signed.signatures, *cosignatures))


def test_a_cosignature_says_when_and_the_newest_counts() -> None:
    lines = [cosign(TEXT, WITNESS, time_s=moment) for moment in (1_700_000_000, 1_800_000_000)]
    found = Note.parse(note(*lines).encode(), name="n")
    assert cosigned_at(found, WITNESS.verifier, name="n") == 1_800_000_000
    assert cosigned_at(note(), WITNESS.verifier, name="n") is None


def test_the_published_example_has_our_form() -> None:
    line = Note.parse(PUBLISHED.encode(), name="n").signatures[1]
    assert len(line.signature) == 72
    assert int.from_bytes(line.signature[:8], "big") == 1679315147


@pytest.mark.parametrize("change", ["time", "text", "length", "huge"])
def test_what_was_not_cosigned_does_not_pass(change: str) -> None:
    line = cosign(TEXT if change != "text" else "x\n" + TEXT, WITNESS, time_s=1_700_000_000)
    signature = line.signature
    if change == "time":
        signature = (1_700_000_001).to_bytes(8, "big") + signature[8:]
    if change == "length":
        signature = signature[:-1]
    if change == "huge":
        signature = b"\xff" * 8 + signature[8:]
    forged = Signature(name=line.name, key_id=line.key_id, signature=signature)
    with pytest.raises(AuditIntegrityError, match=r"the cosignature of witness\.example/w .* does not verify"):
        cosigned_at(note(forged), WITNESS.verifier, name="n")


def test_keys_of_logs_and_witnesses_are_not_taken_for_each_other() -> None:
    assert VerifierKey.parse(WITNESS.verifier.vkey, algorithm=COSIGNATURE) == WITNESS.verifier
    assert SignerKey.parse(WITNESS.skey, algorithm=COSIGNATURE) == WITNESS
    with pytest.raises(ConfigurationError, match="a log's verifier key"):
        VerifierKey.parse(WITNESS.verifier.vkey)
    with pytest.raises(ConfigurationError, match="a witness's verifier key"):
        VerifierKey.parse(LOG.verifier.vkey, algorithm=COSIGNATURE)
