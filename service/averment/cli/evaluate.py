"""`averment eval retrieval`: how good retrieval is, against naive baselines in the same run."""

from pathlib import Path
from typing import Annotated

import typer

from averment.cli.output import JsonFlag, note, print_json


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Measure quality on a pack of documents with gold answers.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("retrieval")(retrieval)
    app.add_typer(group, name="eval")


def retrieval(
    pack: Annotated[Path, typer.Option("--pack", help="Folder of the pack (docs.jsonl, corpus/, benchmarks/).")],
    as_json: JsonFlag = False,
) -> None:
    """Print character recall within a budget, for Averment and for naive baselines."""
    note(str(pack))
    if as_json:
        print_json({})
