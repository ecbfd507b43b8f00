"""The stand-alone verifier and `audit verify`: sound logs pass, every kind of change is found and named.

Each case copies a sound log, changes it, and asks both checks, which share no code.
"""

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from averment.compliance import averment_verify
from averment.compliance.audit import own_policy, verify_log
from averment.compliance.averment_verify import (
    ENCODER,
    EXIT_FAILED,
    EXIT_OK,
    EXIT_USAGE,
    CheckFailedError,
    Report,
    check_answer,
    main,
    place_digest,
)
from averment.compliance.log.layout import decode_bundle, encode_bundle
from averment.compliance.log.note import SignerKey
from averment.compliance.recorder import open_evidence
from averment.core.clock import SystemClock
from tests.compliance.evidence import ORIGIN, document_event, filled_log, leaf, new_log, question_event

pytestmark = pytest.mark.slow

FLIPS = 400 if os.environ.get("AVERMENT_TEST_LONG") else 25
CLASSES = {
    "checkpoint": "log/checkpoint",
    "kept checkpoint": "log/checkpoints/*",
    "full tile": "log/tile/0/*",
    "upper tile": "log/tile/1/*.p/*",
    "partial tile": "log/tile/0/*.p/*",
    "full bundle": "log/tile/entries/*",
    "partial bundle": "log/tile/entries/*.p/*",
    "segment": "wal/*.seg",
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of 600 entries with several partial tiles, a policy beside it, and records left in a segment."""
    folder = tmp_path_factory.mktemp("sound")
    key = filled_log(folder / "evidence", [5, 256, 300, 520, 600])
    (folder / "policy").write_text(f"log {key.verifier.vkey}\nquorum none\n")
    (folder / "evidence/policy.tlog-policy").write_text(f"log {key.verifier.vkey}\nquorum none\n")
    return folder


@pytest.fixture
def copy(sound: Path, tmp_path: Path) -> Path:
    shutil.copytree(sound, tmp_path / "copy")
    return tmp_path / "copy"


def failures(folder: Path, *more: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    """Ask the stand-alone verifier; it must agree with its exit code."""
    code = main([str(folder / "evidence"), "--policy", str(folder / "policy"), "--json", *more])
    report = json.loads(capsys.readouterr().out)
    assert (code == EXIT_OK) == (not report["failures"]) == (report["result"] == "verified")
    assert code in (EXIT_OK, EXIT_FAILED)
    found: list[dict[str, str]] = report["failures"]
    return found


def own_failures(folder: Path, checkpoint: Path | None = None) -> list[str]:
    report = verify_log(folder / "evidence", own_policy(folder / "evidence"), checkpoint=checkpoint)
    return [f"{failure.place}: {failure.reason}" for failure in report.failures]


def test_a_sound_log_passes_both(sound: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert failures(sound, capsys=capsys) == []
    assert own_failures(sound) == []


@pytest.mark.long
@pytest.mark.parametrize("kind", CLASSES)
def test_a_flipped_byte_of_any_file_is_found_and_the_file_named(
    copy: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("AVERMENT_TEST_SEED") or random.randrange(1 << 30))
    chance = random.Random(seed)
    files = [path for path in sorted((copy / "evidence").glob(CLASSES[kind])) if path.is_file()]
    assert files
    for _ in range(FLIPS):
        path = chance.choice(files)
        content = path.read_bytes()
        place = chance.randrange(len(content))
        changed = bytearray(content)
        changed[place] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        name = path.relative_to(copy / "evidence").as_posix().removeprefix("log/")
        for found in (
            [f"{failure['place']}: {failure['reason']}" for failure in failures(copy, capsys=capsys)],
            own_failures(copy),
        ):
            assert found, (seed, name, place)
            assert any(name in line for line in found), (seed, name, place, found)
        path.write_bytes(content)
    assert failures(copy, capsys=capsys) == []


def change_bundle(path: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    path.write_bytes(encode_bundle(change(decode_bundle(path.read_bytes(), name="x"))))


def swapped(entries: list[bytes]) -> list[bytes]:
    return [entries[1], entries[0], *entries[2:]]


def test_two_swapped_entries_are_found(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change_bundle(copy / "evidence/log/tile/entries/001", swapped)
    assert failures(copy, capsys=capsys)[0]["place"] == "tile/entries/001"
    assert "entry 256" in failures(copy, capsys=capsys)[0]["reason"]
    assert any("tile/entries/001" in line and "256" in line for line in own_failures(copy))


def test_two_swapped_entries_with_their_hashes_are_found(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change_bundle(copy / "evidence/log/tile/entries/001", swapped)
    tile = copy / "evidence/log/tile/0/001"
    content = tile.read_bytes()
    tile.write_bytes(content[32:64] + content[:32] + content[64:])
    assert "sequence number 257" in failures(copy, capsys=capsys)[0]["reason"]
    assert any("sequence number 257" in line for line in own_failures(copy))


def test_a_dropped_last_entry_is_found(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (copy / "evidence/log/tile/entries/002.p").iterdir():
        change_bundle(path, lambda entries: entries[:-1])
    found = failures(copy, capsys=capsys)
    assert (found[0]["place"], found[0]["reason"]) == ("tile/entries/002.p/88", "entry 599 is missing")
    assert "tile/entries/002.p/88: entry 599 is missing" in own_failures(copy)


def cut_back(folder: Path, size: int) -> None:
    """Cut a log back to a kept checkpoint as thoroughly as one can who has no key."""
    log = folder / "evidence/log"
    shutil.copy(log / f"checkpoints/{size}", log / "checkpoint")
    for path in (log / "checkpoints").iterdir():
        if int(path.name) > size:
            path.unlink()
    for path in [*log.glob("tile/*/*"), *log.glob("tile/*/*.p/*")]:
        first = int(path.name.split(".")[0] if path.parent.suffix != ".p" else path.parent.stem)
        shift = 8 * int(path.relative_to(log).parts[1].replace("entries", "0"))
        width = 256 if path.parent.suffix != ".p" else int(path.name)
        if path.is_file() and (first * 256 + width) << shift > size:
            path.unlink()


def test_a_log_cut_back_to_an_older_checkpoint_needs_one_that_left_the_house(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    escrow = copy / "escrow"
    shutil.copy(copy / "evidence/log/checkpoint", escrow)
    cut_back(copy, 520)
    found = failures(copy, capsys=capsys)
    # Records that are left in the write-ahead log then look like entries that wait to be signed.
    assert found == [] or "wal" in found[0]["place"]
    places = [failure["place"] for failure in failures(copy, "--checkpoint", str(escrow), capsys=capsys)]
    assert "escrowed checkpoint" in places
    assert any("escrowed checkpoint: covers 600 entries" in line for line in own_failures(copy, escrow))


def test_a_log_carelessly_cut_back_is_found_without(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = copy / "evidence/log"
    shutil.copy(log / "checkpoints/520", log / "checkpoint")
    assert any("checkpoints/600" in failure["place"] for failure in failures(copy, capsys=capsys))
    assert any("checkpoints/600" in line for line in own_failures(copy))
    (log / "checkpoints/600").unlink()
    shutil.rmtree(copy / "evidence/wal")
    assert any("beyond" in failure["reason"] for failure in failures(copy, capsys=capsys))
    assert any("beyond" in line for line in own_failures(copy))


def test_a_rewritten_log_signed_by_the_right_key_is_found_by_a_checkpoint_that_left_the_house(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = SignerKey.generate(ORIGIN)
    for name in ("first", "second"):
        log, _ = new_log(tmp_path / name / "evidence", key)
        log.append_many([lambda index, name=name: leaf(index, f"-{name}")] * 40)  # type: ignore[misc] # binds the name
        log.close()
        (tmp_path / name / "policy").write_text(key.verifier.vkey)
        (tmp_path / name / "evidence/policy.tlog-policy").write_text(key.verifier.vkey)
    escrow = tmp_path / "first/evidence/log/checkpoint"
    assert failures(tmp_path / "second", capsys=capsys) == []
    found = failures(tmp_path / "second", "--checkpoint", str(escrow), capsys=capsys)
    assert [failure["place"] for failure in found] == ["escrowed checkpoint"]
    assert any("escrowed checkpoint" in line for line in own_failures(tmp_path / "second", escrow))


@pytest.mark.parametrize("name", ["log/tile/0/001", "log/tile/entries/000", "log/checkpoint", "log/tile/1/000.p/2"])
def test_a_missing_file_is_named(copy: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "evidence" / name).unlink()
    short = name.removeprefix("log/")
    assert any(failure["place"] == short for failure in failures(copy, capsys=capsys))
    assert any(line.startswith(short) for line in own_failures(copy))


@pytest.mark.parametrize("name", ["log/notes.txt", "log/tile/0/009", "log/tile/entries/000.p/300", "wal/notes.txt"])
def test_a_file_too_many_is_named(copy: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = copy / "evidence" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x" * 8192)
    short = name.removeprefix("log/")
    assert any(short in failure["place"] for failure in failures(copy, capsys=capsys))
    assert any(short.removeprefix("wal/") in line for line in own_failures(copy))


def test_a_leaf_that_breaks_its_schema_fails_audit_verify(tmp_path: Path) -> None:
    log, key = new_log(tmp_path / "evidence")
    log.append(leaf)
    log.append(lambda index: leaf(index).replace(b'"reason":"test"', b'"reason":"not a code"'))
    log.append(lambda index: leaf(index).replace(b"system.stopped", b"of.a.newer.version"))
    log.append(lambda index: leaf(index) + b" ")
    log.append(lambda index: leaf(index + 1))
    log.close()
    (tmp_path / "evidence/policy.tlog-policy").write_text(key.verifier.vkey)
    report = verify_log(tmp_path / "evidence", own_policy(tmp_path / "evidence"))
    reasons = [failure.reason for failure in report.failures]
    assert [reason.split(":")[0] for reason in reasons] == ["entry 1", "entry 3", "entry 4"]
    assert report.entries_of_unknown_type == 1


# --- Receipts ---


@pytest.fixture
def receipt(tmp_path: Path) -> Path:
    """A receipt as JSON, and the log's policy beside it."""
    with open_evidence(
        tmp_path / "evidence", tmp_path / "keys", clock=SystemClock(), origin=ORIGIN, must_exist=False
    ) as recorder:
        recorder.append_many([document_event(number) for number in range(300)])
        found = recorder.receipt(recorder.append(question_event()))
        recorder.append_many([document_event()])
        (tmp_path / "policy").write_text(recorder.vkey)
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(asdict(found)))
    return path


def verdict(path: Path) -> int:
    return main([str(path), "--policy", str(path.parent / "policy")])


def test_a_receipt_passes_by_itself(receipt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(receipt.parent / "evidence")
    assert verdict(receipt) == EXIT_OK
    words = capsys.readouterr().out
    assert "VERIFIED" in words
    assert "not established: that times are right" in words


@pytest.mark.parametrize("field", ["origin", "index", "leaf_hash", "entry", "checkpoint", "inclusion_proof"])
def test_a_changed_receipt_fails(receipt: Path, field: str) -> None:
    original = json.loads(receipt.read_text())
    value = original[field]
    texts = (value[:at] + "A" + value[at + 1 :] for at in range(0, len(str(value)), 7))
    for changed in [value + 1] if isinstance(value, int) else texts:
        if changed != value:
            receipt.write_text(json.dumps({**original, field: changed}))
            assert verdict(receipt) == EXIT_FAILED, changed


def test_a_receipt_of_another_log_fails(receipt: Path) -> None:
    (receipt.parent / "policy").write_text(SignerKey.generate(ORIGIN).verifier.vkey)
    assert verdict(receipt) == EXIT_FAILED


def test_a_receipt_is_not_that_of_another_answer(receipt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = {"id": "another", "status": "answered", "sentences": [], "receipt": json.loads(receipt.read_text())}
    receipt.write_text(json.dumps(answer))
    assert verdict(receipt) == EXIT_FAILED
    assert "not this answer" in capsys.readouterr().out


def test_claims_may_cite_no_places_but_those_of_the_sentences() -> None:
    place = {"document_id": "d", "text_hash": "sha256:0", "start": 0, "end": 1}
    answer = {"id": "a", "status": "answered", "sentences": [{"claim": {"citations": [place]}}]}
    digest = hashlib.sha256(ENCODER.encode([place_digest(place)]).encode()).hexdigest()
    data = {"answer_id": "a", "status": "answered", "citations_digest": f"sha256:{digest}"}
    completed = {"type": "analysis.completed", "data": data}
    check_answer({**answer, "claims": [{"citations": [place]}]}, completed, report=Report())
    with pytest.raises(CheckFailedError, match="places that no sentence cites"):
        check_answer({**answer, "claims": [{"citations": [{**place, "start": 1}]}]}, completed, report=Report())


@pytest.mark.parametrize("sentences", [5, [5], [{"claim": 5}], [{"claim": {"citations": [5]}}], "x", {"a": 1}])
def test_a_malformed_answer_fails_without_a_traceback(receipt: Path, sentences: object) -> None:
    original = json.loads(receipt.read_text())
    entry = json.loads(original["entry"])
    answer = {"id": entry["data"]["answer_id"], "sentences": sentences, "receipt": original}
    receipt.write_text(json.dumps(answer))
    assert verdict(receipt) == EXIT_FAILED
    receipt.write_text(json.dumps({**original, "entry": "\ud800", "inclusion_proof": "\ud800\n\n\ud800"}))
    assert verdict(receipt) == EXIT_FAILED


# --- Calls that cannot be carried out ---


def test_calls_that_cannot_be_carried_out_end_with_two(sound: Path, tmp_path: Path) -> None:
    policy, empty = str(sound / "policy"), tmp_path / "empty"
    empty.mkdir()
    (tmp_path / "list.json").write_text("[]")
    (tmp_path / "object.json").write_text("{}")
    (tmp_path / "text").write_text("hello")
    (tmp_path / "witnessed").write_text((sound / "policy").read_text().replace("quorum none", "quorum w"))
    (tmp_path / "unsigned").write_text("x\n1\ny\n")
    calls = [
        [str(tmp_path / "absent"), "--policy", policy],
        [str(empty), "--policy", policy],
        [str(tmp_path / "list.json"), "--policy", policy],
        [str(tmp_path / "object.json"), "--policy", policy],
        [str(tmp_path / "text"), "--policy", policy],
        [str(sound / "evidence"), "--policy", str(tmp_path / "text")],
        [str(sound / "evidence"), "--policy", str(tmp_path / "absent")],
        [str(sound / "evidence"), "--policy", str(tmp_path / "witnessed")],
        [str(sound / "evidence"), "--policy", policy, "--checkpoint", str(tmp_path / "unsigned")],
    ]
    assert [main(call) for call in calls] == [EXIT_USAGE] * len(calls)
    with pytest.raises(SystemExit) as caught:
        main([str(sound)])
    assert caught.value.code == EXIT_USAGE


def test_the_folder_of_the_log_alone_is_enough(sound: Path) -> None:
    assert main([str(sound / "evidence/log"), "--policy", str(sound / "policy")]) == EXIT_OK


def test_a_policy_out_of_the_folder_it_judges_is_remarked_on(sound: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = sound / "evidence/policy.tlog-policy"
    assert main([str(sound / "evidence"), "--policy", str(policy)]) == EXIT_OK
    assert "the policy lies in the folder it judges" in capsys.readouterr().out


def test_the_file_runs_alone_and_imports_nothing_of_averment(sound: Path, tmp_path: Path) -> None:
    alone = shutil.copy(averment_verify.__file__, tmp_path / "verify.py")
    probe = (
        "import sys, runpy\n"
        f"sys.argv = ['verify', {str(sound / 'evidence')!r}, '--policy', {str(sound / 'policy')!r}]\n"
        "try:\n"
        f"    runpy.run_path({str(alone)!r}, run_name='__main__')\n"
        "except SystemExit as end:\n"
        "    assert end.code == 0, end.code\n"
        "assert not [name for name in sys.modules if name.startswith('averment')]\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", probe], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "VERIFIED" in done.stdout
