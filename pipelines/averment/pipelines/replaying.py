"""Runs a recorded analysis again on the present stack, and says what came out the same."""

from collections.abc import Mapping
from datetime import date
from typing import cast

from averment.core.access import Filters, Principal
from averment.core.analysis import AnalysisRequest, Turn
from averment.core.errors import AuditIntegrityError, UsageError
from averment.core.jsonable import to_json
from averment.pipelines.analysis import Analyst, Fingerprint
from averment.pipelines.reasoning.replay import Replay, Stack, compare, read_stack, read_trace


def replay_analysis(
    analyst: Analyst,
    *,
    question: str,
    request: Mapping[str, object],
    recorded: Mapping[str, object],
    stack: Mapping[str, object],
    subject: str,
) -> Replay:
    """Answer a recorded question again, under the groups and filters that it was asked with, and compare.

    Args:
        analyst: Answers with what there is now.
        question: What was asked.
        request: What was kept beside it.
        recorded: The answer, in its JSON form.
        stack: What answered then, as the log states it.
        subject: Who replays; the groups of the record decide what is read.

    Raises:
        UsageError: The request was not kept.
        AuditIntegrityError: The record is not what was written.
    """
    if not request:
        raise UsageError("this analysis was recorded without its request, and cannot be asked again")
    asked = read_request(question, request, subject=subject)
    answer = analyst.rehearse(asked)
    again = to_json(answer)
    assert isinstance(again, dict)
    return compare(
        read_trace(recorded, read_stack(stack)),
        read_trace(cast("Mapping[str, object]", again), _stack_of(analyst.fingerprint)),
        answer_id=str(recorded.get("id")),
    )


def read_request(question: str, request: Mapping[str, object], *, subject: str) -> AnalysisRequest:
    """Make a request of what was kept of it.

    Raises:
        AuditIntegrityError: It is not what `averment.pipelines.analysis.request_record` keeps.
    """
    try:
        filters = cast("dict[str, object]", request["filters"])
        turns = cast("list[dict[str, object]]", request["conversation"])
        return AnalysisRequest(
            question=question,
            principal=Principal(subject=subject, groups=_texts(request["groups"]), tenant=str(request["tenant"])),
            filters=Filters(
                **{  # type: ignore[arg-type]  # names and values are the dataclass's own, written by it
                    name: _texts(value) if isinstance(value, list) else value for name, value in filters.items()
                }
            ),
            answer_type=None if request["answer_type"] is None else str(request["answer_type"]),
            labels=_texts(request["labels"]),
            as_of=None if request["as_of"] is None else date.fromisoformat(str(request["as_of"])),
            conversation=tuple(
                Turn(
                    question=str(turn["question"]),
                    answer=str(turn["answer"]),
                    document_ids=_texts(turn["document_ids"]),
                )
                for turn in turns
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise AuditIntegrityError(f"the recorded request lacks what replay reads: {error}") from error


def turn_of(answer: Mapping[str, object]) -> Turn:
    """Make a turn of a conversation of a recorded answer.

    Raises:
        AuditIntegrityError: It is not the JSON of an answer.
    """
    try:
        claims = cast("list[dict[str, object]]", answer["claims"])
        citations = [cited for claim in claims for cited in cast("list[dict[str, object]]", claim["citations"])]
        return Turn(
            question=str(answer.get("asked_as") or answer["question"]),
            answer=str(answer["text"]),
            document_ids=tuple(dict.fromkeys(str(cited["document_id"]) for cited in citations)),
        )
    except (KeyError, TypeError) as error:
        raise AuditIntegrityError(f"the recorded answer lacks what a conversation needs: {error}") from error


def _stack_of(fingerprint: Fingerprint) -> Stack:
    return Stack(
        pipeline_hash=fingerprint.pipeline_hash,
        index_version=fingerprint.index_version,
        model=fingerprint.model,
        model_revision=fingerprint.model_revision,
        profile_digest=fingerprint.profile_digest,
    )


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("a list is missing")
    return tuple(map(str, value))
