"""Tokens that an issuer signed (JWS/JWT, RFC 7515, 7519): which key, whether it holds, and whether it is for us.

Signatures are checked by joserfc, with the one key that the token names and the algorithms of the settings, which are
public-key ones: `none` and HMAC cannot be asked for. Keys that a token brings along (`jwk`, `jku`, `x5u`) are not
looked at.
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from averment.core.errors import NotSignedIn
from averment.core.jsonable import Json

MAX_TOKEN_CHARS: Final = 16_384
_KEY_TYPES: Final = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}

Jwk = dict[str, str | list[str]]
Claims = Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenTerms:
    """What a token must be: whose, for whom, signed how, how old at most (None for no limit), how exact in time."""

    issuer: str
    audience: str
    algorithms: tuple[str, ...]
    leeway_s: int
    max_age_s: int | None = None


def read_keys(document: Json) -> list[Jwk] | None:
    """Return the keys of a key set (RFC 7517), each with its members that are texts; None for what is none."""
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list):
        return None
    members = [key for key in keys if isinstance(key, dict)]
    return [{name: value for name, value in key.items() if isinstance(value, str)} for key in members]


def read_header(token: str, *, algorithms: Sequence[str]) -> tuple[str, str | None]:
    """Return algorithm and key id of a token, of which nothing is believed yet.

    Raises:
        NotSignedIn: It is no signed token, or is signed in a way that is not taken.
    """
    if len(token) > MAX_TOKEN_CHARS or token.count(".") != 2:
        raise _refused("it is no signed token")
    encoded = token.partition(".")[0]
    try:
        header = json.loads(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    except ValueError as error:
        raise _refused("its header is no JSON") from error
    if not isinstance(header, dict):
        raise _refused("its header is no JSON object")
    algorithm, key_id = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in algorithms:
        raise _refused("it is signed in a way that is not taken (sign_in.algorithms)")
    if key_id is not None and not isinstance(key_id, str):
        raise _refused("its key id is no text")
    return algorithm, key_id


def choose_key(keys: Sequence[Jwk], *, algorithm: str, key_id: str | None) -> Jwk | None:
    """Return the issuer's key for a token: the one it names, or the only fitting one where it names none."""
    fitting = [key for key in keys if _fits(key, algorithm)]
    if key_id is None:
        return fitting[0] if len(fitting) == 1 else None
    return next((key for key in fitting if key.get("kid") == key_id), None)


def verify_token(token: str, key: Jwk, *, terms: TokenTerms, now_s: int) -> Claims:
    """Check a token and return its claims.

    Args:
        token: The token, in compact form.
        key: The issuer's public key for it.
        terms: What it must be.
        now_s: The present time, seconds since 1970.

    Raises:
        NotSignedIn: The signature does not hold, or it is another's, for others, expired, not yet valid, or too old.
    """
    from joserfc import jwk, jwt
    from joserfc.errors import JoseError

    try:
        found = jwt.decode(token, jwk.import_key(key), algorithms=list(terms.algorithms))
        registry = jwt.JWTClaimsRegistry(
            now=now_s,
            leeway=terms.leeway_s,
            iss={"essential": True, "value": terms.issuer},
            aud={"essential": True, "value": terms.audience},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        registry.validate(found.claims)
    except (JoseError, ValueError) as error:
        raise _refused(f"{type(error).__name__}") from error
    claims: dict[str, Any] = found.claims
    _check_types(claims)
    if terms.max_age_s is not None and now_s - claims["iat"] > terms.max_age_s + terms.leeway_s:
        raise _refused("it was issued too long ago (sign_in.max_token_age_s)")
    return claims


def check_sign_in(claims: Claims, *, client_id: str, nonce: str) -> None:
    """Check what an ID token says besides (OpenID Connect Core 3.1.3.7): the nonce, and for whom it was made.

    Raises:
        NotSignedIn: It belongs to another sign-in or another client.
    """
    given = claims.get("nonce")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise _refused("it belongs to another sign-in")
    audience, party = claims.get("aud"), claims.get("azp")
    if (isinstance(audience, list) and len(audience) > 1 and party is None) or party not in (None, client_id):
        raise _refused("it was made for another client")


def check_access_token_hash(claims: Claims, access_token: str, *, algorithm: str) -> None:
    """Check `at_hash`, where an ID token has it, against the access token that came with it (Core 3.1.3.6).

    Raises:
        NotSignedIn: They do not belong together.
    """
    given = claims.get("at_hash")
    if given is None:
        return
    bits = "512" if algorithm.startswith("Ed") else algorithm[-3:]
    digest = hashlib.new(f"sha{bits}", access_token.encode("ascii", errors="replace")).digest()
    expected = urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), expected):
        raise _refused("the tokens of the answer do not belong together")


def _fits(key: Jwk, algorithm: str) -> bool:
    return (
        key.get("kty") == _KEY_TYPES[algorithm[:2]]
        and key.get("use") in (None, "sig")
        and key.get("alg") in (None, algorithm)
    )


def _check_types(claims: Mapping[str, object]) -> None:
    times = [claims[name] for name in ("exp", "iat", "nbf") if name in claims]
    if any(isinstance(time, bool) or not isinstance(time, int | float) for time in times):
        raise _refused("a time in it is no number")
    if not isinstance(claims["sub"], str):
        raise _refused("its subject is no text")


def _refused(why: str) -> NotSignedIn:
    return NotSignedIn(f"the token is not taken: {why}", hint="sign in again, or ask for a new token")
