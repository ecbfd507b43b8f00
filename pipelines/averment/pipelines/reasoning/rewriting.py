"""A follow-up question as a language model would ask it by itself, taken only where it brings nothing in.

Answers quote documents, so a document may speak to the model here. What the model proposes must keep every word that
the question asks with, and every name, number and date in it must stand in the question, in the conversation, or in
what the catalog calls the documents that it is about; else the rules' wording stands.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from averment.core.analysis import Turn
from averment.core.answers import ModelCall
from averment.pipelines.reasoning.dates import find_dates
from averment.pipelines.reasoning.durations import NUMERALS, find_durations
from averment.pipelines.reasoning.model_desk import ModelDesk
from averment.pipelines.reasoning.prompts import one_line
from averment.pipelines.reasoning.words import stems

REWRITE_TOKENS: Final = 160
MAX_CHARS: Final = 600
REWRITE_SCHEMA: Final[Mapping[str, object]] = {
    "type": "object",
    "properties": {"question": {"type": "string", "minLength": 3, "maxLength": MAX_CHARS}},
    "required": ["question"],
    "additionalProperties": False,
}
_TOKEN: Final = re.compile(r"[^\W_](?:[\w&.,/’'-]*\w)?")
_POSSESSIVE: Final = re.compile(r"[’']s?$")
_LEANING: Final = frozenset(
    re.findall(r"\S+", "about they them their her him his she thereof sie ihn ihm ihr ihre dessen deren davon und auch")
)


def propose(
    desk: ModelDesk, question: str, *, turns: Sequence[Turn], names: Sequence[str]
) -> tuple[str | None, ModelCall | None]:
    """Ask the model for a self-contained wording; None where it gave none that may be taken.

    Args:
        desk: Where the model is asked.
        question: The follow-up question.
        turns: The conversation, oldest first.
        names: What the catalog calls the documents that the conversation is about.
    """
    asked = [one_line(turn.question) for turn in turns]
    answered = [one_line(turn.answer) for turn in turns]
    variables = {"turns": list(zip(asked, answered, strict=True)), "question": " ".join(question.split())}
    reply, call = desk.ask("rewrite", variables, schema=REWRITE_SCHEMA, max_tokens=REWRITE_TOKENS)
    if reply is None:
        return None, call
    proposal = " ".join(str(reply["question"]).split())
    said_before = [text for turn in turns for text in (turn.question, turn.answer)]
    return (proposal if is_faithful(proposal, question, said=[*said_before, *names]) else None), call


def is_faithful(proposal: str, question: str, *, said: Sequence[str]) -> bool:
    """Say whether a wording asks what the question asks and brings in nothing that was not said.

    >>> is_faithful("Who may end the ACME lease?", "Who may end it?", said=["What is the term of the ACME lease?"])
    True
    >>> is_faithful("Who may end the Beta lease?", "Who may end it?", said=["What is the term of the ACME lease?"])
    False
    """
    if not proposal.isprintable() or not 3 <= len(proposal) <= MAX_CHARS or re.search(r"[“”„\"<>]|://", proposal):
        return False
    asked = [word for word in stems(question) if word not in _LEANING]
    if not set(asked) <= set(stems(proposal)):
        return False
    source = "\n\n".join((question, *said))
    if not {found.day for found in find_dates(proposal)} <= {found.day for found in find_dates(source)}:
        return False
    if not {found.key for found in find_durations(proposal)} <= {found.key for found in find_durations(source)}:
        return False
    known = {_bare(token) for token in _TOKEN.findall(source)}
    return all(_bare(token) in known for token in _held(proposal))


def _held(proposal: str) -> list[str]:
    """Return the words that name or count: with a digit or a capital, but for the first, and numbers in words."""
    tokens = _TOKEN.findall(proposal)
    return [
        token
        for place, token in enumerate(tokens)
        if re.search(r"\d", token)
        or (place > 0 and re.search(r"[A-ZÄÖÜ]", token))
        or NUMERALS.get(token.lower(), 0) > 1
    ]


def _bare(token: str) -> str:
    return _POSSESSIVE.sub("", token.lower()).strip(".,")
