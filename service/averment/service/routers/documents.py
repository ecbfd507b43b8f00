"""`/v1/documents`: what the caller may read, with its text, and for operators what is in quarantine."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from averment.core.documents import DocumentVersion
from averment.core.errors import AccessDenied
from averment.core.jsonable import Json, to_json
from averment.pipelines.ingestion.upkeep import is_releasable
from averment.service.access import CurrentPrincipal
from averment.service.backend import Backend
from averment.service.schemas import DocumentQuery

OPERATOR: Final = "operator"

router = APIRouter(prefix="/v1/documents", tags=["documents"])


@router.get("")
async def list_documents(
    query: Annotated[DocumentQuery, Query()], request: Request, who: CurrentPrincipal
) -> dict[str, Json]:
    """List the documents the caller may read, by id; `next_cursor` continues the list, null at its end."""
    backend: Backend = request.app.state.backend
    page = await run_in_threadpool(backend.list_visible, who, query.filters(), cursor=query.cursor, limit=query.limit)
    return {"data": [_shown(item) for item in page.items], "next_cursor": page.next_cursor}


@router.get("/quarantine")
async def quarantine(request: Request, who: CurrentPrincipal) -> dict[str, Json]:
    """List what could not be read or was quarantined, with reason and mend; for the role `operator`."""
    if OPERATOR not in who.roles:
        raise AccessDenied("the quarantine is for operators", hint="averment documents quarantine shows it")
    backend: Backend = request.app.state.backend
    failures = await run_in_threadpool(backend.standing_failures)
    rows: list[Json] = []
    for found in failures:
        body = to_json(found)
        if isinstance(body, dict):
            rows.append({**body, "is_releasable": is_releasable(found.failure.code)})
    return {"data": rows}


@router.get("/{document_id}")
async def read(document_id: str, request: Request, who: CurrentPrincipal) -> Json:
    """Return what is known of a document that the caller may read; 404 otherwise."""
    backend: Backend = request.app.state.backend
    return _shown(await run_in_threadpool(backend.visible_document, document_id, who))


@router.get("/{document_id}/text")
async def text(
    document_id: str,
    request: Request,
    who: CurrentPrincipal,
    text_hash: Annotated[str | None, Query(pattern=r"^sha256:[0-9a-f]{64}$")] = None,
) -> dict[str, Json]:
    """Return the canonical text that quotations are cut from, the present one or an older one of this document."""
    backend: Backend = request.app.state.backend
    document, canonical, pages = await run_in_threadpool(backend.visible_text, document_id, who, text_hash=text_hash)
    return {
        "document_id": document.document_id,
        "text_hash": text_hash or document.text_hash,
        "text": canonical,
        "pages": [{"page": page.page, "start": page.start, "end": page.end} for page in pages],
    }


def _shown(document: DocumentVersion) -> Json:
    """Write a document without its list of readers, which is not theirs to know."""
    body = to_json(document)
    return {key: value for key, value in body.items() if key != "access"} if isinstance(body, dict) else body
