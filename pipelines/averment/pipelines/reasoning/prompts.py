"""Prompts: files with a system and a user part, rendered with data, identified by the hash of the file.

The layout serves vLLM's prefix cache: what is asked about sentences begins with the same system part, document text
comes first in the user part, the question last. What several prompts share is in files that begin with `_`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal

from averment.core.ids import sha256_id
from averment.core.ports import ChatMessage
from averment.core.unseen import strip_unseen

PromptName = Literal["rewrite", "plan", "select", "yes_no", "write", "repair"]
MAX_SENTENCE_CHARS: Final = 1_200
_PACKAGE: Final = "averment.pipelines.reasoning"
_INCLUDED: Final = re.compile(r'{% include "(\w+\.j2)" %}')
_TAG: Final = re.compile(r"</?\s*(?:sentences|conversation)\s*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A rendered prompt and the hash of the file it came from."""

    messages: tuple[ChatMessage, ...]
    template_hash: str


def render(name: PromptName, variables: Mapping[str, object]) -> Prompt:
    """Render a prompt file with its variables; a variable that is missing is an error."""
    from jinja2 import FunctionLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    # Plain text, not HTML: escaping would change the documents' words. The sandbox keeps templates from reaching out.
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False, loader=FunctionLoader(_file))
    template = environment.get_template(name)
    context = template.new_context(dict(variables))
    parts = {part: "".join(template.blocks[part](context)).strip() for part in ("system", "user")}
    return Prompt(
        messages=(ChatMessage(role="system", content=parts["system"]), ChatMessage(role="user", content=parts["user"])),
        template_hash=sha256_id(template_source(name).encode("utf-8")),
    )


@cache
def template_source(name: PromptName) -> str:
    """Return the text of a prompt file, and behind it that of the files it includes."""
    source = _file(name)
    return "\n".join([source, *(_file(part) for part in _INCLUDED.findall(source))])


def _file(name: str) -> str:
    return (resources.files(_PACKAGE) / "prompts" / f"{name.removesuffix('.j2')}.j2").read_text(encoding="utf-8")


def one_line(text: str) -> str:
    """Return a text as one line of bounded length that cannot close its frame."""
    printable = "".join(character if character.isprintable() else " " for character in strip_unseen(text))
    return " ".join(_TAG.sub(" ", printable).split())[:MAX_SENTENCE_CHARS]
