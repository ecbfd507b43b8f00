"""The language model behind an OpenAI-compatible endpoint, reached through Haystack's generator for vLLM.

Requests are asynchronous in a thread of the client's own, so that a caller may wait or be cancelled: cancelling
closes the connection, and the server stops working on it. Every request carries a cache salt derived from who
asks, so that no prefix cache is shared across access labels. The chain of thought is not asked for and dropped
where it comes all the same. Spans and errors hold names, counts and times, never content.
"""

import asyncio
import secrets
import time
import urllib.parse
from collections.abc import Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from averment.core.access import Principal
from averment.core.errors import (
    AvermentError,
    ConfigurationError,
    ModelCancelled,
    ModelOutputInvalid,
    ModelOverloaded,
    ModelUnavailable,
)
from averment.core.ports import REFUSED, ChatMessage, Completion
from averment.core.telemetry import span
from averment.pipelines.models.caller import Caller, CallerChatModel, cache_salt
from averment.pipelines.models.cancellation import Cancellation
from averment.pipelines.models.failures import as_our_error
from averment.pipelines.models.first_token import FirstTokenClient
from averment.pipelines.models.http_probe import check_serves, served_models
from averment.pipelines.models.loop_thread import LoopThread
from averment.pipelines.models.profiles import ModelProfile
from averment.pipelines.models.reply import usable_text
from averment.pipelines.models.request import (
    CallRequest,
    first_token_call,
    generation_arguments,
    sampling_of,
    switched_messages,
    thinking_tokens,
)

if TYPE_CHECKING:
    from haystack.dataclasses import ChatMessage as HaystackMessage
    from haystack_integrations.components.generators.vllm import VLLMChatGenerator

_MAX_PRIORITY: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """How long to wait and how often to try again, per call. Times in seconds.

    `timeout_s` covers one attempt; attempts are repeated only where trying again can help, after `backoff_s`,
    twice that, and so on, or after what the server asks for if that is at most `max_wait_s`.
    """

    timeout_s: float = 120.0
    retries: int = 2
    backoff_s: float = 0.5
    max_wait_s: float = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFailure:
    """A call that failed: the error's code, and when (Unix, s)."""

    code: str
    at_s: float


class OpenAIChatModel:
    """A chat model at an endpoint, as the port `ChatModel` has it.

    Args:
        profile: How this model is asked.
        base_url: The endpoint, with `/v1`.
        api_key: Its key, if it wants one.
        revision: What identifies the weights served: digest of the folder, or the published revision if None.
        limits: Times and attempts.
        salt_key: Key of the cache salts; random for this client when None.

    Attributes:
        last_failure: The last call that failed; None where none did. Calls that their callers cancelled do not count.

    Example:
        >>> model = OpenAIChatModel(profile, base_url=running.base_url, api_key=running.api_key)  # doctest: +SKIP
        >>> mine = model.for_caller(principal, priority=1)  # doctest: +SKIP
        >>> mine.complete(messages, schema=schema, max_tokens=64, seed=1, purpose="select")  # doctest: +SKIP
    """

    def __init__(
        self,
        profile: ModelProfile,
        *,
        base_url: str,
        api_key: str | None = None,
        revision: str | None = None,
        limits: CallLimits = CallLimits(),
        salt_key: bytes | None = None,
    ):
        parts = urllib.parse.urlsplit(base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query:
            raise ConfigurationError(
                f"model.endpoint must be an http or https URL with /v1, not {_bare(base_url)!r}",
                hint="for example 'http://127.0.0.1:8000/v1'",
            )
        self.profile = profile
        self.model_id = profile.served_name
        self.adapter_digest = profile.adapter.digest if profile.adapter is not None else None
        self.revision = _revision(revision or profile.revision, self.adapter_digest)
        self._base_url = base_url.rstrip("/")
        self.address = self._base_url
        self._address = (parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
        self._api_key = api_key
        self._limits = limits
        self._salt_key = salt_key or secrets.token_bytes(32)
        self._loop = LoopThread("averment-model")
        self._generator: VLLMChatGenerator | None = None
        self._first_tokens: FirstTokenClient | None = None
        self._verified = False
        self.last_failure: CallFailure | None = None

    def warm_up(self) -> None:
        """Load the client library and verify which model is served.

        Raises:
            ModelUnavailable: The endpoint does not answer.
            ConfigurationError: It serves another model.
        """
        self.check_served()
        self._component()

    def check_served(self, *, within_s: float = 30.0) -> None:
        """Ask the endpoint which models it serves, without loading the client library, for so many seconds at most.

        Raises:
            ModelUnavailable: The endpoint does not answer.
            ConfigurationError: It serves another model.
        """
        self._loop.submit(self._verify(within_s)).result()

    def close(self) -> None:
        """Cancel what is in flight and close connections; the client can be used again."""
        opened, self._generator, self._first_tokens = (self._generator, self._first_tokens), None, None
        for component in opened:
            if component is not None:
                self._loop.submit(component.close_async()).result(timeout=10.0)
        self._loop.close()
        self._verified = False

    def for_caller(
        self, principal: Principal, *, priority: int = 0, cancellation: Cancellation | None = None
    ) -> "CallerChatModel":
        """Return the same model for one caller: own cache salt, priority (lower is served first), cancellation."""
        return CallerChatModel(self, self.caller(principal, priority=priority, cancellation=cancellation))

    def caller(
        self, principal: Principal | None, *, priority: int = 0, cancellation: Cancellation | None = None
    ) -> Caller:
        """Describe a caller; nobody in particular, who shares a cache with nobody, where there is no principal."""
        if abs(priority) > _MAX_PRIORITY:
            raise ConfigurationError(f"priority must lie between ±{_MAX_PRIORITY}, not {priority}")
        salt = cache_salt(self._salt_key, principal)
        return Caller(cache_salt=salt, priority=priority, cancellation=cancellation)

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
        """Complete the messages for no caller in particular: their cache is shared with nobody.

        Raises:
            ModelUnavailable: The endpoint cannot be reached or took too long.
            ModelOverloaded: It refused for load, more often than is tried again.
            ContextTooLong: The messages do not fit its context.
            ModelOutputInvalid: No chat completion, another model, or output outside the schema.
        """
        call = CallRequest(
            messages=messages, schema=schema, max_tokens=max_tokens, seed=seed, purpose=purpose, thinking=thinking
        )
        return self.run_call(call, self.caller(None))

    def first_token(self, messages: Sequence[ChatMessage], *, seed: int, purpose: str) -> Completion:
        """Reply with one token for no caller in particular; see `averment.core.ports.FirstTokenModel`."""
        return self.run_call(first_token_call(messages, seed=seed, purpose=purpose), self.caller(None))

    def run_call(self, call: CallRequest, caller: Caller) -> Completion:
        """Send one call for a caller and wait for it; see `complete`.

        Raises:
            ModelCancelled: The caller's cancellation was set before the reply came.
        """
        call = replace(call, cache_salt=caller.cache_salt, priority=caller.priority)
        cancellation = caller.cancellation or Cancellation()
        with span("averment.pipelines.complete", self._request_attributes(call)) as current:
            future = self._loop.submit(self._attempts(call))
            try:
                with cancellation.calling(future.cancel):
                    completion = future.result()
            except CancelledError as error:
                raise ModelCancelled(f"the call to model {self.model_id!r} was cancelled by its caller") from error
            except AvermentError as error:
                self.last_failure = CallFailure(code=error.code, at_s=time.time())
                raise
            except BaseException:
                future.cancel()
                raise
            current.set_attributes(_response_attributes(completion))
        return completion

    async def _attempts(self, call: CallRequest) -> Completion:
        for attempt in range(self._limits.retries + 1):
            try:
                return await self._attempt(call)
            except (ModelUnavailable, ModelOverloaded) as error:
                self._verified = False
                wait_s = float(error.details.get("retry_after_s", self._limits.backoff_s * 2**attempt))
                if attempt == self._limits.retries or wait_s > self._limits.max_wait_s:
                    raise
                await asyncio.sleep(wait_s)
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _attempt(self, call: CallRequest) -> Completion:
        if not self._verified:
            await self._verify()
        openai_arguments, extra = generation_arguments(self.profile, call)
        arguments = {**openai_arguments, **({"extra_body": extra} if extra else {})}
        messages = [_as_haystack(message) for message in switched_messages(self.profile, call)]
        component: VLLMChatGenerator | FirstTokenClient
        component = self._first_token_client() if call.tells_first_token else self._component()
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._limits.timeout_s):
                replies = (await component.run_async(messages=messages, generation_kwargs=arguments))["replies"]
        except AvermentError:
            raise
        except Exception as error:  # the adapter's seam: whatever the client library raises becomes one of ours
            raise as_our_error(error, endpoint=self._base_url) from error
        return self._completion(replies, call, duration_s=time.monotonic() - began)

    def _completion(self, replies: "Sequence[HaystackMessage]", call: CallRequest, *, duration_s: float) -> Completion:
        if len(replies) != 1:
            raise ModelOutputInvalid(f"the model endpoint {self._base_url!r} returned {len(replies)} replies, not 1")
        meta, text = replies[0].meta, replies[0].text or ""
        served, finish = str(meta.get("model") or ""), str(meta.get("finish_reason") or "unknown")
        if replies[0].text is None and finish == "stop":
            finish = REFUSED  # the API puts null where the text would be, and the refusal's words elsewhere
        if served != self.profile.served_name:
            self._verified = False
            raise ModelOutputInvalid(
                f"the endpoint answered as model {served[:80]!r}, expected {self.profile.served_name!r}",
                hint="check model.profile and what the endpoint serves",
            )
        usage = meta.get("usage") or {}
        return Completion(
            text=usable_text(text, schema=call.schema, finish=finish),
            finish=finish,
            model=served,
            revision=self.revision,
            parameters=self._parameters(call),
            duration_s=duration_s,
            prompt_tokens=_count(usage.get("prompt_tokens")),
            cached_tokens=_count((usage.get("prompt_tokens_details") or {}).get("cached_tokens")),
            completion_tokens=_count(usage.get("completion_tokens")),
            first_token=meta.get("first_token"),
        )

    def _parameters(self, call: CallRequest) -> dict[str, str | int | float | bool]:
        sampling = sampling_of(self.profile, call)
        parameters: dict[str, str | int | float | bool] = {
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_tokens": call.max_tokens,
            "seed": call.seed,
            "thinking_tokens": thinking_tokens(self.profile, call),
            "structured_output": self.profile.structured_output if call.schema is not None else "off",
        }
        return parameters | ({} if sampling.top_k is None else {"top_k": sampling.top_k})

    async def _verify(self, within_s: float = 30.0) -> None:
        served = await asyncio.to_thread(
            served_models, self._base_url, api_key=self._api_key, timeout_s=min(within_s, self._limits.timeout_s)
        )
        check_serves(served, self.profile, base_url=self._base_url)
        self._verified = True

    def _component(self) -> "VLLMChatGenerator":
        if self._generator is None:
            from averment.pipelines.models.chat_generator import build_chat_generator

            self._generator = build_chat_generator(
                self.profile, base_url=self._base_url, api_key=self._api_key, timeout_s=self._limits.timeout_s
            )
        return self._generator

    def _first_token_client(self) -> FirstTokenClient:
        if self._first_tokens is None:
            self._first_tokens = FirstTokenClient(
                self.profile, base_url=self._base_url, api_key=self._api_key, timeout_s=self._limits.timeout_s
            )
        return self._first_tokens

    def _request_attributes(self, call: CallRequest) -> dict[str, str | int | float | bool]:
        host, port = self._address
        return {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": self.profile.dialect,
            "gen_ai.request.model": self.model_id,
            "gen_ai.request.max_tokens": call.max_tokens,
            "gen_ai.request.temperature": sampling_of(self.profile, call).temperature,
            "gen_ai.request.seed": call.seed,
            "gen_ai.output.type": "text" if call.schema is None else "json",
            "server.address": host,
            "server.port": port,
            "averment.purpose": call.purpose,
            "averment.thinking_tokens": thinking_tokens(self.profile, call),
        }


def _revision(base: str | None, adapter: str | None) -> str | None:
    """Return what identifies weights: those of the model, and of an adapter where one answers."""
    return base if adapter is None else f"{base or 'unknown'}@{adapter}"


def _response_attributes(completion: Completion) -> dict[str, str | int | float | bool]:
    counts = {
        "gen_ai.usage.input_tokens": completion.prompt_tokens,
        "gen_ai.usage.cache_read.input_tokens": completion.cached_tokens,
        "gen_ai.usage.output_tokens": completion.completion_tokens,
    }
    known: dict[str, str | int | float | bool] = {name: count for name, count in counts.items() if count is not None}
    return known | {"gen_ai.response.model": completion.model, "gen_ai.response.finish_reasons": completion.finish}


def _as_haystack(message: ChatMessage) -> "HaystackMessage":
    from haystack.dataclasses import ChatMessage as HaystackMessage

    make = {
        "system": HaystackMessage.from_system,
        "user": HaystackMessage.from_user,
        "assistant": HaystackMessage.from_assistant,
    }
    return make[message.role](message.content)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _bare(url: str) -> str:
    # A URL that is refused may hold a password.
    return urllib.parse.urlsplit(url)._replace(netloc="…", query="").geturl() if "@" in url or "?" in url else url
