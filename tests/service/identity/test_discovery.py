from typing import Any

import pytest

from averment.core.errors import IssuerUnavailable
from averment.service.identity.discovery import read_metadata

ISSUER = "https://id.example/realm"
GOOD: dict[str, Any] = {
    "issuer": ISSUER,
    "authorization_endpoint": "https://id.example/authorize?tenant=1",
    "token_endpoint": "https://id.example/token",
    "jwks_uri": "https://keys.example/jwks",
    "response_types_supported": ["code", "id_token"],
    "id_token_signing_alg_values_supported": ["HS256", "RS256"],
}


def test_what_is_needed_is_read() -> None:
    found = read_metadata(GOOD, issuer=ISSUER, algorithms=("RS256", "ES256"))
    assert (found.algorithms, found.token_auth_methods) == (("RS256",), ("client_secret_basic",))
    assert (found.end_session_endpoint, found.names_itself) == (None, False)


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://id.example/realm/"},
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://id.example/token"},
        {"token_endpoint": "http://127.0.0.1/token"},
        {"token_endpoint": None},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "https://id.example/jwks#x"},
        {"jwks_uri": "https://user:secret@id.example/jwks"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "//id.example"},
        {"end_session_endpoint": "http://id.example/end"},
        {"response_types_supported": ["id_token"]},
        {"id_token_signing_alg_values_supported": ["HS256", "none"]},
        {"id_token_signing_alg_values_supported": "RS256"},
        {"code_challenge_methods_supported": ["plain"]},
    ],
)
def test_metadata_that_cannot_be_used_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(IssuerUnavailable):
        read_metadata({**GOOD, **changes}, issuer=ISSUER, algorithms=("RS256",))


@pytest.mark.parametrize("document", [None, [], "x", 7, {}])
def test_what_is_no_metadata_is_refused(document: Any) -> None:
    with pytest.raises(IssuerUnavailable):
        read_metadata(document, issuer=ISSUER, algorithms=("RS256",))
