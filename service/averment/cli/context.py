"""What every command starts from: settings, the user's name, a runtime."""

import getpass
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from averment.core.audit import EventType, EventValue
from averment.core.settings import Settings
from averment.core.settings_file import LoadedSettings, load_settings
from averment.service.runtime import Runtime, open_runtime


@dataclass(frozen=True, slots=True)
class Options:
    """Options that stand before the command."""

    config: Path | None = None
    verbose: bool = False


def loaded_settings(context: typer.Context) -> LoadedSettings:
    """Read the settings this command runs under."""
    options = context.obj if isinstance(context.obj, Options) else Options()
    return load_settings(config=options.config, environ=os.environ, cwd=Path.cwd())


def settings_of(context: typer.Context) -> Settings:
    """Read the settings, without their origins."""
    return loaded_settings(context).settings


@contextmanager
def runtime_of(context: typer.Context) -> Iterator[Runtime]:
    """Open the stores and the log for the duration of a command."""
    loaded = loaded_settings(context)
    with open_runtime(loaded.settings, root=loaded.root, commands=command_names(context)) as runtime:
        yield runtime


def command_names(context: typer.Context) -> list[str]:
    """Name the commands of the command line."""
    root = context.find_root().command
    return sorted(getattr(root, "commands", {}))


def log_event(context: typer.Context, kind: EventType, data: Mapping[str, EventValue]) -> bool:
    """State in the evidence log what a command did that needs no installation; tell whether there is one to state it.

    Raises:
        AvermentError: There is an installation, and its log cannot be written.
    """
    if not settings_of(context).data_dir.is_dir():
        return False
    with runtime_of(context) as runtime:
        runtime.record.record_event(kind, data, subject=user_name())
    return True


def user_name() -> str:
    """Return the name of the user of this machine; the log holds a keyed pseudonym of it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid-{os.getuid()}"
