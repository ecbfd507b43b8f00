import pytest

from averment.core.errors import UsageError
from averment.service.errands import refuse_errand

HISTORY = "### Chat History:\n<chat_history>\nUSER: Which law governs?\nASSISTANT: Norway.\n</chat_history>"
OPEN_WEBUI = (
    "Generate a concise, 3-5 word title with an emoji summarizing the chat history.\n### Output:\nJSON",
    "Generate 1-3 broad tags categorizing the main themes of the chat history",
    "Suggest 3-5 relevant follow-up questions or prompts that the user might naturally ask next",
    "Analyze the chat history to determine the necessity of generating search queries, in the given language.",
    "You are an autocompletion system. Continue the text in `<text>`",
)
LIBRECHAT = (
    "Provide a concise, 5-word-or-less title for the conversation, using title case conventions. Only return the title"
    " itself.\n\nConversation:\nUser: Which law governs?\nAI: Norway",
    "Analyze this conversation and provide:\n1. The detected language of the conversation\n2. A concise title",
)


@pytest.mark.parametrize("prompt", [*(f"### Task:\n{task}\n{HISTORY}" for task in OPEN_WEBUI), *LIBRECHAT])
def test_a_front_ends_own_prompt_is_refused(prompt: str) -> None:
    with pytest.raises(UsageError, match="front end"):
        refuse_errand(prompt)
    with pytest.raises(UsageError):
        refuse_errand("\n " + prompt.upper())


@pytest.mark.parametrize(
    "question",
    [
        "What is the title of the agreement?",
        "### Task:\nWhich law governs the lease?",
        "Does the manual say: Provide a concise, 5-word-or-less title for the conversation?",
        "",
    ],
)
def test_a_question_is_not(question: str) -> None:
    refuse_errand(question)
