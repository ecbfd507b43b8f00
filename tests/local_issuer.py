"""A strict OpenID Connect issuer on loopback, for tests: code flow with PKCE, rotation of keys, sign-out.

`oidc-provider-mock` is maintained but checks no PKCE and rotates no keys; `tests/service/identity/test_other_issuer.py`
signs in with it as a second opinion. Run alone: `python -m tests.local_issuer PORT REDIRECT_URI`.
"""

import base64
import hashlib
import json
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from joserfc import jwk, jwt

CLIENT_ID = "averment"
CLIENT_SECRET = "s3cret/+ with signs"
AUDIENCE = "averment-api"
Claims = dict[str, Any]


@dataclass
class LocalIssuer:
    """The issuer's state, which tests change.

    `user` is who signs in at the next authorization; `change` may alter ID tokens before they are signed; while it is
    `down`, every request is answered 503. `now` tells the time of tokens.
    """

    url: str = ""
    redirect_uris: tuple[str, ...] = ()
    logout_uris: tuple[str, ...] = ()
    user: Claims = field(default_factory=lambda: {"sub": "anna", "groups": ["legal"]})
    change: Callable[[Claims], Claims] = dict
    change_metadata: Callable[[Claims], Claims] = dict
    down: bool = False
    now: Callable[[], float] = time.time
    requests: list[str] = field(default_factory=list)
    keys: list[jwk.ECKey] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rotate()

    def rotate(self, *, keep: bool = False) -> None:
        """Sign with a new key from now on; the others are published no more, unless they are kept."""
        made = jwk.ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256", "kid": secrets.token_hex(4)})
        self.keys = [made, *self.keys] if keep else [made]

    def sign(self, claims: Claims, *, key: jwk.ECKey | None = None) -> str:
        """Return a token with exactly these claims, signed with the newest key or another."""
        key = key or self.keys[0]
        return jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key, algorithms=["ES256"])

    def token(self, **changes: Any) -> str:
        """Return an access token for programs; a claim given as None is left out."""
        now = int(self.now())
        claims = {"iss": self.url, "aud": AUDIENCE, "iat": now, "exp": now + 300, "jti": secrets.token_hex(8)}
        claims |= {**self.user, **changes}
        return self.sign({name: value for name, value in claims.items() if value is not None})

    def metadata(self) -> Claims:
        """Return what the issuer says of itself."""
        return self.change_metadata(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks",
                "end_session_endpoint": f"{self.url}/end",
                "response_types_supported": ["code"],
                "code_challenge_methods_supported": ["S256"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    def authorize(self, query: dict[str, str]) -> tuple[int, str]:
        """Answer an authorization request: where the browser goes, or a refusal."""
        if query["client_id"] != CLIENT_ID or query["redirect_uri"] not in self.redirect_uris:
            return 400, "unknown client or redirect_uri"
        if query["response_type"] != "code" or "openid" not in query["scope"].split():
            return 400, "no OpenID request for a code"
        if query["code_challenge_method"] != "S256" or len(query["code_challenge"]) != 43:
            return 400, "no PKCE"
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        answer = {"code": code, "state": query["state"], "iss": self.url}
        return 302, f"{query['redirect_uri']}?{urlencode(answer)}"

    def exchange(self, form: dict[str, str], *, authorization: str) -> tuple[int, Claims]:
        """Answer a token request; a code is good once, for its client, address and verifier."""
        scheme, _, encoded = authorization.partition(" ")
        given = base64.b64decode(encoded).decode().split(":")
        if scheme != "Basic" or [unquote_plus(part) for part in given] != [CLIENT_ID, CLIENT_SECRET]:
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if (
            asked is None
            or form["grant_type"] != "authorization_code"
            or form["redirect_uri"] != asked["redirect_uri"]
            or base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        access, now = self.token(), int(self.now())
        half = hashlib.sha256(access.encode()).digest()[:16]
        claims = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **self.user}
        claims["at_hash"] = base64.urlsafe_b64encode(half).rstrip(b"=").decode()
        signed = self.sign(self.change(claims))
        return 200, {"id_token": signed, "access_token": access, "token_type": "Bearer", "expires_in": 300}

    def end(self, query: dict[str, str]) -> tuple[int, str]:
        """Answer a sign-out."""
        if query.get("client_id") != CLIENT_ID or query.get("post_logout_redirect_uri") not in self.logout_uris:
            return 400, "unknown client or post_logout_redirect_uri"
        return 302, query["post_logout_redirect_uri"]


def _handler(issuer: LocalIssuer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            issuer.requests.append(parts.path)
            if issuer.down:
                self._answer(503, "down")
            elif parts.path == "/.well-known/openid-configuration":
                self._json(200, issuer.metadata())
            elif parts.path == "/jwks":
                self._json(200, {"keys": [key.as_dict(private=False) for key in issuer.keys]})
            elif parts.path == "/authorize":
                self._answer(*issuer.authorize(query))
            elif parts.path == "/end":
                self._answer(*issuer.end(query))
            else:
                self._answer(404, "nothing here")

        def do_POST(self) -> None:
            issuer.requests.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            if issuer.down:
                self._answer(503, "down")
            else:
                self._json(*issuer.exchange(form, authorization=self.headers.get("Authorization", "")))

        def _json(self, status: int, document: Claims) -> None:
            self._send(status, json.dumps(document), {"Content-Type": "application/json"})

        def _answer(self, status: int, text: str) -> None:
            self._send(status, "" if status == 302 else text, {"Location": text} if status == 302 else {})

        def _send(self, status: int, text: str, headers: dict[str, str]) -> None:
            content = text.encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    return Handler


@contextmanager
def local_issuer(*, public_url: str, port: int = 0) -> Iterator[LocalIssuer]:
    """Run an issuer that sends browsers back to a service."""
    issuer = LocalIssuer(redirect_uris=(f"{public_url}/auth/callback",), logout_uris=(f"{public_url}/",))
    with ThreadingHTTPServer(("127.0.0.1", port), _handler(issuer)) as server:
        issuer.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()


if __name__ == "__main__":
    with local_issuer(public_url=sys.argv[2], port=int(sys.argv[1])) as running:
        print(running.url, flush=True)
        threading.Event().wait()
