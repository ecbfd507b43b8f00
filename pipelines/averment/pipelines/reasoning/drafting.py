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
from averment.pipelines.reasoning.prompts import PromptName, as_data
from averment.pipelines.reasoning.reader import Candidate

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
    desk: ModelDesk, question: str, candidates: Sequence[Candidate]
) -> tuple[list[Candidate] | None, ModelCall | None]:
    """Let the model choose among the best candidates; None where it gave nothing usable."""
    offered = list(candidates[:OFFERED])
    variables = {"sentences": _labelled(offered), "question": question}
    reply, call = desk.ask("select", variables, schema=_select_schema(len(offered)), max_tokens=SELECT_TOKENS)
    return (None if reply is None else _chosen(reply, offered)), call


def state(
    desk: ModelDesk,
    question: str,
    candidates: Sequence[Candidate],
    *,
    language: str,
    rejected: tuple[str, Sequence[str]] | None = None,
) -> tuple[Draft | None, ModelCall | None]:
    """Let the model state the answer from candidates, or restate it after checks rejected a statement."""
    offered = list(candidates[:OFFERED])
    variables: dict[str, object] = {"sentences": _labelled(offered), "question": question, "language": language}
    if rejected is not None:
        variables |= {"statement": rejected[0], "failed": list(rejected[1])}
    name: PromptName = "write" if rejected is None else "repair"
    reply, call = desk.ask(name, variables, schema=_write_schema(len(offered)), max_tokens=WRITE_TOKENS)
    if reply is None:
        return None, call
    text = " ".join(str(reply["statement"]).split())
    chosen = _chosen(reply, offered)
    usable = bool(text) and bool(chosen) and len(text) <= MAX_STATEMENT_CHARS and not re.search(r"[“”„\"«»]", text)
    ended = text if _SENTENCE_END.search(text) else f"{text}."
    return (Draft(text=ended, candidates=tuple(chosen)) if usable else None), call


def _labelled(candidates: Sequence[Candidate]) -> list[tuple[str, str, str]]:
    return as_data([(item.source.document.title, item.span.text) for item in candidates])


def _chosen(reply: Mapping[str, object], offered: Sequence[Candidate]) -> list[Candidate]:
    labels = reply.get("labels")
    names = labels if isinstance(labels, list) else []
    known = {f"S{number}": item for number, item in enumerate(offered, start=1)}
    return [known[name] for name in dict.fromkeys(str(name) for name in names) if name in known]


def _labels_schema(n_offered: int) -> dict[str, object]:
    labels = [f"S{number}" for number in range(1, n_offered + 1)]
    return {"type": "array", "items": {"enum": labels}, "maxItems": 3}


def _select_schema(n_offered: int) -> Mapping[str, object]:
    return {
        "type": "object",
        "properties": {"labels": _labels_schema(n_offered)},
        "required": ["labels"],
        "additionalProperties": False,
    }


def _write_schema(n_offered: int) -> Mapping[str, object]:
    return {
        "type": "object",
        "properties": {
            "statement": {"type": "string", "maxLength": MAX_STATEMENT_CHARS},
            "labels": _labels_schema(n_offered),
        },
        "required": ["statement", "labels"],
        "additionalProperties": False,
    }
