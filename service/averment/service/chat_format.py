"""Answers in the shape of OpenAI chat completions: content, annotations, usage, and our extension.

Annotations are `file_citation`s; `start_index` and `end_index` bound the cited sentence in the message's content.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from averment.core.answers import Answer, Citation
from averment.core.jsonable import Json, to_json

OBJECT: Final = "chat.completion"
CHUNK: Final = "chat.completion.chunk"


def annotations(answer: Answer) -> list[dict[str, Json]]:
    """List the citations of every sentence with the sentence's place in the content."""
    found: list[dict[str, Json]] = []
    for (start, end), sentence in zip(sentence_bounds(answer), answer.sentences, strict=True):
        for citation in sentence.claim.citations if sentence.claim else ():
            found.append(_annotation(citation, index=len(found), bounds=(start, end)))
    return found


def sentence_bounds(answer: Answer) -> list[tuple[int, int]]:
    """Find each sentence in the answer's text, in order; offsets are code points, half-open."""
    bounds, position = [], 0
    for sentence in answer.sentences:
        start = answer.text.index(sentence.text, position)
        position = start + len(sentence.text)
        bounds.append((start, position))
    return bounds


def completion(answer: Answer, *, model: str, ignored: Sequence[str] = ()) -> dict[str, Json]:
    """Write a whole answer as one chat completion; `ignored` are the request's members that had no effect."""
    return {
        "id": f"chatcmpl-{answer.id}",
        "object": OBJECT,
        "created": int(answer.created_at.timestamp()),
        "model": model,
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": message_text(answer),
                    "refusal": None,
                    "annotations": list[Json](annotations(answer)),
                },
                "finish_reason": finish_reason(answer),
                "logprobs": None,
            }
        ],
        "usage": usage(answer),
        "averment": extension(answer, ignored=ignored),
    }


def chunks(answer: Answer, *, model: str, with_usage: bool, ignored: Sequence[str] = ()) -> Iterator[dict[str, Json]]:
    """Write a finished answer as stream chunks: a sentence each, annotations, finish, and usage if asked for.

    The chunk with the role has gone out before; the extension travels on the finish chunk.
    """

    def chunk(delta: dict[str, Json], finish: str | None = None) -> dict[str, Json]:
        return {
            "id": f"chatcmpl-{answer.id}",
            "object": CHUNK,
            "created": int(answer.created_at.timestamp()),
            "model": model,
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}],
        }

    for piece in pieces(answer):
        yield chunk({"content": piece})
    yield chunk({"annotations": list[Json](annotations(answer))})
    yield {**chunk({}, finish_reason(answer)), "averment": extension(answer, ignored=ignored)}
    if with_usage:
        yield {**chunk({}), "choices": [], "usage": usage(answer)}


def pieces(answer: Answer) -> Iterator[str]:
    """Cut what a client shows behind every sentence; joined, they are `message_text`."""
    said, position = message_text(answer), 0
    for _, end in sentence_bounds(answer):
        yield said[position:end]
        position = end
    if position < len(said):
        yield said[position:]


def message_text(answer: Answer) -> str:
    """Return what a client shows: the answer, and behind it the notice that an AI system gave it, where one is due."""
    return answer.text if answer.disclosure is None else f"{answer.text}\n\n{answer.disclosure}"


def finish_reason(answer: Answer) -> str:
    """Return `length` for a spent budget, `stop` otherwise."""
    return "length" if answer.status == "truncated" else "stop"


def usage(answer: Answer) -> dict[str, Json]:
    """Return token counts as OpenAI clients read them, as the language model's server counted them.

    They are zero where no language model ran (`averment.usage.model_calls`). Tokens of reasoning are among those of the
    completion; no server of models counts them apart, so that detail is there only where it is zero.
    """
    used = answer.usage
    details: dict[str, Json] = {} if used.model_calls else {"completion_tokens_details": {"reasoning_tokens": 0}}
    return {
        "prompt_tokens": used.prompt_tokens,
        "completion_tokens": used.completion_tokens,
        "total_tokens": used.prompt_tokens + used.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": used.cached_tokens},
        **details,
    }


def extension(answer: Answer, *, ignored: Sequence[str] = ()) -> dict[str, Json]:
    """Return what only Averment says: status, kinds, value, coverage, receipt."""
    return {
        "answer_id": answer.id,
        "asked_as": answer.asked_as,
        "status": answer.status,
        "method": answer.method,
        "mode": answer.mode,
        "purpose": answer.purpose,
        "value": to_json(answer.value),
        "sentences": [
            {
                "kind": sentence.kind.value,
                "code": sentence.code,
                "start_index": start,
                "end_index": end,
                "claim": to_json(sentence.claim),
            }
            for (start, end), sentence in zip(sentence_bounds(answer), answer.sentences, strict=True)
        ],
        "is_generated": answer.is_generated,
        "disclosure": answer.disclosure,
        "mark": answer.mark,
        "coverage": to_json(answer.coverage),
        "confidence": to_json(answer.confidence),
        "escalation": to_json(answer.escalation),
        "warnings": to_json(answer.warnings),
        "withheld": to_json(answer.withheld),
        "receipt": to_json(answer.receipt),
        "usage": to_json(answer.usage),
        "ignored": list[Json](ignored),
    }


def _annotation(citation: Citation, *, index: int, bounds: tuple[int, int]) -> dict[str, Json]:
    return {
        "type": "file_citation",
        "file_id": citation.document_id,
        "filename": citation.title,
        "index": index,
        "start_index": bounds[0],
        "end_index": bounds[1],
        "averment": {
            "text_hash": citation.text_hash,
            "start": citation.start,
            "end": citation.end,
            "page": citation.page,
            "boxes": to_json(citation.boxes),
        },
    }
