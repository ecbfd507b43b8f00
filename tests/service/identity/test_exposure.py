from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from averment.core.errors import ConfigurationError
from averment.core.settings import ServiceSettings, Settings
from averment.core.sign_in_settings import SignInSettings
from averment.core.testing.clock import FixedClock
from averment.service.identity.api_keys import ApiKey, ApiKeys, KeyTerms
from averment.service.identity.exposure import check_exposure
from averment.service.identity.store import AccessStore
from tests.service.identity.test_api_keys import TERMS

PUBLIC: dict[str, Any] = {"host": "0.0.0.0", "tls_at_proxy": True, "public_url": "https://averment.example"}
ISSUER = SignInSettings(issuer="https://id.example", client_id="c")


@pytest.fixture
def lasting(store: AccessStore, clock: FixedClock) -> ApiKey:
    return ApiKeys(store, clock=clock).create(TERMS)[0]


@pytest.fixture
def first(store: AccessStore, clock: FixedClock) -> ApiKey:
    return ApiKeys(store, clock=clock).adopt("avm_first-key-0", KeyTerms(name="api-key"))


def refused(settings: Settings, keys: list[ApiKey] | None = None) -> str:
    with pytest.raises(ConfigurationError) as caught:
        check_exposure(settings, keys=keys)
    assert caught.value.hint
    return caught.value.message


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "averment.example"])
def test_a_public_address_needs_tls_an_address_and_a_way_to_sign_in(host: str, lasting: ApiKey, first: ApiKey) -> None:
    public = {**PUBLIC, "host": host}
    assert "TLS" in refused(Settings(service=ServiceSettings(host=host)))
    assert "public_url" in refused(Settings(service=ServiceSettings(host=host, tls_at_proxy=True)))
    plain = ServiceSettings(**{**public, "public_url": "http://averment.example"})
    assert "public_url" in refused(Settings(service=plain))
    settings = Settings(service=ServiceSettings(**public))
    for keys in ([], [first], [replace(lasting, state="revoked")], [first, replace(lasting, state="expired")]):
        assert "nobody could sign in" in refused(settings, keys)
    check_exposure(settings, keys=[first, lasting])
    check_exposure(settings.model_copy(update={"sign_in": ISSUER}), keys=[])


@pytest.mark.parametrize("changes", [{"public_url": "https://averment.example"}, {"tls_at_proxy": True}])
def test_behind_a_proxy_on_this_machine_it_is_public_too(changes: dict[str, Any], first: ApiKey) -> None:
    service = ServiceSettings(**changes)
    assert service.is_public
    assert "others can reach" in refused(Settings(service=service), [first])
    assert not ServiceSettings(public_url="http://127.0.0.1:8484").is_public


def test_loopback_needs_a_key_or_an_issuer(first: ApiKey) -> None:
    check_exposure(Settings(), keys=[first])
    assert "nobody could sign in" in refused(Settings(), [])


def test_settings_that_belong_together_are_both_there(tmp_path: Path) -> None:
    assert "belong together" in refused(Settings(service=ServiceSettings(tls_key=tmp_path / "key.pem")))
    assert "public_url" in refused(Settings(sign_in=ISSUER))
