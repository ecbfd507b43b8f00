"""`/auth`: browsers sign in and out, with the issuer of the settings or, where there is none, with an API key.

Scripts of the page send `Accept: application/json` and are told the `location` to go on to.
"""

from functools import partial
from html import escape
from typing import Annotated, Final
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from averment.core.audit import AuditEvent, EventType
from averment.core.errors import AccessDenied, IssuerUnavailable, NotSignedIn, UsageError
from averment.core.jsonable import Json, to_json
from averment.service.access import CurrentCaller, DefaultPurpose, refuse_foreign
from averment.service.backend import Backend
from averment.service.errors import record_failure
from averment.service.identity.caller import Caller
from averment.service.identity.code_flow import SIGN_IN_S
from averment.service.identity.cookies import SESSION, SIGN_IN, end_cookie, set_cookie
from averment.service.identity.gate import Gate
from averment.service.identity.origin import local_path
from averment.service.refusals import Presented

PAGE: Final = "/"
_NO_KEY: Final = "this is no valid key"
_FORM: Final = "application/x-www-form-urlencoded"
_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sign in · Averment</title></head>
<body><main><h1>Sign in</h1>
<form method="post" action="/auth/session?{query}">
<p><label for="key">API key</label> <input id="key" name="key" type="password" required autofocus
autocomplete="off" size="50"></p>
<p><button>Sign in</button></p>
</form>
<p role="status">{message}</p>
<p>The key of this installation is in the file keys/api-key of its data directory.</p></main></body></html>
"""

router = APIRouter(prefix="/auth", tags=["sign-in"])


@router.get("/login", response_model=None)
async def login(request: Request, return_to: Annotated[str, Query(max_length=2000)] = "/") -> Response:
    """Send the browser to the issuer; where there is none, ask for an API key. A script is told which of both it is."""
    gate = _gate(request)
    if _wants_json(request):
        return JSONResponse({"has_issuer": gate.code_flow is not None})
    if gate.code_flow is None:
        return _form(return_to)
    begun = await gate.code_flow.begin(base_url=_base_url(request), return_to=return_to)
    response = RedirectResponse(begun.url, status_code=303)
    set_cookie(response, SIGN_IN, value=begun.cookie, max_age_s=SIGN_IN_S)
    return response


@router.get("/callback", response_model=None)
async def callback(request: Request) -> Response:
    """Take the issuer's answer and open a session."""
    gate = _gate(request)
    if gate.code_flow is None:
        raise NotSignedIn("no issuer is set up", hint="sign in at /auth/login")
    answer = dict(request.query_params)
    signed_in = await gate.code_flow.finish(answer, cookie=request.cookies.get(SIGN_IN))
    caller = Caller(principal=signed_in.principal, way="session", purpose=gate.settings.sign_in.purpose)
    gate.admitted(caller)
    response = await _opened(request, caller, way="issuer", return_to=signed_in.return_to)
    end_cookie(response, SIGN_IN)
    return response


@router.post("/session", response_model=None)
async def sign_in_with_key(request: Request, return_to: Annotated[str, Query(max_length=2000)] = "/") -> Response:
    """Open a session with an API key, given as the field `key` of a form."""
    refuse_foreign(request)
    gate = _gate(request)
    if gate.code_flow is not None:
        raise AccessDenied("browsers sign in with the issuer here", hint="sign in at /auth/login")
    if request.headers.get("content-type", "").partition(";")[0].strip() != _FORM:
        raise UsageError(f"the body must be a form ({_FORM})", hint="send key=… as a form does")
    fields = parse_qs((await request.body()).decode("utf-8", errors="replace"))
    key = await run_in_threadpool(gate.keys.find, fields.get("key", [""])[0])
    if key is None and _wants_json(request):
        raise NotSignedIn(_NO_KEY, hint="averment keys list shows which there are")
    if key is None:
        await record_failure(request.scope, NotSignedIn(_NO_KEY), cause=None)
        return _form(return_to, message="This is no valid key.", status=401)
    gate.admitted(key.caller())
    return await _opened(request, key.caller(), way="key", return_to=return_to, key_digest=key.digest)


@router.get("/link", response_model=None)
async def sign_in_with_link(request: Request, ticket: Annotated[str, Query(max_length=100)]) -> Response:
    """Open a session with the link that `averment serve` printed; it is good once."""
    gate = _gate(request)
    digest = await run_in_threadpool(gate.tickets.redeem, "link", ticket)
    key = await run_in_threadpool(gate.keys.find_digest, digest) if digest else None
    if key is None:
        await record_failure(request.scope, NotSignedIn(_NO_KEY), cause=None)
        return _form("/", message="This link was used or is too old.", status=401)
    gate.admitted(key.caller())
    return await _opened(request, key.caller(), way="link", return_to="/", key_digest=key.digest)


@router.get("/session")
async def session(request: Request, caller: CurrentCaller, purpose: DefaultPurpose) -> dict[str, Json]:
    """Tell who is signed in, with which roles, and for which purpose requests are that name none."""
    return {
        "principal": to_json(caller.principal),
        "way": caller.way,
        "purpose": purpose,
        "scopes": to_json(caller.scopes),
        "has_issuer": _gate(request).code_flow is not None,
    }


@router.post("/logout", response_model=None)
async def logout(request: Request) -> Response:
    """End the session here at once, then the sign-in with the issuer where it has a place for that."""
    refuse_foreign(request)
    gate = _gate(request)
    if secret := request.cookies.get(SESSION):
        await run_in_threadpool(gate.sessions.end, secret)
    farewell: str | None = None
    if gate.code_flow is not None:
        try:
            farewell = await gate.code_flow.farewell(base_url=_base_url(request))
        except IssuerUnavailable:
            farewell = None  # the session is over in any case
    response = _onward(request, farewell or PAGE)
    end_cookie(response, SESSION)
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


async def _opened(
    request: Request, caller: Caller, *, way: Presented, return_to: str, key_digest: str | None = None
) -> Response:
    """Open a session, once the log holds that somebody signed in."""
    gate = _gate(request)
    backend: Backend = request.app.state.backend
    signed_in = AuditEvent(type=EventType.ACCESS_SIGNED_IN, subject=caller.principal.subject, data={"way": way})
    await run_in_threadpool(backend.record_event, signed_in)
    before = request.cookies.get(SESSION)
    secret = await run_in_threadpool(partial(gate.sessions.start, caller, key_digest=key_digest, instead_of=before))
    response = _onward(request, local_path(return_to))
    set_cookie(response, SESSION, value=secret, max_age_s=gate.settings.sign_in.session_max_s)
    return response


def _onward(request: Request, location: str) -> Response:
    """Send a browser on; a script, which cannot follow to another origin, is told where."""
    if _wants_json(request):
        return JSONResponse({"location": location})
    return RedirectResponse(location, status_code=303)


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _form(return_to: str, *, message: str = "", status: int = 200) -> Response:
    page = _PAGE.format(query=escape(urlencode({"return_to": local_path(return_to)})), message=escape(message))
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return HTMLResponse(page, status_code=status, headers=headers)


def _base_url(request: Request) -> str:
    """Return the address that the issuer sends browsers back to; settings with an issuer name it."""
    return _gate(request).settings.service.public_url or ""


def _gate(request: Request) -> Gate:
    gate: Gate = request.app.state.gate
    return gate
