"""`/` and `/static/…`: the page for people. Its files are part of the package; nothing is loaded from elsewhere."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Final

from fastapi import APIRouter, Header, Request, Response
from starlette.exceptions import HTTPException

INDEX: Final = "index.html"
# No inline script or style, no other origin, no markup made from text (Trusted Types without a policy).
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
_MEDIA_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}

router = APIRouter(tags=["page"], default_response_class=Response)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFile:
    """A file of the page as it is sent."""

    content: bytes
    media_type: str
    entity_tag: str


def load_static() -> Mapping[str, StaticFile]:
    """Read the files of the page, by their paths below `static/`."""
    return dict(_read(files("averment.service") / "static", ""))


def _read(folder: Traversable, prefix: str) -> list[tuple[str, StaticFile]]:
    found = []
    for item in folder.iterdir():
        if item.is_dir():
            found += _read(item, f"{prefix}{item.name}/")
            continue
        media_type = _MEDIA_TYPES.get("." + item.name.rpartition(".")[2])
        if media_type is not None:
            content = item.read_bytes()
            tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
            found.append((prefix + item.name, StaticFile(content=content, media_type=media_type, entity_tag=tag)))
    return found


@router.get("/")
async def index(request: Request) -> Response:
    """Return the page; it holds nothing of anybody's until somebody signs in."""
    return _send(request, INDEX, None)


@router.get("/static/{path:path}")
async def static(path: str, request: Request, if_none_match: Annotated[str | None, Header()] = None) -> Response:
    """Return a file of the page by its exact name; there is no way from here to files of the machine."""
    return _send(request, path, if_none_match)


def _send(request: Request, path: str, if_none_match: str | None) -> Response:
    known: Mapping[str, StaticFile] = request.app.state.static
    found = known.get(path)
    if found is None:
        raise HTTPException(404, "there is no such file")
    headers = {"Cache-Control": "no-cache", "ETag": found.entity_tag, "Content-Security-Policy": POLICY}
    if if_none_match == found.entity_tag:
        return Response(status_code=304, headers=headers)
    return Response(found.content, media_type=found.media_type, headers=headers)
