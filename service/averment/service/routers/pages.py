"""`/v1/documents/{id}/pages…` and `/window`: the place of a quotation, for the eye.

A page is a picture with the quotation marked, drawn anew from the stored file; formats without pages have a stretch of
their text instead. Pictures may be kept by the browser that asked, never by a cache between, and are asked for again
each time, so that whoever may no longer read a document no longer sees it.
"""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Header, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from averment.core.errors import QuotaExceeded
from averment.core.jsonable import Json, to_json
from averment.core.pages import OpenedPage
from averment.service.access import CurrentPrincipal
from averment.service.backend import Backend

MAX_HIGHLIGHTS: Final = 64
MAX_OFFSET: Final = 10**9
# Drawing is one at a time (pdfium); who waits longer in line than this many others is told to come back.
MAX_WAITING: Final = 8
_DRAWING: Final = "v1"
_HEADERS: Final = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}

Number = Annotated[int, Path(ge=1, le=100_000)]
TextHash = Annotated[str | None, Query(pattern=r"^sha256:[0-9a-f]{64}$")]
Span = Annotated[str, Query(pattern=r"^[0-9]{1,9}-[0-9]{1,9}$")]
Spans = Annotated[list[Span], Query(max_length=MAX_HIGHLIGHTS, description="Offsets `start-end` into the text")]
Resolution = Annotated[Literal["72", "110", "165", "220"], Query(description="Dots per inch")]

router = APIRouter(prefix="/v1/documents", tags=["documents"])


@router.get("/{document_id}/pages/{number}.png", response_class=Response, responses={200: {"content": {"image/png": {}}}})
async def picture(
    document_id: str,
    number: Number,
    request: Request,
    who: CurrentPrincipal,
    highlight: Spans = [],  # noqa: B006 - the framework copies it
    text_hash: TextHash = None,
    resolution: Resolution = "110",
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Return a page as a picture with the highlights marked at the exact places of the canonical text."""
    backend: Backend = request.app.state.backend
    opening = partial(
        backend.pages.page, document_id, number, spans=_spans(highlight), text_hash=text_hash, principal=who
    )
    page = await run_in_threadpool(opening)
    tag = _entity_tag(page, resolution)
    headers = {**_HEADERS, "ETag": tag}
    if if_none_match is not None and tag in re.findall(r'"[^"]*"', if_none_match):
        return Response(status_code=304, headers=headers)
    line: PictureLine = request.app.state.picture_line
    async with line:
        png = await run_in_threadpool(partial(backend.pages.picture, page, dots_per_inch=float(resolution)))
    return Response(png, media_type="image/png", headers=headers)


@router.get("/{document_id}/pages/{number}")
async def page(
    document_id: str,
    number: Number,
    request: Request,
    who: CurrentPrincipal,
    highlight: Spans = [],  # noqa: B006 - the framework copies it
    text_hash: TextHash = None,
) -> dict[str, Json]:
    """Return a page's text, size in points, and the boxes of highlights: top-left origin of the page as it is shown."""
    backend: Backend = request.app.state.backend
    opening = partial(
        backend.pages.page, document_id, number, spans=_spans(highlight), text_hash=text_hash, principal=who
    )
    opened = await run_in_threadpool(opening)
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
    document_id: str,
    request: Request,
    who: CurrentPrincipal,
    start: Annotated[int, Query(ge=0, le=MAX_OFFSET)],
    end: Annotated[int, Query(ge=1, le=MAX_OFFSET)],
    around: Annotated[int, Query(ge=0, le=20_000)] = 1_000,
    text_hash: TextHash = None,
) -> Json:
    """Return a span of a text with what stands around it; offsets are code points of the canonical text."""
    backend: Backend = request.app.state.backend
    opening = partial(
        backend.pages.window, document_id, (start, end), around=around, text_hash=text_hash, principal=who
    )
    return to_json(await run_in_threadpool(opening))


def _spans(given: Sequence[str]) -> list[tuple[int, int]]:
    found = []
    for text in given:
        start, _, end = text.partition("-")
        found.append((int(start), int(end)))
    return found


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
