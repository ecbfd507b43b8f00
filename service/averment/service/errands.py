"""Prompts that chat front ends send on their own errands: a title for the conversation, tags, suggested questions.

They are no questions about documents. Each would cost an analysis and leave an entry in the log, and what came of it
would not be what the front end reads, so they are refused; front ends then go on without, as docs/how-to/
connect-a-chat-front-end.md says. Nothing else is recognised: a prompt that was changed is a question like any other.
"""

from typing import Final

from averment.core.errors import UsageError

# How the prompts of Open WebUI and of LibreChat begin, without the differences in white space.
OPENINGS: Final = (
    "### task: generate a concise, 3-5 word title",
    "### task: generate 1-3 broad tags",
    "### task: suggest 3-5 relevant follow-up questions",
    "### task: analyze the chat history to determine the necessity of generating search queries",
    "### task: generate a detailed prompt for am image generation task",
    "### task: you are an autocompletion system",
    "provide a concise, 5-word-or-less title for the conversation",
    "analyze this conversation and provide: 1. the detected language of the conversation",
)
_LOOKED_AT_CHARS: Final = 400


def refuse_errand(question: str) -> None:
    """Refuse what a front end asks for itself.

    Raises:
        UsageError: This is such a prompt.
    """
    opening = " ".join(question[:_LOOKED_AT_CHARS].split()).lower()
    if opening.startswith(OPENINGS):
        raise UsageError(
            "this is a prompt of a chat front end for itself (a title, tags, suggestions), no question about documents",
            hint="switch such prompts off in the front end, or give them another model",
        )
