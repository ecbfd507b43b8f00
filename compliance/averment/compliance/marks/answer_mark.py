"""Marks of answers: over the answer's id and its sentences with their kinds, wherever the answer's JSON takes them.

An answer travels as itself (`averment ask --json`), inside an analysis of the service, or as a chat completion whose
sentences are places in the message; the mark is found and checked in each.
"""

from collections.abc import Mapping
from typing import Final

from averment.compliance.log.note import SignerKey
from averment.compliance.marks.mark import MarkFacts, content_digest, sign_mark, source_type_of
from averment.core.answers import Answer
from averment.core.jsonable import canonical_json

MEMBER: Final = "mark"


def mark_answer(answer: Answer, *, generator: str, model: str, signer: SignerKey) -> tuple[str, str]:
    """Return the mark of an answer, and the digest of what it marks."""
    content = content_digest(_canonical(answer.id, [(each.kind.value, each.text) for each in answer.sentences]))
    entry = f"{answer.receipt.origin} {answer.receipt.index}" if answer.receipt else ""
    facts = MarkFacts(
        source_type=source_type_of(answer), generator=generator, model=model, answer_id=answer.id, entry=entry
    )
    return sign_mark(facts, content, signer=signer), content


def find_answer_mark(document: Mapping[str, object]) -> tuple[str, bytes] | None:
    """Return the mark of an answer in a JSON document, and the bytes whose digest it must name; None without one."""
    inner = document.get("answer")
    if isinstance(inner, dict):
        return find_answer_mark(inner)
    if isinstance(document.get(MEMBER), str):
        return str(document[MEMBER]), _canonical(str(document.get("id")), _sentences(document))
    ours = document.get("averment")
    if isinstance(ours, dict) and isinstance(ours.get(MEMBER), str):
        said = _sentences(ours, message=_message(document))
        return str(ours[MEMBER]), _canonical(str(ours.get("answer_id")), said)
    return None


def _canonical(answer_id: str, sentences: list[tuple[str, str]]) -> bytes:
    return canonical_json({"id": answer_id, "sentences": sentences})


def _sentences(document: Mapping[str, object], message: str | None = None) -> list[tuple[str, str]]:
    """Return kind and text of the sentences; their texts are cut from a message where one is given."""
    found = document.get("sentences")
    rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
    return [(str(row.get("kind")), _text(row, message)) for row in rows]


def _text(row: Mapping[str, object], message: str | None) -> str:
    if message is None:
        return str(row.get("text"))
    start, end = row.get("start_index"), row.get("end_index")
    return message[start:end] if isinstance(start, int) and isinstance(end, int) else ""


def _message(document: Mapping[str, object]) -> str:
    choices = document.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, dict) else None
    content = message.get("content") if isinstance(message, dict) else None
    return content if isinstance(content, str) else ""
