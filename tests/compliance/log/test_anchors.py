"""Asking witnesses: what they have seen is learnt, what they answer is checked, what fails is named."""

import logging
from pathlib import Path

import pytest

from averment.compliance.log.anchors import Anchors, Post, Reply, Request
from averment.compliance.log.checkpoint import Checkpoint
from averment.compliance.log.cosignature import cosign
from averment.compliance.log.note import COSIGNATURE, Note, SignerKey
from averment.compliance.log.policy import Witness
from averment.compliance.log.submission import SIZE_TYPE, Submission
from averment.core.errors import AuditIntegrityError
from tests.compliance.evidence import filled_log

KEY = SignerKey.generate("witness.example/w", algorithm=COSIGNATURE)
WITNESS = Witness(name="w", key=KEY.verifier, url="http://witness.example/")


def anchors(post: Post, needed: int = 1) -> Anchors:
    return Anchors(witnesses=[WITNESS], needed=needed, post=post)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    filled_log(tmp_path, [5, 300])
    return tmp_path / "log"


def ask(found: Anchors, log: Path, size: int = 300) -> Note:
    note = Note.parse((log / f"checkpoints/{size}").read_bytes(), name="n")
    return found.cosigned(note, Checkpoint.parse(note.text, name="n"), log_folder=log)


def test_what_a_witness_has_seen_is_learnt_and_kept_in_mind(log: Path) -> None:
    asked: list[int] = []

    def post(request: Request) -> Reply:
        assert request.url == "http://witness.example/add-checkpoint"
        submission = Submission.parse(request.body)
        asked.append(submission.old_size)
        if submission.old_size == 0:
            return Reply(status=409, body=b"5\n", content_type=SIZE_TYPE)
        return Reply(status=200, body=cosign(submission.note.text, KEY, time_s=1).line().encode())

    found = anchors(post)
    assert [line.name for line in ask(found, log).signatures] == ["tests.example/log", "witness.example/w"]
    ask(found, log)
    assert asked == [0, 5, 300]
    with pytest.raises(ConnectionError, match="has cosigned 300 entries already, more than the 5"):
        ask(found, log, 5)


STRANGER = SignerKey.generate("witness.example/other", algorithm=COSIGNATURE)
WRONG = [
    (Reply(status=422, body=b"the proof does not verify"), "refused with status 422"),
    (Reply(status=409, body=b"another root"), "refused with status 409"),
    (Reply(status=409, body=b"5", content_type=SIZE_TYPE), "named another size each time"),
    (Reply(status=409, body=b"many", content_type=SIZE_TYPE), "invalid literal"),
    (Reply(status=200, body=b"hello"), "not a signed note|malformed"),
    (Reply(status=200, body=cosign("another text\n", KEY, time_s=1).line().encode()), "does not verify"),
    (Reply(status=200, body=cosign("x\n", STRANGER, time_s=1).line().encode()), "without its cosignature"),
]


@pytest.mark.parametrize(("reply", "reason"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_answer_is_no_cosignature(
    log: Path, reply: Reply, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    seen = iter(range(6, 20))

    def post(_: Request) -> Reply:
        if reply.body == b"5":
            return Reply(status=409, body=str(next(seen)).encode(), content_type=SIZE_TYPE)
        return reply

    with pytest.raises(ConnectionError, match=f"0 of 1 needed witnesses cosigned .*({reason})"):
        ask(anchors(post), log)
    with caplog.at_level(logging.WARNING):
        note = ask(anchors(post, needed=0), log)
    assert [line.name for line in note.signatures] == ["tests.example/log"]
    assert "lacks cosignatures: w: " in caplog.text


def test_without_witnesses_nobody_is_asked(log: Path) -> None:
    def post(_: Request) -> Reply:
        raise AssertionError

    nobody = Anchors(witnesses=[], needed=0, post=post)
    assert len(ask(nobody, log).signatures) == 1
    assert nobody.timestamped(ask(nobody, log)) is None


def test_a_time_stamp_that_was_not_to_be_had_is_left_out(log: Path, caplog: pytest.LogCaptureFixture) -> None:
    def refuse(_: bytes) -> bytes:
        raise AuditIntegrityError("no")

    found = Anchors(witnesses=[], needed=0, post=lambda _: Reply(status=500, body=b""), timestamper=refuse)
    with caplog.at_level(logging.WARNING):
        assert found.timestamped(ask(found, log)) is None
    assert "not time-stamped" in caplog.text
