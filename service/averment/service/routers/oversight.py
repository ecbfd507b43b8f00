"""`/v1/oversight`: the review queue, the stop, and the report; `identity.routes` says which role may what."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from averment.compliance.overseer import Oversight
from averment.core.access import Principal
from averment.core.jsonable import Json, to_json
from averment.core.oversight import Judgement, Review, Stop
from averment.service.access import CurrentPrincipal
from averment.service.backend import Overseen
from averment.service.cursors import ListQuery, Place, piece_of
from averment.service.schemas import DecisionBody, ReviewQuery, StopBody

router = APIRouter(prefix="/v1/oversight", tags=["oversight"])


@router.get("/reviews")
async def list_reviews(
    query: Annotated[ReviewQuery, Query()], request: Request, who: CurrentPrincipal
) -> dict[str, Json]:
    """List the answers that wait for the caller, or the reviews that are closed, oldest first."""
    desk = _desks(request).reviews
    found = await run_in_threadpool(
        lambda: [one for one in desk.list(who, is_closed=query.closed) if desk.is_for(one, who)]
    )
    piece = piece_of(found, query, place=_place_of_review, of=f"reviews closed={query.closed}")
    return {"data": to_json(piece.items), "next_cursor": piece.next_cursor}


@router.get("/reviews/{review_id}")
async def show(review_id: str, request: Request, who: CurrentPrincipal) -> Json:
    """Return the question and the answer of a review; from the first time on it is taken, and the time counts."""
    return await _shown(request, review_id, who)


@router.post("/reviews/{review_id}/take")
async def take(review_id: str, request: Request, who: CurrentPrincipal) -> Json:
    """Take a review and return what is to be reviewed."""
    return await _shown(request, review_id, who)


@router.post("/reviews/{review_id}/decision")
async def decide(review_id: str, body: DecisionBody, request: Request, who: CurrentPrincipal) -> Json:
    """Decide on an answer; a closed review tells of an error that was planted."""
    judgement = Judgement(decision=body.decision, reason=body.reason, correction=body.correction)
    desk = _desks(request).reviews
    await run_in_threadpool(desk.require_for, review_id, who)
    return to_json(await run_in_threadpool(desk.decide, review_id, who, judgement=judgement))


@router.get("/stops")
async def stops(query: Annotated[ListQuery, Query()], request: Request, who: CurrentPrincipal) -> dict[str, Json]:
    """List what is stopped or suspended, oldest first."""
    piece = piece_of(await run_in_threadpool(_desks(request).stops.stops), query, place=_place_of_stop, of="stops")
    return {"data": to_json(piece.items), "next_cursor": piece.next_cursor}


@router.post("/stop")
async def stop(body: StopBody, request: Request, who: CurrentPrincipal) -> Json:
    """Stop: new questions are refused, running ones end at their next step with what they have."""
    desk = _desks(request).stops
    return to_json(await run_in_threadpool(desk.stop, body.reason, purpose=body.purpose, subject=who.subject))


@router.post("/resume")
async def resume(body: StopBody, request: Request, who: CurrentPrincipal) -> dict[str, Json]:
    """Let questions be answered again; returns the stops that were lifted."""
    desk = _desks(request).stops
    lifted = await run_in_threadpool(desk.resume, who, reason=body.reason, purpose=body.purpose)
    return {"data": to_json(lifted)}


@router.get("/report")
async def report(
    request: Request,
    who: CurrentPrincipal,
    since: Annotated[str, Query(alias="from", max_length=40)] = "",
    until: Annotated[str, Query(alias="to", max_length=40)] = "",
) -> Json:
    """Return the oversight report of a period."""
    return to_json(await run_in_threadpool(_desks(request).report, since=since, until=until))


async def _shown(request: Request, review_id: str, who: Principal) -> Json:
    desk = _desks(request).reviews
    await run_in_threadpool(desk.require_for, review_id, who)
    return to_json(await run_in_threadpool(desk.show, review_id, who))


def _place_of_review(review: Review) -> Place:
    return (review.entry, review.id)


def _place_of_stop(stop: Stop) -> Place:
    return (stop.since, stop.purpose or "", stop.reason, stop.case or "")


def _desks(request: Request) -> Oversight:
    backend: Overseen = request.app.state.backend
    return backend.oversight
