"""The cookies of browsers: `__Host-` binds them to this host and to TLS; browsers take http on loopback for safe too.

`SameSite=Lax`, not `Strict`: the answer of the issuer is a navigation from another site, and `Strict` cookies would be
missing from it and from the page it leads to. Requests that change something are checked by `origin` besides.
"""

from typing import Final

from starlette.responses import Response

SESSION: Final = "__Host-averment"
SIGN_IN: Final = "__Host-averment-sign-in"


def set_cookie(response: Response, name: str, *, value: str, max_age_s: int) -> None:
    """Give a browser a cookie that scripts cannot read."""
    response.set_cookie(name, value, max_age=max_age_s, path="/", secure=True, httponly=True, samesite="lax")


def end_cookie(response: Response, name: str) -> None:
    """Take a cookie back."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")
