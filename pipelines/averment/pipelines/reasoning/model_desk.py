"""The one place where the loop speaks to the language model: renders, asks, validates, counts, and never raises.

A model that is down, slow, overloaded, cut off, refusing, off-schema or not the one the settings name costs the
answer nothing but a warning: the reply is None and the loop goes on without it. After an endpoint proved unreachable
or another model it is not asked again for this answer.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final, Protocol

from averment.core.access import AccessLabel
from averment.core.answers import ModelCall
from averment.core.clock import Clock
from averment.core.errors import (
    AvermentError,
    ConfigurationError,
    ContextTooLong,
    ModelCancelled,
    ModelError,
    ModelOutputInvalid,
    ModelOverloaded,
    ModelUnavailable,
)
from averment.core.ids import sha256_id
from averment.core.jsonable import canonical_json
from averment.core.ports import REFUSED, ChatModel, Completion, FirstTokenModel
from averment.pipelines.reasoning.escalation_policy import TOO_HIGH
from averment.pipelines.reasoning.prompts import Prompt, PromptName, render

_WARNINGS: Final[tuple[tuple[type[AvermentError], str], ...]] = (
    (ConfigurationError, "model_misconfigured"),
    (ModelCancelled, "cancelled"),
    (ModelUnavailable, "model_unavailable"),
    (ModelOverloaded, "model_overloaded"),
    (ContextTooLong, "model_context_too_long"),
    (ModelOutputInvalid, "model_output_invalid"),
    (ModelError, "model_failed"),
)
_UNFINISHED: Final[Mapping[str, str]] = {"length": "model_output_truncated", REFUSED: "model_refused"}


MaySee = Callable[[Sequence[AccessLabel]], bool]


class ModelTrust(Protocol):
    """What a model's profile lets it do."""

    @property
    def trusted_for(self) -> tuple[str, ...]:
        """Name the calls whose output may shape an answer, once checked."""

    @property
    def window_tokens(self) -> int:
        """Return how much of a document it is shown around what it may choose, 0 for nothing."""

    @property
    def yes_no_threshold(self) -> float:
        """Return from which probability of yes (0-1) a sentence is chosen where it is asked for one by one."""

    def thinking_budget(self, purpose: str) -> int:
        """Return how many tokens a kind of call may think, 0 for none."""


class ModelDesk:
    """Asks one model on behalf of one answer.

    Args:
        model: The model, or None where there is none.
        trust: What it may do; None trusts it with nothing.
        clock: Measures calls where a failure leaves no duration.
        seed: Sampling seed of every call.
        may_see: Says whether text of documents with these labels may be sent to the model; None sends any.
    """

    def __init__(
        self,
        model: ChatModel | None,
        *,
        trust: ModelTrust | None,
        clock: Clock,
        seed: int = 0,
        may_see: MaySee | None = None,
    ):
        self._model = model
        self._trust = trust
        self._clock = clock
        self._seed = seed
        self._may_see = may_see
        self._closed = model is None
        self.calls: list[ModelCall] = []
        self.warnings: list[str] = []
        self.model_s = 0.0

    @property
    def is_open(self) -> bool:
        """Say whether asking can still help."""
        return not self._closed

    @property
    def window_tokens(self) -> int:
        """Return how much of a document the model is shown around what it may choose, tokens."""
        return self._trust.window_tokens if self._trust is not None else 0

    @property
    def yes_no_threshold(self) -> float:
        """Return from which probability of yes (0-1) a sentence is chosen; none is where nothing is trusted."""
        return self._trust.yes_no_threshold if self._trust is not None else 1.0

    @property
    def selects(self) -> bool:
        """Say whether the model may choose sentences, by labels or one by one."""
        return self.trusts("select") or self.trusts("yes_no")

    def trusts(self, purpose: str) -> bool:
        """Say whether the output of a kind of call may shape an answer."""
        return self.is_open and self._trust is not None and purpose in self._trust.trusted_for

    def branch(self) -> "ModelDesk":
        """Return a desk at which the same model is asked for a part of the answer, in a thread of its own."""
        made = ModelDesk(self._model, trust=self._trust, clock=self._clock, seed=self._seed, may_see=self._may_see)
        made._closed = self._closed
        return made

    def take_in(self, branches: Sequence["ModelDesk"]) -> None:
        """Count the calls and warnings of branches, in order.

        Branches wait for the model side by side: what they cost together is the longest wait.
        """
        for branch in branches:
            self.calls += branch.calls
            for code in branch.warnings:
                self._warn(code)
            self._closed = self._closed or branch._closed
        self.model_s += max((branch.model_s for branch in branches), default=0.0)

    def ask(
        self,
        name: PromptName,
        variables: Mapping[str, object],
        *,
        schema: Mapping[str, object],
        max_tokens: int,
        labels: Sequence[AccessLabel] = (),
    ) -> tuple[Mapping[str, object] | None, ModelCall | None]:
        """Ask for JSON of a schema.

        Args:
            name: The prompt.
            variables: What it names.
            schema: Of the reply.
            max_tokens: Most tokens of the reply.
            labels: Of the documents whose text is among the variables.

        Returns:
            The reply, or None with a warning noted; and the call, where one was completed.
        """
        if self._model is None or not self._may_send(labels):
            return None, None
        thinking = self._trust.thinking_budget(name) if self._trust is not None else 0
        prompt = render(name, variables)
        ask = partial(
            self._model.complete,
            prompt.messages,
            schema=schema,
            max_tokens=max_tokens + thinking,
            seed=self._seed,
            purpose=name,
            thinking=thinking > 0,
        )
        completion = self._completed(ask)
        if completion is None:
            return None, None
        call = self._recorded(name, prompt, completion)
        return self._validated(completion, schema), call

    def ask_first_token(
        self, name: PromptName, variables: Mapping[str, object], *, labels: Sequence[AccessLabel] = ()
    ) -> tuple[Mapping[str, float] | None, ModelCall | None]:
        """Ask for the first token of a reply.

        Returns:
            What it may be, with probabilities (0-1), or None with a warning noted; and the call, where completed.
        """
        if self._model is None or not self._may_send(labels):
            return None, None
        if not isinstance(self._model, FirstTokenModel):
            self._warn("model_output_invalid")
            return None, None
        prompt = render(name, variables)
        completion = self._completed(partial(self._model.first_token, prompt.messages, seed=self._seed, purpose=name))
        if completion is None:
            return None, None
        told = completion.first_token if completion.finish != REFUSED else None
        if not told:
            self._warn("model_output_invalid" if completion.finish != REFUSED else _UNFINISHED[REFUSED])
        return told or None, self._recorded(name, prompt, completion)

    def _may_send(self, labels: Sequence[AccessLabel]) -> bool:
        """Say whether to ask; a desk whose model may not see something is closed for the rest of the answer."""
        if self._closed or self._may_see is None or self._may_see(labels):
            return not self._closed
        self._warn(TOO_HIGH)
        self._closed = True
        return False

    def _completed(self, ask: Callable[[], Completion]) -> Completion | None:
        """Ask, and count the time; None with a warning noted where the model fails."""
        begun = self._clock.monotonic_s()
        try:
            completion = ask()
        except (ModelError, ConfigurationError) as error:
            self.model_s += self._clock.monotonic_s() - begun
            self._fail(error)
            return None
        self.model_s += completion.duration_s
        return completion

    def _fail(self, error: ModelError | ConfigurationError) -> None:
        self._warn(next(code for kind, code in _WARNINGS if isinstance(error, kind)))
        self._closed = not isinstance(error, ContextTooLong | ModelOutputInvalid)

    def _warn(self, code: str) -> None:
        if code not in self.warnings:
            self.warnings.append(code)

    def _recorded(self, purpose: str, prompt: Prompt, completion: Completion) -> ModelCall:
        call = ModelCall(
            purpose=purpose,
            model=completion.model,
            revision=completion.revision,
            prompt_hash=prompt.template_hash,
            parameters=completion.parameters,
            seed=self._seed,
            input_tokens=completion.prompt_tokens,
            cached_tokens=completion.cached_tokens,
            output_tokens=completion.completion_tokens,
            duration_s=completion.duration_s,
            finish=completion.finish,
            output_digest=sha256_id(completion.text.encode("utf-8", errors="replace")),
            input_digest=sha256_id(canonical_json(prompt.messages)),
        )
        self.calls.append(call)
        return call

    def _validated(self, completion: Completion, schema: Mapping[str, object]) -> Mapping[str, object] | None:
        from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

        if completion.finish in _UNFINISHED:
            self._warn(_UNFINISHED[completion.finish])
            return None
        try:
            reply = json.loads(completion.text)
        except (ValueError, RecursionError):
            reply = None
        if not isinstance(reply, dict) or not Draft202012Validator(schema).is_valid(reply):
            self._warn("model_output_invalid")
            return None
        return reply


def tokens_of(call: ModelCall | None) -> int:
    """Return the tokens a call spent, as far as the server counted them."""
    return 0 if call is None else (call.input_tokens or 0) + (call.output_tokens or 0)
