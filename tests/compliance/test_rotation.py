"""Changing the log's key: old proofs go on verifying, and what a revoked key signs later does not."""

import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest

from averment.compliance import averment_verify
from averment.compliance.audit import own_policy, verify_log
from averment.compliance.averment_verify import EXIT_FAILED, EXIT_OK
from averment.compliance.keys import load_keys
from averment.compliance.log.note import SignerKey, sign_note
from averment.compliance.log.opening import lock_log
from averment.compliance.log.policy import TrustPolicy
from averment.compliance.recorder import EvidenceRecorder, open_evidence
from averment.compliance.rotation import (
    log_keys,
    record_replacement,
    replace_lost_log_key,
    revoke_log_key,
    rotate_log_key,
)
from averment.core.clock import SystemClock
from averment.core.errors import AuditIntegrityError, ConfigurationError, StoreBusy, UsageError
from averment.core.record_settings import LogSettings
from averment.core.testing.clock import FixedClock
from tests.compliance.evidence import ORIGIN, document_event, entries_of, new_log


def opened(folder: Path) -> EvidenceRecorder:
    return open_evidence(
        folder / "evidence",
        folder / "keys",
        clock=SystemClock(),
        origin=ORIGIN,
        settings=LogSettings(seal_interval_ms=10),
        must_exist=False,
    )


def verdict(folder: Path, policy: str, *more: str) -> int:
    (folder / "policy").write_text(policy)
    return averment_verify.main([str(folder / "evidence"), "--policy", str(folder / "policy"), *more])


def passes(folder: Path, policy: str) -> bool:
    """Ask both checks, which must agree."""
    code = verdict(folder, policy)
    report = verify_log(folder / "evidence", TrustPolicy.parse(policy, name="p"), clock=FixedClock())
    assert report.is_ok == (code == EXIT_OK), report.failures
    return report.is_ok


def test_the_new_key_signs_beside_the_old_and_both_kinds_of_verifiers_accept(tmp_path: Path) -> None:
    with opened(tmp_path) as recorder:
        before = own_policy(tmp_path / "evidence").encode()
        recorder.append(document_event())
        new = rotate_log_key(recorder, tmp_path / "keys", subject="anna")
        recorder.append(document_event(1))
        assert recorder.vkey == new.vkey
    assert passes(tmp_path, before)
    assert passes(tmp_path, own_policy(tmp_path / "evidence").encode())
    assert passes(tmp_path, new.vkey) is False  # by itself it did not sign what was kept before it was made
    assert [key.state for key in log_keys(tmp_path / "evidence")] == ["signs", "signs"]
    with opened(tmp_path) as recorder:
        assert recorder.signers[0].verifier == new
        assert recorder.append(document_event(2))
    kinds = [entry["type"] for entry in entries_of(tmp_path / "evidence/log")]
    assert kinds.count("key.created") == 7  # log, wrapping, pseudonym, three subjects, the new log key


def test_a_changed_line_of_a_checkpoint_that_two_keys_signed_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as recorder:
        recorder.append(document_event())
        before = own_policy(tmp_path / "evidence").encode()
        rotate_log_key(recorder, tmp_path / "keys", subject="anna")
        recorder.append(document_event(1))
    checkpoint = tmp_path / "evidence/log/checkpoint"
    content = checkpoint.read_bytes()
    policies = (own_policy(tmp_path / "evidence").encode(), before)
    for at in range(content.index(b"\n\n"), len(content), 7):
        checkpoint.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        assert not any(passes(tmp_path, policy) for policy in policies), at


def test_who_has_an_older_policy_is_told_whom_it_does_not_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(tmp_path) as recorder:
        before = own_policy(tmp_path / "evidence").encode()
        new = rotate_log_key(recorder, tmp_path / "keys", subject="anna")
        receipt = recorder.receipt(recorder.append(document_event()))
    unnamed = f"who {ORIGIN} (key {new.id.hex()}) is, that signed a checkpoint as well"
    assert verdict(tmp_path, before) == EXIT_OK
    assert unnamed in capsys.readouterr().out
    report = verify_log(tmp_path / "evidence", TrustPolicy.parse(before, name="p"))
    assert any(unnamed in line for line in report.not_established)
    assert not any(
        unnamed in line for line in verify_log(tmp_path / "evidence", own_policy(tmp_path / "evidence")).not_established
    )
    (tmp_path / "receipt.json").write_text(json.dumps(asdict(receipt)))
    assert averment_verify.main([str(tmp_path / "receipt.json"), "--policy", str(tmp_path / "policy")]) == EXIT_OK
    assert unnamed in capsys.readouterr().out


def test_a_revoked_key_counts_for_what_it_signed_and_for_nothing_later(tmp_path: Path) -> None:
    with opened(tmp_path) as recorder:
        recorder.append(document_event())
        receipt = recorder.receipt(0)
        old = recorder.signers[0]
        rotate_log_key(recorder, tmp_path / "keys", subject="anna")
        revoked = revoke_log_key(recorder, tmp_path / "keys", key_id=old.verifier.id.hex(), subject="anna")
        recorder.append(document_event(1))
    policy = own_policy(tmp_path / "evidence").encode()
    assert passes(tmp_path, policy)
    assert [key.state for key in log_keys(tmp_path / "evidence")] == ["signs", "revoked"]
    assert load_keys(tmp_path / "keys").older == ()
    destroyed = [entry for entry in entries_of(tmp_path / "evidence/log") if entry["type"] == "key.destroyed"]
    assert [entry["data"] for entry in destroyed] == [
        {"kind": "log", "key": destroyed[0]["data"]["key"], "reason": "revoked"}  # type: ignore[index] # a JSON object
    ]
    (tmp_path / "receipt.json").write_text(json.dumps(asdict(receipt)))
    assert averment_verify.main([str(tmp_path / "receipt.json"), "--policy", str(tmp_path / "policy")]) == EXIT_OK
    # The thief of the old key signs the present state with it alone.
    checkpoint = tmp_path / "evidence/log/checkpoint"
    text = checkpoint.read_text().partition("\n\n")[0] + "\n"
    checkpoint.write_bytes(sign_note(text, [old]).encode())
    assert not passes(tmp_path, policy)
    with pytest.raises(AuditIntegrityError, match=f"not trusted for {int(text.split()[1])} entries"):
        own_policy(tmp_path / "evidence").open_checkpoint(checkpoint.read_bytes(), name="checkpoint")
    assert revoked.last is not None
    assert revoked.last < int(text.split()[1])


def test_a_forked_log_by_a_revoked_key_is_refused_beyond_its_last_size(tmp_path: Path) -> None:
    with opened(tmp_path) as recorder:
        old = recorder.signers[0]
        rotate_log_key(recorder, tmp_path / "keys", subject="anna")
        revoke_log_key(recorder, tmp_path / "keys", key_id=old.verifier.id.hex(), subject="anna", last=2)
    policy = own_policy(tmp_path / "evidence").encode()
    shutil.rmtree(tmp_path / "evidence")
    log, _ = new_log(tmp_path / "evidence", old)
    log.append_many([lambda index: json.dumps({"schema": "averment.event/1", "seq": index}).encode()] * 3)
    log.close()
    assert not passes(tmp_path, policy)


def test_what_cannot_be_changed_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as recorder:
        only = recorder.signers[0].verifier.id.hex()
        with pytest.raises(UsageError, match="is the only key") as caught:
            revoke_log_key(recorder, tmp_path / "keys", key_id=only, subject="anna")
        assert "rotate" in (caught.value.hint or "")
        with pytest.raises(UsageError, match="no key '00000000' signs"):
            revoke_log_key(recorder, tmp_path / "keys", key_id="00000000", subject="anna")
        rotate_log_key(recorder, tmp_path / "keys", subject="anna")
        with pytest.raises(UsageError, match="both sign") as caught:
            rotate_log_key(recorder, tmp_path / "keys", subject="anna")
        assert caught.value.hint == f"averment keys revoke {only}"
        with pytest.raises(UsageError, match="999 lies outside"):
            revoke_log_key(recorder, tmp_path / "keys", key_id=only, subject="anna", last=999)
        revoke_log_key(recorder, tmp_path / "keys", key_id=only, subject="anna")
        with pytest.raises(UsageError, match="no key"):
            revoke_log_key(recorder, tmp_path / "keys", key_id=only, subject="anna")


def test_a_lost_key_is_replaced_without_losing_old_proofs(tmp_path: Path) -> None:
    with opened(tmp_path) as recorder:
        index = recorder.append(document_event())
        receipt = recorder.receipt(index)
        old = recorder.signers[0]
    with pytest.raises(ConfigurationError, match="never overwritten"):
        replace_lost_log_key(tmp_path / "evidence", tmp_path / "keys")
    (tmp_path / "keys/log.skey").unlink()
    lock = lock_log(tmp_path / "evidence")
    with pytest.raises(StoreBusy):
        replace_lost_log_key(tmp_path / "evidence", tmp_path / "keys")
    os.close(lock)
    change = replace_lost_log_key(tmp_path / "evidence", tmp_path / "keys")
    with opened(tmp_path) as recorder:
        record_replacement(recorder, change, subject="anna")
        recorder.append(document_event(1))
    assert change.lost == (old.verifier,)
    policy = own_policy(tmp_path / "evidence").encode()
    assert passes(tmp_path, policy)
    (tmp_path / "receipt.json").write_text(json.dumps(asdict(receipt)))
    assert averment_verify.main([str(tmp_path / "receipt.json"), "--policy", str(tmp_path / "policy")]) == EXIT_OK
    kinds = [entry["type"] for entry in entries_of(tmp_path / "evidence/log")]
    assert kinds.count("key.destroyed") == 1


def test_a_key_is_not_replaced_in_a_log_that_its_policy_does_not_trust(tmp_path: Path) -> None:
    opened(tmp_path).close()
    (tmp_path / "keys/log.skey").unlink()
    checkpoint = tmp_path / "evidence/log/checkpoint"
    text = checkpoint.read_text().partition("\n\n")[0] + "\n"
    checkpoint.write_bytes(sign_note(text, [SignerKey.generate(ORIGIN)]).encode())
    with pytest.raises(AuditIntegrityError, match="no signature of a trusted key"):
        replace_lost_log_key(tmp_path / "evidence", tmp_path / "keys")
    assert not (tmp_path / "keys/log.skey").exists()


def test_a_log_opened_with_a_key_that_never_signed_it_is_refused(tmp_path: Path) -> None:
    opened(tmp_path).close()
    (tmp_path / "keys/log.skey").write_text(SignerKey.generate(ORIGIN).skey + "\n")
    with pytest.raises(AuditIntegrityError, match="no signature of a trusted key"):
        opened(tmp_path)
    assert verdict(tmp_path, own_policy(tmp_path / "evidence").encode()) == EXIT_OK
    assert verdict(tmp_path, SignerKey.generate(ORIGIN).verifier.vkey) == EXIT_FAILED


@pytest.mark.parametrize("step", ["policy", "key file"])
def test_a_rotation_that_breaks_off_leaves_a_log_that_opens_and_verifies(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object, **__: object) -> None:
        raise OSError(28, "no space left on device")

    recorder = opened(tmp_path)
    recorder.append(document_event())
    with monkeypatch.context() as patch:
        if step == "policy":
            patch.setattr("averment.compliance.rotation.write_log_keys", break_off)
        else:
            patch.setattr(EvidenceRecorder, "sign_with", break_off)
        with pytest.raises(OSError, match="no space"):
            rotate_log_key(recorder, tmp_path / "keys", subject="anna")
    recorder.close()
    with opened(tmp_path) as again:
        again.append(document_event(1))
    assert passes(tmp_path, own_policy(tmp_path / "evidence").encode())
