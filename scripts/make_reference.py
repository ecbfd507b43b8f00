"""Writes the reference of settings, commands, errors and HTTP from the program itself; `--check` only compares."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel

from averment.cli.main import app
from averment.core import errors
from averment.core.record_settings import PurposeOversightSettings, WitnessSettings
from averment.core.settings import Settings, SourceSettings
from averment.service.app import new_app
from averment.service.contract.document import describe
from averment.service.errors import status_of

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"


def settings_page() -> str:
    """List every setting."""
    lines = [
        "# Settings",
        "",
        "One file `averment.yaml`; the environment wins: `AVERMENT_<SECTION>__<FIELD>`. Unknown keys are errors.",
        "`averment config show` prints the settings in force with their origin.",
        "",
        "| setting | default | meaning |",
        "|---|---|---|",
        *_settings_rows(Settings, ""),
        "",
        "Each entry of `sources`:",
        "",
        "| field | default | meaning |",
        "|---|---|---|",
        *_settings_rows(SourceSettings, ""),
        "",
        "Each entry of `log.witnesses`:",
        "",
        "| field | default | meaning |",
        "|---|---|---|",
        *_settings_rows(WitnessSettings, ""),
        "",
        "Each entry of `oversight.purposes`:",
        "",
        "| field | default | meaning |",
        "|---|---|---|",
        *_settings_rows(PurposeOversightSettings, ""),
    ]
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """List every command with its help."""
    group = typer.main.get_command(app)
    lines = ["# Commands", "", "Every command takes `--help`. `--json` prints exactly one object on stdout.", ""]
    lines += ["Exit codes: 0 done, 1 other (a partial ingestion), 2 usage or configuration, 3 something is"]
    lines += ["unavailable, 4 verification failed.", ""]
    for path, command in sorted(_leaf_commands(group, ("averment",))):
        lines += [f"## `{path}`", "", (command.help or "").strip(), ""]
        options = [_option(parameter) for parameter in command.params if not getattr(parameter, "hidden", False)]
        lines += [option for option in options if option] + [""]
    return "\n".join(lines).rstrip() + "\n"


def errors_page() -> str:
    """List every error code."""
    lines = ["# Errors", "", "Codes are stable and never reused.", ""]
    lines += ["| code | name | HTTP | exit | again? | meaning |", "|---|---|---|---|---|---|"]
    for cls in sorted(_subclasses(errors.AvermentError), key=lambda item: item.code):
        error = cls("")
        meaning = (cls.__doc__ or "").strip().splitlines()[0]
        again = "yes" if cls.retryable else "no"
        lines.append(
            f"| {cls.code} | {cls.__name__} | {status_of(error)} | {errors.exit_code(error)} | {again} | {meaning} |"
        )
    return "\n".join(lines) + "\n"


def openapi_document() -> str:
    """Write the OpenAPI document that the service hands out."""
    return json.dumps(describe(new_app()), ensure_ascii=False, indent=1) + "\n"


def _settings_rows(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        default = field.get_default()
        if isinstance(default, BaseModel):
            yield from _settings_rows(type(default), f"{prefix}{name}.")
            continue
        shown = "required" if field.is_required() else "unset" if default is None else f"`{_plain(default)}`"
        yield f"| `{prefix}{name}` | {shown} | {field.description} |"


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _leaf_commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:  # typer hides its parser's types
    for name, child in command.commands.items():
        if hasattr(child, "commands"):
            yield from _leaf_commands(child, (*path, name))
        else:
            yield " ".join((*path, name)), child


def _option(parameter: object) -> str:
    names = ", ".join(f"`{name}`" for name in getattr(parameter, "opts", []) if name.startswith("-"))
    label = names or f"`{getattr(parameter, 'name', '')}`"
    help_text = getattr(parameter, "help", None) or ""
    return "" if "--help" in label else f"- {label}: {help_text}"


def _subclasses(cls: type[errors.AvermentError]) -> Iterator[type[errors.AvermentError]]:
    if cls.__module__ == errors.__name__:
        yield cls
    for child in cls.__subclasses__():
        yield from _subclasses(child)


def main() -> int:
    """Write the pages, or say which are out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 when a page is out of date")
    check = parser.parse_args().check
    stale = []
    pages = {
        "settings.md": settings_page(),
        "commands.md": commands_page(),
        "errors.md": errors_page(),
        "openapi.json": openapi_document(),
    }
    for name, text in pages.items():
        path = REFERENCE / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path.name)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    if stale:
        sys.stderr.write(f"{'out of date' if check else 'written'}: {', '.join(stale)}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
