import pytest

from averment.core.access import Principal
from averment.core.testing.clock import FixedClock
from averment.service.identity.caller import Caller
from averment.service.identity.sessions import Sessions
from averment.service.identity.store import AccessStore

ANNA = Caller(principal=Principal(subject="anna", groups=("everyone", "legal"), roles=("analyst",)), way="session")


@pytest.fixture
def sessions(store: AccessStore, clock: FixedClock) -> Sessions:
    return Sessions(store, clock=clock, idle_s=100, max_s=250)


def test_a_session_gives_back_who_signed_in(sessions: Sessions, store: AccessStore) -> None:
    secret = sessions.start(ANNA, key_digest="k")
    assert sessions.find(secret) == (ANNA, "k")
    assert secret not in str([tuple(row) for row in store.rows("SELECT * FROM sessions")])
    sessions.end(secret)
    assert sessions.find(secret) is None


def test_a_session_ends_idle_and_at_the_latest(sessions: Sessions, clock: FixedClock) -> None:
    secret = sessions.start(ANNA)
    for _ in range(4):
        clock.advance(60)
        assert sessions.find(secret) is not None
    clock.advance(10)
    assert sessions.find(secret) is None
    secret = sessions.start(ANNA)
    clock.advance(100)
    assert sessions.find(secret) is None


def test_a_new_session_takes_the_place_of_the_old_and_sweeps_what_is_over(
    sessions: Sessions, store: AccessStore, clock: FixedClock
) -> None:
    over = sessions.start(ANNA)
    clock.advance(101)
    first = sessions.start(ANNA)
    second = sessions.start(ANNA, instead_of=first)
    assert [sessions.find(secret) is None for secret in (over, first, second)] == [True, True, False]
    assert len(store.rows("SELECT 1 FROM sessions")) == 1
