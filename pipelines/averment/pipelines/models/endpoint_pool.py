"""Several endpoints that serve the same model, as one model.

A request goes where requests with the same beginning went before (rendezvous hashing, Thaler and Ravishankar 1998), so
that each server's prefix cache keeps whole documents; where that endpoint has clearly more to do than another, to the
one with the least. An endpoint that cannot be reached, refuses for load or serves another model rests for a while, and
what it failed goes to the next.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from averment.core.access import Principal
from averment.core.errors import AvermentError, ConfigurationError, ModelCancelled, ModelOverloaded, ModelUnavailable
from averment.core.ports import ChatMessage, Completion
from averment.pipelines.models.caller import Caller, CallerChatModel
from averment.pipelines.models.cancellation import Cancellation
from averment.pipelines.models.client import CallLimits, OpenAIChatModel
from averment.pipelines.models.request import CallRequest, first_token_call

# So much of a request's beginning decides where it goes, characters.
HEAD_CHARS: Final = 2_000
# So many more requests in flight than elsewhere outweigh a warm prefix cache.
SPILL: Final = 4
LONGEST_REST_S: Final = 30.0
_FAILURES: Final = (ModelUnavailable, ModelOverloaded, ConfigurationError)


class EndpointPool:
    """A chat model at several endpoints. Safe for several threads.

    Args:
        members: Clients of the endpoints, two or more, with one profile and one salt key.
        limits: Rounds over all endpoints and the time between them; each endpoint is tried once a round.
        clock: Tells monotonic seconds.
        pause: Waits so many seconds, or until the event is set.
    """

    def __init__(
        self,
        members: Sequence[OpenAIChatModel],
        *,
        limits: CallLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[threading.Event, float], object] = threading.Event.wait,
    ):
        self.profile = members[0].profile
        self.model_id = members[0].model_id
        self.revision = members[0].revision
        self.adapter_digest = members[0].adapter_digest
        self._members = tuple(members)
        self._limits = limits or CallLimits()
        self._clock = clock
        self._pause = pause
        self._lock = threading.Lock()
        self._in_flight = dict.fromkeys(members, 0)
        self._failed = dict.fromkeys(members, 0)
        self._rests_until = dict.fromkeys(members, 0.0)

    @property
    def members(self) -> tuple[OpenAIChatModel, ...]:
        """Return the clients of the endpoints."""
        return self._members

    def warm_up(self) -> None:
        """Load the client library and verify which model is served, at every endpoint.

        Raises:
            ModelUnavailable: None of them answers.
            ConfigurationError: None serves the model, and one serves another.
        """
        failures = [failure for failure in map(self._warmed, self._members) if failure is not None]
        if len(failures) == len(self._members):
            raise failures[0]

    def check_served(self) -> None:
        """Ask every endpoint which models it serves.

        Raises:
            ModelUnavailable: One does not answer.
            ConfigurationError: One serves another model.
        """
        for member in self._members:
            member.check_served()

    def close(self) -> None:
        """Cancel what is in flight and close connections."""
        for member in self._members:
            member.close()

    def for_caller(
        self, principal: Principal, *, priority: int = 0, cancellation: Cancellation | None = None
    ) -> CallerChatModel:
        """Return the same model for one caller: own cache salt, priority (lower is served first), cancellation."""
        return CallerChatModel(self, self._members[0].caller(principal, priority=priority, cancellation=cancellation))

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
        """Complete the messages for no caller in particular; see `OpenAIChatModel.complete`."""
        call = CallRequest(
            messages=messages, schema=schema, max_tokens=max_tokens, seed=seed, purpose=purpose, thinking=thinking
        )
        return self.run_call(call, self._members[0].caller(None))

    def first_token(self, messages: Sequence[ChatMessage], *, seed: int, purpose: str) -> Completion:
        """Reply with one token for no caller in particular; see `averment.core.ports.FirstTokenModel`."""
        return self.run_call(first_token_call(messages, seed=seed, purpose=purpose), self._members[0].caller(None))

    def run_call(self, call: CallRequest, caller: Caller) -> Completion:
        """Send one call for a caller, to one endpoint after the other until one answers.

        Raises:
            ModelCancelled: The caller's cancellation was set before the reply came.
            ModelUnavailable: No endpoint can be reached.
            ModelOverloaded: All refused for load, more often than is tried again.
            ConfigurationError: None serves the model.
        """
        failure: AvermentError | None = None
        for attempt in range(self._limits.retries + 1):
            if attempt:
                self._wait(self._limits.backoff_s * 2 ** (attempt - 1), caller.cancellation)
            for member in self._order(call, caller):
                try:
                    with self._working(member):
                        completion = member.run_call(call, caller)
                except _FAILURES as error:
                    failure = error
                    self._rest(member)
                else:
                    self._failed[member] = 0
                    return completion
        assert failure is not None, "a round without a failure returns"
        raise failure

    def _order(self, call: CallRequest, caller: Caller) -> list[OpenAIChatModel]:
        """Return the endpoints that do not rest, all of them where none is awake: the one to ask first at the front."""
        now = self._clock()
        with self._lock:
            busy = dict(self._in_flight)
            awake = [member for member in self._members if self._rests_until[member] <= now] or list(self._members)
        head = (caller.cache_salt + "".join(message.content for message in call.messages)[:HEAD_CHARS]).encode()
        ranked = sorted(awake, key=lambda member: hashlib.sha256(head + member.address.encode()).digest())
        if busy[ranked[0]] - min(busy[member] for member in awake) < SPILL:
            return ranked
        return sorted(ranked, key=busy.__getitem__)

    @contextmanager
    def _working(self, member: OpenAIChatModel) -> Iterator[None]:
        with self._lock:
            self._in_flight[member] += 1
        try:
            yield
        finally:
            with self._lock:
                self._in_flight[member] -= 1

    def _rest(self, member: OpenAIChatModel) -> None:
        with self._lock:
            self._failed[member] += 1
            rest_s = min(LONGEST_REST_S, self._limits.backoff_s * 2 ** min(self._failed[member], 16))
            self._rests_until[member] = self._clock() + rest_s

    def _wait(self, seconds: float, cancellation: Cancellation | None) -> None:
        """Wait before the next round.

        Raises:
            ModelCancelled: The caller's cancellation was set meanwhile.
        """
        woken = threading.Event()
        cancellation = cancellation or Cancellation()
        with cancellation.calling(woken.set):
            self._pause(woken, min(seconds, self._limits.max_wait_s))
        if cancellation.is_cancelled:
            raise ModelCancelled(f"the call to model {self.model_id!r} was cancelled by its caller")

    def _warmed(self, member: OpenAIChatModel) -> ModelUnavailable | ConfigurationError | None:
        try:
            member.warm_up()
        except (ModelUnavailable, ConfigurationError) as failure:
            self._rest(member)
            return failure
        return None
