"""Any change of any file of a log is found against a checkpoint that left the house, and the first bad place named.

Changes are drawn at random: edit, insert, delete, reorder, truncate, roll back and refill, splice two logs. Both
checks, which share no code, look at each. The change is undone afterwards, so one log serves for all: of two years, two
keys that both sign, and a witness.
"""

import json
import os
import random
import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from averment.compliance import averment_verify
from averment.compliance.audit import own_policy, read_policy, verify_log
from averment.compliance.averment_verify import EXIT_FAILED, EXIT_OK
from averment.compliance.keys import load_keys
from averment.compliance.log.cosignature import cosign
from averment.compliance.log.layout import decode_bundle, encode_bundle
from averment.compliance.log.note import COSIGNATURE, Note, SignerKey
from averment.compliance.log.policy import Witness
from averment.compliance.log.wal import MAGIC, encode_record, read_segments
from averment.compliance.recorder import POLICY_FILE, EvidenceRecorder, open_evidence
from averment.compliance.rotation import rotate_log_key
from averment.core.testing.clock import FixedClock
from tests.compliance.evidence import ORIGIN, document_event, question_event

pytestmark = pytest.mark.slow

TAMPERINGS = 5_000 if os.environ.get("AVERMENT_TEST_LONG") else 48
SEED = int(os.environ.get("AVERMENT_TEST_SEED") or random.randrange(1 << 30))
# What the checks can know of a file: payloads need the keys, which the stand-alone verifier has not; nor does it look
# at the policy beside the log, because it has one of its own.
FILES = {
    "checkpoint": "log/checkpoint",
    "history": "log/checkpoints/*",
    "tile": "log/tile/[0-9]*/**/*",
    "bundle": "log/tile/entries/**/*",
    "segment": "wal/*.seg",
    "payload": "payload/*/*",
    "policy": "policy.tlog-policy",
}
WITNESS_NAME = re.compile(rb"^witness [^ \n]+ ", re.MULTILINE)
ONLY_OURS = {"payload", "policy"}
THIS_YEAR = datetime(2026, 12, 31, 23, tzinfo=UTC)
NEXT_YEAR = datetime(2027, 1, 1, 1, tzinfo=UTC)
COSIGNED_AT_S = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())


@dataclass(frozen=True)
class House:
    """A log with what left the house, an earlier state of it, and another log that the same key signed."""

    root: Path
    policy: Path
    escrow: Path
    earlier: Path
    other: Path

    @property
    def evidence(self) -> Path:
        return self.root / "evidence"


def opened(root: Path) -> EvidenceRecorder:
    clock = FixedClock(NEXT_YEAR if (root / "evidence").exists() else THIS_YEAR)
    return open_evidence(root / "evidence", root / "keys", clock=clock, origin=ORIGIN, must_exist=False)


def cosign_all(evidence: Path, witness: SignerKey) -> None:
    """Have a witness cosign what is signed, as it would have at the time, and the policy name it."""
    for path in (evidence / "log/checkpoint", *(evidence / "log/checkpoints").iterdir()):
        note = Note.parse(path.read_bytes(), name=path.name)
        cosignature = cosign(note.text, witness, time_s=COSIGNED_AT_S)
        path.write_bytes(replace(note, signatures=(*note.signatures, cosignature)).encode())
    policy = replace(own_policy(evidence), witnesses=(Witness(name="audit", key=witness.verifier),))
    (evidence / POLICY_FILE).write_text(policy.encode(), encoding="utf-8")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    folder = tmp_path_factory.mktemp("house")
    root = folder / "root"
    with opened(root) as recorder:
        recorder.append_many([document_event(number) for number in range(120)])
    shutil.copytree(root, folder / "earlier")
    with opened(root) as recorder:
        rotate_log_key(recorder, root / "keys", subject="anna")
        recorder.append_many([document_event(number) for number in range(120, 270)])
        recorder.seal(keep=True)
        recorder.append_many([question_event(f"question {number}") for number in range(20)])
    shutil.copytree(folder / "earlier", folder / "other")
    with opened(folder / "other") as recorder:
        recorder.append_many([document_event(number) for number in range(500, 680)])
    witness = SignerKey.generate("witness.example/audit", algorithm=COSIGNATURE)
    for cosigned in (root, folder / "other"):
        cosign_all(cosigned / "evidence", witness)
    shutil.copy(root / "evidence/log/checkpoint", folder / "escrow")
    shutil.copy(root / "evidence/policy.tlog-policy", folder / "policy")
    return House(root, folder / "policy", folder / "escrow", folder / "earlier", folder / "other")


def verdicts(house: House, capsys: pytest.CaptureFixture[str]) -> tuple[list[str], list[str]]:
    """Return what the stand-alone verifier and `audit verify` find, first bad place first."""
    arguments = ["--policy", str(house.policy), "--checkpoint", str(house.escrow), "--json"]
    code = averment_verify.main([str(house.evidence), *arguments])
    assert code in (EXIT_OK, EXIT_FAILED)
    alone = [f"{item['place']}: {item['reason']}" for item in json.loads(capsys.readouterr().out)["failures"]]
    keys = load_keys(house.root / "keys")
    report = verify_log(house.evidence, read_policy(house.policy), checkpoint=house.escrow, keys=keys)
    return alone, [f"{failure.place}: {failure.reason}" for failure in report.failures]


# --- Changes of one file: each takes its content and returns another one ---


def edit(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :]


def insert(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.randbytes(chance.choice([1, 2, 32, 64])) + content[at:]


def delete(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + content[at + chance.choice([1, 2, 32, 64]) :]


def truncate(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def reorder(content: bytes, chance: random.Random) -> bytes:
    """Swap two runs of bytes of the same length."""
    width = chance.choice([1, 16, 32])
    if len(content) < 2 * width:
        return edit(content, chance)
    first = chance.randrange(len(content) - 2 * width + 1)
    second = chance.randrange(first + width, len(content) - width + 1)
    one, other = content[first : first + width], content[second : second + width]
    return content[:first] + other + content[first + width : second] + one + content[second + width :]


CONTENT_CHANGES = (edit, insert, delete, truncate, reorder)


def change_file(house: House, kind: str, chance: random.Random) -> list[str]:
    """Change a file of a kind, or delete it; return the names of which one must be in what is found."""
    files = sorted(path for path in house.evidence.glob(FILES[kind]) if path.is_file())
    path = chance.choice(files)
    content = path.read_bytes()
    if _is_needed(path, kind) and chance.random() < 0.1:
        path.unlink()
    else:
        change = chance.choice(CONTENT_CHANGES)
        before = _significant(kind, content)
        while _says_the_same(before, changed := change(before, chance)):
            pass
        path.write_bytes(changed)
    return [path.relative_to(house.evidence).as_posix().removeprefix("log/"), path.name]


def _is_needed(path: Path, kind: str) -> bool:
    """Tell whether a log must have the file: of a partial tile, the widest one."""
    if path.parent.suffix == ".p":
        return int(path.name) == max(int(other.name) for other in path.parent.iterdir())
    return kind in {"checkpoint", "tile", "bundle"}


def _says_the_same(content: bytes, changed: bytes) -> bool:
    """Tell whether nothing was changed, or nothing that says something.

    A checkpoint may lack a signature where another one is there: how many it needs is the quorum's affair. A policy
    calls its witness what it likes.
    """
    if content.startswith(b"# averment-key"):
        return WITNESS_NAME.sub(b"", changed) == WITNESS_NAME.sub(b"", content)
    text, _, lines = content.partition(b"\n\n\xe2\x80\x94")
    text_left, _, lines_left = changed.partition(b"\n\n\xe2\x80\x94")
    is_shorter = bool(lines_left) and set(lines_left.splitlines(True)) <= set(lines.splitlines(True))
    return changed == content or (text_left == text and is_shorter)


def _significant(kind: str, content: bytes) -> bytes:
    """Leave out the zeros behind a segment's last record, which are room and no content."""
    return content.rstrip(b"\x00") if kind == "segment" else content


# --- Changes of the whole log ---


def change_entries(house: House, chance: random.Random) -> list[str]:
    """Change the entries of a bundle, and their hashes in the tile with them, as far as that can be done keyless."""
    path = chance.choice(sorted(path for path in house.evidence.glob("log/tile/entries/**/*") if path.is_file()))
    entries = decode_bundle(path.read_bytes(), name="bundle")
    at, other = chance.sample(range(len(entries)), 2)
    how = chance.choice(["swap", "drop", "double", "edit"])
    if how == "swap":
        entries[at], entries[other] = entries[other], entries[at]
    elif how == "drop":
        del entries[at]
    elif how == "double":
        entries.insert(at, entries[at])
    else:
        entries[at] = re.sub(rb'"version":1', b'"version":2', entries[at]) or entries[at]
    content = encode_bundle(entries)
    if content == path.read_bytes():
        return change_entries(house, chance)
    path.write_bytes(content)
    if chance.random() < 0.5:
        tile = Path(str(path).replace("/entries/", "/0/"))
        tile.write_bytes(b"".join(averment_verify.leaf_hash(entry) for entry in entries))
    return ["entries", "entry", "checkpoint"]


def change_record(house: House, chance: random.Random) -> list[str]:
    """Change a record of the write-ahead log, and its checksum with it."""
    segments = [segment for segment in read_segments(house.evidence / "wal") if segment.entries]
    segment = chance.choice(segments)
    entries = list(segment.entries)
    at = chance.randrange(len(entries))
    entries[at] = re.sub(rb'"time":"2', b'"time":"3', entries[at])
    records = (encode_record(index, entry) for index, entry in enumerate(entries, start=segment.first))
    segment.path.write_bytes(MAGIC + b"".join(records))
    return [f"the record of entry {segment.first + at} is not"]


def roll_back(house: House, chance: random.Random, *, refilled: bool) -> list[str]:
    """Put an earlier state in the place of the log; refilled, other entries follow, signed with the right key."""
    source = house.other if refilled else house.earlier
    shutil.rmtree(house.evidence)
    shutil.copytree(source / "evidence", house.evidence)
    if refilled and chance.random() < 0.3:
        with opened(house.root) as recorder:
            recorder.append_many([document_event(chance.randrange(1 << 20)) for _ in range(chance.randrange(1, 200))])
    return ["escrowed checkpoint"]


def splice(house: House, chance: random.Random) -> list[str]:
    """Put files of another log, which the same key signed, among those of this one."""
    names = [path.relative_to(house.evidence) for path in house.evidence.glob("log/**/*") if path.is_file()]
    theirs = {path.relative_to(house.other / "evidence") for path in (house.other / "evidence").glob("log/**/*")}
    shared = sorted(name for name in names if name in theirs and _differs(house, name))
    chosen = chance.sample(shared, chance.randrange(1, len(shared) + 1))
    for name in chosen:
        shutil.copy(house.other / "evidence" / name, house.evidence / name)
    # Entries that fit their tile are told by the last kept checkpoint before them; a spliced checkpoint speaks of files
    # that never were.
    more = ["or a later one is wrong", "the file is missing", "escrowed checkpoint"]
    return [*(name.as_posix().removeprefix("log/") for name in chosen), *more]


def _differs(house: House, name: Path) -> bool:
    return (house.evidence / name).read_bytes() != (house.other / "evidence" / name).read_bytes()


LOG_CHANGES: dict[str, Callable[[House, random.Random], list[str]]] = {
    "entries": change_entries,
    "record": change_record,
    "roll back": partial(roll_back, refilled=False),
    "roll back and refill": partial(roll_back, refilled=True),
    "splice": splice,
}


@pytest.mark.long
def test_every_change_is_found_and_the_first_bad_place_named(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert verdicts(house, capsys) == ([], [])
    shutil.copytree(house.root, house.root.parent / "sound")
    chance = random.Random(SEED)
    kinds = [*FILES, *LOG_CHANGES]
    done = Counter[str]()
    for turn in range(TAMPERINGS):
        kind = kinds[turn % len(kinds)]
        names = change_file(house, kind, chance) if kind in FILES else LOG_CHANGES[kind](house, chance)
        alone, ours = verdicts(house, capsys)
        for found in (ours,) if kind in ONLY_OURS else (alone, ours):
            assert found, (SEED, turn, kind, names)
            assert any(name in line for name in names for line in found[:3]), (SEED, turn, kind, names, found)
        done[kind] += 1
        restore(house)
    assert verdicts(house, capsys) == ([], [])
    assert set(done) == set(kinds)
    assert load_keys(house.root / "keys").signer.name == ORIGIN


def restore(house: House) -> None:
    """Put the sound log back."""
    shutil.rmtree(house.root)
    shutil.copytree(house.root.parent / "sound", house.root)
