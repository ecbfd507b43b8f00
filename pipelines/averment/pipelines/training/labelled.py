"""Labelled questions and claims of the customer's own: one JSON object a line, about documents of the installation.

A line names its document (`document_id`, `source_uri` or `file_name`) and has either a `question` or a `claim`:

- `question`, with the place of the answer as `quote` (words of the document; white space does not count) or as `start`
  and `end` (half-open characters of its canonical text). `absent: true` says that the document does not answer.
- `claim`, with `label`: `supported`, `contradicted` or `not_mentioned`, and, unless it is not mentioned, the place
  that decides it, given the same way.

`quotes` is a list of `quote` where several places belong to the answer; `id` names the line in results.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from averment.core.errors import ConfigurationError
from averment.core.ids import content_hash
from averment.pipelines.training.examples import Claim, Material, Query, Relation, Span, make_query
from averment.pipelines.training.material import TrainingDocument

RELATION_OF: Final[Mapping[str, Relation]] = {
    "supported": "entailment",
    "contradicted": "contradiction",
    "not_mentioned": "neutral",
}
_FIELDS: Final = frozenset(
    ("id", "document_id", "source_uri", "file_name", "question", "claim", "label", "absent", "answer", "quote",
     "quotes", "start", "end")
)  # fmt: skip
_DOCUMENT_FIELDS: Final = ("document_id", "source_uri", "file_name")
_MAX_CHARS: Final = 20_000


def read_labelled(path: Path, find: Callable[[str], TrainingDocument]) -> Material:
    """Read a file of labelled questions and claims.

    Args:
        path: The file.
        find: Returns the document of a reference, or raises `DocumentNotFound`.

    Raises:
        ConfigurationError: A line breaks the format, or a quote is not in its document; the message names the line.
        DocumentNotFound: A document is not there.
    """
    documents: dict[str, TrainingDocument] = {}
    queries: list[Query] = []
    claims: list[Claim] = []
    for where, row in _rows(path):
        reference = next((_text(row, name, where) for name in _DOCUMENT_FIELDS if name in row), None)
        if reference is None:
            raise ConfigurationError(f"{where}: no document; expected one of {', '.join(_DOCUMENT_FIELDS)}")
        document = find(reference)
        documents[document.document_id] = document
        spans = _spans(row, document, where)
        name = str(row.get("id") or where)
        if ("question" in row) == ("claim" in row):
            raise ConfigurationError(f"{where}: expected either a question or a claim")
        if "claim" in row:
            claims.append(_claim(row, document, spans=spans, name=name, where=where))
            continue
        if bool(row.get("absent")) == bool(spans):
            raise ConfigurationError(f"{where}: expected either the place of the answer or absent: true")
        asked = _text(row, "question", where)
        queries.append(make_query(asked, document, query_id=name, spans=spans, origin="labelled"))
    digest = content_hash(path.read_bytes())
    return Material(documents=documents, queries=tuple(queries), claims=tuple(claims), sources={path.name: digest})


def place_of(quote: str, text: str) -> Span | None:
    """Return where a text has a quote, white space and case apart, for the first time; None where it has not.

    >>> place_of("by the laws", "governed by\\nthe Laws of Utah")
    (9, 20)
    """
    words = quote.split()
    if not words:
        return None
    found = re.search(r"\s+".join(re.escape(word) for word in words), text, re.I)
    return (found.start(), found.end()) if found else None


def _claim(
    row: Mapping[str, object], document: TrainingDocument, *, spans: tuple[Span, ...], name: str, where: str
) -> Claim:
    label = str(row.get("label"))
    if label not in RELATION_OF:
        raise ConfigurationError(f"{where}: label is {label!r}, expected {', '.join(RELATION_OF)}")
    if (label == "not_mentioned") == bool(spans):
        raise ConfigurationError(f"{where}: a claim has a place that decides it unless it is not mentioned")
    return Claim(
        claim_id=name,
        document_id=document.document_id,
        hypothesis=_text(row, "claim", where),
        relation=RELATION_OF[label],
        spans=spans,
    )


def _spans(row: Mapping[str, object], document: TrainingDocument, where: str) -> tuple[Span, ...]:
    if "start" in row or "end" in row:
        start, end = row.get("start"), row.get("end")
        if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(document.text)):
            raise ConfigurationError(
                f"{where}: start {start!r} and end {end!r} are no place in a text of {len(document.text)} characters"
            )
        return ((start, end),)
    quotes = row.get("quotes", [row["quote"]] if "quote" in row else [])
    if not isinstance(quotes, list) or not all(isinstance(quote, str) for quote in quotes):
        raise ConfigurationError(f"{where}: quotes is no list of texts")
    places = []
    for number, quote in enumerate(quotes, start=1):
        place = place_of(quote[:_MAX_CHARS], document.text)
        if place is None:
            raise ConfigurationError(
                f"{where}: quote {number} is not in the document as it is read now",
                hint=f"averment text {document.document_id} shows its text",
            )
        places.append(place)
    return tuple(places)


def _rows(path: Path) -> Iterator[tuple[str, Mapping[str, object]]]:
    try:
        lines = path.read_bytes().decode("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as cause:
        raise ConfigurationError(f"{str(path)!r} cannot be read as UTF-8; expected one JSON object a line") from cause
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{path.name} line {number}"
        try:
            row = json.loads(line)
        except ValueError as cause:
            raise ConfigurationError(f"{where}: no JSON") from cause
        if not isinstance(row, dict):
            raise ConfigurationError(f"{where}: expected an object, got {type(row).__name__}")
        if unknown := sorted(frozenset(row) - _FIELDS):
            raise ConfigurationError(f"{where}: unknown fields {', '.join(map(repr, unknown))}")
        yield where, row


def _text(row: Mapping[str, object], name: str, where: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError(f"{where}: {name} is {value!r}, expected a text")
    return value[:_MAX_CHARS]
