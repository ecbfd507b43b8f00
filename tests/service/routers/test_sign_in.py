"""Browsers: the whole code flow with a real issuer, sign-in with a key, sign-out, and what must not work."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.testclient import TestClient

from averment.core.testing.backend import DoubleBackend
from averment.core.testing.clock import FixedClock
from averment.service.identity.cookies import SESSION, SIGN_IN
from averment.service.identity.first_key import one_time_link
from averment.service.identity.gate import Gate
from tests.service.conftest import KEY, as_browser

if TYPE_CHECKING:
    from tests.local_issuer import LocalIssuer

OWN = {"Sec-Fetch-Site": "same-origin"}


def at_issuer(browser: TestClient, path: str = "/auth/login?return_to=/chat") -> str:
    """Begin a sign-in, go to the issuer, and return the address that it sends the browser back to."""
    begun = browser.get(path)
    assert begun.status_code == 303
    back = httpx.get(begun.headers["location"], trust_env=False)
    assert back.status_code == 302, back.text
    return back.headers["location"]


def signed_in(browser: TestClient) -> Any:
    done = browser.get(at_issuer(browser))
    assert done.status_code == 303, done.text
    return done


def session_of(browser: TestClient) -> Any:
    return browser.get("/auth/session")


def test_a_browser_signs_in_asks_and_signs_out(browser: TestClient, backend: DoubleBackend) -> None:
    done = signed_in(browser)
    assert done.headers["location"] == "/chat"
    cookie = next(line for line in done.headers.get_list("set-cookie") if line.startswith(f"{SESSION}="))
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    found = session_of(browser).json()
    issuer_url, _, sub = found["principal"]["subject"].partition("#")
    assert (found["way"], found["purpose"], found["has_issuer"], sub) == ("session", "review", True, "anna")
    assert (found["principal"]["groups"], found["principal"]["roles"]) == (["everyone", "legal"], ["analyst"])
    assert browser.post("/v1/search", json={"query": "term"}, headers=OWN).status_code == 200
    assert (backend.searches[0].purpose, backend.searches[0].principal.groups) == ("review", ("everyone", "legal"))
    stolen = browser.cookies[SESSION]
    out = browser.post("/auth/logout", headers=OWN)
    assert out.headers["location"].startswith(f"{issuer_url}/end?client_id=averment&")
    assert httpx.get(out.headers["location"], trust_env=False).headers["location"] == "https://averment.test/"
    assert SESSION not in browser.cookies
    again = browser.get("/auth/session", headers={"Cookie": f"{SESSION}={stolen}"})
    assert (again.status_code, again.json()["code"]) == (401, "POL007")


def test_a_sign_in_is_good_once_and_in_the_browser_that_began(browser: TestClient, gate: Gate) -> None:
    back = at_issuer(browser)
    mine = browser.cookies[SIGN_IN]
    browser.cookies.clear()
    assert browser.get(back).status_code == 401  # a link that somebody else was sent
    assert browser.get(back, headers={"Cookie": f"{SIGN_IN}={mine}"}).status_code == 401  # the state is spent with it
    attackers = at_issuer(browser)
    browser.cookies.clear()
    at_issuer(browser)  # the victim has begun a sign-in of their own
    assert browser.get(attackers).status_code == 401
    back = at_issuer(browser)
    mine = browser.cookies[SIGN_IN]
    assert browser.get(back).status_code == 303
    assert browser.get(back, headers={"Cookie": f"{SIGN_IN}={mine}"}).status_code == 401


def test_a_code_is_good_once_and_for_the_sign_in_that_asked_for_it(browser: TestClient) -> None:
    code = parse_qs(urlsplit(at_issuer(browser)).query)["code"][0]
    back = at_issuer(browser)
    other = parse_qs(urlsplit(back).query)["code"][0]
    assert browser.get(back.replace(other, code)).status_code == 401  # PKCE: the verifier is another
    assert session_of(browser).status_code == 401
    used = parse_qs(urlsplit(at_issuer(browser)).query)["code"][0]
    signed_in(browser)
    back = at_issuer(browser)
    fresh = parse_qs(urlsplit(back).query)["code"][0]
    assert browser.get(back.replace(fresh, used)).status_code == 401


def test_a_sign_in_that_takes_too_long_is_over(browser: TestClient, clock: FixedClock) -> None:
    back = at_issuer(browser)
    clock.advance(601)
    assert browser.get(back).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        lambda claims: {**claims, "nonce": "another"},
        lambda claims: {**claims, "aud": "another-client"},
        lambda claims: {**claims, "aud": ["averment", "another-client"]},
        lambda claims: {**claims, "azp": "another-client"},
        lambda claims: {**claims, "iss": "https://evil.example"},
        lambda claims: {**claims, "exp": claims["iat"] - 600},
        lambda claims: {**claims, "at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
        lambda claims: {name: value for name, value in claims.items() if name != "nonce"},
        lambda claims: {**claims, "sub": ""},
        lambda claims: {**claims, "groups": {"legal": True}},
    ],
)
def test_an_id_token_that_is_not_for_this_sign_in_opens_nothing(
    browser: TestClient, issuer: "LocalIssuer", change: "Callable[[dict[str, object]], dict[str, object]]"
) -> None:
    issuer.change = change
    refused = browser.get(at_issuer(browser))
    assert (refused.status_code, refused.headers["content-type"]) == (401, "application/problem+json")
    assert SESSION not in browser.cookies


def test_an_answer_of_another_issuer_is_refused(browser: TestClient, issuer: "LocalIssuer") -> None:
    back = at_issuer(browser)
    assert browser.get(re.sub("iss=[^&]*", "iss=https%3A%2F%2Fevil.example", back)).status_code == 401
    assert browser.get(re.sub("&iss=[^&]*", "", at_issuer(browser))).status_code == 401
    refused = browser.get(re.sub("code=[^&]*", "error=access_denied", at_issuer(browser)))
    assert (refused.status_code, "access_denied" in refused.text) == (401, False)


def test_an_issuer_that_is_down_lets_nobody_in_and_says_so(browser: TestClient, issuer: "LocalIssuer") -> None:
    back = at_issuer(browser)
    issuer.down = True
    for response in (
        browser.get(back),
        browser.get("/v1/models", headers={"Authorization": f"Bearer {issuer.token()}"}),
    ):
        assert (response.status_code, response.json()["code"]) == (503, "SGN001")
        assert response.headers["retry-after"]
    issuer.down = False
    signed_in(browser)
    issuer.down = True
    assert session_of(browser).status_code == 200  # a session does not ask the issuer
    assert browser.post("/auth/logout", headers=OWN).status_code == 303
    assert session_of(browser).status_code == 401


def test_every_sign_in_has_a_new_session_and_the_old_one_ends(browser: TestClient) -> None:
    signed_in(browser)
    first = browser.cookies[SESSION]
    signed_in(browser)
    assert browser.cookies[SESSION] != first
    assert browser.get("/auth/session", headers={"Cookie": f"{SESSION}={first}"}).status_code == 401


def test_a_session_ends_when_idle_and_at_the_latest_after_its_longest_time(
    browser: TestClient, clock: FixedClock
) -> None:
    signed_in(browser)
    for _ in range(16):
        clock.advance(1799)
        status = session_of(browser).status_code
    assert status == 200
    clock.advance(1799)
    assert session_of(browser).status_code == 401
    signed_in(browser)
    clock.advance(1801)
    assert session_of(browser).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://averment.test"}, 200),
        ({"Origin": "https://averment.test"}, 200),
        ({}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://averment.test"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "https://averment.test.evil.example"}, 403),
        ({"Origin": "http://averment.test"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_what_another_site_makes_a_browser_send_is_refused(
    browser: TestClient, backend: DoubleBackend, headers: dict[str, str], status: int
) -> None:
    signed_in(browser)
    assert browser.post("/v1/search", json={"query": "term"}, headers=headers).status_code == status
    assert len(backend.searches) == (status == 200)
    assert browser.post("/auth/logout", headers=headers).status_code == (303 if status == 200 else 403)


def test_return_addresses_stay_on_the_service(browser: TestClient) -> None:
    for wanted in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a%0d%0aX: 1"):
        done = browser.get(at_issuer(browser, f"/auth/login?return_to={wanted}"))
        assert done.headers["location"] == "/"


def test_a_key_is_typed_once_where_there_is_no_issuer(client: TestClient) -> None:
    as_browser(client)
    assert 'name="key"' in client.get("/auth/login?return_to=%22%3E").text
    wrong = client.post("/auth/session", data={"key": "avm_wrong"}, headers=OWN)
    assert (wrong.status_code, wrong.headers["www-authenticate"]) == (401, "Bearer")
    assert client.post("/auth/session", data={"key": KEY}).status_code == 403
    assert client.post("/auth/session", json={"key": KEY}, headers=OWN).status_code == 422
    done = client.post("/auth/session?return_to=/chat", data={"key": KEY}, headers=OWN)
    assert (done.status_code, done.headers["location"]) == (303, "/chat")
    assert session_of(client).json()["principal"]["subject"] == "api-key"
    gate: Gate = client.app.state.gate  # type: ignore[attr-defined]  # a FastAPI
    gate.keys.revoke(gate.keys.list()[0].id)
    assert session_of(client).status_code == 401


def test_scripts_are_told_how_to_sign_in_with_an_issuer(browser: TestClient) -> None:
    told = browser.get("/auth/login", headers={"Accept": "application/json"})
    assert (told.status_code, told.json(), SIGN_IN in browser.cookies) == (200, {"has_issuer": True}, False)


def test_scripts_are_told_where_to_go_on(client: TestClient) -> None:
    as_browser(client)
    asked = {**OWN, "Accept": "application/json"}
    assert client.get("/auth/login", headers=asked).json() == {"has_issuer": False}
    wrong = client.post("/auth/session", data={"key": "avm_wrong"}, headers=asked)
    assert (wrong.status_code, wrong.json()["code"]) == (401, "POL007")
    done = client.post("/auth/session?return_to=/chat", data={"key": KEY}, headers=asked)
    assert (done.status_code, done.json()) == (200, {"location": "/chat"})
    assert session_of(client).status_code == 200
    assert client.post("/auth/logout", headers=asked).json() == {"location": "/"}
    assert session_of(client).status_code == 401


def test_the_link_of_the_service_signs_one_browser_in(client: TestClient) -> None:
    as_browser(client)
    gate: Gate = client.app.state.gate  # type: ignore[attr-defined]  # a FastAPI
    (key,) = gate.keys.list()
    link = one_time_link(gate, key, address="https://averment.test")
    assert link is not None
    assert client.get(link).status_code == 303
    assert session_of(client).status_code == 200
    client.cookies.clear()
    assert client.get(link).status_code == 401


def test_where_an_issuer_signs_in_keys_open_no_session(browser: TestClient, gate: Gate) -> None:
    assert browser.post("/auth/session", data={"key": KEY}, headers=OWN).status_code == 403
    assert one_time_link(gate, gate.keys.list()[0], address="https://averment.test") is None
