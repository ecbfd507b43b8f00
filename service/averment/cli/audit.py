"""`averment audit verify|show|prove|export`."""

from pathlib import Path
from typing import Annotated

import typer

from averment.cli.context import runtime_of, settings_of, user_name
from averment.cli.output import JsonFlag, note, print_json, print_table, say
from averment.core.errors import AuditIntegrityError


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="The evidence log.", no_args_is_help=True)
    group.command("verify")(verify)
    group.command("show")(show)
    group.command("prove")(prove)
    group.command("export")(export)
    app.add_typer(group, name="audit")
