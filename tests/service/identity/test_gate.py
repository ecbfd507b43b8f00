"""Programs with keys and tokens: who they are, what ends them and how soon."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from averment.core.access import Role
from averment.core.testing.clock import FixedClock
from averment.service.identity.api_keys import KeyTerms
from averment.service.identity.cookies import SESSION
from averment.service.identity.gate import Gate
from tests.service.conftest import KEY, TERMS

if TYPE_CHECKING:
    from tests.local_issuer import LocalIssuer


def asked(client: TestClient, credential: str, path: str = "/auth/session") -> Any:
    return client.get(path, headers={"Authorization": f"Bearer {credential}"})


def test_a_token_of_the_issuer_names_groups_roles_and_purpose(browser: TestClient, issuer: "LocalIssuer") -> None:
    found = asked(browser, issuer.token(groups=["legal", "audit"])).json()
    assert found["principal"] == {
        "subject": f"{issuer.url}#anna", "groups": ["everyone", "legal", "audit"], "tenant": "default",
        "roles": ["analyst", "reviewer"],
    }  # fmt: skip
    assert (found["way"], found["purpose"]) == ("token", "review")


def test_tokens_that_are_not_for_programs_here_are_refused(browser: TestClient, issuer: "LocalIssuer") -> None:
    from tests.local_issuer import CLIENT_ID

    id_token = issuer.token(aud=CLIENT_ID, nonce="n")
    for token in (id_token, issuer.token(aud=None), issuer.token(iss="https://evil.example"), "x.y.z", "secret"):
        refused = asked(browser, token)
        assert (refused.status_code, refused.json()["code"]) == (401, "POL007")
        assert refused.headers["www-authenticate"] == "Bearer"


def test_a_token_of_a_withdrawn_key_is_refused_within_the_age_of_keys(
    browser: TestClient, issuer: "LocalIssuer", clock: FixedClock
) -> None:
    token = issuer.token(exp=int(issuer.now()) + 3000)
    assert asked(browser, token).status_code == 200
    issuer.rotate()
    clock.advance(599)
    assert asked(browser, token).status_code == 200
    clock.advance(2)
    assert asked(browser, token).status_code == 401
    assert asked(browser, issuer.token()).status_code == 200


def test_a_revoked_subject_and_a_revoked_token_are_out_with_the_next_request(
    browser: TestClient, issuer: "LocalIssuer", clock: FixedClock, gate: Gate
) -> None:
    one, other = issuer.token(), issuer.token(jti="j-1")
    bert = issuer.token(sub="bert")
    assert [asked(browser, token).status_code for token in (one, other, bert)] == [200, 200, 200]
    gate.revocations.revoke_token("j-1")
    assert [asked(browser, token).status_code for token in (one, other, bert)] == [200, 401, 200]
    gate.revocations.revoke_subject(f"{issuer.url}#anna")
    assert [asked(browser, token).status_code for token in (one, other, bert)] == [401, 401, 200]
    clock.advance(61)
    assert asked(browser, issuer.token()).status_code == 200


def test_a_revoked_key_is_out_with_the_next_request(client: TestClient, gate_of_key: Gate) -> None:
    key, secret = gate_of_key.keys.create(KeyTerms(name="nightly", valid_for=timedelta(days=1)))
    assert asked(client, secret).json()["principal"]["subject"] == "key:nightly"
    gate_of_key.keys.revoke(key.id)
    assert asked(client, secret).status_code == 401


def test_a_key_brings_its_purpose_and_is_held_to_its_scopes(client: TestClient, gate_of_key: Gate) -> None:
    terms = KeyTerms(name="finder", groups=("legal",), scopes=("search",), purpose="lookup")
    _, secret = gate_of_key.keys.create(terms)
    assert asked(client, secret).json()["purpose"] == "lookup"
    assert asked(client, KEY).json()["purpose"] == "trial"
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.post("/v1/search", json={"query": "q"}, headers=headers).status_code == 200
    assert client.get("/v1/documents", headers=headers).status_code == 403
    assert client.post("/v1/analyses", json={"question": "q"}, headers=headers).status_code == 403


def test_whoever_belongs_to_another_tenant_does_not_come_in(client: TestClient, gate_of_key: Gate) -> None:
    _, secret = gate_of_key.keys.create(KeyTerms(name="other", tenant="other", roles=tuple(Role)))
    paths = ("/v1/documents", "/v1/documents/d1", "/metrics")
    assert {asked(client, secret, path).status_code for path in paths} == {403}


def test_the_word_bearer_alone_and_other_schemes_are_nobody(client: TestClient) -> None:
    for value in ("", "Bearer", "Bearer ", f"Basic {KEY}", f"bearer  {KEY}x", KEY):
        assert client.get("/v1/models", headers={"Authorization": value}).status_code == 401
    assert client.get("/v1/models", headers={"Authorization": "", "Cookie": f"{SESSION}={KEY}"}).status_code == 401


@pytest.fixture
def gate_of_key(client: TestClient) -> Gate:
    found: Gate = client.app.state.gate  # type: ignore[attr-defined]  # a FastAPI
    assert found.keys.find(KEY) is not None
    assert found.keys.list()[0].subject == TERMS.subject
    return found
