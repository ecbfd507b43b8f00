"""Another key-encryption key: every secret goes over, an interrupted change is finished, a wrong key is refused."""

import contextlib
from pathlib import Path

import pytest

from averment.compliance.key_encryption import KeyEncryption, LocalKeyEncryption
from averment.compliance.keys import load_keys
from averment.compliance.recorder import EvidenceRecorder
from averment.compliance.rewrapping import check_wrapping, key_in, next_key, put_in_place, rewrap
from averment.core.clock import SystemClock
from averment.core.errors import ConfigurationError, StoreError
from tests.compliance.evidence import question_event
from tests.compliance.test_erasure import opened
from tests.compliance.test_keys import write_version_1
from tests.compliance.test_recorder import open_new

FOREIGN = LocalKeyEncryption(key=b"f" * 32)


class Killed(BaseException):
    """Stands for SIGKILL."""


class Dying:
    """A key that ends the process after so many secrets."""

    def __init__(self, key: KeyEncryption, *, after: int):
        self._key, self._left = key, after
        self.key_id = key.key_id

    def wrap(self, secret: bytes, *, context: str) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise Killed
        return self._key.wrap(secret, context=context)

    def unwrap(self, wrapped: bytes, *, context: str) -> bytes:
        return self._key.unwrap(wrapped, context=context)


@pytest.fixture
def installation(tmp_path: Path) -> tuple[Path, Path, int, int]:
    with open_new(tmp_path) as recorder:
        asked = recorder.append(question_event("What?", subject="anna"))
        case = recorder.append(opened("It went wrong.", subject="ben"))
        return recorder.evidence_dir, tmp_path / "keys", asked, case


def test_texts_open_under_the_new_key_alone(installation: tuple[Path, Path, int, int]) -> None:
    evidence, keys_dir, asked, case = installation
    old, new = load_keys(keys_dir).wrapping, next_key(keys_dir)
    assert next_key(keys_dir) == new
    assert rewrap(evidence, old=old, new=new) >= 5
    assert rewrap(evidence, old=old, new=new) == 0
    with pytest.raises(ConfigurationError, match="is wrapped under"):
        check_wrapping(evidence, old)
    put_in_place(keys_dir)
    assert load_keys(keys_dir).wrapping == new == key_in(keys_dir / "wrapping.key")
    with EvidenceRecorder(evidence, load_keys(keys_dir), clock=SystemClock()) as recorder:
        assert recorder.read_payload(asked, "question") == b"What?"
        assert recorder.read_payload(case, "description") == b"It went wrong."


def test_a_change_that_was_interrupted_is_refused_by_the_log_and_finished(
    installation: tuple[Path, Path, int, int],
) -> None:
    evidence, keys_dir, _, _ = installation
    old, new = load_keys(keys_dir).wrapping, next_key(keys_dir)
    for after in (1, 2):
        with pytest.raises(Killed):
            rewrap(evidence, old=old, new=Dying(new, after=after))
        for key in (old, new):
            with pytest.raises(ConfigurationError, match="is wrapped under"):
                check_wrapping(evidence, key)
    assert rewrap(evidence, old=old, new=new) >= 2
    check_wrapping(evidence, new)


def test_a_wrong_old_key_changes_nothing(installation: tuple[Path, Path, int, int]) -> None:
    evidence, keys_dir, _, _ = installation
    old = load_keys(keys_dir).wrapping
    with pytest.raises(ConfigurationError, match="neither the old nor the new"):
        rewrap(evidence, old=FOREIGN, new=next_key(keys_dir))
    check_wrapping(evidence, old)
    broken = next((evidence / "people").rglob("*.json"))
    broken.write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match="damaged"):
        rewrap(evidence, old=old, new=next_key(keys_dir))


def test_files_of_version_1_open_and_are_written_anew(installation: tuple[Path, Path, int, int]) -> None:
    evidence, keys_dir, asked, _ = installation
    old = load_keys(keys_dir).wrapping
    assert isinstance(old, LocalKeyEncryption)
    files = sorted((evidence / "keys").rglob("*.json"))
    for path in files:
        contexts = (f"hmac-sha256:{path.stem}", f"sha256:{path.stem}")
        with contextlib.suppress(StoreError):
            write_version_1(path, old, context=contexts[0])
            continue
        write_version_1(path, old, context=contexts[1])
    with EvidenceRecorder(evidence, load_keys(keys_dir), clock=SystemClock()) as recorder:
        assert recorder.read_payload(asked, "question") == b"What?"
    with pytest.raises(ConfigurationError, match="is wrapped under another"):
        check_wrapping(evidence, FOREIGN)
    with pytest.raises(ConfigurationError, match="under a key that its file does not name"):
        rewrap(evidence, old=FOREIGN, new=next_key(keys_dir))
    check_wrapping(evidence, old)
    rewrap(evidence, old=old, new=next_key(keys_dir))
    assert all(b'"version": 2' in path.read_bytes() for path in files)
    check_wrapping(evidence, next_key(keys_dir))
