"""`/v1/documents`: what the caller may read, with its text, and for administrators what is in quarantine."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from averment.core.access import Principal
from averment.core.documents import DocumentVersion, OpenedText, StandingFailure
from averment.core.jsonable import Json, to_json
from averment.pipelines.ingestion.upkeep import is_releasable
from averment.service.access import CurrentPrincipal
from averment.service.backend import Backend
from averment.service.cursors import ListQuery, Place, piece_of, read_cursor, write_cursor
from averment.service.schemas import DocumentQuery

router = APIRouter(prefix="/v1/documents", tags=["documents"])


@router.get("")
async def list_documents(
    query: Annotated[DocumentQuery, Query()], request: Request, who: CurrentPrincipal
) -> dict[str, Json]:
    """List the documents the caller may read, by id; `next_cursor` continues the list, null at its end."""
    backend: Backend = request.app.state.backend
    filters = query.filters()
    name = f"documents {filters}"
    place = read_cursor(query.cursor, of=name)
    after = str(place[0]) if place else None
    page = await run_in_threadpool(backend.list_visible, who, filters, cursor=after, limit=query.limit)
    more = write_cursor((page.next_cursor,), of=name) if page.next_cursor else None
    return {"data": [_shown(item) for item in page.items], "next_cursor": more}


@router.get("/quarantine")
async def quarantine(query: Annotated[ListQuery, Query()], request: Request, who: CurrentPrincipal) -> dict[str, Json]:
    """List what could not be read or was quarantined, by source URI, with reason and mend; for administrators."""
    backend: Backend = request.app.state.backend
    failures = await run_in_threadpool(backend.standing_failures)
    piece = piece_of(failures, query, place=_place, of="quarantine")
    rows: list[Json] = []
    for found in piece.items:
        body = to_json(found)
        if isinstance(body, dict):
            rows.append({**body, "is_releasable": is_releasable(found.failure.code)})
    return {"data": rows, "next_cursor": piece.next_cursor}


@router.get("/{document_id}")
async def read(document_id: str, request: Request, who: CurrentPrincipal) -> Json:
    """Return what is known of a document that the caller may read; 404 otherwise."""
    backend: Backend = request.app.state.backend
    return _shown(await run_in_threadpool(partial(backend.views.find, document_id, principal=who)))


@router.get("/{document_id}/text")
async def text(
    document_id: str,
    request: Request,
    who: CurrentPrincipal,
    text_hash: Annotated[str | None, Query(pattern=r"^sha256:[0-9a-f]{64}$")] = None,
) -> dict[str, Json]:
    """Return the canonical text that quotations are cut from, the present one or an older one of this document."""
    opened = await _opened(request, document_id, who, text_hash=text_hash)
    return {
        **_named(opened),
        "text": opened.text,
        "pages": [{"page": page.page, "start": page.start, "end": page.end} for page in opened.pages],
    }


@router.get("/{document_id}/structure")
async def structure(document_id: str, request: Request, who: CurrentPrincipal) -> dict[str, Json]:
    """Return how a document is built: metadata, sections, terms, references, amendments, tags, with their places."""
    backend: Backend = request.app.state.backend
    work = partial(backend.views.structure, document_id, principal=who)
    document, found, links = await run_in_threadpool(work)
    body = to_json(found)
    return {
        "document_id": document.document_id,
        "text_hash": document.text_hash,
        **(body if isinstance(body, dict) else {}),
        "amendments": to_json(links),
    }


@router.get("/{document_id}/surroundings")
async def surroundings(
    document_id: str,
    request: Request,
    who: CurrentPrincipal,
    start: Annotated[int, Query(ge=0)],
    end: Annotated[int, Query(ge=1)],
    n: Annotated[int, Query(ge=0, le=10)] = 1,
) -> Json:
    """Return the sections that a passage of the present text stands in, and the pieces of text next to it."""
    backend: Backend = request.app.state.backend
    work = partial(backend.views.surroundings, document_id, start=start, end=end, n=n, principal=who)
    return to_json(await run_in_threadpool(work))


@router.get("/{document_id}/cells")
async def cells(document_id: str, request: Request, who: CurrentPrincipal) -> dict[str, Json]:
    """Return the cells of a document's tables, each with its headers, value, unit, scale and period."""
    backend: Backend = request.app.state.backend
    opened = await _opened(request, document_id, who)
    return {**_named(opened), "data": to_json(await run_in_threadpool(backend.views.cells, opened))}


@router.get("/{document_id}/hidden")
async def hidden(document_id: str, request: Request, who: CurrentPrincipal) -> dict[str, Json]:
    """Return the text of a document that whoever opens its file does not see, each part with the reason."""
    backend: Backend = request.app.state.backend
    opened = await _opened(request, document_id, who)
    return {**_named(opened), "data": to_json(await run_in_threadpool(backend.views.hidden, opened))}


async def _opened(request: Request, document_id: str, who: Principal, *, text_hash: str | None = None) -> OpenedText:
    backend: Backend = request.app.state.backend
    work = partial(backend.views.text, document_id, text_hash=text_hash, principal=who)
    return await run_in_threadpool(work)


def _place(found: StandingFailure) -> Place:
    return (found.failure.source_uri, found.connector, found.document_id or "")


def _named(opened: OpenedText) -> dict[str, Json]:
    return {"document_id": opened.document.document_id, "text_hash": opened.text_hash}


def _shown(document: DocumentVersion) -> Json:
    """Write a document without its list of readers, which is not theirs to know."""
    body = to_json(document)
    return {key: value for key, value in body.items() if key != "access"} if isinstance(body, dict) else body
