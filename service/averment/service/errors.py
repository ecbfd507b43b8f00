"""Errors as HTTP: one table from class to status, bodies as problem documents (RFC 9457)."""

import logging
from collections.abc import Mapping
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from opentelemetry import trace
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import Scope

from averment.core import errors
from averment.core.jsonable import Json
from averment.service import request_id
from averment.service.backend import Backend
from averment.service.identity.protected_resource import challenge_for
from averment.service.identity.routes import RULES
from averment.service.refusals import REFUSALS, Refusals, refusal_of

STATUS: Final[Mapping[type[errors.AvermentError], int]] = {
    errors.UsageError: 422,
    errors.RecordNotFound: 404,
    errors.DocumentNotFound: 404,
    errors.NotSignedIn: 401,
    errors.DocumentError: 422,
    errors.AccessDenied: 403,
    errors.PurposeNotUsable: 403,
    errors.ContextTooLong: 422,
    errors.QuotaExceeded: 429,
    errors.ModelOverloaded: 429,
    errors.SourceUnavailable: 503,
    errors.IndexUnavailable: 503,
    errors.IssuerUnavailable: 503,
    errors.ModelUnavailable: 503,
    errors.StoreBusy: 503,
    errors.AnalysisStopped: 503,
    errors.AnalysisInterrupted: 503,
    errors.ChangeBlocked: 503,
    errors.AuditWriteFailed: 503,
    errors.AvermentError: 500,
}
PROBLEM: Final = "application/problem+json"
# Details of these classes are for whoever asked; the rest stays inside the house.
_SHOWN_BELOW: Final = 500
OPENAI_ROUTES: Final = ("/v1/chat/", "/v1/models", "/v1/responses")
_OPENAI_TYPES: Final[Mapping[int, str]] = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    422: "invalid_request_error",
    429: "rate_limit_error",
}
UNMATCHED: Final = "unmatched"
_AS_CODE: Final = str.maketrans({"/": ".", "{": None, "}": None})

logger = logging.getLogger(__name__)


def status_of(error: errors.AvermentError) -> int:
    """Return the status of the most specific class the table knows."""
    return next(STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)


def trace_id() -> str | None:
    """Return the id of the current trace, or None outside one."""
    context = trace.get_current_span().get_span_context()
    return format(context.trace_id, "032x") if context.is_valid else None


def problem_body(error: errors.AvermentError) -> dict[str, object]:
    """Write the problem document of an error; a 500 says no more than its code."""
    status = status_of(error)
    body = {**errors.problem(error, trace_id=trace_id(), status=status), "request_id": request_id.current()}
    if status == _SHOWN_BELOW:
        body["detail"] = "the request failed inside the service; its log names the cause under this code and trace"
        body["hint"] = None
    return body


def error_of(body: Mapping[str, object]) -> errors.AvermentError:
    """Return the error that a problem document was written of, as far as it says."""
    kind = next((cls for cls in STATUS if cls.code == body["code"]), errors.AvermentError)
    hint = body["hint"]
    return kind(str(body["detail"]), hint=None if hint is None else str(hint))


def error_member(body: Mapping[str, object]) -> dict[str, Json]:
    """Write what OpenAI clients and front ends read of an error, from its problem document."""
    said = f"{body['detail']} ({body['hint']})" if body["hint"] else f"{body['detail']}"
    status = body["status"]
    kind = _OPENAI_TYPES.get(status, "server_error") if isinstance(status, int) else "server_error"
    return {"message": said, "type": kind, "param": None, "code": str(body["code"])}


def problem_response(error: errors.AvermentError, *, scope: Scope | None = None) -> JSONResponse:
    """Answer with the problem document; where trying again can help with `Retry-After`, a 401 with the challenge.

    On the routes that OpenAI clients call (by `scope`) it has the member `error` beside its own.
    """
    body = problem_body(error)
    if scope is not None and route_of(scope).startswith(OPENAI_ROUTES):
        body["error"] = error_member(body)
    headers = {"WWW-Authenticate": _challenge(scope)} if isinstance(error, errors.NotSignedIn) else {}
    if error.retryable:
        headers["Retry-After"] = str(error.details.get("retry_after_s", 1))
    return JSONResponse(body, status_code=status_of(error), media_type=PROBLEM, headers=headers)


def _challenge(scope: Scope | None) -> str:
    return "Bearer" if scope is None else challenge_for(route_of(scope), scope["app"].state.gate.settings)


def log_failure(error: errors.AvermentError) -> None:
    """Log an error that is the service's own, by code, trace and kind of cause; its words may hold content."""
    if status_of(error) < _SHOWN_BELOW:
        return
    cause = type(error.__cause__).__name__ if error.__cause__ else "none"
    logger.error("failed code=%s trace=%s cause=%s", error.code, trace_id() or "none", cause)


async def record_failure(scope: Scope, error: errors.AvermentError, *, cause: BaseException | None) -> None:
    """Put an error that is the service's own, or a refusal, into the evidence log.

    The entry has its code, its place and the class of its cause; of refusals there are fewer (`refusals`).

    A log that takes no entry is not told that it takes none.
    """
    stage = route_of(scope).strip("/").translate(_AS_CODE)
    if isinstance(error, REFUSALS):
        refusals: Refusals = scope["app"].state.refusals
        if refusal := refusal_of(scope, error, stage=stage):
            await run_in_threadpool(refusals.take, refusal)
        return
    if status_of(error) < _SHOWN_BELOW or isinstance(error, errors.AuditWriteFailed):
        return
    backend: Backend = scope["app"].state.backend
    await run_in_threadpool(backend.record_failure, error, stage=stage, cause=type(cause).__name__ if cause else None)


def route_of(scope: Scope) -> str:
    """Return the pattern of the path, which holds no ids."""
    return getattr(scope.get("route"), "path", None) or UNMATCHED


def install(app: FastAPI) -> None:
    """Answer every error as a problem document."""

    async def on_error(request: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, errors.AvermentError):
            raise error
        log_failure(error)
        await record_failure(request.scope, error, cause=error.__cause__)
        return problem_response(error, scope=request.scope)

    async def on_invalid(request: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, RequestValidationError):
            raise error
        where = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        failure = errors.UsageError(f"the request does not fit its schema: {where}")
        return problem_response(failure, scope=request.scope)

    async def on_http(request: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, HTTPException):
            raise error
        if error.status_code == 400:  # the framework's word for a body that cannot be read
            unread = errors.UsageError("the request body cannot be read: it must be JSON in UTF-8")
            return problem_response(unread, scope=request.scope)
        body = {"type": "about:blank", "title": str(error.detail), "status": error.status_code}
        body |= {"trace_id": trace_id(), "request_id": request_id.current()}
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(_methods_of(route_of(request.scope)))
        return JSONResponse(body, status_code=error.status_code, media_type=PROBLEM, headers=headers)

    app.add_exception_handler(errors.AvermentError, on_error)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)


def _methods_of(path: str) -> list[str]:
    """Return every method of a path; the framework names those of the first route only."""
    return sorted(method for method, _, pattern in (route.partition(" ") for route in RULES) if pattern == path)
