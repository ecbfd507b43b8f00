"""From a request of an OpenAI client to the question that is analysed; instructions of the client become no part."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from pydantic import ValidationError

from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest, Channel
from averment.core.errors import RecordNotFound, UsageError
from averment.service.conversation import turns_of
from averment.service.errands import refuse_errand
from averment.service.idempotency import GivenKey
from averment.service.job import Job
from averment.service.jobs import Jobs
from averment.service.openai_bodies import ChatBody, Message, ResponsesBody, question_of, refuse_unmet
from averment.service.schemas import AnalysisBody, AvermentRequest

MODEL_ID: Final = "averment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks over somebody else's client; `header_purpose` is what the request's header names, before the default."""

    principal: Principal
    default_purpose: str
    header_purpose: str | None = None


def check_model(name: str) -> None:
    """Refuse a model that is not there.

    Raises:
        RecordNotFound: It is not.
    """
    if name != MODEL_ID:
        raise RecordNotFound(f"there is no model {name!r} here", hint=f"use model {MODEL_ID!r}")


def taken_up(
    body: ChatBody | ResponsesBody,
    messages: Sequence[Message],
    *,
    asker: Asker,
    jobs: Jobs,
    after: str | None = None,
    key: GivenKey | None = None,
) -> Job:
    """Start the analysis that a request asks for, or return the one that its key started; see `question_from`."""
    return jobs.submit(question_from(body, messages, asker=asker, jobs=jobs, after=after), key=key)


def question_from(
    body: ChatBody | ResponsesBody, messages: Sequence[Message], *, asker: Asker, jobs: Jobs, after: str | None = None
) -> AnalysisRequest:
    """Read what is asked: the last message of the user, after the conversation before it.

    Args:
        body: The request.
        messages: Its messages.
        asker: Who asks.
        jobs: Where the caller's earlier answers are found.
        after: The id of an answer that the request goes on from, where metadata name none.

    Raises:
        RecordNotFound: There is no such model.
        UsageError: The request asks for what cannot be met, or holds no question.
    """
    check_model(body.model)
    refuse_unmet(body)
    question = question_of(messages)
    refuse_errand(question)
    ours = _extension((body.metadata or {}).get("averment"))
    wanted = analysis_of(ours, question, asker=asker, channel="chat")
    turns = turns_of(messages, jobs.of(asker.principal))
    return replace(wanted, after=wanted.after or after, conversation=turns)


def analysis_of(
    body: AvermentRequest | AnalysisBody, question: str, *, asker: Asker, channel: Channel
) -> AnalysisRequest:
    """Put together what is asked; the purpose of the body goes before that of the header, and that before the default.

    Args:
        body: Filters, purpose, type of the answer, and what it follows.
        question: The question.
        asker: Who asks.
        channel: The way it came in.
    """
    return AnalysisRequest(
        question=question,
        principal=asker.principal,
        filters=body.filters.filters(),
        purpose=body.purpose or asker.header_purpose or asker.default_purpose,
        answer_type=body.answer_type,
        labels=tuple(body.labels),
        channel=channel,
        after=body.after,
        as_of=body.as_of,
    )


def _extension(given: object) -> AvermentRequest:
    """Read `metadata.averment`: an object, or its JSON as a string for clients whose metadata are strings."""
    try:
        return AvermentRequest.model_validate(json.loads(given) if isinstance(given, str) else given or {})
    except ValidationError as error:
        where = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise UsageError(f"metadata.averment does not fit its schema: {where}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError("metadata.averment is a string that is no JSON", hint="send an object") from error
