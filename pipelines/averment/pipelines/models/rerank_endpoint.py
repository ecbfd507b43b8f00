"""A reranker behind vLLM's `/rerank`, which other servers speak as well: one request for all passages.

The server gets the question and the passages; it must be as trusted as this machine. What it says is bounded and
checked before it is used, and an answer that comes too late is not waited for.
"""

import http.client
import json
import math
import urllib.error
import urllib.parse
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from averment.core.clock import Clock, SystemClock
from averment.core.errors import ConfigurationError, ModelOutputInvalid, ModelUnavailable
from averment.pipelines.models.http_probe import open_url

if TYPE_CHECKING:
    import urllib.response

_MAX_REPLY_BYTES: Final = 4 * 1024 * 1024
_PIECE_BYTES: Final = 64 * 1024


class EndpointReranker:
    """Scores passages at an endpoint.

    Args:
        base_url: The endpoint, with `/v1`.
        model: Name of the model it serves.
        api_key: Its key, if it wants one.
        clock: Tells when the time is spent.

    Raises:
        ConfigurationError: The URL is none of http or https.
    """

    def __init__(self, base_url: str, *, model: str, api_key: str | None = None, clock: Clock | None = None) -> None:
        parts = urllib.parse.urlsplit(base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query:
            raise ConfigurationError(
                "reranking.endpoint is no http or https URL without user and query",
                hint="for example 'http://127.0.0.1:8001/v1'",
            )
        self.model_id = model
        self._url = f"{base_url.rstrip('/')}/rerank"
        self._api_key = api_key
        self._clock = clock or SystemClock()

    def warm_up(self) -> None:
        """Do nothing: the server has its model loaded."""

    def scores(self, question: str, texts: Sequence[str], *, budget_s: float) -> list[float]:
        """Score texts in order, 0-1; nothing where the time was not enough.

        Raises:
            ModelUnavailable: The endpoint cannot be reached or fails.
            ModelOutputInvalid: Its reply is no ranking of these texts.
        """
        until = self._clock.monotonic_s() + budget_s
        body = {"model": self.model_id, "query": question, "documents": list(texts), "truncate_prompt_tokens": -1}
        try:
            with open_url(self._url, timeout_s=budget_s, api_key=self._api_key, body=body) as response:
                reply = self._read_until(response, until)
        except TimeoutError:
            return []
        except urllib.error.HTTPError as error:
            raise ModelUnavailable(f"the reranking endpoint failed (status {error.code})") from error
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, TimeoutError):
                return []
            raise ModelUnavailable(
                f"the reranking endpoint cannot be reached ({type(reason).__name__})",
                hint="start it, or correct reranking.endpoint",
            ) from error
        return _read(reply, len(texts)) if reply is not None else []

    def _read_until(self, response: "urllib.response.addinfourl", until: float) -> bytes | None:
        """Read a reply; None for one that goes on after the time is spent, however fast its pieces come."""
        read = bytearray()
        while len(read) < _MAX_REPLY_BYTES:
            piece = response.read1(_PIECE_BYTES)
            if self._clock.monotonic_s() > until:
                return None
            if not piece:
                break
            read += piece
        return bytes(read)


def _read(reply: bytes, n_texts: int) -> list[float]:
    """Read the scores of a reply, in order of the texts."""
    found: dict[int, float] = {}
    with suppress(ValueError, KeyError, TypeError):
        # A reply that was cut off at the limit is no JSON.
        found = {int(row["index"]): float(row["relevance_score"]) for row in json.loads(reply)["results"]}
    if set(found) != set(range(n_texts)) or not all(math.isfinite(score) for score in found.values()):
        raise ModelOutputInvalid(
            f"the reply of the reranking endpoint is no ranking of {n_texts} texts",
            hint="the endpoint must speak vLLM's /rerank and serve a cross-encoder",
        )
    return [min(1.0, max(0.0, found[place])) for place in range(n_texts)]
