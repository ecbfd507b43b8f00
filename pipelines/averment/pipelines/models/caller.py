"""On whose behalf a model is asked: callers share no prefix cache across access labels, and cancel their own calls."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from averment.core.access import Principal
from averment.core.ports import ChatMessage, Completion
from averment.pipelines.models.cancellation import Cancellation
from averment.pipelines.models.request import CallRequest, first_token_call


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """On whose behalf a call is made: salt of its part of the prefix cache, priority (lower first), cancellation."""

    cache_salt: str
    priority: int
    cancellation: Cancellation | None


class RunsCalls(Protocol):
    """Sends calls for callers: one endpoint, or several."""

    model_id: str

    def run_call(self, call: CallRequest, caller: Caller) -> Completion:
        """Send one call for a caller and wait for it."""


class CallerChatModel:
    """A chat model on behalf of one caller; made by `for_caller`."""

    def __init__(self, model: RunsCalls, caller: Caller):
        self._model = model
        self._caller = caller
        self.model_id = model.model_id

    def complete(
        self,
        messages: Sequence[ChatMessage],
        *,
        schema: Mapping[str, object] | None = None,
        max_tokens: int,
        seed: int,
        purpose: str,
        thinking: bool = False,
    ) -> Completion:
        """Complete the messages; see `OpenAIChatModel.complete`.

        Raises:
            ModelCancelled: The cancellation was set before the reply came.
        """
        call = CallRequest(
            messages=messages, schema=schema, max_tokens=max_tokens, seed=seed, purpose=purpose, thinking=thinking
        )
        return self._model.run_call(call, self._caller)

    def first_token(self, messages: Sequence[ChatMessage], *, seed: int, purpose: str) -> Completion:
        """Reply with one token; see `averment.core.ports.FirstTokenModel`.

        Raises:
            ModelCancelled: The cancellation was set before the reply came.
        """
        return self._model.run_call(first_token_call(messages, seed=seed, purpose=purpose), self._caller)


def cache_salt(key: bytes, principal: Principal | None) -> str:
    """Derive the salt under which a caller's prompts are cached: equal for equal tenant and groups only."""
    label = None if principal is None else [principal.tenant, sorted(set(principal.groups))]
    return hmac.new(key, json.dumps(label).encode("utf-8"), hashlib.sha256).hexdigest()
