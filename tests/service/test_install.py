from pathlib import Path

from averment.compliance.audit import own_policy, show, verify_log
from averment.compliance.index import EntryFilter
from averment.compliance.purposes.store import PurposeStore
from averment.compliance.signing_keys import MARK_KEY_FILE, read_signing_key
from averment.core.clock import SystemClock
from averment.core.settings_file import load_settings
from averment.service.identity.api_keys import ApiKeys
from averment.service.identity.store import open_store
from averment.service.install import initialise


def test_an_installation_has_keys_a_log_and_a_trial_purpose(tmp_path: Path) -> None:
    made = initialise(load_settings(config=None, environ={}, cwd=tmp_path), source=None, subject="Quist Halvorsen")
    assert set(made) == {"settings", "data", "log", "policy", "api key"}
    evidence = Path(made["log"])
    report = verify_log(evidence, own_policy(evidence))
    assert report.is_ok
    leaves = list(show(evidence, EntryFilter()))
    assert [leaf["type"] for leaf in leaves[-2:]] == ["purpose.created", "key.created"]
    assert "Quist" not in repr(leaves)
    assert read_signing_key(Path(made["data"]) / "keys" / MARK_KEY_FILE).name == report.origin
    secret = Path(made["api key"]).read_text(encoding="ascii").strip()
    assert len(secret) > 40
    with open_store(Path(made["data"]) / "access.sqlite") as store:
        found = ApiKeys(store, clock=SystemClock()).find(secret)
    assert found is not None
    assert {"kind": "access", "key": f"sha256:{found.digest}"} in [leaf["data"] for leaf in leaves]
    assert initialise(load_settings(config=None, environ={}, cwd=tmp_path), source=None, subject="eve") == made
    assert verify_log(evidence, own_policy(evidence)).size == report.size


def test_another_first_purpose_is_recorded_with_its_questions_open(tmp_path: Path) -> None:
    loaded = load_settings(config=None, environ={"AVERMENT_PURPOSE": "review"}, cwd=tmp_path)
    made = initialise(loaded, source=None, subject="ada")
    record = PurposeStore(Path(made["data"]) / "purposes").record("review")
    assert record.profiles_natural_persons is None
