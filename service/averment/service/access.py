"""Who is asking, and whether they may: the guard that stands before every route.

`guard` is a dependency of the whole application, so that a route without a rule (`identity.routes`) is closed.
Routes ask for `CurrentPrincipal`; who signed in with a cookie is checked for requests that another site made.
"""

from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from averment.core.access import Principal
from averment.core.errors import AccessDenied, NotSignedIn
from averment.service.admission.admission import Admission
from averment.service.errors import route_of
from averment.service.identity.caller import Caller
from averment.service.identity.cookies import SESSION
from averment.service.identity.gate import Gate
from averment.service.identity.origin import is_own_request
from averment.service.identity.routes import rule_of

CALLER: Final = "caller"
_bearer = HTTPBearer(auto_error=False, description="An API key (averment keys create), or a token of the issuer")


async def guard(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> None:
    """Let a request through to its route, or refuse it.

    Raises:
        NotSignedIn: Nobody is signed in.
        AccessDenied: The caller has none of the roles of the route, the route has no rule, or another site made the
            browser send the request.
        IssuerUnavailable: Who it is cannot be checked.
        QuotaExceeded: They, or strangers from where they are, come too often.
    """
    rule = rule_of(request.method, route_of(request.scope))
    if rule is None:
        raise AccessDenied("nobody may call this route")
    admission: Admission = request.app.state.admission
    if rule.is_open:
        admission.admit_stranger(request.scope)
        return
    caller, bearer = await _caller(request, credentials, admission=admission)
    admission.admit(request.scope, caller)
    if bearer is None:
        refuse_foreign(request)
    setattr(request.state, CALLER, caller)
    if not rule.admits(caller):
        raise AccessDenied("your roles do not open this", hint="docs/how-to/sign-in.md says which role opens what")


async def _caller(
    request: Request, credentials: HTTPAuthorizationCredentials | None, *, admission: Admission
) -> tuple[Caller, str | None]:
    """Return who asks, with the key or token they present; those that are no good are counted."""
    gate: Gate = request.app.state.gate
    bearer = credentials.credentials if credentials else None
    if bearer is not None:
        admission.refuse_guessing(request.scope)
    try:
        return await gate.caller(bearer=bearer, session=request.cookies.get(SESSION)), bearer
    except NotSignedIn:
        if bearer is not None:
            admission.note_failure(request.scope)
        raise


def refuse_foreign(request: Request) -> None:
    """Refuse a request that a page of another site made the browser send.

    Raises:
        AccessDenied: It is one.
    """
    gate: Gate = request.app.state.gate
    if not is_own_request(request.method, request.headers, public_url=gate.settings.service.public_url):
        raise AccessDenied("another site made your browser send this", hint="use the service's own pages")


async def current_caller(request: Request) -> Caller:
    """Return who the guard let through.

    Raises:
        NotSignedIn: Nobody, on an open route.
    """
    caller: Caller | None = getattr(request.state, CALLER, None)
    if caller is None:
        raise NotSignedIn("nobody is signed in")
    return caller


CurrentCaller = Annotated[Caller, Depends(current_caller)]


async def current_principal(caller: CurrentCaller) -> Principal:
    """Return on whose behalf the request is."""
    return caller.principal


async def default_purpose(request: Request, caller: CurrentCaller) -> str:
    """Return the purpose of a request that names none: that of the key or the sign-in, else the installation's."""
    return caller.purpose or str(request.app.state.purpose)


CurrentPrincipal = Annotated[Principal, Depends(current_principal)]
DefaultPurpose = Annotated[str, Depends(default_purpose)]
