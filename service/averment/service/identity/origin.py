"""Requests that another site made a browser send (CSRF): refused by what the browser itself says of them.

The check is that of Go's `net/http.CrossOriginProtection` (Go 1.25) and of the OWASP cheat sheet on cross-site request
forgery: methods that change nothing pass; else `Sec-Fetch-Site`, which pages cannot set and current browsers send to
https and to loopback, must be `same-origin` or `none`; without it `Origin` must be the service's own. Unlike Go's, a
request with neither header is refused: it comes from no browser, and programs have no cookie to send.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from averment.core.access import is_loopback

_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN: Final = frozenset({"same-origin", "none"})


def is_own_request(method: str, headers: Mapping[str, str], *, public_url: str | None) -> bool:
    """Tell whether a request that a cookie speaks for comes from the service's own pages, or changes nothing.

    Args:
        method: Its method, upper case.
        headers: Its headers, names in lower case.
        public_url: The address of the service; the request's own `Host` when None.
    """
    if method in _SAFE_METHODS:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in _OWN
    origin = headers.get("origin")
    if not origin:
        return False
    if public_url is not None:
        return origin == public_url
    return urlsplit(origin).netloc == headers.get("host")


def is_known_origin(origin: str | None, *, public_url: str | None) -> bool:
    """Tell whether a request comes from no page, or from one of the service's own: by name, never by `Host`.

    A page whose name was pointed at this machine (DNS rebinding) says its own name as origin and as host alike.

    Args:
        origin: The header `Origin`.
        public_url: The address of the service; pages of this machine alone when None.
    """
    if origin is None:
        return True
    if public_url is not None:
        return origin == public_url
    try:
        parts = urlsplit(origin)
        return parts.scheme in {"http", "https"} and is_loopback(parts.hostname or "")
    except ValueError:
        return False


def local_path(wanted: str | None) -> str:
    """Return the path to go on to after a sign-in: the one asked for if it is on this service, else the root."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")) or "\\" in wanted:
        return "/"
    return wanted if wanted.isprintable() and wanted.isascii() else "/"
