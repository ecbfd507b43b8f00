"""Marks in JSON documents: the member `averment_mark` of the outermost object; the digest is over the rest."""

import json
from typing import Final

from averment.core.jsonable import canonical_json

MEMBER: Final = "averment_mark"


def canonical(raw: bytes) -> bytes:
    """Return the document without its mark, in canonical form.

    Raises:
        ValueError: It is no JSON object.
    """
    return canonical_json({name: value for name, value in _object(raw).items() if name != MEMBER})


def embed(raw: bytes, mark: str) -> bytes:
    """Return the document with the mark as its last member.

    Raises:
        ValueError: It is no JSON object.
    """
    document = {**_object(raw), MEMBER: mark}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def extract(raw: bytes) -> str | None:
    """Return the mark, or None.

    Raises:
        ValueError: It is no JSON object.
    """
    mark = _object(raw).get(MEMBER)
    return mark if isinstance(mark, str) else None


def _object(raw: bytes) -> dict[str, object]:
    document = json.loads(raw)
    if not isinstance(document, dict):
        raise ValueError("the JSON document is no object")  # noqa: TRY004 - a value of a file, not an argument's type
    return document
