"""What a model's reply is worth: its text without the chain of thought, checked against the schema asked for."""

import json
from collections.abc import Mapping
from typing import Final

from averment.core.errors import ModelOutputInvalid
from averment.core.ports import REFUSED

_THINK_START: Final = "<think>"
_THINK_END: Final = "</think>"
TRUNCATED: Final = "length"


def usable_text(text: str, *, schema: Mapping[str, object] | None, finish: str) -> str:
    """Return the text of a reply; one that was cut off or refused is returned as far as it came.

    Raises:
        ModelOutputInvalid: A schema was asked for and the whole reply does not follow it. The message names the
            place in the schema, never the text.
    """
    if schema is None:
        return without_thinking(text)
    value = _as_json(text)
    if value is _NOT_JSON:
        text = without_thinking(text)
        value = _as_json(text)
    if finish in (TRUNCATED, REFUSED):
        return text
    if value is _NOT_JSON:
        raise ModelOutputInvalid(
            f"the model's reply is not JSON, though a schema was asked for (finish {finish!r}, {len(text)} characters)",
            hint="check that the server enforces response_format (structured outputs)",
            details={"characters": len(text)},
        )
    _check_schema(value, schema)
    return text


def without_thinking(text: str) -> str:
    """Drop what stands between marks of thinking, also where either mark is missing.

    >>> without_thinking("<think>so</think> yes")
    'yes'
    >>> without_thinking("so</think>yes")
    'yes'
    >>> without_thinking("<think>never ends")
    ''
    """
    if _THINK_END in text:
        text = text.rpartition(_THINK_END)[2]
    return text.partition(_THINK_START)[0].strip() if _THINK_START in text else text.strip()


_NOT_JSON: Final = object()


def _as_json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _NOT_JSON


def _check_schema(value: object, schema: Mapping[str, object]) -> None:
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

    error = next(iter(Draft202012Validator(dict(schema)).iter_errors(value)), None)
    if error is None:
        return
    place = "/".join(str(part) for part in error.absolute_schema_path)
    raise ModelOutputInvalid(
        f"the model's reply does not follow the schema asked for, at {place!r}",
        hint="check that the server enforces response_format (structured outputs)",
        details={"schema_path": place},
    )
