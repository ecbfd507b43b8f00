import pytest

from averment.core.settings import ServiceSettings, Settings
from averment.core.sign_in_settings import SignInSettings
from averment.service.identity.protected_resource import challenge_for, metadata_of

URL = "https://averment.test"
SIGN_IN = SignInSettings.model_validate(
    {"issuer": "https://issuer.test", "audience": "averment", "client_id": "c", "client_secret": "s"}
)
KNOWN = Settings(sign_in=SIGN_IN, service=ServiceSettings(mcp=True, public_url=URL, tls_at_proxy=True))


def test_a_client_learns_the_issuer_and_where_it_is_said() -> None:
    found = metadata_of(KNOWN)
    assert found is not None
    assert (found["resource"], found["authorization_servers"]) == (f"{URL}/mcp", ["https://issuer.test"])
    assert challenge_for("/mcp", KNOWN) == (
        f'Bearer resource_metadata="{URL}/.well-known/oauth-protected-resource/mcp"'
    )
    assert challenge_for("/v1/models", KNOWN) == "Bearer"


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(service=KNOWN.service),
        Settings(sign_in=SIGN_IN, service=ServiceSettings(mcp=True)),
        Settings(sign_in=SIGN_IN, service=ServiceSettings(public_url=URL, tls_at_proxy=True)),
    ],
)
def test_nothing_is_said_where_a_part_is_missing(settings: Settings) -> None:
    assert metadata_of(settings) is None
    assert challenge_for("/mcp", settings) == "Bearer"
