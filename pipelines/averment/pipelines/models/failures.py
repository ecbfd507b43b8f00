"""From the failures of a model endpoint to our errors. Messages of the server are not passed on: they may quote.

Only what is needed is read from them: a limit in tokens, a time to wait.
"""

import re
from typing import TYPE_CHECKING, Final

from averment.core.errors import (
    AvermentError,
    ConfigurationError,
    ContextTooLong,
    ModelError,
    ModelOutputInvalid,
    ModelOverloaded,
    ModelUnavailable,
)

if TYPE_CHECKING:
    from openai import APIStatusError

_LIMIT: Final = re.compile(r"maximum (?:context|model) length (?:is|of) (\d+)", re.IGNORECASE)
_GOT: Final = re.compile(r"(?:contains|requested|has|got) (?:at least )?(\d+)[ a-z]* tokens", re.IGNORECASE)
_CONTEXT_CODES: Final = ("context_length_exceeded", "input_tokens", "max_tokens", "max_completion_tokens")
_OVERLOADED: Final = (429, 503)


def as_our_error(error: Exception, *, endpoint: str) -> AvermentError:
    """Translate what the client library raised; the caller raises the result from the cause."""
    import openai

    if isinstance(error, openai.APITimeoutError | TimeoutError):
        return ModelUnavailable(
            f"the model endpoint {endpoint!r} did not answer in time",
            hint="raise model.timeout_s, or look at the server's load",
        )
    if isinstance(error, openai.APIStatusError):
        return _from_status(error, endpoint=endpoint)
    if isinstance(error, openai.APIResponseValidationError):
        return _no_completion(endpoint)
    if isinstance(error, openai.APIConnectionError | OSError):
        return ModelUnavailable(
            f"the model endpoint {endpoint!r} cannot be reached ({_root(error)})",
            hint="start it with `averment model serve`, or correct model.endpoint",
        )
    return _no_completion(endpoint)


def _from_status(error: "APIStatusError", *, endpoint: str) -> AvermentError:
    status = error.status_code
    if status in _OVERLOADED:
        wait_s = retry_after_s(error.response.headers.get("retry-after"))
        return ModelOverloaded(
            f"the model endpoint {endpoint!r} is overloaded (status {status})",
            hint="try again later, or send fewer requests at once",
            details={} if wait_s is None else {"retry_after_s": wait_s},
        )
    if status in (401, 403):
        return ConfigurationError(
            f"the model endpoint {endpoint!r} refused the key (status {status})", hint="set model.api_key"
        )
    if status == 404:
        return ConfigurationError(
            f"the model endpoint {endpoint!r} does not know the path or the model (status 404)",
            hint="check model.endpoint (it ends in /v1) and model.profile",
        )
    if status >= 500:
        return ModelUnavailable(
            f"the model endpoint {endpoint!r} failed (status {status})", hint="look at the server's log"
        )
    return _from_refusal(error, endpoint=endpoint)


def _from_refusal(error: "APIStatusError", *, endpoint: str) -> AvermentError:
    text = str(error.message)
    body = error.body if isinstance(error.body, dict) else {}
    limit, got = _LIMIT.search(text), _GOT.search(text)
    if limit or body.get("code") in _CONTEXT_CODES or error.status_code == 413:
        details: dict[str, str | int] = {}
        if limit:
            details["limit"] = int(limit[1])
        if got:
            details["got"] = int(got[1])
        return ContextTooLong(
            f"the request does not fit the model's context ({details.get('got', 'unknown')} tokens asked,"
            f" limit {details.get('limit', 'unknown')})",
            hint="send fewer passages, or serve the model with a larger context",
            details=details,
        )
    return ModelError(
        f"the model endpoint {endpoint!r} refused the request (status {error.status_code})",
        hint="check that the profile fits the server: structured outputs, reasoning parser, priorities",
    )


def retry_after_s(header: str | None) -> int | None:
    """Return the seconds a `Retry-After` header asks for, rounded up; None for an absent or dated one.

    >>> retry_after_s("1.2"), retry_after_s("soon")
    (2, None)
    """
    try:
        return max(0, -int(-float(header or "") // 1))
    except (ValueError, OverflowError):
        return None


def _no_completion(endpoint: str) -> ModelOutputInvalid:
    return ModelOutputInvalid(
        f"the response of the model endpoint {endpoint!r} is no chat completion",
        hint="check that model.endpoint is an OpenAI-compatible server",
    )


def _root(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return type(error).__name__
