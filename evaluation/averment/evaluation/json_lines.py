"""Rows on disk that people may write too: one JSON object a line, each with an id of its own."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from averment.core.errors import ConfigurationError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Row = TypeVar("_Row")


def read_lines(
    path: Path, parse: Callable[[Mapping[str, Any], str], _Row], *, what: str, names: Sequence[str]
) -> list[_Row]:
    """Read rows; empty lines are passed over.

    Args:
        path: The file.
        parse: Makes a row of an object, told where it stands; raises `ConfigurationError` where a value is wrong.
        what: What the rows are, in the plural.
        names: The members that every object has, two or more, `id` among them, and no others.

    Raises:
        ConfigurationError: The file cannot be read, a line is not of the form, or an id occurs twice.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{str(path)!r} cannot be read as {what}") from error
    found, ids = [], set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path.name} line {number}"
        row = _object(line, where, names=names)
        found.append(parse(row, where))
        if (name := str(row["id"])) in ids:
            raise ConfigurationError(f"{str(path)!r}: an id occurs twice, expected each once: {name!r}")
        ids.add(name)
    return found


def write_lines(rows: "Iterable[DataclassInstance]", path: Path) -> None:
    """Write rows, one a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(asdict(one)) + "\n" for one in rows), encoding="utf-8")


def _object(line: str, where: str, *, names: Sequence[str]) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise ConfigurationError(f"{where}: no JSON object") from error
    if not isinstance(row, dict) or set(row) != set(names):
        raise ConfigurationError(f"{where}: expected an object of {', '.join(names[:-1])} and {names[-1]}")
    return row
