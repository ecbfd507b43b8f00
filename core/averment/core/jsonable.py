"""Dataclasses to JSON values and back in the product's conventions.

Decimals are strings, times RFC 3339 with `Z`, enumerations their value, unknown is null.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path

from typing_extensions import TypeAliasType

from averment.core.clock import rfc3339

# A named alias, so that pydantic can describe the recursion in a schema.
Json = TypeAliasType("Json", "None | bool | int | float | str | list[Json] | dict[str, Json]")


def to_json(value: object) -> Json:
    """Turn a value of the vocabulary into JSON values; callables (a source item's `open`) are left out.

    Raises:
        TypeError: The value holds something that has no JSON form.
    """
    if isinstance(value, Enum):
        return to_json(value.value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return rfc3339(value) if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        pairs = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {name: to_json(item) for name, item in pairs if not callable(item)}
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_json(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no JSON form")


def canonical_json(value: object) -> bytes:
    """Write a value of the vocabulary as JSON with sorted members and no spaces, for digests and payloads."""
    text = json.dumps(to_json(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode("utf-8", errors="replace")
