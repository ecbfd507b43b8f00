from pathlib import Path

import pytest

from averment.compliance.audit import own_policy, show, verify_log
from averment.compliance.index import EntryFilter
from averment.compliance.purposes.store import PurposeStore
from averment.compliance.signing_keys import MARK_KEY_FILE, read_signing_key
from averment.core.errors import ConfigurationError
from averment.core.settings_file import load_settings
from averment.service.install import initialise
from averment.service.server import read_api_key


def test_an_installation_has_keys_a_log_and_a_trial_purpose(tmp_path: Path) -> None:
    made = initialise(load_settings(config=None, environ={}, cwd=tmp_path), source=None, subject="Quist Halvorsen")
    assert set(made) == {"settings", "data", "log", "policy", "api key"}
    evidence = Path(made["log"])
    report = verify_log(evidence, own_policy(evidence))
    assert report.is_ok
    leaves = list(show(evidence, EntryFilter()))
    assert leaves[-1]["type"] == "purpose.created"
    assert "Quist" not in repr(leaves)
    assert read_signing_key(Path(made["data"]) / "keys" / MARK_KEY_FILE).name == report.origin
    assert len(read_api_key(Path(made["data"]) / "keys")) > 40
    assert initialise(load_settings(config=None, environ={}, cwd=tmp_path), source=None, subject="eve") == made
    assert verify_log(evidence, own_policy(evidence)).size == report.size


def test_another_first_purpose_is_recorded_with_its_questions_open(tmp_path: Path) -> None:
    loaded = load_settings(config=None, environ={"AVERMENT_PURPOSE": "review"}, cwd=tmp_path)
    made = initialise(loaded, source=None, subject="ada")
    record = PurposeStore(Path(made["data"]) / "purposes").record("review")
    assert record.profiles_natural_persons is None


def test_without_a_key_the_service_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_api_key(tmp_path)
    assert caught.value.hint == "averment init"
