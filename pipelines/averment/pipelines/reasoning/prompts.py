"""Prompts: files with a system and a user part, rendered with data, identified by the hash of the file.

The layout serves vLLM's prefix cache: the system part never changes, document text comes first in the user part,
the question last.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal

from averment.core.ids import sha256_id
from averment.core.ports import ChatMessage
from averment.core.unseen import strip_unseen

PromptName = Literal["plan", "select", "write", "repair"]
MAX_SENTENCE_CHARS: Final = 1_200
_PACKAGE: Final = "averment.pipelines.reasoning"
_TAG: Final = re.compile(r"</?\s*sentences\s*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A rendered prompt and the hash of the file it came from."""

    messages: tuple[ChatMessage, ...]
    template_hash: str


def render(name: PromptName, variables: Mapping[str, object]) -> Prompt:
    """Render a prompt file with its variables; a variable that is missing is an error."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    source = template_source(name)
    # Plain text, not HTML: escaping would change the documents' words. The sandbox keeps templates from reaching out.
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    template = environment.from_string(source)
    context = template.new_context(dict(variables))
    parts = {part: "".join(template.blocks[part](context)).strip() for part in ("system", "user")}
    return Prompt(
        messages=(ChatMessage(role="system", content=parts["system"]), ChatMessage(role="user", content=parts["user"])),
        template_hash=sha256_id(source.encode("utf-8")),
    )


@cache
def template_source(name: PromptName) -> str:
    """Return the text of a prompt file."""
    return (resources.files(_PACKAGE) / "prompts" / f"{name}.j2").read_text(encoding="utf-8")


def as_data(texts: Sequence[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Label (title, text) pairs S1, S2, ... and flatten them to one line each that cannot close its own frame."""
    return [(f"S{number}", _flat(title)[:120], _flat(text)) for number, (title, text) in enumerate(texts, start=1)]


def _flat(text: str) -> str:
    printable = "".join(character if character.isprintable() else " " for character in strip_unseen(text))
    return " ".join(_TAG.sub(" ", printable).split())[:MAX_SENTENCE_CHARS]
