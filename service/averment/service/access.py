"""Who is asking: an API key on loopback, until sign-in is set up.

The key is made by `averment init`; the service keeps its SHA-256 only and compares in constant time.
"""

import hashlib
import hmac
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException

from averment.core.access import EVERYONE, Principal, is_loopback
from averment.core.errors import ConfigurationError
from averment.service.reviewed import with_roles

KEY_HOLDER: Final = "api-key"
_bearer = HTTPBearer(auto_error=False, description="The key that `averment init` wrote to keys/api-key")


def key_digest(key: str) -> bytes:
    """Return the digest a key is kept as."""
    return hashlib.sha256(key.encode("utf-8")).digest()


def refuse_public(host: str) -> None:
    """Refuse to listen beyond loopback while an API key is the only protection.

    Raises:
        ConfigurationError: `host` is no loopback address.
    """
    if is_loopback(host):
        return
    raise ConfigurationError(
        f"service.host is {host!r}, but without sign-in the service listens on loopback only",
        hint="set service.host to 127.0.0.1 and put a reverse proxy with sign-in in front",
    )


async def principal(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Principal:
    """Return who holds the key, or answer 401."""
    expected: bytes = request.app.state.key_digest
    given = key_digest(credentials.credentials) if credentials else b""
    if not hmac.compare_digest(expected, given):
        raise HTTPException(401, "a valid API key is required", headers={"WWW-Authenticate": "Bearer"})
    who = Principal(subject=KEY_HOLDER, groups=(EVERYONE,), tenant=request.app.state.tenant)
    return with_roles(who, request.app.state.oversight)


CurrentPrincipal = Annotated[Principal, Depends(principal)]
