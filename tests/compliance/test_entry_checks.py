"""What `audit verify` checks beside the tree: texts are opened where the keys are here, the own policy is held to."""

from pathlib import Path

import pytest

from averment.compliance.audit import own_policy, verify_log
from averment.compliance.entry_checks import policy_failures
from averment.compliance.keys import load_keys
from averment.compliance.log.note import SignerKey
from averment.compliance.log.policy import KeySpan, TrustPolicy
from averment.compliance.recorder import POLICY_FILE, open_evidence
from averment.core.clock import SystemClock
from tests.compliance.evidence import ORIGIN, document_event, question_event


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with open_evidence(
        tmp_path / "evidence", tmp_path / "keys", clock=SystemClock(), origin=ORIGIN, must_exist=False
    ) as recorder:
        recorder.append_many([document_event(), question_event()])
    return tmp_path


def failures(folder: Path, keys: bool = True) -> list[str]:
    evidence = folder / "evidence"
    report = verify_log(evidence, own_policy(evidence), keys=load_keys(folder / "keys") if keys else None)
    return [f"{failure.place}: {failure.reason}" for failure in report.failures]


def test_a_changed_text_is_found_with_the_keys_and_counted_without(folder: Path) -> None:
    assert failures(folder) == []
    (payload,) = [path for path in (folder / "evidence/payload").rglob("*") if path.is_file()]
    payload.write_bytes(payload.read_bytes()[:-1] + b"?")
    (found,) = failures(folder)
    assert "does not decrypt" in found
    assert "entry" in found
    assert failures(folder, keys=False) == []
    payload.unlink()
    report = verify_log(folder / "evidence", own_policy(folder / "evidence"), keys=load_keys(folder / "keys"))
    assert (report.is_ok, report.payloads_absent, report.payloads_present) == (True, 1, 0)


def test_a_text_whose_subjects_key_is_destroyed_is_no_failure(folder: Path) -> None:
    for path in (folder / "evidence/keys").rglob("*.json"):
        path.unlink()
    assert failures(folder) == []


def test_a_key_of_which_the_log_knows_nothing_is_named(folder: Path) -> None:
    policy = folder / "evidence" / POLICY_FILE
    stranger = SignerKey.generate(ORIGIN).verifier
    policy.write_text(f"log {stranger.vkey}\n{policy.read_text()}")
    assert failures(folder) == [
        f"{POLICY_FILE}: trusts the key {stranger.vkey}, of which no entry says that it was made"
    ]


def test_a_policy_that_is_damaged_or_edited_is_named(tmp_path: Path) -> None:
    key = SignerKey.generate(ORIGIN).verifier
    path = tmp_path / POLICY_FILE
    assert policy_failures(path, given=TrustPolicy(logs=(key,)), recorded=set()) == ()
    for text, reason in (
        (f"log {key.vkey}\n", "not a trust policy"),
        (f"log {key.vkey}\n\nquorum none\n", "edited by hand"),
    ):
        path.write_text(text)
        (failure,) = policy_failures(path, given=TrustPolicy(logs=(key,)), recorded=set())
        assert (failure.place, reason in failure.reason) == (POLICY_FILE, True)
    for sound in (key.vkey, f"log {key.vkey}\nquorum none\n"):
        path.write_text(sound)
        assert policy_failures(path, given=TrustPolicy(logs=(key,)), recorded=set()) == ()


def test_what_a_policy_given_says_of_keys_holds_beside_the_log(tmp_path: Path) -> None:
    old, new = (SignerKey.generate(ORIGIN).verifier for _ in range(2))
    path = tmp_path / POLICY_FILE
    given = TrustPolicy(logs=(new, old), spans=(KeySpan(key_id=new.id, first=7),))

    def reasons(*spans: KeySpan) -> list[str]:
        path.write_text(TrustPolicy(logs=(new, old), spans=spans).encode(), encoding="utf-8")
        return [failure.reason for failure in policy_failures(path, given=given, recorded=set())]

    assert reasons(*given.spans) == reasons(*given.spans, KeySpan(key_id=old.id, last=9)) == []
    limited = [f"limits the key {new.id.hex()} otherwise than the policy that was given"]
    assert reasons(KeySpan(key_id=new.id, first=6)) == reasons() == limited
