"""The baseline: the eight best 200-word passages go into one prompt, and what the model says is the answer.

The question is searched as it stands, by dense vectors and BM25 fused by reciprocal rank. The model is bound to a
schema, told to answer from the passages only, to name them, and to say so when they do not hold the answer. Nothing it
says is checked. `closed_book` asks the same without passages: what it gets right then, it knew before.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import resources
from typing import Any, Final

from averment.core.answers import TypedValue
from averment.core.errors import ConfigurationError, ModelError
from averment.core.ports import ChatMessage, ChatModel, Completion
from averment.evaluation.answers.reply import Cost, Place, Reply
from averment.evaluation.metrics import Found
from averment.evaluation.pack import PackQuestion

PASSAGES: Final = 8
MAX_TOKENS: Final = 220
SEED: Final = 0
NOT_MENTIONED: Final = "not_mentioned"
LABELS: Final = ("supported", "contradicted", NOT_MENTIONED)
_QUOTED: Final = re.compile(r"[“\"„]([^”\"“]{20,400})[”\"“]")
_LETTERS: Final = re.compile(r"[\W_]+")


Search = Callable[[PackQuestion], Sequence[Found]]


class PlainRag:
    """Asks the model once, with the passages of a plain search, or without any.

    Args:
        model: The language model.
        search: Finds passages, best first; none are given to the model when absent.
        texts: Canonical text by document.
    """

    def __init__(self, model: ChatModel, *, search: Search | None, texts: Mapping[str, str]):
        self.name = "plain RAG" if search is not None else "closed book"
        self._model = model
        self._search = search
        self._texts = texts

    def reply(self, question: PackQuestion) -> Reply:
        """Answer a question."""
        places = self._passages(question)
        labels = LABELS if question.type == "claim" else ()
        try:
            completion = self._model.complete(
                messages(question.question, [place.text for place in places], labels=labels),
                schema=_schema(len(places), labels),
                max_tokens=MAX_TOKENS,
                seed=SEED,
                purpose="write",
            )
        except (ModelError, ConfigurationError) as error:
            return Reply(is_answered=False, note=error.code)
        return replace(read_completion(completion.text, places, labels=labels), cost=_cost(completion))

    def _passages(self, question: PackQuestion) -> list[Place]:
        found = self._search(question)[:PASSAGES] if self._search is not None else ()
        return [
            Place(doc_id=one.doc_id, start=one.start, end=one.end, text=self._texts[one.doc_id][one.start : one.end])
            for one in found
        ]


def messages(question: str, passages: Sequence[str], *, labels: Sequence[str]) -> tuple[ChatMessage, ...]:
    """Render the prompt: passages first, question last."""
    system = (resources.files("averment.evaluation.answers") / "plain_rag.txt").read_text("utf-8").strip()
    listed = "\n\n".join(f"[{number}] {' '.join(text.split())}" for number, text in enumerate(passages, start=1))
    choice = f"\nThe answer is one of: {', '.join(labels)}." if labels else ""
    return (
        ChatMessage(role="system", content=system),
        ChatMessage(role="user", content=f"Passages:\n{listed or 'none'}\n\nQuestion: {question}{choice}"),
    )


def read_completion(text: str, places: Sequence[Place], *, labels: Sequence[str]) -> Reply:
    """Read what the model said; what is no JSON of the schema is no answer."""
    try:
        said: Any = json.loads(text)
        is_found, answer, cited = bool(said["found"]), str(said["answer"]), [int(number) for number in said["passages"]]
    except (ValueError, KeyError, TypeError):
        return Reply(is_answered=False, note="invalid")
    shown = tuple(places[number - 1] for number in dict.fromkeys(cited) if 0 < number <= len(places))
    if labels:
        label = answer if answer in labels else None
        value = TypedValue(type="label", value=label) if label else None
        is_absence = label == NOT_MENTIONED
        return Reply(
            is_answered=label is not None and not is_absence,
            is_absence=is_absence,
            text=answer,
            label=label,
            value=value,
            places=shown,
        )
    read = _letters(" ".join(place.text for place in places))
    fabricated = sum(_letters(found.group(1)) not in read for found in _QUOTED.finditer(answer)) if places else 0
    is_answered = is_found and bool(answer.strip())
    return Reply(
        is_answered=is_answered,
        is_absence=not is_found,
        text=answer,
        places=shown,
        n_fabricated=fabricated if is_answered else 0,
    )


def _letters(text: str) -> str:
    return _LETTERS.sub("", text).lower()


def _schema(n_passages: int, labels: Sequence[str]) -> Mapping[str, object]:
    answer: dict[str, object] = {"enum": list(labels)} if labels else {"type": "string", "maxLength": 600}
    numbers = {"type": "integer", "minimum": 1, "maximum": max(n_passages, 1)}
    return {
        "type": "object",
        "properties": {
            "found": {"type": "boolean"},
            "answer": answer,
            "passages": {"type": "array", "items": numbers, "maxItems": min(n_passages, 3)},
        },
        "required": ["found", "answer", "passages"],
        "additionalProperties": False,
    }


def _cost(completion: Completion) -> Cost:
    return Cost(
        seconds=completion.duration_s,
        model_s=completion.duration_s,
        model_calls=1,
        prompt_tokens=completion.prompt_tokens or 0,
        completion_tokens=completion.completion_tokens or 0,
    )
