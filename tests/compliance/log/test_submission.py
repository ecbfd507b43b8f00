"""Requests to a witness: written as the specification shows, read back, and nothing else taken."""

import base64

import pytest

from averment.compliance.log.checkpoint import Checkpoint
from averment.compliance.log.note import SignerKey, sign_note
from averment.compliance.log.submission import Submission
from averment.core.errors import AuditIntegrityError

NOTE = sign_note(Checkpoint(origin="tests.example/log", size=9, root=b"r" * 32).text(), [SignerKey.generate("k")])
HASH = base64.b64encode(b"h" * 32).decode()


def test_a_request_has_an_old_size_hashes_an_empty_line_and_the_note() -> None:
    submission = Submission(old_size=5, proof=(b"h" * 32, b"i" * 32), note=NOTE)
    text = submission.encode().decode()
    assert text.startswith(f"old 5\n{HASH}\n")
    assert text.split("\n\n", 1)[1] == NOTE.encode().decode()
    assert Submission.parse(submission.encode()) == submission
    assert Submission.parse(Submission(old_size=0, proof=(), note=NOTE).encode()).proof == ()


@pytest.mark.parametrize(
    "head",
    [
        "old 05",
        "old -1",
        "old",
        "new 5",
        "old 5\nx",
        f"old 5\n{HASH[:-4]}",
        "old 5" + f"\n{HASH}" * 64,
        "old 5\n\u00e9",
    ],
)
def test_other_requests_are_refused(head: str) -> None:
    with pytest.raises(AuditIntegrityError):
        Submission.parse(f"{head}\n\n".encode() + NOTE.encode())
    with pytest.raises(AuditIntegrityError):
        Submission.parse(b"old 5\n\nno note")
