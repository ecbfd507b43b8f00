"""The issuer over the network: its metadata and keys, kept for a while, and codes turned into tokens.

Keys are read anew when they are older than `keys_max_age_s`, and once, at most every `keys_refresh_s`, for a token that
names a key which is not known. Where the issuer cannot be reached and what is kept is too old, nobody gets in.
"""

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from averment.core.clock import Clock
from averment.core.errors import ConfigurationError, IssuerUnavailable, NotSignedIn
from averment.core.jsonable import Json
from averment.core.sign_in_settings import SignInSettings
from averment.service.identity.discovery import WELL_KNOWN, IssuerMetadata, read_metadata
from averment.service.identity.tokens import Jwk, choose_key, read_keys

if TYPE_CHECKING:
    import httpx

MAX_ANSWER_BYTES: Final = 1 << 20
_REFUSED: Final = range(400, 500)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedTokens:
    """What a code was exchanged for."""

    id_token: str
    access_token: str


class Issuer:
    """One OpenID Connect issuer. For one event loop.

    Args:
        settings: With `issuer` and `client_id`.
        clock: Tells the time.

    Raises:
        ConfigurationError: The file of the secret cannot be read.
    """

    def __init__(self, settings: SignInSettings, *, clock: Clock):
        self._settings = settings
        self._clock = clock
        self._secret = _secret(settings)
        self._metadata: tuple[float, IssuerMetadata] | None = None
        self._keys: tuple[float, list[Jwk]] | None = None
        self._asked_s: float | None = None
        self._reading = asyncio.Lock()

    @property
    def name(self) -> str:
        """Return the issuer's address."""
        return self._settings.issuer or ""

    async def metadata(self) -> IssuerMetadata:
        """Return what the issuer says of itself.

        Raises:
            IssuerUnavailable: It cannot be reached, or what it says cannot be used.
        """
        if self._metadata is None or self._is_old(self._metadata[0]):
            document = await self._get(self.name.rstrip("/") + WELL_KNOWN)
            found = read_metadata(document, issuer=self.name, algorithms=self._settings.algorithms)
            self._metadata = self._clock.monotonic_s(), found
        return self._metadata[1]

    async def key(self, *, algorithm: str, key_id: str | None) -> Jwk:
        """Return the issuer's key for a token.

        Raises:
            NotSignedIn: The issuer has no such key.
            IssuerUnavailable: Its keys cannot be had.
        """
        async with self._reading:
            if self._keys is None or self._is_old(self._keys[0]):
                await self._read_keys()
            found = self._known(algorithm=algorithm, key_id=key_id)
            if found is None and self._may_ask_again():
                await self._read_keys()
                found = self._known(algorithm=algorithm, key_id=key_id)
        if found is None:
            raise NotSignedIn(
                "the token is not taken: its key is none of the issuer's", hint="sign in again, or ask for a new token"
            )
        return found

    async def redeem(self, code: str, *, verifier: str, redirect_uri: str) -> IssuedTokens:
        """Exchange the code of a sign-in for tokens.

        Args:
            code: As the issuer sent it along.
            verifier: The secret whose hash went to the issuer with the sign-in (PKCE).
            redirect_uri: The address that the code was sent to.

        Raises:
            NotSignedIn: The issuer does not take the code.
            IssuerUnavailable: It cannot be reached, or answers with something else than tokens.
        """
        metadata = await self.metadata()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
            "client_id": self._settings.client_id or "",
        }
        basic: tuple[str, str] | None = None
        if self._secret is not None:
            if "client_secret_basic" in metadata.token_auth_methods:
                basic = form["client_id"], self._secret
            else:
                form["client_secret"] = self._secret
        status, document = await self._send("POST", metadata.token_endpoint, form=form, basic=basic)
        if status in _REFUSED:
            raise NotSignedIn("the issuer does not take the code of this sign-in", hint="sign in again")
        found = document if status == 200 and isinstance(document, dict) else {}
        id_token, access_token = found.get("id_token"), found.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise self._unavailable(f"its token endpoint answered with status {status} and no tokens")
        return IssuedTokens(id_token=id_token, access_token=access_token)

    def _known(self, *, algorithm: str, key_id: str | None) -> Jwk | None:
        return choose_key(self._keys[1] if self._keys else (), algorithm=algorithm, key_id=key_id)

    def _may_ask_again(self) -> bool:
        return self._asked_s is None or self._clock.monotonic_s() - self._asked_s >= self._settings.keys_refresh_s

    async def _read_keys(self) -> None:
        self._asked_s = self._clock.monotonic_s()
        keys = read_keys(await self._get((await self.metadata()).jwks_uri))
        if keys is None:
            raise self._unavailable("its keys are no key set")
        self._keys = self._clock.monotonic_s(), keys

    def _is_old(self, read_s: float) -> bool:
        return self._clock.monotonic_s() - read_s >= self._settings.keys_max_age_s

    async def _get(self, url: str) -> Json:
        status, document = await self._send("GET", url)
        if status != 200:
            raise self._unavailable(f"{url} answered with status {status}")
        return document

    async def _send(
        self, method: str, url: str, *, form: Mapping[str, str] | None = None, basic: tuple[str, str] | None = None
    ) -> tuple[int, Json]:
        """Return status and JSON (None for what is none) of an answer up to `MAX_ANSWER_BYTES`; follow no redirect."""
        import httpx

        body = bytearray()
        try:
            async with (
                self._client() as client,
                client.stream(
                    method, url, data=form, auth=_basic(basic), headers={"Accept": "application/json"}
                ) as answer,
            ):
                async for piece in answer.aiter_bytes():
                    body += piece
                    if len(body) > MAX_ANSWER_BYTES:
                        raise self._unavailable(f"{url} answered with more than {MAX_ANSWER_BYTES} bytes")
        except httpx.HTTPError as error:
            raise self._unavailable(f"{url}: {type(error).__name__}") from error
        try:
            document: Json = json.loads(body)
        except ValueError:
            document = None
        return answer.status_code, document

    def _client(self) -> "httpx.AsyncClient":
        import httpx

        context = ssl.create_default_context(cafile=self._settings.ca_path)
        return httpx.AsyncClient(timeout=self._settings.timeout_s, trust_env=False, verify=context)

    def _unavailable(self, why: str) -> IssuerUnavailable:
        return IssuerUnavailable(
            f"the issuer {self.name!r} cannot be used: {why}", hint="check that it runs and sign_in.issuer is right"
        )


def _basic(pair: tuple[str, str] | None) -> "httpx.BasicAuth | None":
    """Return the header of RFC 6749, 2.3.1: both parts are encoded as in a form first."""
    if pair is None:
        return None
    from urllib.parse import quote_plus

    import httpx

    return httpx.BasicAuth(quote_plus(pair[0]), quote_plus(pair[1]))


def _secret(settings: SignInSettings) -> str | None:
    if settings.client_secret is not None:
        return settings.client_secret.get_secret_value()
    if settings.client_secret_path is None:
        return None
    try:
        return settings.client_secret_path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(
            f"sign_in.client_secret_path: {str(settings.client_secret_path)!r} cannot be read: {error.strerror}",
            hint="put the secret there, readable for this process alone",
        ) from error
