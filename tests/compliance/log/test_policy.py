"""Trust policies: what is accepted, which keys count where, and when a quorum is met; both readers agree."""

import time
from dataclasses import replace

import pytest

from averment.compliance import averment_verify
from averment.compliance.log.checkpoint import Checkpoint
from averment.compliance.log.cosignature import cosign
from averment.compliance.log.note import COSIGNATURE, Note, Signature, SignerKey, sign_note
from averment.compliance.log.policy import Freshness, Group, KeySpan, TrustPolicy, Witness, quorum_of
from averment.core.errors import AuditIntegrityError, ConfigurationError

NOW = 1_780_000_000
LOG = SignerKey.generate("tests.example/log")
OTHER = SignerKey.generate("tests.example/log")
SEERS = [SignerKey.generate(f"witness.example/{number}", algorithm=COSIGNATURE) for number in range(3)]
WITNESSES = tuple(Witness(name=f"w{number}", key=key.verifier) for number, key in enumerate(SEERS))
W = WITNESSES[0].key.vkey
ONE = SignerKey.generate("one.example/log").verifier
TWO = SignerKey.generate("two.example/log").verifier


def test_a_policy_survives_its_file() -> None:
    policy = TrustPolicy(logs=(ONE, TWO))
    assert TrustPolicy.parse(policy.encode(), name="p") == policy


def test_a_bare_key_is_a_policy_of_one_log() -> None:
    assert TrustPolicy.parse(f"{ONE.vkey}\n", name="p").logs == (ONE,)


def test_comments_spaces_and_addresses_are_allowed() -> None:
    text = f"# trusted\n\n\tlog  {ONE.vkey} https://one.example/log \nquorum none\n"
    assert TrustPolicy.parse(text, name="p").logs == (ONE,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum none\n",
        f"log {ONE.vkey}\n",
        f"log {ONE.vkey}\nquorum none\nquorum none\n",
        f"log {ONE.vkey}\nlog {ONE.vkey}\nquorum none\n",
        f"log\nlog {ONE.vkey}\nquorum none\n",
        f"log {ONE.vkey}\nquorum none\nother line\n",
        f"witness w {TWO.vkey}\nlog {ONE.vkey}\nquorum w\n",
        f"log {ONE.vkey}\nquorum w\nwitness w {W}\n",
        f"log {ONE.vkey}\nwitness w {W}\ngroup g 2 w\nquorum g\n",
        f"log {ONE.vkey}\nwitness w {W}\ngroup g any w w\nquorum g\n",
        f"log {ONE.vkey}\nwitness w {W}\ngroup g any w\ngroup h any w\nquorum g\n",
        f"log {ONE.vkey}\nwitness w {W}\nwitness v {W}\nquorum w\n",
        f"log {ONE.vkey}\nwitness none {W}\nquorum none\n",
        f"# averment-key {ONE.id.hex()} from x\nlog {ONE.vkey}\nquorum none\n",
        f"# averment-key {ONE.id.hex()} from 3 to 4\nlog {ONE.vkey}\nquorum none\n",
        f"# averment-key {TWO.id.hex()} from 3\nlog {ONE.vkey}\nquorum none\n",
        f"# averment-witness {ONE.vkey}\nlog {TWO.vkey}\nquorum none\n",
    ],
    ids=range(18),  # the texts hold keys made anew in each process, and every test process must see the same names
)
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        TrustPolicy.parse(text, name="p")
    with pytest.raises(averment_verify.BadInputError):
        averment_verify.parse_policy(text)


def test_a_policy_with_everything_survives_its_file() -> None:
    groups, quorum = quorum_of(WITNESSES, needed=2)
    policy = TrustPolicy(
        logs=(ONE, TWO),
        spans=(KeySpan(key_id=ONE.id, first=3), KeySpan(key_id=TWO.id, first=0, last=9)),
        witnesses=(replace(WITNESSES[0], url="https://witness.example"), *WITNESSES[1:]),
        groups=groups,
        quorum=quorum,
        authorities=(b"certificate",),
    )
    assert TrustPolicy.parse(policy.encode(), name="p") == policy
    other = averment_verify.parse_policy(policy.encode())
    assert other.limits == {ONE.id: (3, 1 << 62), TWO.id: (0, 9)}
    assert (other.quorum, other.groups) == ("quorum", {"quorum": (2, ["w0", "w1", "w2"])})


def signed(size: int, *signers: SignerKey) -> bytes:
    return sign_note(Checkpoint(origin=LOG.name, size=size, root=b"r" * 32).text(), signers).encode()


def opened_by_both(raw: bytes, policy: TrustPolicy) -> bool:
    """Tell whether a checkpoint is accepted; both readers must agree."""
    try:
        policy.open_checkpoint(raw, name="n")
        is_open = True
    except AuditIntegrityError:
        is_open = False
    try:
        averment_verify.open_note(raw, averment_verify.parse_policy(policy.encode()), place="n")
        other = True
    except averment_verify.CheckFailedError:
        other = False
    assert is_open == other
    return is_open


def test_a_key_counts_over_its_sizes_and_no_others() -> None:
    spans = (KeySpan(key_id=LOG.verifier.id, last=5), KeySpan(key_id=OTHER.verifier.id, first=4))
    policy = TrustPolicy(logs=(LOG.verifier, OTHER.verifier), spans=spans)
    assert [size for size in range(8) if opened_by_both(signed(size, LOG), policy)] == [0, 1, 2, 3, 4, 5]
    assert [size for size in range(8) if opened_by_both(signed(size, OTHER), policy)] == [4, 5, 6, 7]
    assert all(opened_by_both(signed(size, OTHER, LOG), policy) for size in range(8))


def cosigned(*moments: int | None) -> Note:
    """Return a note that each witness in turn cosigned at a time, or did not."""
    note = sign_note(Checkpoint(origin=LOG.name, size=3, root=b"r" * 32).text(), [LOG])
    lines = [cosign(note.text, seer, time_s=at) for seer, at in zip(SEERS, moments, strict=False) if at is not None]
    return Note(text=note.text, signatures=(*note.signatures, *lines))


def met_for_both(note: Note, policy: TrustPolicy, monkeypatch: pytest.MonkeyPatch, max_age_s: float | None) -> bool:
    try:
        policy.check_quorum(note, name="n", freshness=Freshness(now_s=NOW, max_age_s=max_age_s))
        is_met = True
    except AuditIntegrityError as error:
        assert "quorum" in error.message or "does not verify" in error.message
        is_met = False
    monkeypatch.setattr(time, "time", lambda: NOW)
    other_policy = averment_verify.parse_policy(policy.encode())
    other_policy.max_age_s = max_age_s
    report = averment_verify.Report()
    head = averment_verify.open_note(note.encode(), other_policy, place="n")
    report.attempt(averment_verify.check_quorum, head, other_policy, report=report, place="n")
    assert is_met == (not report.failures)
    return is_met


@pytest.mark.parametrize(
    ("moments", "max_age_s", "is_met"),
    [
        ((NOW, NOW, None), None, True),
        ((NOW, None, None), None, False),
        ((None, None, None), None, False),
        ((NOW, NOW + 301, None), None, False),
        ((NOW, NOW + 299, None), None, True),
        ((NOW, NOW - 100, None), 60, False),
        ((NOW, NOW - 100, NOW), 60, True),
        ((NOW, NOW - 100_000, None), None, True),
    ],
)
def test_two_of_three_must_have_cosigned_in_time(
    moments: tuple[int | None, ...], max_age_s: float | None, is_met: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups, quorum = quorum_of(WITNESSES, needed=2)
    policy = TrustPolicy(logs=(LOG.verifier,), witnesses=WITNESSES, groups=groups, quorum=quorum)
    assert met_for_both(cosigned(*moments), policy, monkeypatch, max_age_s) is is_met
    free = replace(policy, groups=(), quorum="none")
    assert met_for_both(cosigned(*moments), free, monkeypatch, max_age_s)


def test_a_forged_cosignature_fails_even_where_none_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = TrustPolicy(logs=(LOG.verifier,), witnesses=WITNESSES)
    note = cosigned(NOW)
    line = note.signatures[-1]
    forged = Signature(name=line.name, key_id=line.key_id, signature=line.signature[:7] + b"?" + line.signature[8:])
    assert not met_for_both(replace(note, signatures=(*note.signatures[:-1], forged)), policy, monkeypatch, None)


def test_groups_may_stand_in_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = (
        Group(name="inner", threshold=1, members=("w0", "w1")),
        Group(name="outer", threshold=2, members=("inner", "w2")),
    )
    policy = TrustPolicy(logs=(LOG.verifier,), witnesses=WITNESSES, groups=groups, quorum="outer")
    assert met_for_both(cosigned(None, NOW, NOW), policy, monkeypatch, None)
    assert not met_for_both(cosigned(NOW, NOW, None), policy, monkeypatch, None)
    single = replace(policy, groups=(), quorum="w2")
    assert met_for_both(cosigned(None, None, NOW), single, monkeypatch, None)


def test_every_signature_is_checked_and_who_signs_is_named_in_the_logs_own_policy() -> None:
    policy = TrustPolicy(logs=(LOG.verifier,))
    beside = replace(policy, logs=(LOG.verifier, OTHER.verifier), witnesses=WITNESSES[:1], former=(SEERS[1].verifier,))
    assert TrustPolicy.parse(beside.encode(), name="p") == beside
    note = sign_note("tests.example/log\n0\nx\n", [LOG, OTHER])
    cosigned = Note(
        text=note.text,
        signatures=(*note.signatures, *(cosign(note.text, seer, time_s=NOW) for seer in SEERS[:2])),
    )
    others = ["tests.example/log", "witness.example/0", "witness.example/1"]
    assert [signer.partition(" ")[0] for signer in policy.unnamed_signers(cosigned, name="n")] == others
    assert policy.unnamed_signers(cosigned, name="n", beside=beside)
    assert beside.unnamed_signers(cosigned, name="n") == ()
    for at, line in enumerate(cosigned.signatures):
        for changed in (
            replace(line, name=line.name[:-1] + "x"),
            replace(line, key_id=bytes([line.key_id[0] ^ 1, *line.key_id[1:]])),
            replace(line, signature=bytes([line.signature[0] ^ 1, *line.signature[1:]])),
        ):
            lines = (*cosigned.signatures[:at], changed, *cosigned.signatures[at + 1 :])
            with pytest.raises(AuditIntegrityError):
                policy.unnamed_signers(replace(cosigned, signatures=lines), name="n", beside=beside)
