"""A stand-in for an OpenAI-compatible model endpoint, with scripted replies and the ways endpoints fail.

It listens on the loopback address and speaks just enough of the API. Only tests use it.
"""

import json
import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Final, Literal

Failure = Literal["overloaded", "broken", "refusing_key", "context_too_long", "garbage", "hang", "drop", "half"]

_STATUS: Final[Mapping[str, int]] = {"overloaded": 429, "broken": 500, "refusing_key": 401, "context_too_long": 400}
_CONTEXT_MESSAGE: Final = (
    "This model's maximum context length is 4096 tokens. However, your prompt contains 5000 input tokens, which"
    " exceeds this limit even without any output tokens."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedReply:
    """One reply: its text, or the failure in its place.

    `first_token` holds probabilities (0-1) by token; they are told where the request asks for log-probabilities.
    """

    text: str | None = None
    finish: str = "stop"
    model: str | None = None
    failure: Failure | None = None
    delay_s: float = 0.0
    retry_after: str | None = None
    reasoning: str | None = None
    refusal: str | None = None
    cached_tokens: int | None = 3
    first_token: Mapping[str, float] | None = None


@dataclass(slots=True, kw_only=True)
class SeenRequest:
    """A request as it came in, header names in lower case, and whether its caller hung up before the reply."""

    body: Mapping[str, object]
    headers: Mapping[str, str]
    hung_up: bool = False


@dataclass(kw_only=True)
class ModelEndpoint:
    """A server with scripted replies; a context manager. The last reply is repeated.

    Args:
        replies: The replies in order, or a function from the request's body to a reply.
        served: Names of the models it says it serves.
        parents: Which of them are adapters of which.
        api_key: The key it wants, if any.
        version: What it says on `/version`, if anything.
    """

    replies: list[ScriptedReply] | Callable[[Mapping[str, object]], ScriptedReply]
    served: tuple[str, ...] = ("test-model",)
    parents: Mapping[str, str] = field(default_factory=dict)
    api_key: str | None = None
    version: str | None = None
    requests: list[SeenRequest] = field(default_factory=list)

    def __enter__(self) -> "ModelEndpoint":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5.0)

    @property
    def base_url(self) -> str:
        """Its URL, with `/v1`."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def reply_to(self, body: Mapping[str, object]) -> ScriptedReply:
        """Return the next reply."""
        if callable(self.replies):
            return self.replies(body)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(_Handler):
            owner = endpoint

        return Handler


class _Handler(BaseHTTPRequestHandler):
    owner: ModelEndpoint
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer `/v1/models`, `/health`, and `/version` where a version was given."""
        if self.path == "/version":
            version = self.owner.version
            self._send(404 if version is None else 200, {"version": version})
            return
        if self._refused():
            return
        parents = self.owner.parents
        rows = [{"id": name, "object": "model", "parent": parents.get(name)} for name in self.owner.served]
        self._send(200, {"object": "list", "data": rows})

    def do_POST(self) -> None:
        """Answer a chat completion as scripted."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self._refused():
            return
        seen = SeenRequest(body=body, headers={name.lower(): value for name, value in self.headers.items()})
        self.owner.requests.append(seen)
        reply = self.owner.reply_to(body)
        if reply.failure == "hang" or reply.delay_s:
            seen.hung_up = self._wait(30.0 if reply.failure == "hang" else reply.delay_s)
            if seen.hung_up:
                return
        self._answer(body, reply)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Log nothing."""

    def _answer(self, body: Mapping[str, object], reply: ScriptedReply) -> None:
        if reply.failure in {"drop", "hang"}:
            self.close_connection = True
        elif reply.failure == "garbage":
            self._send_bytes(200, b"<html>not an API</html>", kind="text/html")
        elif reply.failure == "half":
            self._send_bytes(200, b'{"id": "x", "choices": [{"mess', promised=4096)
        elif reply.failure:
            message = _CONTEXT_MESSAGE if reply.failure == "context_too_long" else reply.failure
            headers = {"Retry-After": reply.retry_after} if reply.retry_after is not None else {}
            self._send(_STATUS[reply.failure], {"error": {"message": message, "type": "test", "code": 1}}, headers)
        else:
            self._send(200, self._completion(body, reply))

    def _completion(self, body: Mapping[str, object], reply: ScriptedReply) -> dict[str, object]:
        message = {"role": "assistant", "content": reply.text, "reasoning": reply.reasoning}
        if reply.refusal is not None:
            message["refusal"] = reply.refusal
        choice = {"index": 0, "message": message, "finish_reason": reply.finish}
        if reply.first_token is not None and body.get("logprobs"):
            choice["logprobs"] = _log_probabilities(reply.first_token)
        details = None if reply.cached_tokens is None else {"cached_tokens": reply.cached_tokens}
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": reply.model or body.get("model"),
            "choices": [choice],
            "usage": {
                "prompt_tokens": 11,
                "completion_tokens": 5,
                "total_tokens": 16,
                "prompt_tokens_details": details,
            },
        }

    def _refused(self) -> bool:
        wanted = self.owner.api_key
        if wanted is None or self.headers.get("Authorization") == f"Bearer {wanted}":
            return False
        self._send(401, {"error": {"message": "no", "type": "auth", "code": 401}})
        return True

    def _wait(self, seconds: float) -> bool:
        """Wait; return True as soon as the caller hangs up."""
        deadline = time.monotonic() + seconds
        self.connection.settimeout(0.02)
        while time.monotonic() < deadline:
            try:
                if self.connection.recv(1) == b"":
                    self.close_connection = True
                    return True
            except TimeoutError:
                continue
            except OSError:
                return True
        self.connection.settimeout(None)
        return False

    def _send(self, status: int, body: Mapping[str, object], headers: Mapping[str, str] | None = None) -> None:
        self._send_bytes(status, json.dumps(body).encode("utf-8"), headers=headers)

    def _send_bytes(
        self,
        status: int,
        content: bytes,
        *,
        kind: str = "application/json",
        headers: Mapping[str, str] | None = None,
        promised: int | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(promised or len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        if promised:
            self.close_connection = True


def _log_probabilities(first_token: Mapping[str, float]) -> dict[str, object]:
    told = [{"token": token, "logprob": math.log(chance), "bytes": None} for token, chance in first_token.items()]
    return {"content": [{**told[0], "top_logprobs": told}]}
