"""A browser's sign-in with the issuer: authorization code with PKCE (OpenID Connect Core 3.1, RFC 7636, RFC 9207).

What a sign-in began with stays here under a ticket that is its `state`. The ticket is good once, for ten minutes, and
only with the cookie of the browser that began: a code or a state that somebody else obtained signs nobody in.
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool

from averment.core.access import Principal
from averment.core.clock import Clock
from averment.core.errors import NotSignedIn
from averment.core.sign_in_settings import SignInSettings
from averment.service.identity.claims import principal_of
from averment.service.identity.issuer import Issuer
from averment.service.identity.origin import local_path
from averment.service.identity.store import digest_of, new_secret
from averment.service.identity.tickets import Tickets
from averment.service.identity.tokens import (
    TokenTerms,
    check_access_token_hash,
    check_sign_in,
    read_header,
    verify_token,
)

CALLBACK: Final = "/auth/callback"
SIGN_IN_S: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A sign-in that begins: where the browser goes, and the secret for its cookie."""

    url: str
    cookie: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A sign-in that succeeded: who, and where the browser wanted to go."""

    principal: Principal
    return_to: str


class CodeFlow:
    """Signs browsers in and out with an issuer.

    Args:
        issuer: The issuer.
        settings: With `client_id`.
        tickets: Keep sign-ins under way.
        clock: Tells the time.
        tenant: That of the installation.
    """

    def __init__(self, issuer: Issuer, *, settings: SignInSettings, tickets: Tickets, clock: Clock, tenant: str):
        self._issuer = issuer
        self._settings = settings
        self._tickets = tickets
        self._clock = clock
        self._tenant = tenant

    async def begin(self, *, base_url: str, return_to: str | None) -> Begun:
        """Begin a sign-in.

        Args:
            base_url: The address of this service, without a slash at the end.
            return_to: The path to go on to; anything but a path of this service becomes the root.

        Raises:
            IssuerUnavailable: The issuer cannot be reached or used.
        """
        metadata = await self._issuer.metadata()
        verifier, nonce, cookie = new_secret(), new_secret(), new_secret()
        redirect_uri = base_url + CALLBACK
        kept = {
            "verifier": verifier,
            "nonce": nonce,
            "browser": digest_of(cookie),
            "redirect_uri": redirect_uri,
            "return_to": local_path(return_to),
        }
        state = await run_in_threadpool(self._tickets.issue, "sign-in", json.dumps(kept), valid_s=SIGN_IN_S)
        query = {
            "response_type": "code",
            "client_id": self._settings.client_id or "",
            "redirect_uri": redirect_uri,
            "scope": " ".join(self._settings.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        return Begun(url=_with_query(metadata.authorization_endpoint, query), cookie=cookie)

    async def finish(self, answer: Mapping[str, str], *, cookie: str | None) -> SignedIn:
        """Finish a sign-in with what the issuer sent the browser back with.

        Args:
            answer: The query of the request: `code` and `state`, or `error`.
            cookie: The secret of the browser's cookie.

        Raises:
            NotSignedIn: It is no sign-in that this browser began, the issuer refused, or its tokens do not hold.
            IssuerUnavailable: The issuer cannot be reached or used.
        """
        kept = await run_in_threadpool(self._kept, answer.get("state", ""), cookie=cookie)
        metadata = await self._issuer.metadata()
        if answer.get("iss", self._issuer.name) != self._issuer.name or (metadata.names_itself and "iss" not in answer):
            raise NotSignedIn("the answer is another issuer's", hint="sign in again")
        if "error" in answer or not answer.get("code"):
            raise NotSignedIn("the issuer did not sign you in", hint="sign in again, or ask who runs the issuer")
        issued = await self._issuer.redeem(answer["code"], verifier=kept["verifier"], redirect_uri=kept["redirect_uri"])
        client_id = self._settings.client_id or ""
        terms = TokenTerms(
            issuer=self._issuer.name,
            audience=client_id,
            algorithms=metadata.algorithms,
            leeway_s=self._settings.leeway_s,
        )
        algorithm, key_id = read_header(issued.id_token, algorithms=terms.algorithms)
        key = await self._issuer.key(algorithm=algorithm, key_id=key_id)
        claims = verify_token(issued.id_token, key, terms=terms, now_s=int(self._clock.now().timestamp()))
        check_sign_in(claims, client_id=client_id, nonce=kept["nonce"])
        check_access_token_hash(claims, issued.access_token, algorithm=algorithm)
        principal = principal_of(claims, settings=self._settings, tenant=self._tenant)
        return SignedIn(principal=principal, return_to=kept["return_to"])

    async def farewell(self, *, base_url: str) -> str | None:
        """Return where a browser that signed out ends its sign-in with the issuer; None where the issuer has no place.

        RP-Initiated Logout 1.0 with `client_id` instead of `id_token_hint`: no token is kept for it.

        Raises:
            IssuerUnavailable: The issuer cannot be reached or used.
        """
        metadata = await self._issuer.metadata()
        if metadata.end_session_endpoint is None:
            return None
        query = {"client_id": self._settings.client_id or "", "post_logout_redirect_uri": base_url + "/"}
        return _with_query(metadata.end_session_endpoint, query)

    def _kept(self, state: str, *, cookie: str | None) -> dict[str, str]:
        content = self._tickets.redeem("sign-in", state)
        kept: dict[str, str] = json.loads(content) if content else {}
        if not kept or not cookie or not hmac.compare_digest(kept["browser"], digest_of(cookie)):
            raise NotSignedIn("this sign-in was not begun in this browser, or is over", hint="sign in again")
        return kept


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a PKCE verifier (RFC 7636, 4.2).

    Example:
        >>> challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    """
    return urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


def _with_query(url: str, query: Mapping[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
