"""What the language model may add where its profile trusts it: a selection by labels, and a statement.

It chooses among sentences that the program labelled; the program copies them. Labels that were not offered and
statements that fail a check do not come through.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from averment.core.answers import ModelCall
from averment.pipelines.reasoning.model_desk import ModelDesk
from averment.pipelines.reasoning.prompts import PromptName
from averment.pipelines.reasoning.reader import Candidate
from averment.pipelines.reasoning.window import SentencesOf, Shown, show

OFFERED: Final = 8
SELECT_TOKENS: Final = 64
WRITE_TOKENS: Final = 220
MAX_STATEMENT_CHARS: Final = 700
_SENTENCE_END: Final = re.compile(r"[.!?]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A statement of the model's words and the candidates it says to rest on."""

    text: str
    candidates: tuple[Candidate, ...]


def select(
    desk: ModelDesk, question: str, candidates: Sequence[Candidate], *, sentences_of: SentencesOf
) -> tuple[list[Candidate] | None, ModelCall | None]:
    """Let the model choose among the best candidates; None where it gave nothing usable."""
    shown = _shown(desk, candidates, sentences_of)
    variables = {**shown.variables(), "question": question}
    reply, call = desk.ask(
        "select", variables, schema=_select_schema(shown), max_tokens=SELECT_TOKENS, labels=shown.labels
    )
    return (None if reply is None else _chosen(reply, shown)), call


def state(
    desk: ModelDesk,
    question: str,
    candidates: Sequence[Candidate],
    *,
    sentences_of: SentencesOf,
    language: str,
    rejected: tuple[str, Sequence[str]] | None = None,
) -> tuple[Draft | None, ModelCall | None]:
    """Let the model state the answer from candidates, or restate it after checks rejected a statement."""
    shown = _shown(desk, candidates, sentences_of)
    variables: dict[str, object] = {**shown.variables(), "question": question, "language": language}
    if rejected is not None:
        variables |= {"statement": rejected[0], "failed": list(rejected[1])}
    name: PromptName = "write" if rejected is None else "repair"
    reply, call = desk.ask(name, variables, schema=_write_schema(shown), max_tokens=WRITE_TOKENS, labels=shown.labels)
    if reply is None:
        return None, call
    text = " ".join(str(reply["statement"]).split())
    chosen = _chosen(reply, shown)
    usable = bool(text) and bool(chosen) and len(text) <= MAX_STATEMENT_CHARS and not re.search(r"[“”„\"«»]", text)
    ended = text if _SENTENCE_END.search(text) else f"{text}."
    return (Draft(text=ended, candidates=tuple(chosen)) if usable else None), call


def _shown(desk: ModelDesk, candidates: Sequence[Candidate], sentences_of: SentencesOf) -> Shown:
    return show(candidates[:OFFERED], sentences_of=sentences_of, max_tokens=desk.window_tokens)


def _chosen(reply: Mapping[str, object], shown: Shown) -> list[Candidate]:
    labels = reply.get("labels")
    names = labels if isinstance(labels, list) else []
    return [shown.offered[name] for name in dict.fromkeys(str(name) for name in names) if name in shown.offered]


def _labels_schema(shown: Shown) -> dict[str, object]:
    return {"type": "array", "items": {"enum": list(shown.offered)}, "maxItems": 3}


def _select_schema(shown: Shown) -> Mapping[str, object]:
    return {
        "type": "object",
        "properties": {"labels": _labels_schema(shown)},
        "required": ["labels"],
        "additionalProperties": False,
    }


def _write_schema(shown: Shown) -> Mapping[str, object]:
    return {
        "type": "object",
        "properties": {
            "statement": {"type": "string", "maxLength": MAX_STATEMENT_CHARS},
            "labels": _labels_schema(shown),
        },
        "required": ["statement", "labels"],
        "additionalProperties": False,
    }
