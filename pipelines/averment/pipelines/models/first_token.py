"""One-token replies with the probabilities of what they were chosen from.

Haystack's generator for vLLM drops log-probabilities, so these requests go through the OpenAI client beneath it; what
comes back has the form of the generator's replies.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from averment.pipelines.models.profiles import ModelProfile

if TYPE_CHECKING:
    from haystack.dataclasses import ChatMessage as HaystackMessage
    from openai.types.chat.chat_completion import Choice


class FirstTokenClient:
    """Asks an OpenAI-compatible endpoint for one token; does not try again by itself.

    Args:
        profile: Names the model.
        base_url: The endpoint, with `/v1`.
        api_key: Its key, if it wants one.
        timeout_s: Longest wait, seconds.
    """

    def __init__(self, profile: ModelProfile, *, base_url: str, api_key: str | None, timeout_s: float):
        import openai

        self._model = profile.served_name
        self._client = openai.AsyncOpenAI(
            # The library wants a key even where the server does not.
            api_key=api_key or "none",
            base_url=base_url,
            timeout=timeout_s,
            max_retries=0,
            http_client=openai.DefaultAsyncHttpxClient(trust_env=False, follow_redirects=False, timeout=timeout_s),
        )

    async def run_async(
        self, *, messages: "Sequence[HaystackMessage]", generation_kwargs: Mapping[str, Any]
    ) -> "dict[str, list[HaystackMessage]]":
        """Ask; each reply's `meta` holds `first_token`: probabilities (0-1) by token, None where none were told."""
        from haystack.dataclasses import ChatMessage as HaystackMessage

        sent: list[Any] = [message.to_openai_dict_format() for message in messages]
        completion = await self._client.chat.completions.create(model=self._model, messages=sent, **generation_kwargs)
        usage = completion.usage.model_dump() if completion.usage is not None else {}
        replies = [
            HaystackMessage.from_assistant(
                text=choice.message.content or "",
                meta={
                    "model": completion.model,
                    "finish_reason": choice.finish_reason,
                    "usage": usage,
                    "first_token": _probabilities(choice),
                },
            )
            for choice in completion.choices
        ]
        return {"replies": replies}

    async def close_async(self) -> None:
        """Close connections."""
        await self._client.close()


def _probabilities(choice: "Choice") -> dict[str, float] | None:
    """Return the probabilities of the first token, those of equal text added up."""
    told = choice.logprobs.content if choice.logprobs is not None else None
    if not told:
        return None
    found: dict[str, float] = defaultdict(float)
    for one in told[0].top_logprobs:
        found[one.token] += math.exp(min(0.0, one.logprob))
    return dict(found)
