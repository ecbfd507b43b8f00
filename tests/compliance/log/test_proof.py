"""The text form of a proof has one spelling and keeps its parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.compliance.log.checkpoint import Checkpoint
from averment.compliance.log.note import SignerKey, sign_note
from averment.compliance.log.proof import TlogProof
from averment.core.errors import AuditIntegrityError

SIGNER = SignerKey.generate("tests.example/log")
CHECKPOINT = Checkpoint(origin=SIGNER.name, size=9, root=b"r" * 32)
NOTE = sign_note(CHECKPOINT.text(), [SIGNER])


@given(st.integers(0, 2**60), st.lists(st.binary(min_size=32, max_size=32), max_size=20))
def test_text_and_proof_are_the_same_thing(index: int, path: list[bytes]) -> None:
    proof = TlogProof(index=index, path=tuple(path), note=NOTE)
    read = TlogProof.parse(proof.encode(), name="p")
    assert read == proof
    assert read.checkpoint(name="p") == CHECKPOINT


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "",
        lambda text: text.replace("@v1", "@v2"),
        lambda text: text.replace("index 4", "index 04"),
        lambda text: text.replace("index 4", "index -4"),
        lambda text: text.replace("index 4", "extra AAAA\nindex 4"),
        lambda text: text.replace("index 4\n", "index 4\nAAAA\n"),
        lambda text: text.replace("index 4\n", "index 4\n****\n"),
        lambda text: text + "\n",
        lambda text: text[:-1],
    ],
)
def test_other_spellings_are_refused(change: object) -> None:
    assert callable(change)
    text = TlogProof(index=4, path=(b"a" * 32,), note=NOTE).encode()
    with pytest.raises(AuditIntegrityError, match=r"^p: "):
        TlogProof.parse(change(text), name="p")
