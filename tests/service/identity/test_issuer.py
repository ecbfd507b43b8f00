"""The issuer's keys over time: rotation, one more reading for an unknown key, an issuer that is down or talks wrong."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from averment.core.errors import ConfigurationError, IssuerUnavailable, NotSignedIn
from averment.core.settings import Settings
from averment.core.sign_in_settings import SignInSettings
from averment.core.testing.clock import FixedClock
from averment.service.identity import issuer as module
from averment.service.identity.issuer import Issuer

if TYPE_CHECKING:
    from tests.local_issuer import LocalIssuer


@pytest.fixture
def known(signing_in: Settings, clock: FixedClock) -> Issuer:
    return Issuer(signing_in.sign_in, clock=clock)


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        return await work()

    return asyncio.run(main())


def key_of(known: Issuer, key_id: str) -> Any:
    return run(lambda: known.key(algorithm="ES256", key_id=key_id))


def test_keys_are_read_once_and_anew_when_old(known: Issuer, issuer: "LocalIssuer", clock: FixedClock) -> None:
    kid = issuer.keys[0].kid or ""
    assert key_of(known, kid)["kid"] == kid
    assert "d" not in key_of(known, kid)
    assert issuer.requests.count("/jwks") == 1
    clock.advance(601)
    key_of(known, kid)
    assert issuer.requests.count("/jwks") == 2


def test_a_new_key_is_found_at_once_and_a_withdrawn_one_ends_in_time(
    known: Issuer, issuer: "LocalIssuer", clock: FixedClock
) -> None:
    old = issuer.keys[0].kid or ""
    key_of(known, old)
    clock.advance(31)
    issuer.rotate()
    new = issuer.keys[0].kid or ""
    assert key_of(known, new)["kid"] == new
    with pytest.raises(NotSignedIn):
        key_of(known, old)


def test_unknown_keys_make_the_issuer_be_asked_once_in_a_while(
    known: Issuer, issuer: "LocalIssuer", clock: FixedClock
) -> None:
    for number in range(20):
        with pytest.raises(NotSignedIn):
            key_of(known, f"k{number}")
    assert issuer.requests.count("/jwks") == 1
    clock.advance(30)
    for number in range(20):
        with pytest.raises(NotSignedIn):
            key_of(known, f"k{number}")
    assert issuer.requests.count("/jwks") == 2


def test_many_at_once_ask_once(known: Issuer, issuer: "LocalIssuer") -> None:
    async def many() -> list[object]:
        kid = issuer.keys[0].kid
        return await asyncio.gather(*(known.key(algorithm="ES256", key_id=kid) for _ in range(20)))

    assert len(run(many)) == 20
    assert issuer.requests.count("/jwks") == 1


def test_old_keys_are_not_used_while_the_issuer_is_down(
    known: Issuer, issuer: "LocalIssuer", clock: FixedClock
) -> None:
    kid = issuer.keys[0].kid or ""
    key_of(known, kid)
    issuer.down = True
    assert key_of(known, kid)["kid"] == kid
    clock.advance(601)
    with pytest.raises(IssuerUnavailable, match="503"):
        key_of(known, kid)


def test_nobody_listening_is_unavailable(clock: FixedClock) -> None:
    nobody = Issuer(SignInSettings(issuer="http://127.0.0.1:9", client_id="c"), clock=clock)
    with pytest.raises(IssuerUnavailable, match="ConnectError"):
        run(nobody.metadata)


def test_metadata_of_another_issuer_and_long_answers_are_refused(
    known: Issuer, issuer: "LocalIssuer", monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer.change_metadata = lambda found: {**found, "issuer": "https://evil.example"}
    with pytest.raises(IssuerUnavailable, match="calls itself"):
        run(known.metadata)
    monkeypatch.setattr(module, "MAX_ANSWER_BYTES", 100)
    with pytest.raises(IssuerUnavailable, match="more than 100 bytes"):
        run(known.metadata)


def test_the_secret_may_stand_in_a_file(tmp_path: Path, issuer: "LocalIssuer", clock: FixedClock) -> None:
    path = tmp_path / "secret"
    settings = SignInSettings(issuer=issuer.url, client_id="averment", client_secret_path=path)
    with pytest.raises(ConfigurationError, match="client_secret_path"):
        Issuer(settings, clock=clock)
    path.write_text("wrong\n")
    with pytest.raises(NotSignedIn):
        run(lambda: Issuer(settings, clock=clock).redeem("c", verifier="v", redirect_uri="https://averment.test"))
