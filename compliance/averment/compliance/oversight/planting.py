"""Planted errors: a wrong copy of a recorded answer, by which it is measured whether reviewers look.

A copy differs from the answer in one place: a digit of a figure, or the place that a citation names. Which one follows
from the review's id, so the copy is made when it is shown and never stored. It is put before reviewers only.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Final, Literal, cast

PlantedKind = Literal["figure", "citation"]
Record = dict[str, object]

_DIGITS: Final = re.compile(r"\d+")
_PLACE: Final = ("document_id", "text_hash", "source_uri", "title", "start", "end", "page", "boxes")


def kinds_of(answer: Mapping[str, object]) -> tuple[PlantedKind, ...]:
    """Return the errors that can be planted in an answer (its JSON form)."""
    claimed = _claimed(answer)
    kinds: list[PlantedKind] = []
    if any(_DIGITS.search(str(sentence["text"])) for sentence in claimed):
        kinds.append("figure")
    if any(_citations(sentence) for sentence in claimed):
        kinds.append("citation")
    return tuple(kinds)


def choose_kind(answer: Mapping[str, object], *, key: str) -> PlantedKind | None:
    """Return the error that a key (the review's id) chooses; None where none can be planted."""
    kinds = kinds_of(answer)
    return kinds[_pick(len(kinds), key, "kind")] if kinds else None


def plant(answer: Mapping[str, object], *, kind: PlantedKind, key: str) -> Record:
    """Return a copy of an answer with one error in it; the same for the same key.

    Args:
        answer: Its JSON form; it is left as it is.
        kind: What is made wrong; one of `kinds_of`.
        key: Chooses the place: the review's id.
    """
    copy = cast("Record", json.loads(json.dumps(answer)))
    return _other_figure(copy, key) if kind == "figure" else _other_place(copy, key)


def _other_figure(answer: Record, key: str) -> Record:
    sentences = [sentence for sentence in _claimed(answer) if _DIGITS.search(str(sentence["text"]))]
    sentence = sentences[_pick(len(sentences), key, "sentence")]
    figures = _DIGITS.findall(str(sentence["text"]))
    right = figures[_pick(len(figures), key, "figure")]
    wrong = _altered(right, key)
    before = str(sentence["text"])
    after = _swap(before, right, wrong)
    sentence["text"] = after
    answer["text"] = str(answer["text"]).replace(before, after, 1)
    for citation in _citations(sentence):
        if sentence["kind"] == "quote":  # a quotation that differs from its source on the same screen is no test
            citation["quote"] = _swap(str(citation["quote"]), right, wrong)
    value = answer.get("value")
    if isinstance(value, dict) and isinstance(value.get("value"), str):
        value["value"] = _swap(value["value"], right, wrong)
    return answer


def _altered(figure: str, key: str) -> str:
    """Return a figure of the same length with another digit; it begins with no zero unless it did."""
    place = _pick(len(figure), key, "digit")
    choices = [digit for digit in "123456789" if digit != figure[place]]
    return figure[:place] + choices[_pick(len(choices), key, "other")] + figure[place + 1 :]


def _swap(text: str, right: str, wrong: str) -> str:
    return re.sub(rf"(?<!\d){right}(?!\d)", wrong, text, count=1)


def _other_place(answer: Record, key: str) -> Record:
    sentences = [sentence for sentence in _claimed(answer) if _citations(sentence)]
    sentence = sentences[_pick(len(sentences), key, "sentence")]
    citations = _citations(sentence)
    moved = citations[_pick(len(citations), key, "citation")]
    others = [
        other
        for candidate in sentences
        for other in _citations(candidate)
        if (other["document_id"], other["start"]) != (moved["document_id"], moved["start"])
    ]
    if others:
        other = others[_pick(len(others), key, "place")]
        moved.update({name: other[name] for name in _PLACE})
    else:
        length = int(str(moved["end"])) - int(str(moved["start"]))
        by = max(1, length) * (1 + _pick(3, key, "distance"))
        page = moved["page"]
        moved.update({"start": int(str(moved["start"])) + by, "end": int(str(moved["end"])) + by, "boxes": []})
        moved["page"] = page + 1 if isinstance(page, int) else None
    return answer


def _claimed(answer: Mapping[str, object]) -> list[Record]:
    """Return the sentences that assert something."""
    sentences = cast("list[Record]", answer["sentences"])
    return [sentence for sentence in sentences if sentence.get("claim") is not None]


def _citations(sentence: Mapping[str, object]) -> list[Record]:
    return cast("list[Record]", cast("Record", sentence["claim"])["citations"])


def _pick(n: int, key: str, role: str) -> int:
    """Return an index below `n` that the key decides."""
    return int.from_bytes(hashlib.sha256(f"{role}\n{key}".encode()).digest()[:8], "big") % n
