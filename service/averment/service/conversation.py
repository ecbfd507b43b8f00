"""The conversation in the messages of a chat request.

A client sends the whole conversation with every question. A message of the assistant that is, word for word, an answer
this process gave the same caller stands for that answer: what it was understood as and what it cites come with it.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from averment.core.analysis import Turn
from averment.core.answers import Answer
from averment.service.chat_format import message_text
from averment.service.job import Job
from averment.service.openai_bodies import Message


def turns_of(messages: Sequence[Message], jobs: Iterable[Job]) -> tuple[Turn, ...]:
    """Return the turns before the last question, oldest first.

    Args:
        messages: The messages of the request.
        jobs: Analyses of the same caller, newest first.
    """
    asked = [place for place, message in enumerate(messages) if message.role == "user"]
    if len(asked) < 2:
        return ()
    answers = {message_text(job.answer): job.answer for job in reversed(list(jobs)) if job.answer is not None}
    return tuple(_turn(messages[start], messages[start + 1 : end], answers) for start, end in pairwise(asked))


def _turn(question: Message, replies: Sequence[Message], answers: dict[str, Answer]) -> Turn:
    said = "\n".join(message.text() for message in replies if message.role == "assistant")
    known = answers.get(said)
    if known is None or known.question != question.text():
        return Turn(question=question.text(), answer=said)
    cited = [citation.document_id for claim in known.claims for citation in claim.citations]
    return Turn(question=known.asked_as or known.question, answer=said, document_ids=tuple(dict.fromkeys(cited)))
