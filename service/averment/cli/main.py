"""The command `averment`: its commands, and the last stop for errors."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from averment.cli import ask, audit, corpus, demo, evaluate, flow, install, serving
from averment.cli.context import Options
from averment.cli.output import note, print_error
from averment.core.errors import AvermentError, exit_code

app = typer.Typer(
    help="Answers about contracts and filings, each sentence proven, on your own machines.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option("--config", help="Settings file instead of ./averment.yaml.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show the cause of an error.")] = False,
) -> None:
    """Take the options that every command shares."""
    context.obj = Options(config=config, verbose=verbose)


for module in (install, corpus, ask, serving, flow, audit, evaluate, demo):
    module.register(app)


def run() -> None:
    """Run the command line and exit with the documented code."""
    as_json, verbose = "--json" in sys.argv, "--verbose" in sys.argv
    try:
        app()
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except AvermentError as error:
        print_error(error, as_json=as_json, verbose=verbose)
        sys.exit(exit_code(error))
    except Exception as error:
        if verbose:
            raise
        cause = AvermentError(
            f"unexpected {type(error).__name__}: {error}", hint="run again with --verbose and report the traceback"
        )
        print_error(cause, as_json=as_json, verbose=False)
        sys.exit(exit_code(cause))
    except KeyboardInterrupt:
        note("interrupted; what was finished is kept")
        sys.exit(130)


if __name__ == "__main__":
    run()
