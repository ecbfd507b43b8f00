from datetime import timedelta

import pytest

from averment.core.access import Role
from averment.core.errors import AuditWriteFailed, RecordNotFound, UsageError
from averment.core.testing.clock import FixedClock
from averment.service.identity.api_keys import ApiKey, ApiKeys, KeyTerms
from averment.service.identity.caller import Caller
from averment.service.identity.sessions import Sessions
from averment.service.identity.store import AccessStore

TERMS = KeyTerms(name="nightly", groups=("legal",), purpose="review", valid_for=timedelta(days=2))


@pytest.fixture
def keys(store: AccessStore, clock: FixedClock) -> ApiKeys:
    return ApiKeys(store, clock=clock)


def test_a_key_is_recognised_until_it_expires(keys: ApiKeys, clock: FixedClock) -> None:
    made, secret = keys.create(TERMS)
    assert secret.startswith(made.id)
    caller = made.caller()
    assert (caller.principal.subject, caller.principal.roles, caller.is_local) == (
        "key:nightly",
        (Role.ANALYST,),
        False,
    )
    assert keys.find(secret) == made
    assert keys.find(secret[:-1] + ("a" if secret[-1] != "a" else "b")) is None
    clock.advance(2 * 86_400 - 1)
    assert keys.find(secret) is not None
    clock.advance(1)
    assert keys.find(secret) is None
    assert keys.list()[0].state == "expired"


def test_the_last_use_is_kept_to_the_hour(keys: ApiKeys, clock: FixedClock) -> None:
    _, secret = keys.create(TERMS)
    assert keys.list()[0].last_used_at is None
    keys.find(secret)
    used = keys.list()[0].last_used_at
    assert used is not None
    assert (used.minute, used.second) == (0, 0)
    clock.advance(60)
    keys.find(secret)
    assert keys.list()[0].last_used_at == used


@pytest.mark.parametrize("name", ["", "two words", "-x", "a\n", "ä", "x" * 101])
def test_a_name_is_a_word(keys: ApiKeys, name: str) -> None:
    with pytest.raises(UsageError, match="no name"):
        keys.create(KeyTerms(name=name))


def test_a_name_is_given_once_even_after_the_key_ended(keys: ApiKeys) -> None:
    made, _ = keys.create(TERMS)
    keys.revoke(made.id)
    with pytest.raises(UsageError, match="given once"):
        keys.create(TERMS)


def test_a_revoked_key_is_refused_and_its_sessions_end(keys: ApiKeys, store: AccessStore, clock: FixedClock) -> None:
    made, secret = keys.create(TERMS)
    sessions = Sessions(store, clock=clock, idle_s=60, max_s=60)
    session = sessions.start(made.caller(), key_digest=made.digest)
    assert keys.revoke(made.id).state == "revoked"
    assert keys.find(secret) is None
    assert sessions.find(session) is None
    with pytest.raises(UsageError, match="was revoked"):
        keys.revoke(made.id)
    with pytest.raises(RecordNotFound):
        keys.revoke("avm_nothing_")


def test_a_key_that_cannot_be_logged_is_not_made(keys: ApiKeys) -> None:
    def fail(key: ApiKey) -> None:
        assert key.log_name == {"kind": "access", "key": f"sha256:{key.digest}"}
        raise AuditWriteFailed("disk full")

    with pytest.raises(AuditWriteFailed):
        keys.create(TERMS, record=fail)
    assert keys.list() == []


def test_a_key_that_is_known_stays_as_it_is(keys: ApiKeys) -> None:
    first = keys.adopt("avm_0123456789", KeyTerms(name="api-key"))
    keys.revoke(first.id)
    again = keys.adopt("avm_0123456789", KeyTerms(name="api-key", roles=tuple(Role)))
    assert (again.state, again.roles) == ("revoked", ("analyst",))
    assert isinstance(again.caller(), Caller)
