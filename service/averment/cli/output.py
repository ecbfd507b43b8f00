"""What commands print: one JSON object on stdout with `--json`, words and tables without; progress on stderr."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Final

import typer

from averment.core.errors import AvermentError, problem
from averment.core.jsonable import to_json

SCHEMA_VERSION: Final = 1

JsonFlag = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object on stdout.")]


def print_json(value: object) -> None:
    """Print one object with its schema version."""
    print_json_with(value)


def print_json_with(value: object, **more: object) -> None:
    """Print one object with its schema version and members that it does not have itself."""
    body = to_json(value)
    if not isinstance(body, dict):
        raise TypeError(f"the output must be an object, not {type(body).__name__}")
    members = {name: to_json(member) for name, member in more.items()}
    sys.stdout.write(
        json.dumps({"schema_version": SCHEMA_VERSION, **body, **members}, ensure_ascii=False, indent=2) + "\n"
    )


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; on a pipe the columns are separated by tabs, so that `cut` and `sort` work."""
    if not sys.stdout.isatty():
        for row in rows:
            sys.stdout.write("\t".join("" if cell is None else _one_line(cell) for cell in row) + "\n")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*("" if cell is None else _one_line(cell) for cell in row))
    Console().print(table)


def say(text: str = "") -> None:
    """Print a line of the result."""
    sys.stdout.write(text + "\n")


def note(text: str) -> None:
    """Print a line about the work, not part of the result."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def print_error(error: AvermentError, *, as_json: bool, verbose: bool) -> None:
    """Print a problem document, or the message with its mend."""
    if as_json:
        print_json(problem(error))
        return
    note(f"error {error.code}: {error.message}")
    if error.hint:
        note(f"  mend: {error.hint}")
    cause = error.__cause__
    if verbose and cause is not None:
        note(f"  cause: {type(cause).__name__}: {cause}")


def counts(values: Mapping[str, int]) -> str:
    """Write counts as a phrase, leaving zeros out."""
    parts = [f"{number} {name.replace('_', ' ')}" for name, number in values.items() if number]
    return ", ".join(parts) or "nothing"


def _one_line(cell: object) -> str:
    """Write a cell without line breaks or control characters: file names are hostile to terminals."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(cell))
