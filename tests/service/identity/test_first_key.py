import stat
from pathlib import Path

import pytest

from averment.core.access import Role
from averment.core.errors import AccessDenied
from averment.core.settings import ServiceSettings, Settings
from averment.core.testing.clock import FixedClock
from averment.service.identity.api_keys import ApiKeys
from averment.service.identity.first_key import API_KEY_FILE, adopt_first_key, make_first_key, one_time_link
from averment.service.identity.gate import Gate
from averment.service.identity.store import AccessStore


@pytest.fixture
def keys(store: AccessStore, clock: FixedClock) -> ApiKeys:
    return ApiKeys(store, clock=clock)


def test_the_first_key_is_random_and_for_its_owner_alone(keys: ApiKeys, tmp_path: Path) -> None:
    path = tmp_path / API_KEY_FILE
    ended, made = make_first_key(keys, path, tenant="default")
    assert (ended, stat.S_IMODE(path.stat().st_mode)) == ([], 0o600)
    first = path.read_text().strip()
    assert keys.find(first) == made
    assert (made.subject, made.roles) == ("api-key", (Role.ANALYST, Role.ADMINISTRATOR))
    with pytest.raises(FileExistsError):
        make_first_key(keys, path, tenant="default")
    assert keys.find(first) is not None
    path.unlink()
    (old,), new = make_first_key(keys, path, tenant="default")
    assert (old.id, old.state, new.state) == (first[:12], "revoked", "valid")
    assert keys.find(first) is None


def test_the_key_of_an_older_version_is_taken_over_once(keys: ApiKeys, tmp_path: Path) -> None:
    assert adopt_first_key(keys, tmp_path, tenant="default") is None
    (tmp_path / API_KEY_FILE).write_text("avm_of-an-older-version\n")
    adopted = adopt_first_key(keys, tmp_path, tenant="default")
    assert adopted is not None
    keys.revoke(adopted.id)
    assert adopt_first_key(keys, tmp_path, tenant="default") is None
    assert keys.find("avm_of-an-older-version") is None


def test_beyond_loopback_there_is_no_link_and_the_first_key_is_refused(
    store: AccessStore, clock: FixedClock, tmp_path: Path
) -> None:
    local = Gate(store, settings=Settings(), clock=clock)
    _, key = make_first_key(local.keys, tmp_path / API_KEY_FILE, tenant="default")
    assert one_time_link(local, key, address="http://127.0.0.1:1") is not None
    public = Gate(store, settings=Settings(service=ServiceSettings(host="0.0.0.0")), clock=clock)
    assert one_time_link(public, key, address="https://x") is None
    with pytest.raises(AccessDenied, match="loopback only"):
        public.admitted(key.caller())
