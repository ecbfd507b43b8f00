"""The command `averment`: its commands, and the last stop for errors."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer
from typer.exceptions import TyperException

from averment.cli import (
    access,
    ask,
    audit,
    corpus,
    demo,
    evaluate,
    flow,
    hold,
    incident,
    index,
    install,
    keys,
    mark,
    mask,
    monitor,
    obligations,
    oversight,
    person,
    purpose,
    quarantine,
    replay,
    report,
    serving,
    structure,
    train,
)
from averment.cli.context import Options
from averment.cli.output import note, print_error, say
from averment.compliance.system_identity import running_system
from averment.core.errors import EXIT_OTHER, AvermentError, UsageError, exit_code
from averment.core.foreign import silence_libraries

INTERRUPTED: Final = 130

app = typer.Typer(
    help="Answers about contracts and filings, each sentence proven, on your own machines.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(is_asked: bool) -> None:
    if is_asked:
        system = running_system()
        say(f"averment {system.version} {system.digest}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option("--config", help="Settings file instead of ./averment.yaml.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show the cause of an error.")] = False,
    version: Annotated[  # noqa: ARG001 - its callback ends the command
        bool,
        typer.Option(
            "--version", help="Show the version and the digest of the source files.", callback=_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Take the options that every command shares."""
    context.obj = Options(config=config, verbose=verbose)


corpus.register(app, structure.register, quarantine.register)
MODULES = (
    install,
    keys,
    access,
    index,
    ask,
    replay,
    serving,
    flow,
    audit,
    hold,
    person,
    obligations,
    purpose,
    mark,
    mask,
    oversight,
    incident,
    monitor,
    report,
    evaluate,
    train,
    demo,
)
for module in MODULES:
    module.register(app)


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; the last stop for errors."""
    silence_libraries()
    as_json, verbose = "--json" in arguments, "--verbose" in arguments
    try:
        code = app(args=list(arguments), standalone_mode=False)
    except TyperException as error:
        return _misused(error, as_json=as_json)
    except AvermentError as error:
        print_error(error, as_json=as_json, verbose=verbose)
        return exit_code(error)
    except Exception as error:  # the process's seam: a user gets words and a code, not a traceback
        if verbose:
            raise
        unexpected = AvermentError(
            f"unexpected {type(error).__name__}: {error}", hint="run again with --verbose and report the traceback"
        )
        print_error(unexpected, as_json=as_json, verbose=False)
        return exit_code(unexpected)
    if code == INTERRUPTED:
        note("interrupted; what was finished is kept")
    return code if isinstance(code, int) else 0


def run() -> NoReturn:
    """Run the command line of this process."""
    code = main(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has seen enough; nothing must be written to it when the process ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = EXIT_OTHER
    sys.exit(code)


def _misused(error: TyperException, *, as_json: bool) -> int:
    message = error.format_message()
    misuse = UsageError(message, hint="add --help to the command to see what it takes")
    if message.startswith("Usage:"):  # a group without a command shows its help
        note(message)
    else:
        print_error(misuse, as_json=as_json, verbose=False)
    return exit_code(misuse)


if __name__ == "__main__":
    run()
