"""`averment init`, `averment doctor`, `averment config show`."""

from pathlib import Path
from typing import Annotated

import typer

from averment.cli.context import loaded_settings, settings_of, user_name
from averment.cli.output import JsonFlag, note, print_json, print_table
from averment.core.settings_file import describe


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("init")(init)
    app.command("doctor")(doctor)
    config = typer.Typer(help="Settings.", no_args_is_help=True)
    config.command("show")(show)
    app.add_typer(config, name="config")


def init(
    context: typer.Context,
    source: Annotated[Path | None, typer.Option("--source", help="Folder of documents to write into settings.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Make settings, keys, the evidence log and the trial purpose; what exists is kept."""
    from averment.service.install import initialise

    made = initialise(loaded_settings(context), source=source, subject=user_name())
    if as_json:
        print_json({"made": made})
    else:
        for name, path in made.items():
            note(f"{name}: {path}")


def doctor(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Check settings, models, stores and programs; every finding names the command that mends it."""
    from averment.service.doctor import examine

    findings = examine(settings_of(context))
    if as_json:
        print_json({"findings": findings})
    else:
        print_table(
            ("part", "state", "found", "mend"),
            [(finding.part, finding.state, finding.found, finding.mend) for finding in findings],
        )
    if any(finding.state == "missing" for finding in findings):
        raise typer.Exit(3)


def show(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Show every setting with its value, where it came from, and what it means; secrets are masked."""
    rows = describe(loaded_settings(context))
    if as_json:
        print_json({"settings": rows})
    else:
        print_table(
            ("setting", "value", "from", "meaning"),
            [(row["name"], row["value"], row["origin"], row["meaning"]) for row in rows],
        )
