"""Where a client that has no token learns which issuer gives one: metadata of a protected resource (RFC 9728).

The Model Context Protocol asks it of every server that takes tokens: a document under a well-known path, which the
challenge of a 401 names. It is there where MCP is on, an issuer is set, and the service knows its own address.
"""

from typing import Final

from averment.core.jsonable import Json
from averment.core.settings import Settings

METADATA: Final = "/.well-known/oauth-protected-resource"
MCP: Final = "/mcp"


def metadata_of(settings: Settings) -> dict[str, Json] | None:
    """Return the metadata of the MCP endpoint; None where there is nothing to be said."""
    address, issuer = settings.service.public_url, settings.sign_in.issuer
    if not settings.service.mcp or address is None or issuer is None or settings.sign_in.audience is None:
        return None
    return {
        "resource": f"{address}{MCP}",
        "resource_name": "Averment",
        "authorization_servers": [issuer],
        "bearer_methods_supported": ["header"],
    }


def challenge_for(route: str, settings: Settings) -> str:
    """Return the challenge (`WWW-Authenticate`) of a request to a route that nobody signed in for."""
    if route != MCP or metadata_of(settings) is None:
        return "Bearer"
    return f'Bearer resource_metadata="{settings.service.public_url}{METADATA}{MCP}"'
