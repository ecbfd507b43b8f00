"""Tokens that must not be taken: forged, for others, expired, unsigned, signed with what everybody knows."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("joserfc")

from joserfc import jwk, jwt
from joserfc.errors import SecurityWarning

from averment.core.errors import NotSignedIn
from averment.core.sign_in_settings import SignInSettings
from averment.service.identity.tokens import (
    MAX_TOKEN_CHARS,
    Jwk,
    TokenTerms,
    check_access_token_hash,
    choose_key,
    read_header,
    read_keys,
    verify_token,
)

NOW = 1_767_323_045
RSA = jwk.RSAKey.generate_key(2048, {"use": "sig", "kid": "r1"})
EC = jwk.ECKey.generate_key("P-256", {"use": "sig", "kid": "e1", "alg": "ES256"})
ED = jwk.OKPKey.generate_key("Ed25519", {"kid": "o1"})
PUBLISHED: Any = {"keys": [key.as_dict(private=False) for key in (RSA, EC, ED)]}
KEYS = read_keys(PUBLISHED) or []
ALGORITHMS = SignInSettings().algorithms
TERMS = TokenTerms(issuer="https://id.example", audience="api", algorithms=ALGORITHMS, leeway_s=60, max_age_s=3600)
GOOD: dict[str, Any] = {"iss": "https://id.example", "aud": "api", "sub": "anna", "iat": NOW - 10, "exp": NOW + 300}


def signed(claims: dict[str, Any], *, alg: str = "ES256", key: Any = EC, **header: Any) -> str:
    return jwt.encode({"alg": alg, "kid": key.kid, **header}, claims, key, algorithms=[alg])


def by_hand(header: dict[str, Any], claims: dict[str, Any], *, secret: bytes | None = None) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    body = b".".join(parts)
    signature = hmac.digest(secret, body, hashlib.sha256) if secret else b""
    return (body + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


def taken(token: str, terms: TokenTerms = TERMS) -> Any:
    """Do what the gate does with a token, with keys at hand."""
    algorithm, key_id = read_header(token, algorithms=terms.algorithms)
    key = choose_key(KEYS, algorithm=algorithm, key_id=key_id)
    if key is None:
        raise NotSignedIn("no such key")
    return verify_token(token, key, terms=terms, now_s=NOW)


@pytest.mark.parametrize(
    "token",
    [
        signed(GOOD),
        signed({**GOOD, "aud": ["other", "api"]}),
        signed(GOOD, alg="RS256", key=RSA),
        signed(GOOD, alg="PS256", key=RSA),
        signed({**GOOD, "exp": NOW - 59, "iat": NOW - 400}),
        signed({**GOOD, "nbf": NOW + 59}),
    ],
)
def test_a_token_that_holds_is_taken(token: str) -> None:
    assert taken(token)["sub"] == "anna"


def test_edwards_curves_are_taken_under_their_new_name_and_if_told_under_the_old() -> None:
    assert taken(signed(GOOD, alg="Ed25519", key=ED))["sub"] == "anna"
    with pytest.warns(SecurityWarning, match="RFC 9864"):
        token = signed(GOOD, alg="EdDSA", key=ED)
    with pytest.raises(NotSignedIn):
        taken(token)
    with pytest.warns(SecurityWarning, match="RFC 9864"):
        assert taken(token, replace(TERMS, algorithms=("EdDSA",)))["sub"] == "anna"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://id.example/"},
        {"iss": "https://evil.example"},
        {"iss": ["https://id.example"]},
        {"aud": "other"},
        {"aud": []},
        {"aud": "api2"},
        {"exp": NOW - 61},
        {"exp": "tomorrow"},
        {"exp": True},
        {"nbf": NOW + 61},
        {"iat": NOW + 61},
        {"iat": NOW - 3661, "exp": NOW + 86_400},
        {"sub": ""},
        {"sub": 7},
    ],
)
def test_a_token_of_another_for_another_or_of_another_time_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(NotSignedIn):
        taken(signed({**GOOD, **changes}))


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_a_token_that_leaves_something_out_is_refused(missing: str) -> None:
    with pytest.raises(NotSignedIn):
        taken(signed({name: value for name, value in GOOD.items() if name != missing}))


def test_what_everybody_can_make_is_refused() -> None:
    public = RSA.as_pem(private=False)
    stranger = jwk.ECKey.generate_key("P-256", {"kid": "e1"})
    head, claims, signature = signed(GOOD).split(".")
    other_claims = signed({**GOOD, "sub": "eve"}).split(".")[1]
    forged = {
        "none": by_hand({"alg": "none"}, GOOD),
        "None": by_hand({"alg": "None", "kid": "e1"}, GOOD),
        "key confusion": by_hand({"alg": "HS256", "kid": "r1"}, GOOD, secret=public),
        "key confusion, without a name": by_hand({"alg": "HS256"}, GOOD, secret=public),
        "a key of its own": signed(GOOD, key=stranger),
        "a key it brings along": signed(GOOD, key=stranger, jwk=stranger.as_dict(private=False)),
        "a key from elsewhere": by_hand(
            {"alg": "ES256", "kid": "e1", "jku": "https://evil.example"}, GOOD, secret=b"x"
        ),
        "other claims": f"{head}.{other_claims}.{signature}",
        "no signature": f"{head}.{claims}.",
        "an extension it calls critical": by_hand({"alg": "ES256", "kid": "e1", "crit": ["x"], "x": 1}, GOOD),
        "another family": by_hand({"alg": "RS256", "kid": "e1"}, GOOD, secret=public),
        "no key of that name": signed(GOOD, key=jwk.ECKey.generate_key("P-256", {"kid": "e2"})),
    }
    accepted = []
    for name, token in forged.items():
        try:
            taken(token)
        except NotSignedIn:
            continue
        accepted.append(name)
    assert accepted == []


@pytest.mark.parametrize(
    "token",
    ["", "a", "a.b", "..", "a.b.c.d.e", "W10.e30.x", "bnVsbA.e30.x", "\x00.\x00.\x00", "x" * MAX_TOKEN_CHARS + ".a.b"],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(NotSignedIn):
        taken(token)


def test_a_token_without_a_key_id_needs_the_only_fitting_key() -> None:
    keys: list[Jwk] = [{"kty": "EC", "kid": "a"}, {"kty": "RSA", "kid": "b"}, {"kty": "RSA", "kid": "c", "use": "enc"}]
    assert choose_key(keys, algorithm="RS256", key_id=None) == keys[1]
    assert choose_key([*keys, {"kty": "RSA", "kid": "d"}], algorithm="RS256", key_id=None) is None
    assert choose_key(keys, algorithm="RS256", key_id="c") is None
    assert choose_key([{"kty": "RSA", "kid": "b", "alg": "RS512"}], algorithm="RS256", key_id="b") is None


def test_the_hash_of_the_access_token_follows_the_algorithm() -> None:
    # The example of OpenID Connect Core 1.0, appendix A.4, whose access token belongs to this at_hash.
    access = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
    check_access_token_hash({"at_hash": "77QmUPtjPfzWtF2AnpK9RQ"}, access, algorithm="RS256")
    check_access_token_hash({}, access, algorithm="RS256")
    for wrong in ({"at_hash": "77QmUPtjPfzWtF2AnpK9RR"}, {"at_hash": 7}):
        with pytest.raises(NotSignedIn):
            check_access_token_hash(wrong, access, algorithm="RS256")
    with pytest.raises(NotSignedIn):
        check_access_token_hash({"at_hash": "77QmUPtjPfzWtF2AnpK9RQ"}, access, algorithm="RS512")
