"""Answers in the shape of OpenAI responses, whole and as the events of a stream."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from averment.core.answers import Answer
from averment.core.jsonable import Json
from averment.service.chat_format import annotations, extension, message_text, pieces

PREFIX: Final = "resp_"
_END: Final = {"completed": "response.completed", "incomplete": "response.incomplete"}


def opening(identity: str, *, model: str, created: int, previous: str | None = None) -> dict[str, Json]:
    """Write a response that has no answer yet.

    Args:
        identity: The id of the answer.
        model: What the client calls this system.
        created: Seconds since 1970.
        previous: The response that it goes on from.
    """
    return {
        "id": f"{PREFIX}{identity}",
        "object": "response",
        "created_at": created,
        "status": "in_progress",
        "model": model,
        "previous_response_id": previous,
        "output": [],
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "parallel_tool_calls": False,
        "tool_choice": "none",
        "tools": [],
        "text": {"format": {"type": "text"}},
        "usage": None,
    }


def finished(opened: Mapping[str, Json], answer: Answer, *, ignored: Sequence[str] = ()) -> dict[str, Json]:
    """Write a whole answer as a response; a spent budget is `incomplete`."""
    status = _status(answer)
    return {
        **opened,
        "status": status,
        "incomplete_details": {"reason": "max_output_tokens"} if status == "incomplete" else None,
        "output": [{**_message(answer), "status": status, "content": [_part(answer)]}],
        "usage": _usage(answer),
        "averment": extension(answer, ignored=ignored),
    }


def failed(opened: Mapping[str, Json], problem: Mapping[str, Json]) -> dict[str, Json]:
    """Write a response that came to nothing, with its problem document as our extension."""
    error: dict[str, Json] = {"code": "server_error", "message": f"{problem['code']}: {problem['detail']}"}
    return {**opened, "status": "failed", "error": error, "averment": {"problem": dict(problem)}}


def events(opened: Mapping[str, Json], answer: Answer, *, ignored: Sequence[str] = ()) -> Iterator[dict[str, Json]]:
    """Write the events of a finished answer behind the opening ones: its sentences, annotations and the end."""
    message, part = _message(answer), _part(answer)
    place: dict[str, Json] = {"item_id": message["id"], "output_index": 0, "content_index": 0}
    started = {**message, "status": "in_progress", "content": list[Json]()}
    yield {"type": "response.output_item.added", "output_index": 0, "item": started}
    empty: dict[str, Json] = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    yield {"type": "response.content_part.added", **place, "part": empty}
    for piece in pieces(answer):
        yield {"type": "response.output_text.delta", **place, "delta": piece, "logprobs": []}
    for index, annotation in enumerate(annotations(answer)):
        numbered: dict[str, Json] = {"annotation_index": index, "annotation": annotation}
        yield {"type": "response.output_text.annotation.added", **place, **numbered}
    yield {"type": "response.output_text.done", **place, "text": message_text(answer), "logprobs": []}
    yield {"type": "response.content_part.done", **place, "part": part}
    whole = finished(opened, answer, ignored=ignored)
    yield {"type": "response.output_item.done", "output_index": 0, "item": {**message, "content": [part]}}
    yield {"type": _END[_status(answer)], "response": whole}


def _status(answer: Answer) -> str:
    return "incomplete" if answer.status == "truncated" else "completed"


def _message(answer: Answer) -> dict[str, Json]:
    return {"id": f"msg_{answer.id}", "type": "message", "role": "assistant", "status": _status(answer)}


def _part(answer: Answer) -> dict[str, Json]:
    marked = list[Json](annotations(answer))
    return {"type": "output_text", "text": message_text(answer), "annotations": marked, "logprobs": []}


def _usage(answer: Answer) -> dict[str, Json]:
    """Return token counts; those of reasoning are among the output's and not counted apart."""
    used = answer.usage
    return {
        "input_tokens": used.prompt_tokens,
        "input_tokens_details": {"cached_tokens": used.cached_tokens},
        "output_tokens": used.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": used.prompt_tokens + used.completion_tokens,
    }
