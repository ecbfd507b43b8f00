from averment.core.testing.clock import FixedClock
from averment.service.identity.revocations import Revocations
from averment.service.identity.sessions import Sessions
from averment.service.identity.store import AccessStore
from tests.service.identity.test_sessions import ANNA


def test_a_subject_is_out_with_what_was_issued_until_now(store: AccessStore, clock: FixedClock) -> None:
    revocations = Revocations(store, clock=clock)
    sessions = Sessions(store, clock=clock, idle_s=60, max_s=60)
    secrets = [sessions.start(ANNA), sessions.start(ANNA)]
    now = int(clock.now().timestamp())
    assert revocations.revoke_subject("anna") == 2
    assert [sessions.find(secret) for secret in secrets] == [None, None]
    refused = {
        issued: revocations.is_revoked("anna", issued_at=issued, token_id=None, leeway_s=60)
        for issued in (now - 100, now, now + 60, now + 61)
    }
    assert list(refused.values()) == [True, True, True, False]
    assert not revocations.is_revoked("bert", issued_at=now, token_id=None, leeway_s=60)
    assert "anna" not in str([tuple(row) for row in store.rows("SELECT * FROM revocations")])


def test_revocations_are_kept_longer_than_anything_they_refuse(store: AccessStore, clock: FixedClock) -> None:
    revocations = Revocations(store, clock=clock)
    revocations.revoke_token("j-1")
    clock.advance(7 * 86_400)
    revocations.revoke_token("j-2")
    assert revocations.is_revoked("anna", issued_at=0, token_id="j-1", leeway_s=0)
    clock.advance(86_401)
    revocations.revoke_token("j-3")
    assert not revocations.is_revoked("anna", issued_at=0, token_id="j-1", leeway_s=0)
