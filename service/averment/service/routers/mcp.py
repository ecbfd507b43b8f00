"""`POST /mcp`, where MCP clients call, and what they read to find the issuer (RFC 9728); off unless `service.mcp`.

Every message is a request of its own that passes the guard of the application. There is no stream to listen on and no
session to end, so GET and DELETE are not allowed, as the protocol provides for.
"""

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from averment.core.errors import AccessDenied
from averment.core.jsonable import Json
from averment.service.access import CurrentCaller
from averment.service.identity.gate import Gate
from averment.service.identity.origin import is_known_origin
from averment.service.identity.protected_resource import METADATA, metadata_of

router = APIRouter(tags=["mcp"])


@router.post("/mcp", response_class=Response)
async def message(request: Request, caller: CurrentCaller) -> Response:
    """Take a message of the Model Context Protocol; a key or a token is needed, a session of the page is not enough.

    Raises:
        AccessDenied: A page of another site sends it, or whoever does is known by a cookie alone.
    """
    gate: Gate = request.app.state.gate
    answering: ASGIApp | None = request.app.state.mcp
    if answering is None:
        raise HTTPException(404, "MCP is off here (service.mcp)")
    if not is_known_origin(request.headers.get("origin"), public_url=gate.settings.service.public_url):
        raise AccessDenied("another site made your browser send this", hint="use the service's own pages")
    if caller.way == "session":
        raise AccessDenied("MCP clients present a key or a token", hint="averment keys create NAME makes a key")
    return _HandedOver(answering)


@router.get(METADATA)
@router.get(f"{METADATA}/mcp", name="metadata_of_mcp")
async def metadata(request: Request) -> dict[str, Json]:
    """Tell MCP clients which issuer gives tokens for this service (RFC 9728)."""
    gate: Gate = request.app.state.gate
    found = metadata_of(gate.settings)
    if found is None:
        raise HTTPException(404, "no issuer is set up for MCP clients here")
    return found


class _HandedOver(Response):
    """A response that the library writes."""

    def __init__(self, answering: ASGIApp):
        super().__init__()
        self._answering = answering

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the library read the request and answer it."""
        await self._answering(scope, receive, send)
