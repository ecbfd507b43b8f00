"""A witness cosigns what extends what it has seen, and nothing else, whatever it is sent."""

import random
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path

import pytest

from averment.compliance.log.checkpoint import Checkpoint
from averment.compliance.log.cosignature import cosigned_at
from averment.compliance.log.merkle import EMPTY_ROOT, Frontier, consistency_proof, leaf_hash, range_root
from averment.compliance.log.note import COSIGNATURE, Note, SignerKey, VerifierKey, sign_note
from averment.compliance.log.submission import Submission
from averment.compliance.witness import KEY_FILE, Witness, WitnessReply, create_witness
from averment.core.errors import AuditIntegrityError, ConfigurationError
from averment.core.testing.clock import FixedClock

ORIGIN = "tests.example/log"
KEY = SignerKey.generate(ORIGIN)
CLOCK = FixedClock()


class Tree:
    """A small log in memory: its checkpoints and the proofs between them."""

    def __init__(self, name: str, n: int = 40):
        self.leaves = [leaf_hash(f"{name} {number}".encode()) for number in range(n)]

    def _node(self, level: int, position: int) -> bytes:
        frontier, start = Frontier(), position << level
        for leaf in self.leaves[start : start + (1 << level)]:
            frontier.append(leaf)
        return frontier.root()

    def note(self, size: int, signer: SignerKey = KEY, origin: str = ORIGIN) -> Note:
        root = range_root(0, size, node=self._node) if size else EMPTY_ROOT
        return sign_note(Checkpoint(origin=origin, size=size, root=root).text(), [signer])

    def request(self, old: int, size: int, proof: Sequence[bytes] | None = None) -> bytes:
        if proof is None:
            proof = consistency_proof(old, size, node=self._node) if 0 < old < size else []
        return Submission(old_size=old, proof=tuple(proof), note=self.note(size)).encode()


TREE, FORK = Tree("one"), Tree("other")


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    create_witness(tmp_path / "witness", name="witness.example/w", policy=KEY.verifier.vkey)
    return Witness(tmp_path / "witness", clock=CLOCK)


def cosigned(reply: WitnessReply, note: Note, witness: Witness) -> int | None:
    key = VerifierKey.parse(witness.vkey, algorithm=COSIGNATURE)
    return cosigned_at(Note.parse(note.encode() + reply.body, name="n"), key, name="n")


def test_a_log_that_grows_is_cosigned_with_the_time(witness: Witness) -> None:
    for old, size in ((0, 0), (0, 5), (5, 5), (5, 8), (8, 33), (33, 40)):
        reply = witness.add_checkpoint(TREE.request(old, size))
        assert reply.status == HTTPStatus.OK, reply.body
        assert cosigned(reply, TREE.note(size), witness) == int(CLOCK.now().timestamp())


def test_a_stale_size_is_told_what_was_seen(witness: Witness, tmp_path: Path) -> None:
    witness.add_checkpoint(TREE.request(0, 9))
    for request in (TREE.request(0, 12), TREE.request(5, 12), TREE.request(0, 5), TREE.request(10, 12)):
        reply = witness.add_checkpoint(request)
        assert (reply.status, reply.body, reply.content_type) == (HTTPStatus.CONFLICT, b"9\n", "text/x.tlog.size")
    again = Witness(tmp_path / "witness", clock=CLOCK)
    assert again.add_checkpoint(TREE.request(5, 12)).body == b"9\n"
    assert again.vkey == witness.vkey


def test_a_fork_is_refused(witness: Witness) -> None:
    witness.add_checkpoint(TREE.request(0, 9))
    assert witness.add_checkpoint(FORK.request(9, 12)).status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert witness.add_checkpoint(FORK.request(9, 9)).status == HTTPStatus.CONFLICT
    assert witness.add_checkpoint(FORK.request(9, 9)).content_type.startswith("text/plain")
    assert witness.add_checkpoint(TREE.request(9, 12)).status == HTTPStatus.OK


def test_a_wrong_proof_is_refused(witness: Witness) -> None:
    witness.add_checkpoint(TREE.request(0, 9))
    good = list(Submission.parse(TREE.request(9, 12)).proof)
    for proof in ([], good[:-1], [*good, good[0]], [b"x" * 32, *good[1:]]):
        assert witness.add_checkpoint(TREE.request(9, 12, proof)).status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert witness.add_checkpoint(TREE.request(9, 9, good)).status == HTTPStatus.UNPROCESSABLE_ENTITY


def test_other_logs_keys_and_texts_are_refused(witness: Witness) -> None:
    def send(note: Note, old: int = 0) -> HTTPStatus:
        return witness.add_checkpoint(Submission(old_size=old, proof=(), note=note).encode()).status

    assert send(TREE.note(3, SignerKey.generate("x.example"), "x.example")) == HTTPStatus.NOT_FOUND
    assert send(TREE.note(3, SignerKey.generate(ORIGIN))) == HTTPStatus.FORBIDDEN
    assert send(TREE.note(3), old=4) == HTTPStatus.BAD_REQUEST
    assert witness.add_checkpoint(b"old 0\n\nnot a note").status == HTTPStatus.BAD_REQUEST
    assert witness.add_checkpoint(b"").status == HTTPStatus.BAD_REQUEST


def test_random_requests_never_make_it_cosign_two_histories(witness: Witness) -> None:
    chance, size = random.Random(7), 0
    histories = set()
    for _ in range(300):
        tree, old, new = chance.choice([TREE, FORK]), chance.randrange(size + 3), chance.randrange(41)
        if witness.add_checkpoint(tree.request(min(old, new), new)).status == HTTPStatus.OK and new:
            size = max(size, new)
            histories.add(id(tree))
    assert (len(histories), size > 5) == (1, True)


def test_what_cannot_be_kept_is_not_cosigned(witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError(28, "no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(OSError, match="no space"):
            witness.add_checkpoint(TREE.request(0, 9))
    assert witness.add_checkpoint(TREE.request(0, 5)).status == HTTPStatus.OK


def test_a_damaged_memory_cosigns_nothing(witness: Witness, tmp_path: Path) -> None:
    witness.add_checkpoint(TREE.request(0, 9))
    (seen,) = (tmp_path / "witness/checkpoints").iterdir()
    seen.write_bytes(b"?")
    with pytest.raises(AuditIntegrityError):
        witness.add_checkpoint(TREE.request(0, 12))


def test_a_witness_is_made_once(tmp_path: Path) -> None:
    made = create_witness(tmp_path, name="witness.example/w", policy=KEY.verifier.vkey)
    assert Witness(tmp_path, clock=CLOCK).vkey == made.vkey
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o077 == 0
    with pytest.raises(ConfigurationError, match="never overwritten"):
        create_witness(tmp_path, name="witness.example/w", policy=KEY.verifier.vkey)
    with pytest.raises(ConfigurationError):
        create_witness(tmp_path / "new", name="witness.example/w", policy="nothing")
    with pytest.raises(ConfigurationError, match="not a witness's folder"):
        Witness(tmp_path / "absent", clock=CLOCK)
