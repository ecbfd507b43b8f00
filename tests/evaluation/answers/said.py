"""A language model that says what a test tells it to, and questions to ask."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from averment.core.ports import ChatMessage, Completion
from averment.evaluation.pack import GoldSpan, PackQuestion


class SayingModel:
    """Returns what a function makes of the messages, and counts how often it was asked."""

    model_id = "saying"
    adapter_digest: str | None = None

    def __init__(self, say: Callable[[Sequence[ChatMessage]], str]):
        self._say = say
        self.n_asked = 0

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
        self.n_asked += 1
        return Completion(
            text=self._say(messages), finish="stop", model="saying", revision=None, parameters={"temperature": 0.0},
            duration_s=1.5, prompt_tokens=7, completion_tokens=3,
        )  # fmt: skip


def question(kind: str, answer: object = None, *, gold: Sequence[str] = (), **labels: Any) -> PackQuestion:
    spans = [
        GoldSpan(doc_id="d1", start=100 * number, end=100 * number + len(text), text=text)
        for number, text in enumerate(gold)
    ]
    return PackQuestion(
        id=f"q-{kind}",
        question="What?",
        doc_ids=("d1",),
        scope="document",
        gold=tuple(spans),
        type=kind,
        category=str(labels.pop("category", kind)),
        labels={"answer": answer, **labels},
    )
