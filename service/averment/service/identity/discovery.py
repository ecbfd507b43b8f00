"""What an issuer says of itself (OpenID Connect Discovery 1.0): read, and refused where it cannot be used."""

from collections.abc import Collection
from dataclasses import dataclass

from averment.core.errors import IssuerUnavailable
from averment.core.jsonable import Json
from averment.core.sign_in_settings import is_issuer_url

WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerMetadata:
    """Where an issuer does what, and how."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None
    algorithms: tuple[str, ...]
    token_auth_methods: tuple[str, ...]
    names_itself: bool


def read_metadata(document: Json, *, issuer: str, algorithms: Collection[str]) -> IssuerMetadata:
    """Read the metadata of an issuer.

    Args:
        document: What it answered with.
        issuer: The issuer of the settings; the document must name the same one, letter by letter.
        algorithms: Signatures of tokens that are taken.

    Raises:
        IssuerUnavailable: It is another issuer's, lacks an endpoint, names one that is not https (http on loopback for
            an issuer that is), or offers no code flow, no PKCE with S256, or no signature that is taken.
    """
    found = document if isinstance(document, dict) else {}
    if found.get("issuer") != issuer:
        raise _unusable(issuer, f"it calls itself {found.get('issuer')!r}")
    offered = _texts(found, "id_token_signing_alg_values_supported")
    taken = tuple(algorithm for algorithm in offered if algorithm in algorithms)
    if not taken:
        raise _unusable(issuer, f"it signs with {', '.join(offered) or 'nothing it names'}, see sign_in.algorithms")
    if "code" not in _texts(found, "response_types_supported"):
        raise _unusable(issuer, "it offers no authorization code flow")
    challenges = _texts(found, "code_challenge_methods_supported")
    if challenges and "S256" not in challenges:
        raise _unusable(issuer, "it offers PKCE without S256")
    ending = found.get("end_session_endpoint")
    return IssuerMetadata(
        issuer=issuer,
        authorization_endpoint=_endpoint(found, "authorization_endpoint", issuer=issuer),
        token_endpoint=_endpoint(found, "token_endpoint", issuer=issuer),
        jwks_uri=_endpoint(found, "jwks_uri", issuer=issuer),
        end_session_endpoint=_endpoint(found, "end_session_endpoint", issuer=issuer) if ending is not None else None,
        algorithms=taken,
        token_auth_methods=_texts(found, "token_endpoint_auth_methods_supported") or ("client_secret_basic",),
        names_itself=found.get("authorization_response_iss_parameter_supported") is True,
    )


def _endpoint(document: dict[str, Json], name: str, *, issuer: str) -> str:
    url = document.get(name)
    if not isinstance(url, str) or not is_issuer_url(url.partition("?")[0]) or "#" in url:
        raise _unusable(issuer, f"its {name} is {url!r}")
    if issuer.startswith("https:") and not url.startswith("https:"):
        raise _unusable(issuer, f"its {name} is {url!r}, without TLS")
    return url


def _texts(document: dict[str, Json], name: str) -> tuple[str, ...]:
    value = document.get(name)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _unusable(issuer: str, why: str) -> IssuerUnavailable:
    return IssuerUnavailable(
        f"the metadata of the issuer {issuer!r} cannot be used: {why}", hint="check sign_in.issuer against the issuer"
    )
