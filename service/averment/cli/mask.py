"""`averment mask`: personal data in a text or in JSON that leaves, masked at a stated level."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from averment.cli.output import JsonFlag, counts, note, print_json
from averment.compliance.pii.detector import PersonalDataFinder
from averment.compliance.pii.kinds import Level
from averment.compliance.pii.masking import Masker
from averment.core.errors import UsageError
from averment.core.jsonable import Json, to_json
from averment.pipelines.ingestion.language import detect_language


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("mask")(mask)


def mask(
    file: Annotated[Path, typer.Argument(help="Text or JSON file in UTF-8, as an answer's; - reads standard input.")],
    level: Annotated[Level, typer.Option("--level", help="What is masked; persons includes contacts.")],
    language: Annotated[str | None, typer.Option("--language", help="en or de; told from the text.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="File to write; standard output when unset.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Replace personal data in a text by marks such as [PERSON 1], the same for the same person.

    A JSON file, such as an answer, stays one: its texts are masked and `masked` is added, with level and counts.
    Detection misses some: `averment eval pii` says how many. Read what is meant for strangers.
    """
    text = _read(file)
    spoken = language or detect_language(text) or "en"
    masker = Masker(lambda whole: PersonalDataFinder().find(whole, spoken), level=level)
    value = _json_object(text)
    if value is None:
        masked = masker.mask(text)
        written = masked.text
        shown: Mapping[str, object] = {
            "level": level,
            "language": spoken,
            "counts": masker.counts,
            "text": masked.text,
            "replaced": masked.replaced,
        }
    else:
        members = _masked_members(masker, value)
        shown = {**members, "masked": {"level": level, "language": spoken, "counts": masker.counts}}
        written = json.dumps(to_json(shown), ensure_ascii=False, indent=2) + "\n"
    if out is not None:
        out.write_text(written, encoding="utf-8", newline="")
    if as_json:
        print_json(shown)
    elif out is None:
        sys.stdout.write(written)
    note(f"masked at level {level}: {counts(masker.counts)}")


def _masked_members(masker: Masker, value: Mapping[str, Json]) -> Mapping[str, Json]:
    masked = masker.mask_json(dict(value))
    assert isinstance(masked, dict)
    return masked


def _read(file: Path) -> str:
    """Read a text as it is: offsets count what stands in the file, a byte order mark left out.

    Raises:
        UsageError: It cannot be read, or is no UTF-8.
    """
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{str(file)!r} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{str(file)!r} is no text in UTF-8", hint="of a document, mask what `averment text` prints"
        ) from error


def _json_object(text: str) -> Mapping[str, Json] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
