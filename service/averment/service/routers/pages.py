"""`/v1/documents/{id}/pages…` and `/window`: the place of a quotation, for the eye.

A page is a picture with the quotation marked, drawn anew from the stored file; formats without pages have a stretch of
their text instead. Pictures may be kept by the browser that asked, never by a cache between, and are asked for again
each time, so that whoever may no longer read a document no longer sees it.
"""

import asyncio
import hashlib
import re
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Header, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from averment.core.access import Principal
from averment.core.errors import QuotaExceeded
from averment.core.jsonable import Json, to_json
from averment.core.pages import OpenedPage
from averment.service.access import CurrentPrincipal
from averment.service.backend import Backend
from averment.service.schemas import PageQuery, PictureQuery, WindowQuery

MAX_WAITING: Final = 8
_DRAWING: Final = "v1"  # part of every entity tag: changes with the way pictures are drawn
_HEADERS: Final = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
_PNG: Final[dict[str, object]] = {"content": {"image/png": {}}}

Number = Annotated[int, Path(ge=1, le=100_000)]

router = APIRouter(prefix="/v1/documents", tags=["documents"])


@router.get("/{document_id}/pages/{number}.png", response_class=Response, responses={200: _PNG})
async def picture(
    document_id: str,
    number: Number,
    query: Annotated[PictureQuery, Query()],
    request: Request,
    who: CurrentPrincipal,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Return a page as a picture with the highlights marked at the exact places of the canonical text."""
    opened = await _opened(request, document_id, number, query=query, who=who)
    tag = _entity_tag(opened, query.resolution)
    headers = {**_HEADERS, "ETag": tag}
    if if_none_match is not None and tag in re.findall(r'"[^"]*"', if_none_match):
        return Response(status_code=304, headers=headers)
    backend: Backend = request.app.state.backend
    line: PictureLine = request.app.state.picture_line
    async with line:
        drawing = partial(backend.pages.picture, opened, dots_per_inch=float(query.resolution))
        png = await run_in_threadpool(drawing)
    return Response(png, media_type="image/png", headers=headers)


@router.get("/{document_id}/pages/{number}")
async def page(
    document_id: str, number: Number, query: Annotated[PageQuery, Query()], request: Request, who: CurrentPrincipal
) -> dict[str, Json]:
    """Return a page's text, size in points, and the boxes of highlights: top-left origin of the page as it is shown."""
    opened = await _opened(request, document_id, number, query=query, who=who)
    span = to_json(opened.span)
    return {
        "document_id": opened.document.document_id,
        "text_hash": opened.text_hash,
        "n_pages": opened.n_pages,
        "has_picture": opened.has_picture,
        **(span if isinstance(span, dict) else {}),
        "text": opened.text,
        "highlights": to_json(opened.highlights),
    }


@router.get("/{document_id}/window")
async def window(
    document_id: str, query: Annotated[WindowQuery, Query()], request: Request, who: CurrentPrincipal
) -> Json:
    """Return a span of a text with what stands around it; offsets are code points of the canonical text."""
    backend: Backend = request.app.state.backend
    opening = partial(
        backend.pages.window,
        document_id,
        (query.start, query.end),
        around=query.around,
        text_hash=query.text_hash,
        principal=who,
    )
    return to_json(await run_in_threadpool(opening))


async def _opened(request: Request, document_id: str, number: int, *, query: PageQuery, who: Principal) -> OpenedPage:
    backend: Backend = request.app.state.backend
    opening = partial(
        backend.pages.page, document_id, number, spans=query.spans(), text_hash=query.text_hash, principal=who
    )
    return await run_in_threadpool(opening)


def _entity_tag(page: OpenedPage, resolution: str) -> str:
    """Name a picture by all that it is drawn from."""
    boxes = [(box.x0, box.y0, box.x1, box.y1) for box in page.boxes]
    drawn_from = repr((_DRAWING, page.content_hash, page.span.page, resolution, boxes))
    return f'"{hashlib.sha256(drawn_from.encode()).hexdigest()[:32]}"'


class PictureLine:
    """Lets one picture be drawn at a time, so that a page that takes long keeps no thread from other requests.

    Entering raises `QuotaExceeded` where too many wait already.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._n_waiting = 0

    async def __aenter__(self) -> None:
        """Wait for one's turn."""
        if self._n_waiting >= MAX_WAITING:
            raise QuotaExceeded(f"{self._n_waiting} pictures of pages wait to be drawn", hint="try again shortly")
        self._n_waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self._n_waiting -= 1

    async def __aexit__(self, *_: object) -> None:
        """Let the next one have it."""
        self._turn.release()
