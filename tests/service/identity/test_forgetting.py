from pathlib import Path

from averment.core.testing.clock import FixedClock
from averment.service.identity.api_keys import ApiKeys, KeyTerms
from averment.service.identity.forgetting import SignInStore
from averment.service.identity.sessions import Sessions
from averment.service.identity.store import open_store
from tests.service.identity.test_sessions import ANNA


def test_no_session_and_no_name_of_a_key_is_left(tmp_path: Path) -> None:
    path = tmp_path / "access.sqlite"
    assert SignInStore(path).clean(["Quist Halvorsen"]).state == "absent"
    with open_store(path) as store:
        keys = ApiKeys(store, clock=FixedClock())
        named = "avm_made-by-hand"
        keys.adopt(named, KeyTerms(name="for Quist Halvorsen"))
        _, other = keys.create(KeyTerms(name="nightly"))
        session = Sessions(store, clock=FixedClock(), idle_s=60, max_s=60).start(ANNA)
    for detail in ("1 keys that named them ended", ""):
        cleaned = SignInStore(path).clean(["Quist Halvorsen"])
        assert (cleaned.state, cleaned.detail) == ("clean", detail)
    with open_store(path) as store:
        assert Sessions(store, clock=FixedClock(), idle_s=60, max_s=60).find(session) is None
        keys = ApiKeys(store, clock=FixedClock())
        assert keys.find(named) is None
        assert keys.find(other) is not None
    assert b"Quist" not in path.read_bytes()
